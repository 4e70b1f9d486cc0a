"""Records behind a number of the month: people and their parts, by name in the school's own scope only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tenants.db import ScopedSession
from tenants.errors import InvalidError
from tenants.mentorships.catalogue import mentoring_form
from tenants.participants.models import Participant, Participation
from tenants.participants.persons import names_of


@dataclass(frozen=True)
class RecordLine:
    """One record of a list: what it is called, its form in a few letters, its day, where it opens."""

    id: int
    title: str
    form: str
    """Short label; empty where a person stands for several forms."""
    on: date | None
    endpoint: str
    """With `arguments` the address of the record's card."""
    arguments: dict[str, Any]


def short_form(code: str) -> str:
    """Return «уч–уч»; an unknown code stands for itself."""
    try:
        return mentoring_form(code).short_label
    except InvalidError:
        return code


def participants_behind(session: ScopedSession, ids: Collection[int]) -> list[RecordLine]:
    """Return people by name; without names (above the school) by number. Unknown ids are left out."""
    numbers = dict(session.execute(select(Participant.id, Participant.number).where(Participant.id.in_(ids))).all())
    names = names_of(session, numbers.keys())
    lines = [
        _person(key, names[key].full if key in names else f"Участник № {number}") for key, number in numbers.items()
    ]
    return sorted(lines, key=lambda line: (line.title.lower().replace("ё", "е"), line.id))


def participations_behind(session: ScopedSession, ids: Collection[int]) -> list[RecordLine]:
    """Return parts in mentoring by the person's name, with side, form and first day."""
    rows = session.execute(
        select(
            Participation.id,
            Participation.participant_id,
            Participation.role,
            Participation.mentoring_form,
            Participation.started_on,
            Participant.number,
        )
        .join(Participant, Participant.id == Participation.participant_id)
        .where(Participation.id.in_(ids))
    ).all()
    names = names_of(session, {row.participant_id for row in rows})
    lines = []
    for row in rows:
        name = names.get(row.participant_id)
        title = f"{name.full if name else f'Участник № {row.number}'}, {row.role.label}"
        where = {"participant_id": row.participant_id}
        form = short_form(row.mentoring_form)
        lines.append(RecordLine(row.id, title, form, row.started_on, "participants.person", where))
    return sorted(lines, key=lambda line: (line.title.lower().replace("ё", "е"), line.id))


def _person(participant_id: int, title: str) -> RecordLine:
    return RecordLine(participant_id, title, "", None, "participants.person", {"participant_id": participant_id})
