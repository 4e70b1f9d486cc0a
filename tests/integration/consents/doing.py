"""Steps that the tests of consents share."""

from datetime import date

from sqlalchemy import select

from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.consent_models import ConsentWithdrawal
from tenants.participants.consents import NewConsent, give_consent
from tenants.participants.models import Consent, Participant
from tenants.participants.persons import Name, name_of
from tenants.participants.withdrawal import Withdrawal, undo_withdrawal, withdraw_consent
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.tree import actor_of

WITHDRAWN = "Канарейкин"
"""A last name that nothing else in the portal has."""


def canary(place: Organization, **more: object) -> tuple[Participant, Consent]:
    """A mentee with a name that is easily searched for, and a consent."""
    person = make_participant(place, name=f"{WITHDRAWN} Прохор Лукич", role=MENTEE, **more)
    return person, make_consent(place, person)


def withdrawn(place: Organization, consent: Consent, on: date | None = None) -> ConsentWithdrawal:
    """Withdraw a consent and return the row of it."""
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        withdraw_consent(session, actor, consent.id, Withdrawal(on))
    with transaction(actor.scope) as session:
        return session.scalars(
            select(ConsentWithdrawal)
            .where(ConsentWithdrawal.consent_id == consent.id)
            .order_by(ConsentWithdrawal.id.desc())
        ).all()[0]


def undone(place: Organization, row: ConsentWithdrawal) -> None:
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        undo_withdrawal(session, actor, row.id)


def given(place: Organization, person: Participant, new: NewConsent) -> Consent:
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        return give_consent(session, actor, person.id, new)


def shown(place: Organization, person: Participant) -> Name:
    with transaction(actor_of(place).scope) as session:
        return name_of(session, person.id)
