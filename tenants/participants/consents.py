"""Consents: one for each purpose, given by the person or a representative; their states on a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert
from tenants.errors import InvalidError
from tenants.participants import policy
from tenants.participants.ages import ADULT_AT, birthday, outgrown
from tenants.participants.consent_models import ConsentWithdrawal, ended_entry
from tenants.participants.consent_texts import need_edition
from tenants.participants.hiding import show_name
from tenants.participants.models import Consent, ConsentForm, ConsentKind, Giver, Participant
from tenants.participants.papers import Scan, forget_destruction, keep_paper
from tenants.participants.participations import refuse_future

EXPIRES_SOON = timedelta(days=30)


class ConsentState(StrEnum):
    """How things stand with the consent to the processing of data."""

    OK = "ok"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"
    OUTGROWN = "outgrown"
    """A representative signed for a child who is of age now: only the person's own consent counts."""

    @property
    def in_force(self) -> bool:
        """Return whether it allows anything."""
        return self in (ConsentState.OK, ConsentState.EXPIRING)


@dataclass(frozen=True)
class NewConsent:
    """What a curator says about a consent."""

    given_on: date
    kind: ConsentKind = ConsentKind.PROCESSING
    given_by: Giver = Giver.SELF
    valid_until: date | None = None
    document: str = ""
    """Number, or where the paper lies."""
    giver_name: str = ""
    giver_basis: str = ""
    child_signed: bool = False
    text_id: int | None = None
    scan: Scan | None = None


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


def state_of_consent(row: Consent, born_on: date | None, day: date) -> ConsentState:
    """Return the state of a consent on a day, with regard to the age of the person."""
    found = state_on(day, row.given_on, row.valid_until, row.withdrawn_on)
    by_representative = row.given_by is Giver.REPRESENTATIVE
    return (
        ConsentState.OUTGROWN
        if found.in_force and outgrown(born_on, day, by_representative=by_representative)
        else found
    )


def usual_giver(born_on: date | None, on: date) -> Giver:
    """Return who signs: a representative for a minor (152-ФЗ, статья 9, часть 6)."""
    if born_on is None:
        return Giver.SELF
    return Giver.REPRESENTATIVE if on < birthday(born_on, ADULT_AT) else Giver.SELF


def give_consent(session: Session, actor: Actor, participant_id: int, new: NewConsent) -> Consent:
    """Write down a consent; one to keep records shows a hidden name again and stops its destruction.

    A paper signed before a withdrawal from the same purpose was withdrawn together with those known then: it is kept
    with the day of that withdrawal and shows nothing.

    Raises:
        InvalidError: it lies ahead, its term ends before it begins, it has the wrong signature for its day, or its text
            is of another purpose.
        NotFoundError: the person or the edition of the text is not in reach.

    """
    policy.need_writer(actor)
    # A withdrawal at the same moment comes before or after it as a whole.
    participant = find(session, Participant, participant_id, lock=True)
    _check(actor, participant, new)
    if new.text_id is not None:
        need_edition(session, new.text_id, new.kind)
    row = insert(
        session,
        Consent(
            participant_id=participant.id,
            kind=new.kind,
            given_on=new.given_on,
            given_by=new.given_by,
            valid_until=new.valid_until,
            withdrawn_on=_withdrawn_since(session, participant_id, new),
            document=new.document.strip(),
            form=ConsentForm.FILE if new.scan else ConsentForm.PAPER,
            child_signed=new.child_signed,
            text_id=new.text_id,
        ),
    )
    _tell_withdrawal(session, row)
    shown = _shown_again(session, actor, participant, row)
    keep_paper(session, row, new.giver_name, new.giver_basis, new.scan)
    journal.record(
        session, actor, "consent.given", row, kind=new.kind.value, on=new.given_on.isoformat(), name_shown_again=shown
    )
    return row


