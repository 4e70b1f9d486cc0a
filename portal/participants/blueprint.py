"""The blueprint of people, and what its pages share."""

from datetime import date

from flask import Blueprint

from portal.context import actor
from tenants import clock
from tenants.errors import InvalidError
from tenants.mentorships.catalogue import forms_of, mentoring_form
from tenants.participants import policy

participants = Blueprint("participants", __name__, url_prefix="/o/<code>/participants", template_folder="templates")


def today() -> date:
    """Return the day in the organization's zone."""
    return clock.today(actor().organization.time_zone)


def form_options() -> list[tuple[str, str]]:
    """Return the forms of mentoring of this kind of organization, in its words."""
    kind = actor().organization.kind
    return [(form.code, form.label_for(kind)) for form in forms_of(kind)]


def form_name(code: str, *, short: bool = False) -> str:
    """Return a form's name in the words of this organization; an unknown code stands for itself."""
    kind = actor().organization.kind
    try:
        form = mentoring_form(code)
    except InvalidError:
        return code
    return form.short_label_for(kind) if short else form.label_for(kind)


@participants.app_context_processor
def _words() -> dict[str, object]:
    return {"form_name": form_name, "may_write_people": lambda: policy.may_write_people(actor())}
