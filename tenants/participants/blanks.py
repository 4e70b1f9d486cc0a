"""What a blank of a consent takes from a card."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.errors import NotFoundError
from tenants.participants.ages import CHILD_SIGNS_AT, birthday
from tenants.participants.consents import usual_giver
from tenants.participants.genitive import genitive
from tenants.participants.models import Giver, Participant, Participation
from tenants.participants.persons import Person

_NAME_ENDS = re.compile(r"[,;:(+\d]")
"""The card keeps the representative's name and telephone in one line; the blank wants the name."""


@dataclass(frozen=True)
class BlankPerson:
    """One person as a blank names them."""

    name: str
    genitive: str
    born_on: date | None
    post: str
    """Class or post."""
    representative: str
    minor: bool
    from_fourteen: bool


def people_for_blanks(session: Session, participant_ids: Collection[int], today: date) -> list[BlankPerson]:
    """Return the people in the order of their names.

    Raises:
        NotFoundError: one of them is not in this organization, or the name is hidden.

    """
    rows = session.execute(
        select(Participant, Person)
        .join(Person, Person.participant_id == Participant.id)
        .where(Participant.id.in_(participant_ids))
        .order_by(Person.name_key.collate("C"), Participant.id)
    ).all()
    if len(rows) < len(set(participant_ids)):
        raise NotFoundError("Имя скрыто, или такого участника нет: бланк не напечатать.")
    posts = _posts(session, participant_ids)
    return [_person(participant, person, posts.get(participant.id, ""), today) for participant, person in rows]


def _posts(session: Session, participant_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(
        select(Participation.participant_id, Participation.class_name)
        .where(Participation.participant_id.in_(participant_ids), Participation.class_name != "")
        .order_by(Participation.started_on, Participation.id)
    )
    return dict(rows.all())


def _person(participant: Participant, person: Person, post: str, today: date) -> BlankPerson:
    born_on = participant.born_on
    return BlankPerson(
        person.name.full,
        person.genitive or genitive(person.name, participant.sex),
        born_on,
        post,
        _NAME_ENDS.split(person.representative, maxsplit=1)[0].strip(),
        minor=usual_giver(born_on, today) is Giver.REPRESENTATIVE,
        from_fourteen=born_on is not None and birthday(born_on, CHILD_SIGNS_AT) <= today,
    )
