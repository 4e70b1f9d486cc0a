"""Ask for a letter, claim it, finish it; sweep what was lost. All of it in the registry's scope.

A letter may be delivered to two workers or be tried again after a crash: the lease and the attempt number let only one
of them count. A mail server that took a letter and died before saying so makes the letter come twice, never be lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import REGISTRY, after_commit, insert, transaction
from tenants.notices.models import Letter, LetterState

MAX_ATTEMPTS = 48
"""Many short tries: a mail server that is away for four hours loses nothing."""
RETRY = timedelta(minutes=5)
_LEASE = timedelta(minutes=2)


def _silence(_letter_id: int) -> None:
    """Ring nowhere: the sweeper finds the row."""


class LetterBell:
    """Where a new letter is announced; the portal's edge hangs the queue here."""

    ring: Callable[[int], None] = staticmethod(_silence)


@dataclass(frozen=True)
class HeldLetter:
    """A letter held under a lease."""

    letter_id: int
    kind: str
    to_email: str
    subject_id: int
    attempt: int


def request_letter(session: Session, kind: str, to_email: str, subject_id: int) -> int:
    """Write a letter down and announce it after commit."""
    letter = insert(session, Letter(kind=kind, to_email=to_email, subject_id=subject_id))
    after_commit(session, lambda: LetterBell.ring(letter.id))
    return letter.id


def claim_letter(letter_id: int) -> HeldLetter | None:
    """Take a lease on a letter; None when it is sent, dropped, failed, or held by somebody else."""
    with transaction(REGISTRY) as session:
        letter = session.scalars(
            select(Letter).where(Letter.id == letter_id, _sendable()).with_for_update(skip_locked=True)
        ).one_or_none()
        if letter is None:
            return None
        letter.state, letter.attempt = LetterState.RUNNING, letter.attempt + 1
        letter.lease_until = clock.now() + _LEASE
        return HeldLetter(letter.id, letter.kind, letter.to_email, letter.subject_id, letter.attempt)


def finish_letter(held: HeldLetter, *, sent: bool) -> bool:
    """Mark a letter sent, or dropped where there was nothing to say; False when another attempt has taken over."""
    state = LetterState.SENT if sent else LetterState.DROPPED
    return _update(held, {"state": state, "finished_at": clock.now(), "lease_until": None, "error": ""})


def postpone_letter(held: HeldLetter, error: str) -> bool:
    """Put a letter back for another try, or give it up after the last; `error` names no person."""
    last = held.attempt >= MAX_ATTEMPTS
    return _update(
        held,
        {
            "state": LetterState.FAILED if last else LetterState.PENDING,
            "error": error[:200],
            "lease_until": None,
            "not_before": clock.now() + RETRY,
            "finished_at": clock.now() if last else None,
        },
    )


def lost_letters() -> list[int]:
    """Return the letters that should be on their way and are not, the oldest first."""
    with transaction(REGISTRY.reading()) as session:
        return list(session.scalars(select(Letter.id).where(_sendable()).order_by(Letter.id).limit(500)))


def _sendable() -> ColumnElement[bool]:
    now = clock.now()
    return or_(
        (Letter.state == LetterState.PENDING) & (Letter.not_before <= now),
        (Letter.state == LetterState.RUNNING) & (Letter.lease_until < now),
    )


def _update(held: HeldLetter, values: dict[str, object]) -> bool:
    mine = update(Letter).where(
        Letter.id == held.letter_id, Letter.attempt == held.attempt, Letter.state == LetterState.RUNNING
    )
    with transaction(REGISTRY) as session:
        return bool(session.execute(mine.values(**values).returning(Letter.id)).scalar_one_or_none())
