"""The school's side: which names are open now, to whom and why, and who has looked."""

from collections.abc import Callable

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.context import actor, db
from portal.forms import Form
from portal.openings.blueprint import traces
from portal.openings.log import asked_page, log_context
from portal.openings.schemas import ReasonForm
from tenants import clock
from tenants.accounts.actor import Actor
from tenants.openings import queries
from tenants.openings.models import NameOpening

Step = Callable[[Session, Actor, int, str], NameOpening]


@traces.get("/")
def seen() -> ResponseReturnValue:
    """Show the openings of this organization and the log of views."""
    return seen_page(Form(ReasonForm))


def seen_page(form: Form, opening_id: int = 0) -> ResponseReturnValue:
    """Draw the page; `form` is a refused reason, `opening_id` the opening it belongs to."""
    found = queries.openings_page(db(), clock.now(), asked_page("past"), organization_id=actor().organization.id)
    log = log_context(below=False)
    # Each of the two lists keeps its page while the other one is turned.
    past_args = log["log_args"] | ({"page": log["page"]} if log["page"] > 1 else {})
    log["log_args"] = log["log_args"] | ({"past": found.page} if found.page > 1 else {})
    page = render_template(
        "openings/seen.html", found_openings=found, past_args=past_args, form=form, form_of=opening_id, **log
    )
    return page, 422 if form.errors else 200
