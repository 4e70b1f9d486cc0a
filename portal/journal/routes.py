"""The page of the journal."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.journal import pages
from portal.journal.words import GROUPS
from tenants.errors import NotFoundError

journal = Blueprint("journal", __name__, url_prefix="/o/<code>/journal", template_folder="templates")

_DIGITS = 18
"""A number of so many always fits into a bigint."""
_NOBODY = 0
"""A number that no account has."""


@journal.get("/")
def entries() -> ResponseReturnValue:
    """Show who did what: the organization's own journal, and above it those of the tree."""
    before = _moment(request.args.get("before", ""))
    group, place = request.args.get("group", ""), request.args.get("organization", type=int)
    wanted = pages.Wanted(group, _numbers(request.args.get("who", "")), place, before)
    found, rest = pages.lines(db(), actor(), wanted)
    kept = _kept(wanted)
    older = url_for(".entries", **kept, before=rest.isoformat()) if rest else ""
    return render_template(
        "journal/entries.html", lines=found, tabs=_tabs(wanted), wanted=wanted, kept=kept, older=older
    )


@journal.post("/find")
def find() -> ResponseReturnValue:
    """Look a name up and lead to the entries of its accounts: the name itself stands in no address."""
    words = request.form.get("q", "").strip()[:60].replace("\0", "")
    found = pages.people_named(db(), actor(), words) if words else []
    wanted = pages.Wanted(
        request.form.get("group", ""),
        tuple(found) or ((_NOBODY,) if words else ()),
        request.form.get("organization", type=int),
    )
    return redirect(url_for(".entries", **_kept(wanted)), 303)


def _kept(wanted: pages.Wanted) -> dict[str, Any]:
    """Return what a link to another page of the same entries carries."""
    asked = {
        "group": wanted.group,
        "organization": wanted.organization_id,
        "who": ",".join(str(number) for number in wanted.user_ids),
    }
    return {name: value for name, value in asked.items() if value}


def _tabs(wanted: pages.Wanted) -> list[dict[str, object]]:
    groups = [("", "Всё"), *((code, words) for code, words, _ in GROUPS)]
    return [
        {
            "text": words,
            "url": url_for(".entries", **(_kept(wanted) | {"group": code or None})),
            "current": code == wanted.group,
        }
        for code, words in groups
    ]


def _numbers(text: str) -> tuple[int, ...]:
    parts = text.split(",") if text else []
    if not all(part.isascii() and part.isdecimal() and len(part) <= _DIGITS for part in parts):
        raise NotFoundError
    return tuple(int(part) for part in parts)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotFoundError from error
    if found.tzinfo is None:
        raise NotFoundError
    return found
