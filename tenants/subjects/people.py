"""Everybody whose name an organization holds: in an archive there is no other list of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.participants.models import Participant
from tenants.participants.persons import Name, Person, name_key


@dataclass(frozen=True)
class HeldPerson:
    """One person by number; the page shows the name where it may."""

    participant_id: int
    number: int


def people_held(session: Session) -> Sequence[HeldPerson]:
    """Return everybody who has a name yet, in the order of names. `session` has the full scope."""
    rows = session.execute(
        select(Participant.id, Participant.number)
        .join(Person, Person.participant_id == Participant.id)
        .order_by(Person.name_key, Participant.number)
    )
    return [HeldPerson(*row) for row in rows]


def matching(people: Sequence[HeldPerson], shown: Mapping[int, Name], text: str) -> Sequence[HeldPerson]:
    """Return those whose shown name or number holds every typed word: a hidden name is not found by the name."""
    words = name_key(text).split()
    keys = {one.participant_id: f"{name_key(shown[one.participant_id].full)} {one.number}" for one in people}
    return [one for one in people if all(word in keys[one.participant_id] for word in words)]
