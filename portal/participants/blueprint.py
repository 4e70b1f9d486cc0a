"""The blueprint of people, and what its pages share."""

from datetime import date

from flask import Blueprint

from portal.context import actor, db
from tenants import clock
from tenants.errors import InvalidError
from tenants.mentorships.catalogue import CATEGORY_LABELS, forms_of, mentoring_form
from tenants.participants import policy
from tenants.settings.queries import Rules
from tenants.settings.use import rules_for

participants = Blueprint("participants", __name__, url_prefix="/o/<code>/participants", template_folder="templates")


def today() -> date:
    """Return the day in the organization's zone."""
    return clock.today(actor().organization.time_zone)


def rules_today() -> Rules:
    """Return what the region uses today."""
    return rules_for(db(), actor(), today())


def form_options(*, every: bool = False) -> list[tuple[str, str]]:
    """Return the forms of mentoring of this kind of organization in the region's words: those in use today, or all."""
    kind, forms = actor().organization.kind, rules_today().forms
    return [(form.code, forms.label(form, kind)) for form in (forms_of(kind) if every else forms.of_kind(kind))]


def category_options() -> list[tuple[str, str]]:
    """Return the categories that the region uses on one side or the other today."""
    used = rules_today().categories
    return [
        (one.value, label) for one, label in CATEGORY_LABELS.items() if one not in used.off_mentors & used.off_mentees
    ]


def form_name(code: str, *, short: bool = False) -> str:
    """Return a form's name in the words of this organization; an unknown code stands for itself."""
    kind = actor().organization.kind
    try:
        form = mentoring_form(code)
    except InvalidError:
        return code
    return form.short_label_for(kind) if short else rules_today().forms.label(form, kind)


@participants.app_context_processor
def _words() -> dict[str, object]:
    return {"form_name": form_name, "may_write_people": lambda: policy.may_write_people(actor())}
