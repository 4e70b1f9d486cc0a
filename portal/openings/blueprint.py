"""Two blueprints: openings above the school, and the school's own «Кто видел имена»."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint

from portal.context import actor
from portal.openings import words
from tenants import clock
from tenants.openings import policy
from tenants.openings.queries import Opening

openings = Blueprint("openings", __name__, url_prefix="/o/<code>/openings", template_folder="templates")
traces = Blueprint("traces", __name__, url_prefix="/o/<code>/names-seen", template_folder="templates")


def today() -> date:
    """Return the day in the organization's zone."""
    return clock.today(actor().organization.time_zone)


@openings.app_context_processor
def _words() -> dict[str, Any]:
    may: dict[str, Callable[[Opening], bool]] = {
        "may_end_opening": lambda one: one.state.alive and policy.may_end(actor(), one.row),
        "may_decide_opening": lambda one: one.state == "waiting" and policy.may_decide(actor(), one.row),
        "may_look_opening": lambda one: one.state == "open" and policy.may_look(actor(), one.row),
    }
    return {"opening_words": words, "may_open_names": lambda: policy.may_ask(actor())} | may
