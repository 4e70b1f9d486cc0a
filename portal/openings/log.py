"""The log of views as pages show it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from portal.context import actor
from portal.forms import Form
from portal.openings.schemas import ACTIONS, WHO, LogForm
from tenants.accounts import looking
from tenants.accounts.looking import LogFilter
from tenants.db import REGISTRY, transaction

_MOST_PAGES = 10_000


def asked_filter() -> tuple[LogFilter, Form]:
    """Return the filter of the address; what cannot be read in it filters nothing and is told at its field."""
    names = LogForm().fields
    form = Form(LogForm, {name: request.args[name] for name in names if request.args.get(name)})
    found = LogForm().validate(form.typed)
    form.errors = {str(name): [str(text) for text in texts] for name, texts in found.items()}
    values = {} if found else form.schema.load(form.typed)
    until = values.get("until")
    wanted = LogFilter(
        since=_begins(values.get("since")),
        before=_begins(until + timedelta(days=1)) if until else None,
        who=values.get("who", ""),
        action=values.get("action", ""),
        page=asked_page(),
    )
    return wanted, form


def asked_page(name: str = "page") -> int:
    """Return the page that the address asks for; 1 where it names none."""
    page = request.args.get(name, "")
    return min(int(page), _MOST_PAGES) if page.isascii() and page.isdigit() else 1


def log_context(*, below: bool) -> dict[str, Any]:
    """Return what the table of the log is drawn from: the own organization's entries, or those of the tree."""
    wanted, form = asked_filter()
    with transaction(REGISTRY.reading()) as registry:
        if below:
            entries, found = looking.log_below(registry, actor(), wanted)
        else:
            entries, found = looking.log_of_organization(registry, actor().organization.id, wanted)
    return {
        "entries": entries,
        "found": found,
        "pages": max(1, -(-found // looking.PAGE_SIZE)),
        "page": wanted.page,
        "log_form": form,
        "log_args": form.typed,
        "who_options": WHO,
        "action_options": ACTIONS,
    }


def _begins(day: date | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), ZoneInfo(actor().organization.time_zone))
