"""Opened names: the only way to a name from above its school. Row security lets through what the opening covers."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.accounts.actor import Actor
from tenants.db import Level, transaction
from tenants.errors import WrongStateError
from tenants.openings import policy
from tenants.openings.models import NameOpening
from tenants.participants.models import Participant
from tenants.participants.persons import Name, Person


@dataclass(frozen=True)
class Contacts:
    """How to reach somebody; every part may be empty."""

    phone: str
    email: str
    representative: str


@dataclass(frozen=True)
class OpenedName:
    """A name behind a number; `contacts` is None where they were not asked for."""

    participant_id: int
    number: int
    name: Name
    contacts: Contacts | None = None


def opened_names(session: Session, actor: Actor, opening: NameOpening) -> list[OpenedName]:
    """Return the names of an opening by number; contacts, where they are open, are read in a transaction of their own.

    Who took the consent to the transfer of data back is left out by the policy `transfer` from that moment on.

    Raises:
        WrongStateError: the opening has been given to somebody else.

    """
    if not policy.may_look(actor, opening):
        raise WrongStateError("Имена открыты другому сотруднику.")
    rows = session.execute(
        select(Participant.id, Participant.number, Person.last_name, Person.first_name, Person.middle_name)
        .join(Person, Person.participant_id == Participant.id)
        .where(
            Person.organization_id == opening.organization_id,
            Participant.organization_id == opening.organization_id,
            Participant.id.in_(opening.participant_ids),
        )
        .order_by(Participant.number)
    ).all()
    contacts = _contacts(actor, opening) if opening.contacts else {}
    return [
        OpenedName(row.id, row.number, Name(row.last_name, row.first_name, row.middle_name), contacts.get(row.id))
        for row in rows
    ]


def _contacts(actor: Actor, opening: NameOpening) -> dict[int, Contacts]:
    """Return phones and addresses, read by the level role that is granted these columns and no names."""
    columns = (Person.participant_id, Person.phone, Person.email, Person.representative)
    query = select(*columns).where(
        Person.organization_id == opening.organization_id, Person.participant_id.in_(opening.participant_ids)
    )
    with transaction(replace(actor.scope, level=Level.CONTACTS, read_only=True)) as session:
        rows = session.execute(query).all()
    return {row.participant_id: Contacts(row.phone, row.email, row.representative) for row in rows}
