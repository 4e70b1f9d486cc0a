"""Whose names are asked for: from the address at first, from the form's hidden fields afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.context import actor, db
from portal.forms import Form
from portal.openings import words
from portal.openings.blueprint import today
from portal.openings.schemas import GROUNDS, AskForm
from portal.submissions import review_page
from reports.lineage import lineage
from tenants import clock
from tenants.errors import InvalidError, NotFoundError
from tenants.mentorships.models import Mentorship, MentorshipMember
from tenants.openings import commands
from tenants.openings.commands import Asked, Subjects
from tenants.openings.models import Ground, Reach
from tenants.openings.queries import numbers_of
from tenants.organizations.models import Organization
from tenants.periods import SchoolYear

_SHOWN = 30
_HOURS = {True: 4, False: 2}
"""What the form offers for one person and for a list."""


@dataclass(frozen=True)
class Whose:
    """The people of a question: what the form carries, and how the page names them."""

    reach: Reach
    subjects: Sequence[int]
    """Ids of participants; of the pair, where a pair is asked for; empty for the whole organization."""

    def asked(self, values: dict[str, Any] | None = None) -> Asked:
        """Return the command's argument; without values only whose names they are."""
        given = values or {"ground": Ground.AUDIT.value, "reason": "", "hours": 1, "contacts": False}
        pair = self.reach is Reach.PAIR
        return Asked(
            self.reach,
            Ground(given["ground"]),
            given["reason"],
            given["hours"],
            contacts=given["contacts"],
            participant_ids=() if pair else self.subjects,
            mentorship_id=self.subjects[0] if pair and self.subjects else None,
        )


def whose_of_address(place: Organization) -> Whose:
    """Read whose names are asked for from the address: participant=…, pair=number, cell=…, or nothing for all."""
    given = request.args
    if "cell" in given:
        return Whose(Reach.LIST, _people_of_cell(place, given["cell"]))
    if given.get("pair"):
        return Whose(Reach.PAIR, [_pair_id(place, given["pair"])])
    ids = sorted({int(one) for one in given.getlist("participant") if one.isascii() and one.isdigit()})
    if ids:
        return Whose(Reach.PERSON if len(ids) == 1 else Reach.LIST, ids)
    return Whose(Reach.ORGANIZATION, ())


def whose_of_form(form: Form) -> Whose:
    """Read them from what the form carries."""
    typed = str(form.typed.get("subjects", "")).split(",")
    ids = [int(one) for one in typed if one.isascii() and one.isdigit()]
    reach = form.values.get("reach") or form.typed.get("reach") or Reach.ORGANIZATION
    return Whose(Reach(reach), ids)


def blank_form(whose: Whose) -> Form:
    """Return the form before anything is typed."""
    one = whose.reach is Reach.PERSON
    typed = {"reach": whose.reach.value, "subjects": ",".join(map(str, whose.subjects)), "hours": _HOURS[one]}
    return Form(AskForm, typed)


def checked(form: Form, whose: Whose) -> bool:
    """Return whether the form may be carried out; what the domain refuses stands at its field."""
    if not form.ok:
        return False
    try:
        commands.checked_reason(form.values["reason"])
        commands.checked_term(whose.reach, form.values["hours"])
    except InvalidError as error:
        form.refuse(error)
    return form.ok


def ask_page(place: Organization, form: Form, whose: Whose, *, confirm: bool) -> ResponseReturnValue:
    """Draw the form, or the question that is asked once more before names are opened."""
    subjects = commands.subjects_of(db(), place.id, whose.asked())
    one = whose.reach is Reach.PERSON
    term = commands.checked_term(whose.reach, form.values["hours"]) if confirm else None
    page = render_template(
        f"openings/{'confirm' if confirm else 'ask'}.html",
        place=place,
        form=form,
        whose=_whose_words(whose, subjects),
        count=len(subjects.participant_ids),
        one=one,
        grounds=GROUNDS,
        ground=dict(GROUNDS).get(form.values.get("ground", ""), ""),
        hours=words.hours_words(term) if term else "",
        until=clock.now() + (term if one else commands.LONGEST_WAIT) if term else None,
        back=url_for("openings.people", organization_id=place.id),
        longest=commands.LONGEST_FOR_ONE if one else commands.LONGEST_FOR_A_LIST,
    )
    return page, 422 if form.errors else 200


def _whose_words(whose: Whose, subjects: Subjects) -> str:
    """Return «участники № 1, 5, 7» or how many there are."""
    if whose.reach is Reach.PAIR:
        return f"пара № {subjects.number}: {words.people_words(len(subjects.participant_ids))}"
    if whose.reach is Reach.ORGANIZATION:
        return f"все участники организации: {words.people_words(len(subjects.participant_ids))}"
    numbers = numbers_of(db(), subjects.participant_ids)
    if len(numbers) > _SHOWN:
        return f"список: {words.people_words(len(numbers))}"
    return ("участник № " if len(numbers) == 1 else "участники № ") + ", ".join(map(str, numbers))


def _pair_id(place: Organization, typed: str) -> int:
    number = int(typed) if typed.isascii() and typed.isdigit() else 0
    query = select(Mentorship.id).where(Mentorship.organization_id == place.id, Mentorship.number == number)
    found = db().scalar(query)
    if found is None:
        raise NotFoundError("Пары с таким номером в этой организации нет.")
    return found


def _people_of_cell(place: Organization, cell: str) -> list[int]:
    """Return the people behind a sent number: its participants, or those of its pairs.

    Raises:
        NotFoundError: there is no such number, or its records are not people.

    """
    submission, _, at = cell.partition("/")
    parts = tuple(at.split("/"))
    if not submission.isdigit() or len(parts) != 3:  # noqa: PLR2004 - section, row, column
        raise NotFoundError
    found = review_page.reviewed(int(submission))
    told = lineage(db(), found.shown, (parts[0], parts[1], parts[2]))
    if found.place.id != place.id or not told.member_ids:
        raise NotFoundError
    if told.record_kind == "participant":
        return list(told.member_ids)
    if told.record_kind != "mentorship":
        raise NotFoundError("За этим числом стоят не люди.")
    query = select(MentorshipMember.participant_id).where(MentorshipMember.mentorship_id.in_(told.member_ids))
    return sorted(set(db().scalars(query)))


def opened(place: Organization, form: Form, whose: Whose) -> int | None:
    """Open the names and return the opening's id; None where it was refused, with the reason in the form."""
    try:
        return commands.open_names(db(), actor(), place.id, whose.asked(form.values)).id
    except InvalidError as error:
        form.refuse(error)
        return None


def school_year_words() -> str:
    """Return the day for which ages are told: «1.09.2026»."""
    return f"{SchoolYear.of(today()).first:%d.%m.%Y}"
