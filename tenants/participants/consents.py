"""Consents: given on paper with a date, withdrawn; a withdrawal ends the person's parts the same day."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert
from tenants.errors import InvalidError, WrongStateError
from tenants.history import refuse_stale
from tenants.participants import policy
from tenants.participants.models import Consent, ConsentKind, EndReason, Giver, Participant, Participation
from tenants.participants.participations import end_participation, refuse_future
from tenants.participants.words import CONSENT_WORDS

EXPIRES_SOON = timedelta(days=30)
ADULT_AT = 18


class ConsentState(StrEnum):
    """How things stand with the consent to the processing of data."""

    OK = "ok"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"


@dataclass(frozen=True)
class NewConsent:
    """What a curator says about a consent."""

    given_on: date
    kind: ConsentKind = ConsentKind.PROCESSING
    given_by: Giver = Giver.SELF
    valid_until: date | None = None
    document: str = ""


def state_on(day: date, given_on: date | None, valid_until: date | None, withdrawn_on: date | None) -> ConsentState:
    """Return the state of a consent on a day; without `given_on` there is none."""
    if given_on is None:
        return ConsentState.MISSING
    if withdrawn_on is not None and withdrawn_on <= day:
        return ConsentState.WITHDRAWN
    if valid_until is None:
        return ConsentState.OK
    if valid_until < day:
        return ConsentState.EXPIRED
    return ConsentState.EXPIRING if valid_until <= day + EXPIRES_SOON else ConsentState.OK


def usual_giver(born_on: date | None, on: date) -> Giver:
    """Return who signs: a representative for a minor (152-ФЗ, статья 9, часть 6)."""
    if born_on is None:
        return Giver.SELF
    age = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return Giver.REPRESENTATIVE if age < ADULT_AT else Giver.SELF


def give_consent(session: Session, actor: Actor, participant_id: int, new: NewConsent) -> Consent:
    """Write down a consent.

    Raises:
        InvalidError: it lies ahead, or its term ends before it begins.

    """
    policy.need_writer(actor)
    participant = find(session, Participant, participant_id)
    refuse_future(actor, new.given_on, "given_on")
    if new.valid_until is not None and new.valid_until <= new.given_on:
        raise InvalidError("Срок согласия кончается раньше, чем оно подписано.", field="valid_until")
    if participant.born_on is not None and new.given_on < participant.born_on:
        raise InvalidError("Согласие подписано раньше рождения.", field="given_on")
    row = insert(
        session,
        Consent(
            participant_id=participant.id,
            kind=new.kind,
            given_on=new.given_on,
            given_by=new.given_by,
            valid_until=new.valid_until,
            document=new.document.strip(),
        ),
    )
    journal.record(session, actor, "consent.given", row, kind=new.kind.value, on=new.given_on.isoformat())
    return row


def withdraw_consent(
    session: Session, actor: Actor, consent_id: int, *, on: date | None = None, version: int | None = None
) -> list[Participation]:
    """Write down that a consent was withdrawn (today unless said); the parts that this ended are returned.

    Only the last consent to processing ends parts: without one nothing may be kept going.

    Raises:
        WrongStateError: it was withdrawn before.
        ConflictError: somebody saved it meanwhile.

    """
    policy.need_writer(actor)
    row = find(session, Consent, consent_id, lock=True)
    if row.withdrawn_on is not None:
        raise WrongStateError("Это согласие уже отозвано.")
    day = on or clock.today(actor.organization.time_zone)
    if version is not None:
        refuse_stale(session, row, version, {"withdrawn_on": day}, CONSENT_WORDS)
    refuse_future(actor, day, "withdrawn_on")
    if day < row.given_on:
        raise InvalidError("Согласие отозвано раньше, чем подписано.", field="withdrawn_on")
    row.withdrawn_on = day
    journal.record(session, actor, "consent.withdrawn", row, on=day.isoformat())
    return _end_parts(session, actor, row.participant_id, day) if row.kind is ConsentKind.PROCESSING else []


def consents_of(session: Session, participant_id: int) -> list[Consent]:
    """Return the consents of a person, newest first."""
    return list(
        session.scalars(
            select(Consent)
            .where(Consent.participant_id == participant_id)
            .order_by(Consent.given_on.desc(), Consent.id.desc())
        )
    )


def _end_parts(session: Session, actor: Actor, participant_id: int, day: date) -> list[Participation]:
    if any(
        state_on(day, row.given_on, row.valid_until, row.withdrawn_on) in (ConsentState.OK, ConsentState.EXPIRING)
        for row in consents_of(session, participant_id)
        if row.kind is ConsentKind.PROCESSING
    ):
        return []
    parts = session.scalars(
        select(Participation)
        .where(Participation.participant_id == participant_id, Participation.ended_on.is_(None))
        .order_by(Participation.id)
    ).all()
    reason = EndReason.CONSENT_WITHDRAWN
    return [
        end_participation(session, actor, part.id, ended_on=max(day, part.started_on), reason=reason) for part in parts
    ]
