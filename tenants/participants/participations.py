"""Parts in mentoring: begin, correct, end. Ending a part takes the person out of its pairs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert
from tenants.errors import InvalidError, WrongStateError
from tenants.history import refuse_stale, state_of
from tenants.mentorships.catalogue import Category, MentoringForm, mentoring_form
from tenants.mentorships.leaving import leave_mentorships
from tenants.mentorships.models import Outcome
from tenants.organizations.models import OrganizationKind
from tenants.participants import policy
from tenants.participants.models import EndReason, Participant, ParticipantRole, Participation
from tenants.participants.persons import name_is_hidden
from tenants.participants.words import PARTICIPATION_WORDS
from tenants.settings.use import need_category, need_form, usable_category

_AHEAD = timedelta(days=366)
_EARLIEST = date(2015, 1, 1)
_OUTCOMES = {
    EndReason.COMPLETED: Outcome.COMPLETED,
    EndReason.TRANSFERRED: Outcome.TRANSFERRED,
    EndReason.MISTAKE: Outcome.MISTAKE,
}
YOUNG = (Category.PUPIL, Category.STUDENT)
"""Categories that are counted by age."""
_PREFERRED = (Category.EMPLOYER, Category.PARTNER)


@dataclass(frozen=True)
class NewPart:
    """What a curator says about a part in mentoring."""

    role: ParticipantRole
    mentoring_form: str
    started_on: date
    category: str = ""
    """Empty: the one that the form and the kind of organization suggest."""
    class_name: str = ""
    trained_on: date | None = None


def categories_of(form: MentoringForm, role: ParticipantRole) -> frozenset[Category]:
    """Return who may stand on a side of a form."""
    return form.mentor_categories if role is ParticipantRole.MENTOR else form.mentee_categories


def default_category(form: MentoringForm, role: ParticipantRole, kind: OrganizationKind) -> Category:
    """Return the usual category of a side: students in a college, pupils elsewhere, employers before graduates."""
    possible = categories_of(form, role)
    own = Category.STUDENT if kind is OrganizationKind.COLLEGE else Category.PUPIL
    return next((one for one in (own, *_PREFERRED) if one in possible), min(possible))


def add_participation(session: Session, actor: Actor, participant_id: int, part: NewPart) -> Participation:
    """Begin a part of a person in a form.

    Raises:
        InvalidError: a value does not fit, or the person already takes this part.

    """
    policy.need_writer(actor)
    participant = find(session, Participant, participant_id, lock=True)
    if name_is_hidden(session, participant.id):
        raise InvalidError("Согласие отозвано. Сначала внесите новое.", field="mentoring_form")
    row = Participation(participant_id=participant.id, **_in_use(session, actor, checked_part(actor, part), part))
    _refuse_second(session, row)
    insert(session, row)
    journal.record(session, actor, "participation.added", row, form=row.mentoring_form, role=row.role.value)
    return row


def edit_participation(
    session: Session, actor: Actor, participation_id: int, part: NewPart, *, version: int
) -> Participation:
    """Correct a part; `version` is the one the editor saw.

    Raises:
        ConflictError: somebody saved it meanwhile.
        InvalidError: a value does not fit.

    """
    policy.need_writer(actor)
    row = find(session, Participation, participation_id, lock=True)
    values = checked_part(actor, part)
    if any(values[name] != getattr(row, name) for name in ("role", "mentoring_form", "category")):
        values = _in_use(session, actor, values, part)
    refuse_stale(session, row, version, values, PARTICIPATION_WORDS)
    if row.ended_on and values["started_on"] > row.ended_on:
        raise InvalidError("Начало позже окончания.", field="started_on")
    with session.no_autoflush:
        for name, value in values.items():
            setattr(row, name, value)
        if row.ended_on is None:
            _refuse_second(session, row)
    journal.record(session, actor, "participation.edited", row)
    return row


def end_participation(
    session: Session,
    actor: Actor,
    participation_id: int,
    *,
    ended_on: date,
    reason: EndReason,
    version: int | None = None,
) -> Participation:
    """End a part: `ended_on` is the first day that is not counted; the person leaves the pairs of this part.

    Raises:
        WrongStateError: it has ended before.
        InvalidError: the day lies before the beginning or ahead.

    """
    (policy.need_withdrawer if reason is EndReason.CONSENT_WITHDRAWN else policy.need_writer)(actor)
    row = find(session, Participation, participation_id, lock=True)
    if row.ended_on is not None:
        raise WrongStateError("Это участие уже окончено.")
    if version is not None:
        mine = {"ended_on": ended_on, "end_reason": reason}
        refuse_stale(session, row, version, mine, PARTICIPATION_WORDS)
    if reason is EndReason.MISTAKE:
        ended_on = max(row.started_on, ended_on)
    if ended_on < row.started_on:
        raise InvalidError(f"Участие началось {row.started_on:%d.%m.%Y}, окончание не раньше.", field="ended_on")
    if ended_on > row.started_on:
        refuse_future(actor, ended_on, "ended_on")
    row.ended_on, row.end_reason = ended_on, reason
    journal.record(session, actor, "participation.ended", row, reason=reason.value, on=ended_on.isoformat())
    outcome = _OUTCOMES.get(reason, Outcome.STOPPED)
    leave_mentorships(session, actor, row.participant_id, row.role, row.mentoring_form, on=ended_on, outcome=outcome)
    return row


def checked_part(actor: Actor, part: NewPart) -> dict[str, Any]:
    """Return the columns of a part.

    Raises:
        InvalidError: the form, the category or a day does not fit.

    """
    form = mentoring_form(part.mentoring_form)
    if actor.organization.kind not in form.kinds:
        raise InvalidError("В Вашей организации этой формы наставничества нет.", field="mentoring_form")
    possible = categories_of(form, part.role)
    category = Category(part.category) if part.category else default_category(form, part.role, actor.organization.kind)
    if category not in possible:
        raise InvalidError("В этой форме такой категории не бывает.", field="category")
    _check_days(actor, part)
    return {
        "role": part.role,
        "mentoring_form": form.code,
        "category": category.value,
        "class_name": part.class_name.strip(),
        "started_on": part.started_on,
        "trained_on": part.trained_on if part.role is ParticipantRole.MENTOR else None,
    }


def _in_use(session: Session, actor: Actor, values: dict[str, Any], part: NewPart) -> dict[str, Any]:
    """Return the columns of a part whose form and category the region uses on its first day.

    Raises:
        InvalidError: it uses one of them no longer, or not yet.

    """
    form = need_form(session, actor, part.mentoring_form, part.started_on)
    if not part.category:
        usual = Category(values["category"])
        return values | {"category": usable_category(session, actor, form, part.role, usual, part.started_on).value}
    need_category(session, actor, part.role, Category(part.category), part.started_on)
    return values


def _check_days(actor: Actor, part: NewPart) -> None:
    if not _EARLIEST <= part.started_on <= clock.today(actor.organization.time_zone) + _AHEAD:
        raise InvalidError(
            "Проверьте год: участие начинается не раньше 2015 года и не позже, чем через год.", field="started_on"
        )
    if part.trained_on:
        refuse_future(actor, part.trained_on, "trained_on")


def refuse_future(actor: Actor, day: date, field: str) -> None:
    """Let a day pass that has come.

    Raises:
        InvalidError: it lies ahead.

    """
    if day > clock.today(actor.organization.time_zone):
        raise InvalidError("Этот день ещё не наступил.", field=field)


def parts_of(session: Session, participant_id: int) -> list[Participation]:
    """Return the parts of a person: open ones first, then the latest."""
    rows = session.scalars(
        select(Participation).where(Participation.participant_id == participant_id).order_by(Participation.id)
    ).all()
    return sorted(rows, key=lambda row: (row.ended_on is not None, -row.started_on.toordinal(), -row.id))


def part_values(row: Participation) -> Mapping[str, Any]:
    """Return the values of a part as an editor begins with them."""
    return {name: value for name, value in state_of(row).items() if name in PARTICIPATION_WORDS}


def _refuse_second(session: Session, row: Participation) -> None:
    same = select(Participation.id).where(
        Participation.participant_id == row.participant_id,
        Participation.role == row.role,
        Participation.mentoring_form == row.mentoring_form,
        Participation.ended_on.is_(None),
        Participation.id != (row.id or 0),
    )
    if session.scalars(same.limit(1)).first():
        raise InvalidError("В этой форме и роли человек уже участвует.", field="mentoring_form")
