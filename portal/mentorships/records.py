"""The list behind a number: records of any kind that figures count, as lines with an address."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from portal.participants.records import RecordLine, participants_behind, participations_behind, short_form
from tenants.db import ScopedSession
from tenants.mentorships.models import Meeting, Mentorship, MentorshipMember, Programme
from tenants.participants.models import ParticipantRole
from tenants.participants.persons import Name, names_of


def describe_members(session: ScopedSession, kind: str, ids: Collection[int]) -> list[RecordLine]:
    """Return the lines of records: kind is participant, participation, mentorship, meeting or programme.

    Records out of scope are left out; above the school there are numbers instead of names.

    Raises:
        KeyError: no figure counts records of this kind.

    """
    return _READERS[kind](session, ids)


def mentorships_behind(session: ScopedSession, ids: Collection[int]) -> list[RecordLine]:
    """Return pairs and groups by number, with the people in them."""
    rows = session.scalars(select(Mentorship).where(Mentorship.id.in_(ids)).order_by(Mentorship.number)).all()
    people = _people(session, [row.id for row in rows])
    return [
        RecordLine(
            row.id,
            f"{row.kind.label.capitalize()} № {row.number}{people.get(row.id, '')}",
            short_form(row.mentoring_form),
            row.started_on,
            "mentorships.pair",
            {"mentorship_id": row.id},
        )
        for row in rows
    ]


def meetings_behind(session: ScopedSession, ids: Collection[int]) -> list[RecordLine]:
    """Return meetings by day, with the pair or group."""
    rows = session.execute(
        select(Meeting.id, Meeting.held_on, Meeting.kind, Meeting.mentorship_id, Mentorship.mentoring_form)
        .add_columns(Mentorship.kind.label("of"), Mentorship.number)
        .join(Mentorship, Mentorship.id == Meeting.mentorship_id)
        .where(Meeting.id.in_(ids))
        .order_by(Meeting.held_on, Meeting.id)
    ).all()
    people = _people(session, {row.mentorship_id for row in rows})
    return [
        RecordLine(
            row.id,
            f"{row.of.label.capitalize()} № {row.number}{people.get(row.mentorship_id, '')}: {row.kind.label}",
            short_form(row.mentoring_form),
            row.held_on,
            "mentorships.pair",
            {"mentorship_id": row.mentorship_id},
        )
        for row in rows
    ]


def programmes_behind(session: ScopedSession, ids: Collection[int]) -> list[RecordLine]:
    """Return programmes by title."""
    rows = session.scalars(select(Programme).where(Programme.id.in_(ids)).order_by(Programme.title, Programme.id))
    return [
        RecordLine(row.id, row.title, short_form(row.mentoring_form), row.started_on, "mentorships.programmes", {})
        for row in rows
    ]


def _people(session: ScopedSession, mentorship_ids: Collection[int]) -> Mapping[int, str]:
    """Return «: Петров М. – Серов К.» for each; nothing where names are out of reach."""
    rows = session.execute(
        select(MentorshipMember.mentorship_id, MentorshipMember.participant_id, MentorshipMember.role)
        .where(MentorshipMember.mentorship_id.in_(mentorship_ids))
        .order_by(MentorshipMember.mentorship_id, MentorshipMember.id)
    ).all()
    names = names_of(session, {row.participant_id for row in rows})
    if not names:
        return {}
    sides: dict[int, dict[ParticipantRole, list[Any]]] = {}
    for row in rows:
        side = sides.setdefault(row.mentorship_id, {role: [] for role in ParticipantRole})[row.role]
        if row.participant_id in names and names[row.participant_id] not in side:
            side.append(names[row.participant_id])
    return {
        key: f": {_short(found[ParticipantRole.MENTOR])} – {_short(found[ParticipantRole.MENTEE])}"
        for key, found in sides.items()
    }


def _short(names: list[Name]) -> str:
    return ", ".join(name.short for name in names)


_READERS = {
    "participant": participants_behind,
    "participation": participations_behind,
    "mentorship": mentorships_behind,
    "meeting": meetings_behind,
    "programme": programmes_behind,
}