def _check(actor: Actor, participant: Participant, new: NewConsent) -> None:
    refuse_future(actor, new.given_on, "given_on")
    if new.valid_until is not None and new.valid_until <= new.given_on:
        raise InvalidError("Срок согласия кончается раньше, чем оно подписано.", field="valid_until")
    born_on = participant.born_on
    if born_on is not None and new.given_on < born_on:
        raise InvalidError("Согласие подписано раньше рождения.", field="given_on")
    if outgrown(born_on, new.given_on, by_representative=new.given_by is Giver.REPRESENTATIVE):
        raise InvalidError("В этот день участнику уже было 18 лет: он подписывает сам.", field="given_by")


def _withdrawn_since(session: Session, participant_id: int, new: NewConsent) -> date | None:
    """Return the day of the first withdrawal from the purpose after the signature; None where it had run out before."""
    day = session.scalar(
        select(func.min(Consent.withdrawn_on)).where(
            Consent.participant_id == participant_id, Consent.kind == new.kind, Consent.withdrawn_on > new.given_on
        )
    )
    return day if day and state_on(day, new.given_on, new.valid_until, None).in_force else None


def _tell_withdrawal(session: Session, row: Consent) -> None:
    """Add a paper found later to what its withdrawal ended, so that an undo brings it back with the others."""
    if row.withdrawn_on is None:
        return
    found = session.scalars(
        select(ConsentWithdrawal)
        .join(Consent, Consent.id == ConsentWithdrawal.consent_id)
        .where(
            ConsentWithdrawal.participant_id == row.participant_id,
            ConsentWithdrawal.withdrawn_on == row.withdrawn_on,
            ConsentWithdrawal.undone_at.is_(None),
            Consent.kind == row.kind,
        )
        .order_by(ConsentWithdrawal.id)
        .limit(1)
    ).one_or_none()
    if found is not None:
        found.ended = [*found.ended, ended_entry(row, {"withdrawn_on": None}, {"withdrawn_on": f"{row.withdrawn_on}"})]


def _shown_again(session: Session, actor: Actor, participant: Participant, row: Consent) -> bool:
    """Show a hidden name again where this consent allows it."""
    today = clock.today(actor.organization.time_zone)
    allows = state_of_consent(row, participant.born_on, today).in_force
    if row.kind is not ConsentKind.PROCESSING or not allows:
        return False
    forget_destruction(session, row.participant_id)
    return show_name(session, row.participant_id)


def consent_allows(session: Session, participant_id: int, kind: ConsentKind, day: date) -> bool:
    """Return whether a consent to this purpose is in force on a day; works at every level of the tree.

    The one door for whatever is done for a purpose: publishing, surveying, transferring. Who took the consent to keep
    records back allows nothing else either. Above the school the birth date is not readable, so a consent outgrown at
    eighteen is refused in the school only.
    """
    school = session.info["scope"].level == "organization"
    born_on = session.scalar(select(Participant.born_on).where(Participant.id == participant_id)) if school else None
    columns = (Consent.kind, Consent.given_on, Consent.valid_until, Consent.withdrawn_on, Consent.given_by)
    asked = {kind, ConsentKind.PROCESSING}
    query = select(*columns).where(Consent.participant_id == participant_id, Consent.kind.in_(asked))
    given = [row for row in session.execute(query) if row.given_on <= day]
    states = {row: state_on(day, row.given_on, row.valid_until, row.withdrawn_on) for row in given}
    allowed = {
        row.kind
        for row, state in states.items()
        if state.in_force and not outgrown(born_on, day, by_representative=row.given_by is Giver.REPRESENTATIVE)
    }
    withdrawn = {row.kind for row, state in states.items() if state is ConsentState.WITHDRAWN}
    return kind in allowed and (ConsentKind.PROCESSING in allowed or ConsentKind.PROCESSING not in withdrawn)


def consents_of(session: Session, participant_id: int) -> list[Consent]:
    """Return the consents of a person, newest first."""
    return list(
        session.scalars(
            select(Consent)
            .where(Consent.participant_id == participant_id)
            .order_by(Consent.given_on.desc(), Consent.id.desc())
        )
    )
