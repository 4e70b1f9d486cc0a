"""The journal: who did what to what, in the same transaction as the change. No personal data stands in it."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.db import TenantModel, TenantRow, lock_key, tenant_keys


class JournalEntry(TenantModel):
    """One step of work."""

    __tablename__ = "journal"

    at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str] = mapped_column(default="")
    event: Mapped[str]
    """Noun and past participle: roadmap.approved."""
    subject_kind: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Plain values without names of pupils or mentors."""


class JournalSeal(TenantModel):
    """A seal over every entry since the previous seal: who changes an entry breaks the chain."""

    __tablename__ = "journal_seal"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "last_journal_id", name="uq_journal_seal_last")
    )

    sealed_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_journal_id: Mapped[int] = mapped_column(BigInteger)
    entry_count: Mapped[int] = mapped_column(Integer)
    previous_sha256: Mapped[bytes]
    sha256: Mapped[bytes]


_FIRST = b"\0" * 32


def record(session: Session, actor: Actor, event: str, subject: TenantRow | None = None, **detail: object) -> None:
    """Write down a step of the actor; the entry belongs to the acting organization.

    `event` is noun.participle; its noun is stored as the kind of the subject.
    """
    session.add(
        JournalEntry(
            user_id=actor.user_id or None,
            actor_name=actor.name,
            event=event,
            subject_kind=event.partition(".")[0],
            subject_id=None if subject is None else subject.id,
            detail=detail,
        )
    )


def seal(session: Session) -> JournalSeal | None:
    """Seal the acting organization's new entries; None where there are none. Runs in the organization's own scope."""
    lock_key(session, f"seal-{session.info['scope'].organization_id}")
    last = _last_seal(session)
    entries = _entries(session, after=last.last_journal_id if last else 0)
    if not entries:
        return None
    previous = last.sha256 if last else _FIRST
    made = JournalSeal(
        last_journal_id=entries[-1].id,
        entry_count=len(entries),
        previous_sha256=previous,
        sha256=_digest(previous, entries),
    )
    session.add(made)
    return made


def broken_seals(session: Session) -> list[int]:
    """Return the ids of the seals that no longer fit the acting organization's journal, oldest first."""
    broken, previous, after = [], _FIRST, 0
    for made in session.scalars(select(JournalSeal).order_by(JournalSeal.last_journal_id)):
        entries = [entry for entry in _entries(session, after=after) if entry.id <= made.last_journal_id]
        whole = len(entries) == made.entry_count and made.previous_sha256 == previous
        if not whole or _digest(previous, entries) != made.sha256:
            broken.append(made.id)
        previous, after = made.sha256, made.last_journal_id
    return broken


def _last_seal(session: Session) -> JournalSeal | None:
    return session.scalars(select(JournalSeal).order_by(JournalSeal.last_journal_id.desc()).limit(1)).one_or_none()


def _entries(session: Session, *, after: int) -> list[JournalEntry]:
    return list(session.scalars(select(JournalEntry).where(JournalEntry.id > after).order_by(JournalEntry.id)))


def _digest(previous: bytes, entries: list[JournalEntry]) -> bytes:
    chain = hashlib.sha256(previous)
    for entry in entries:
        line = [entry.id, entry.at.timestamp(), entry.user_id, entry.actor_name, entry.event, entry.subject_id]
        chain.update(json.dumps([*line, entry.detail], sort_keys=True, ensure_ascii=False).encode())
    return chain.digest()
