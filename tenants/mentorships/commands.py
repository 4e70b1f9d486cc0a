"""Pairs and groups: create, correct, end; members come and go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert, lock_key
from tenants.errors import InvalidError, WrongStateError
from tenants.history import refuse_stale
from tenants.mentorships.catalogue import mentoring_form
from tenants.mentorships.leaving import close, open_members
from tenants.mentorships.models import Mentorship, MentorshipKind, MentorshipMember, Outcome, Programme
from tenants.mentorships.words import MENTORSHIP_WORDS
from tenants.participants.models import ParticipantRole, Participation
from tenants.participants.participations import refuse_future
from tenants.participants.policy import need_writer
from tenants.settings.use import need_form, need_role_model

_AHEAD = timedelta(days=366)
_EARLIEST = date(2015, 1, 1)
_PAIR = 2


@dataclass(frozen=True)
class Terms:
    """What is agreed about a pair or group apart from its people."""

    mentoring_form: str
    started_on: date
    role_model: str = ""
    programme_id: int | None = None
    order_number: str = ""
    order_on: date | None = None


def create_mentorship(
    session: Session, actor: Actor, terms: Terms, *, mentors: Sequence[int], mentees: Sequence[int]
) -> Mentorship:
    """Create a pair, or a group where there are more than two people; `mentors` and `mentees` are participant ids.

    Raises:
        InvalidError: a side is empty, somebody stands on both, or does not take part in the form on that side.

    """
    need_writer(actor)
    values = _checked_terms(session, actor, terms)
    need_form(session, actor, terms.mentoring_form, terms.started_on)
    sides = {ParticipantRole.MENTOR: list(dict.fromkeys(mentors)), ParticipantRole.MENTEE: list(dict.fromkeys(mentees))}
    _check_sides(session, sides, terms)
    lock_key(session, f"mentorships:{actor.organization.id}")
    people = sum(len(ids) for ids in sides.values())
    mentorship = insert(
        session,
        Mentorship(
            number=(session.scalar(select(func.max(Mentorship.number))) or 0) + 1,
            kind=MentorshipKind.PAIR if people == _PAIR else MentorshipKind.GROUP,
            **values,
        ),
    )
    for role, ids in sides.items():
        for participant_id in ids:
            insert(session, _member(mentorship, participant_id, role, terms.started_on))
    journal.record(session, actor, "mentorship.created", mentorship, number=mentorship.number, members=people)
    return mentorship


def edit_mentorship(session: Session, actor: Actor, mentorship_id: int, terms: Terms, *, version: int) -> Mentorship:
    """Correct dates, order, role model or programme; `version` is the one the editor saw.

    Raises:
        ConflictError: somebody saved it meanwhile.
        InvalidError: a value does not fit.

    """
    need_writer(actor)
    row = find(session, Mentorship, mentorship_id, lock=True)
    if terms.mentoring_form != row.mentoring_form:
        raise InvalidError(
            "Форму наставничества у записанной пары не меняют: завершите её и создайте новую.", field="mentoring_form"
        )
    values = _checked_terms(session, actor, terms, former=row.role_model)
    refuse_stale(session, row, version, values, MENTORSHIP_WORDS)
    if row.ended_on and terms.started_on > row.ended_on:
        raise InvalidError("Начало позже окончания.", field="started_on")
    before = row.started_on
    for name, value in values.items():
        setattr(row, name, value)
    for member in _members_since(session, row.id, before):
        member.joined_on = terms.started_on
        member.left_on = member.left_on and max(member.left_on, terms.started_on)
    journal.record(session, actor, "mentorship.edited", row)
    return row


def end_mentorship(
    session: Session, actor: Actor, mentorship_id: int, *, ended_on: date, outcome: Outcome, version: int | None = None
) -> Mentorship:
    """End a pair or group: `ended_on` is the first day that is not counted.

    Raises:
        WrongStateError: it has ended before.
        InvalidError: the day lies before the beginning or ahead.

    """
    need_writer(actor)
    row = find(session, Mentorship, mentorship_id, lock=True)
    if row.ended_on is not None:
        raise WrongStateError(f"{row.kind.label.capitalize()} № {row.number} уже завершена.")
    if version is not None:
        refuse_stale(session, row, version, {"ended_on": ended_on, "outcome": outcome}, MENTORSHIP_WORDS)
    if outcome is Outcome.MISTAKE:
        ended_on = max(row.started_on, ended_on)
    if ended_on < row.started_on:
        raise InvalidError(f"Начало {row.started_on:%d.%m.%Y}, окончание не раньше.", field="ended_on")
    if ended_on > row.started_on:
        refuse_future(actor, ended_on, "ended_on")
    close(session, row, on=ended_on, outcome=outcome)
    journal.record(session, actor, "mentorship.ended", row, outcome=outcome.value, on=ended_on.isoformat())
    return row


def add_member(
    session: Session, actor: Actor, mentorship_id: int, *, participant_id: int, role: ParticipantRole, joined_on: date
) -> MentorshipMember:
    """Take a person into an open pair or group; a pair with a third person becomes a group.

    Raises:
        InvalidError: the person is in it already, or does not take part in the form on that side.

    """
    need_writer(actor)
    row = _open(session, mentorship_id)
    members = open_members(session, row.id)
    if any(member.participant_id == participant_id for member in members):
        raise InvalidError("Этот человек уже здесь.", field="participant_id")
    if joined_on < row.started_on:
        raise InvalidError(f"Начало {row.started_on:%d.%m.%Y}, вступить раньше нельзя.", field="joined_on")
    _need_part(session, {role: [participant_id]}, row.mentoring_form, joined_on)
    member = session.scalars(
        select(MentorshipMember).where(
            MentorshipMember.mentorship_id == row.id,
            MentorshipMember.participant_id == participant_id,
            MentorshipMember.joined_on == joined_on,
        )
    ).one_or_none()
    if member is None:
        member = insert(session, _member(row, participant_id, role, joined_on))
    member.role, member.left_on = role, None
    if len(members) + 1 > _PAIR:
        row.kind = MentorshipKind.GROUP
    journal.record(session, actor, "mentorship.joined", row, participant_id=participant_id, role=role.value)
    return member


def remove_member(
    session: Session, actor: Actor, mentorship_id: int, *, participant_id: int, left_on: date
) -> MentorshipMember:
    """Take a person out of a group; the last one of a side cannot leave: the whole is ended instead.

    Raises:
        InvalidError: the person is not in it, is the last of the side, or the day does not fit.

    """
    need_writer(actor)
    row = _open(session, mentorship_id)
    members = open_members(session, row.id)
    member = next((one for one in members if one.participant_id == participant_id), None)
    if member is None:
        raise InvalidError("Этого человека здесь нет.", field="participant_id")
    if sum(one.role is member.role for one in members) == 1:
        raise InvalidError("Последнего с этой стороны не исключают: завершите пару или группу.", field="participant_id")
    if left_on < member.joined_on:
        raise InvalidError(f"Вступил {member.joined_on:%d.%m.%Y}, выход не раньше.", field="left_on")
    refuse_future(actor, left_on, "left_on")
    member.left_on = left_on
    journal.record(session, actor, "mentorship.left", row, participant_id=participant_id, on=left_on.isoformat())
    return member


def _open(session: Session, mentorship_id: int) -> Mentorship:
    row = find(session, Mentorship, mentorship_id, lock=True)
    if row.ended_on is not None:
        raise WrongStateError(f"{row.kind.label.capitalize()} № {row.number} уже завершена.")
    return row


def _checked_terms(session: Session, actor: Actor, terms: Terms, *, former: str = "") -> dict[str, Any]:
    form = mentoring_form(terms.mentoring_form)
    if actor.organization.kind not in form.kinds:
        raise InvalidError("В Вашей организации этой формы наставничества нет.", field="mentoring_form")
    role_model = terms.role_model and need_role_model(
        session, actor, form, terms.role_model, terms.started_on, former=former
    )
    today = clock.today(actor.organization.time_zone)
    if not _EARLIEST <= terms.started_on <= today + _AHEAD:
        raise InvalidError("Проверьте год.", field="started_on")
    if terms.order_on and not _EARLIEST <= terms.order_on <= today + _AHEAD:
        raise InvalidError("Проверьте год приказа.", field="order_on")
    if terms.programme_id is not None:
        programme = find(session, Programme, terms.programme_id)
        if programme.mentoring_form != form.code:
            raise InvalidError("Эта программа другой формы наставничества.", field="programme_id")
    return {
        "mentoring_form": form.code,
        "role_model": role_model,
        "programme_id": terms.programme_id,
        "order_number": terms.order_number.strip(),
        "order_on": terms.order_on,
        "started_on": terms.started_on,
    }


def _check_sides(session: Session, sides: dict[ParticipantRole, list[int]], terms: Terms) -> None:
    mentors, mentees = sides[ParticipantRole.MENTOR], sides[ParticipantRole.MENTEE]
    if not mentors:
        raise InvalidError("Выберите наставника.", field="mentors")
    if not mentees:
        raise InvalidError("Выберите наставляемого.", field="mentees")
    if set(mentors) & set(mentees):
        raise InvalidError("Один человек не может быть наставником самому себе.", field="mentees")
    _need_part(session, sides, terms.mentoring_form, terms.started_on)


def _need_part(session: Session, sides: dict[ParticipantRole, list[int]], form: str, day: date) -> None:
    """Let people in who take part in the form on their side on that day: pairs and people must agree."""
    ids = [participant_id for people in sides.values() for participant_id in people]
    rows = session.execute(
        select(Participation.participant_id, Participation.role).where(
            Participation.participant_id.in_(ids),
            Participation.mentoring_form == form,
            Participation.started_on <= day,
            or_(Participation.ended_on.is_(None), Participation.ended_on > day),
        )
    )
    found = {(participant_id, role) for participant_id, role in rows}
    for role, people in sides.items():
        if any((participant_id, role) not in found for participant_id in people):
            word = "Наставник" if role is ParticipantRole.MENTOR else "Наставляемый"
            raise InvalidError(
                f"{word} на {day:%d.%m.%Y} в этой форме не участвует. Проверьте карточку.", field=f"{role.value}s"
            )


def _member(row: Mentorship, participant_id: int, role: ParticipantRole, day: date) -> MentorshipMember:
    return MentorshipMember(mentorship_id=row.id, participant_id=participant_id, role=role, joined_on=day)


def _members_since(session: Session, mentorship_id: int, day: date) -> Sequence[MentorshipMember]:
    """Return those who came with the beginning; a corrected beginning moves them along."""
    return session.scalars(
        select(MentorshipMember).where(
            MentorshipMember.mentorship_id == mentorship_id, MentorshipMember.joined_on == day
        )
    ).all()
