"""Whose data must go and when: term passed, consent withdrawn, written down by mistake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session

from tenants.participants.ages import ADULT_AT, born_by
from tenants.participants.models import Consent, ConsentKind, EndReason, Giver, Participant, Participation
from tenants.participants.persons import Name, Person
from tenants.subjects.models import Destruction, DestructionState, DestructionSubject, Reason
from tenants.subjects.terms import Term, terms_on

HORIZON = timedelta(days=90)
LEAD = timedelta(days=10)
"""After a withdrawal thirty days are the last day, so an act may name a person this long before it."""


@dataclass(frozen=True)
class DueSubject:
    """One person whose data fall due."""

    participant_id: int
    number: int
    name: Name
    reason: Reason
    due_on: date
    ended_on: date
    """Last day that counted: of the last part, the withdrawal, or the writing down."""
    act_id: int | None
    """The open act that names the person already."""

    def ripe(self, today: date) -> bool:
        """Return whether an act may name the person today."""
        return self.act_id is None and self.due_on <= today + (
            LEAD if self.reason is Reason.WITHDRAWN else timedelta(0)
        )


def due_subjects(session: Session, today: date, *, horizon: timedelta = HORIZON) -> list[DueSubject]:
    """Return everybody who falls due until the horizon, the most pressing first. Runs in the organization's scope."""
    terms = terms_on(session, today)
    found = [_due(row, terms) for row in session.execute(_facts(today))]
    return sorted(
        (one for one in found if one is not None and one.due_on <= today + horizon),
        key=lambda one: (one.due_on, one.number),
    )


def _facts(today: date) -> Any:  # noqa: ANN401 - a select of named columns
    runs = or_(Participation.ended_on.is_(None), Participation.ended_on > today)
    mistake = func.coalesce(Participation.end_reason == EndReason.MISTAKE, False)
    parts = (
        select(
            Participation.participant_id,
            func.bool_or(runs).label("open"),
            func.max(Participation.ended_on).label("ended_on"),
            func.bool_and(mistake).label("mistaken"),
        )
        .group_by(Participation.participant_id)
        .subquery()
    )
    consents = _consents(today)
    acts = (
        select(DestructionSubject.participant_id, func.max(Destruction.id).label("act_id"))
        .join(Destruction, Destruction.id == DestructionSubject.destruction_id)
        .where(Destruction.state.in_((DestructionState.PROPOSED, DestructionState.CONFIRMED)))
        .group_by(DestructionSubject.participant_id)
        .subquery()
    )
    return (
        select(
            Participant.id,
            Participant.number,
            Participant.recorded_at,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            parts.c.open,
            parts.c.ended_on,
            parts.c.mistaken,
            consents.c.stands,
            consents.c.agreed_on,
            consents.c.withdrawn_on,
            consents.c.ended_on.label("consent_ended_on"),
            acts.c.act_id,
        )
        .join(Person, Person.participant_id == Participant.id)
        .outerjoin(parts, parts.c.participant_id == Participant.id)
        .outerjoin(consents, consents.c.participant_id == Participant.id)
        .outerjoin(acts, acts.c.participant_id == Participant.id)
        .order_by(Participant.id)
    )


def _consents(today: date) -> Subquery:
    """Return what the consents of each person to keep records say together."""
    records = Consent.kind == ConsentKind.PROCESSING
    kept = or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > today)
    stands = and_(
        kept,
        or_(Consent.valid_until.is_(None), Consent.valid_until >= today),
        # A representative's consent ends with the eighteenth birthday.
        or_(
            Consent.given_by == Giver.SELF,
            Participant.born_on.is_(None),
            Participant.born_on > born_by(today, ADULT_AT),
        ),
    )
    return (
        select(
            Consent.participant_id,
            func.bool_or(and_(records, stands)).label("stands"),
            func.max(Consent.given_on).filter(records, kept).label("agreed_on"),
            func.max(Consent.withdrawn_on).filter(records, Consent.withdrawn_on <= today).label("withdrawn_on"),
            func.max(func.coalesce(Consent.withdrawn_on, Consent.valid_until)).label("ended_on"),
        )
        .join(Participant, Participant.id == Consent.participant_id)
        .group_by(Consent.participant_id)
        .subquery()
    )


def _withdrawn(row: Row[*tuple[Any, ...]]) -> bool:
    """Return whether a withdrawal is the last word; a consent signed later speaks, even where it has run out since."""
    if row.withdrawn_on is None or row.stands:
        return False
    return row.agreed_on is None or row.agreed_on < row.withdrawn_on


def _due(row: Row[*tuple[Any, ...]], terms: Mapping[str, Term]) -> DueSubject | None:
    name = Name(row.last_name, row.first_name, row.middle_name)

    def said(reason: Reason, since: date, due_on: date) -> DueSubject:
        return DueSubject(row.id, row.number, name, reason, due_on, since, row.act_id)

    if _withdrawn(row):
        return said(Reason.WITHDRAWN, row.withdrawn_on, terms["withdrawn"].end(row.withdrawn_on))
    if row.open:
        return None
    ended = row.ended_on or row.recorded_at.date()
    if row.mistaken:
        return said(Reason.PURPOSE, ended, terms["purpose"].end(ended))
    # Both terms must have passed: a card that outlives its consent has no ground, a consent without a card no subject.
    consent_ended = min(row.consent_ended_on or ended, ended)
    return said(Reason.TERM, ended, max(terms["card"].end(ended), terms["consent"].end(consent_ended)))
