"""Withdrawing a consent: the parts end, the name is hidden, the data are due to be destroyed; a mistake is undone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import TenantRow, find, insert
from tenants.errors import InvalidError, WrongStateError
from tenants.history import refuse_stale
from tenants.mentorships.models import Mentorship, MentorshipMember, Outcome
from tenants.participants import policy
from tenants.participants.consent_models import ConsentWithdrawal, Received, ended_entry
from tenants.participants.consents import consents_of, state_on
from tenants.participants.hiding import hide_name, show_name
from tenants.participants.models import Consent, ConsentKind, EndReason, Participant, Participation
from tenants.participants.papers import forget_destruction
from tenants.participants.participations import end_participation, refuse_future
from tenants.participants.words import CONSENT_WORDS

DESTROY_WITHIN = timedelta(days=30)
"""152-ФЗ, статья 21, часть 5."""
_ENDS: dict[type[Any], tuple[str, ...]] = {
    Participation: ("ended_on", "end_reason"),
    Mentorship: ("ended_on", "outcome"),
    MentorshipMember: ("left_on",),
    Consent: ("withdrawn_on",),
}
_MODELS = {model.__tablename__: model for model in _ENDS}


@dataclass(frozen=True)
class Withdrawal:
    """What a curator says about a withdrawal; without a day it is today."""

    on: date | None = None
    received: Received = Received.PAPER
    version: int | None = None
    """Of the consent as the curator saw it; None where nobody looked."""
    request_id: int | None = None
    """The request that it answers, of the same person."""


@dataclass
class Touched:
    """The open records of a person that a withdrawal may end."""

    parts: list[Participation] = field(default_factory=list)
    mentorships: list[Mentorship] = field(default_factory=list)
    members: list[MentorshipMember] = field(default_factory=list)
    """Everybody in these pairs and groups, the person too."""
    consents: list[Consent] = field(default_factory=list)
    """Others to the same purpose."""

    def __iter__(self) -> Iterator[TenantRow]:
        """Go through all of them in the order in which they are restored."""
        return iter([*self.parts, *self.mentorships, *self.members, *self.consents])


def withdraw_consent(
    session: Session, actor: Actor, consent_id: int, told: Withdrawal | None = None
) -> list[Participation]:
    """Write down that a consent was withdrawn; the parts that this ended are returned.

    A person withdraws from a purpose, not from a paper: every consent to it signed by that day ends. Where none to keep
    records was signed later, parts end and the name is hidden: without one nothing may be kept going.

    Raises:
        WrongStateError: it was withdrawn before.
        ConflictError: somebody saved it meanwhile.
        InvalidError: the day lies ahead or before the signature.

    """
    policy.need_withdrawer(actor)
    told = told or Withdrawal()
    # The person's row keeps those who change the same consents and parts apart until the end.
    find(session, Participant, find(session, Consent, consent_id).participant_id, lock=True)
    row = find(session, Consent, consent_id, lock=True)
    day = told.on or clock.today(actor.organization.time_zone)
    _check(session, actor, row, told, day)
    hides = is_last(session, row, day)
    touched = touched_by(session, row.participant_id) if hides else Touched()
    touched.consents = ended_together(session, row, day)
    before = [_ends_of(one) for one in touched]
    row.withdrawn_on = day
    journal.record(
        session, actor, "consent.withdrawn", row, on=day.isoformat(), received=told.received.value, name_hidden=hides
    )
    for one in touched.consents:
        one.withdrawn_on = day
    ended = [_end(session, actor, part, day) for part in touched.parts]
    insert(
        session,
        ConsentWithdrawal(
            consent_id=row.id,
            participant_id=row.participant_id,
            withdrawn_on=day,
            received=told.received,
            recorded_by=actor.user_id or None,
            request_id=told.request_id,
            hides=hides,
            destroy_due_on=day + DESTROY_WITHIN if hides else None,
            ended=_differences(touched, before),
        ),
    )
    if hides:
        hide_name(session, row.participant_id)
    return ended


def undo_withdrawal(session: Session, actor: Actor, withdrawal_id: int) -> ConsentWithdrawal:
    """Take back a withdrawal that was recorded by mistake, on the day of the record: all that it ended returns.

    Raises:
        WrongStateError: another day has begun, it was taken back before, a later one of the same purpose stands, or its
            records were changed since.

    """
    policy.need_withdrawer(actor)
    who = session.scalar(select(ConsentWithdrawal.participant_id).where(ConsentWithdrawal.id == withdrawal_id))
    find(session, Participant, who or 0, lock=True)
    row = find(session, ConsentWithdrawal, withdrawal_id, lock=True)
    if not may_undo(row, actor):
        raise WrongStateError("Отменить отзыв можно только в день записи. Внесите новое согласие.")
    consent = find(session, Consent, row.consent_id, lock=True)
    if _followed(session, row, consent):
        raise WrongStateError("Это согласие потом отозвали ещё раз. Сначала отмените последний отзыв.")
    for one in row.ended:
        _restore(find(session, _MODELS[one["table"]], one["id"], lock=True), one)
    consent.withdrawn_on = None
    row.undone_at = clock.now()
    if row.hides:
        forget_destruction(session, row.participant_id)
        show_name(session, row.participant_id)
    journal.record(session, actor, "consent.restored", consent, withdrawal=row.id)
    return row


def may_undo(row: ConsentWithdrawal, actor: Actor) -> bool:
    """Return whether the day of the record still lasts in the school."""
    zone = actor.organization.time_zone
    return row.undone_at is None and _day_of(row.recorded_at, zone) == clock.today(zone)


def withdrawals_of(session: Session, participant_id: int) -> Sequence[ConsentWithdrawal]:
    """Return the withdrawals of a person that were not taken back, newest first."""
    return session.scalars(
        select(ConsentWithdrawal)
        .where(ConsentWithdrawal.participant_id == participant_id, ConsentWithdrawal.undone_at.is_(None))
        .order_by(ConsentWithdrawal.id.desc())
    ).all()


def is_last(session: Session, row: Consent, day: date) -> bool:
    """Return whether a withdrawal on a day leaves no consent to keep records: none was signed after it."""
    return row.kind is ConsentKind.PROCESSING and not any(one.given_on > day for one in _others(session, row))


def ended_together(session: Session, row: Consent, day: date) -> list[Consent]:
    """Return the other consents to the same purpose that a withdrawal on a day ends, newest first.

    What has run out by then is left as it is; a consent outgrown at eighteen is ended too.
    """
    return [
        one
        for one in _others(session, row)
        if one.given_on <= day and state_on(day, one.given_on, one.valid_until, None).in_force
    ]


def touched_by(session: Session, participant_id: int) -> Touched:
    """Return the open parts of a person, the open pairs and groups, and everybody who is in these."""
    parts = session.scalars(
        select(Participation)
        .where(Participation.participant_id == participant_id, Participation.ended_on.is_(None))
        .order_by(Participation.id)
    ).all()
    mine = select(MentorshipMember.mentorship_id).where(
        MentorshipMember.participant_id == participant_id, MentorshipMember.left_on.is_(None)
    )
    mentorships = session.scalars(
        select(Mentorship).where(Mentorship.id.in_(mine), Mentorship.ended_on.is_(None)).order_by(Mentorship.id)
    ).all()
    members = session.scalars(
        select(MentorshipMember)
        .where(MentorshipMember.mentorship_id.in_([one.id for one in mentorships]), MentorshipMember.left_on.is_(None))
        .order_by(MentorshipMember.id)
    ).all()
    return Touched(list(parts), list(mentorships), list(members))


def _check(session: Session, actor: Actor, row: Consent, told: Withdrawal, day: date) -> None:
    if row.withdrawn_on is not None:
        raise WrongStateError("Это согласие уже отозвано.")
    if told.version is not None:
        refuse_stale(session, row, told.version, {"withdrawn_on": day}, CONSENT_WORDS)
    refuse_future(actor, day, "withdrawn_on")
    if day < row.given_on:
        raise InvalidError("Согласие отозвано раньше, чем подписано.", field="withdrawn_on")


def _others(session: Session, row: Consent) -> list[Consent]:
    """Return the other consents to the same purpose that were not withdrawn, newest first."""
    return [
        one
        for one in consents_of(session, row.participant_id)
        if one.kind is row.kind and one.id != row.id and one.withdrawn_on is None
    ]


def _followed(session: Session, row: ConsentWithdrawal, consent: Consent) -> bool:
    """Return whether a later withdrawal of the same purpose stands: it would have ended what the first one did."""
    later = (
        select(ConsentWithdrawal.id)
        .join(Consent, Consent.id == ConsentWithdrawal.consent_id)
        .where(
            ConsentWithdrawal.participant_id == row.participant_id,
            ConsentWithdrawal.id > row.id,
            ConsentWithdrawal.undone_at.is_(None),
            Consent.kind == consent.kind,
        )
    )
    return session.scalar(later.limit(1)) is not None


def _end(session: Session, actor: Actor, part: Participation, day: date) -> Participation:
    on = max(day, part.started_on)
    return end_participation(session, actor, part.id, ended_on=on, reason=EndReason.CONSENT_WITHDRAWN)


def _ends_of(row: TenantRow) -> dict[str, str | None]:
    """Return the columns of a record that an end writes, as JSON holds them."""
    return {name: _plain(getattr(row, name)) for name in _ENDS[type(row)]}


def _plain(value: date | EndReason | Outcome | None) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else value.value


def _differences(touched: Touched, before: Sequence[dict[str, str | None]]) -> list[dict[str, Any]]:
    return [
        ended_entry(row, former, _ends_of(row))
        for row, former in zip(touched, before, strict=True)
        if former != _ends_of(row)
    ]


def _restore(row: TenantRow, told: dict[str, Any]) -> None:
    if _ends_of(row) != told["after"]:
        raise WrongStateError("Участие или пару с тех пор изменили: отмените отзыв, внеся новое согласие.")
    for name, value in told["before"].items():
        setattr(row, name, _read(name, value))


def _read(name: str, value: str | None) -> date | EndReason | Outcome | None:
    if value is None:
        return None
    if name == "end_reason":
        return EndReason(value)
    return Outcome(value) if name == "outcome" else date.fromisoformat(value)


def _day_of(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
