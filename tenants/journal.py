"""The journal: who did what to what, in the same transaction as the change. No personal data stands in it.

One step of a person leaves one event. A command that calls others makes one event with parts: what is recorded first in
a transaction is the event, what follows in it are its parts. The event carries what the transaction changed, column by
column, before and after; of personal columns and of words that people type only their names, since their former values
stand in the histories of the records, where destruction can reach them and leave the chain of seals whole.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Integer, UniqueConstraint, event, func, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.db import Base, ScopedSession, TenantModel, TenantRow, TreeModel, child_of, lock_key, tenant_keys
from tenants.free_words import FREE_WORDS

_MOST_CHANGES = 200
"""A bulk step names its records in the event's own words; a list beyond this says nothing more to a person."""
_UNTOLD = frozenset({"region_id", "district_id", "organization_id", "id", "version", "recorded_at", "created_at"})


class JournalEntry(TenantModel):
    """One step of work, or a part of one."""

    __tablename__ = "journal"
    __table_args__ = tenant_keys(child_of("journal", "part_of_id", name="fk_journal_part_of"))

    at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str] = mapped_column(default="")
    event: Mapped[str]
    """Noun and past participle: roadmap.approved."""
    subject_kind: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Plain values without names of pupils or mentors; `changes` is a list of {table, id, before, after, personal}."""
    part_of_id: Mapped[int | None] = mapped_column(BigInteger)
    """The event of the step that this entry is a part of; None for the event itself."""


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


@dataclass(frozen=True)
class Wanted:
    """What a reader asks the journal for; empty values ask for everything."""

    nouns: Sequence[str] = ()
    """Nouns of the events."""
    user_ids: Sequence[int] = ()
    """Accounts of whoever did it."""
    organization_id: int | None = None
    before: datetime | None = None


_FIRST = b"\0" * 32
_events: ContextVar[int] = ContextVar("events", default=0)


def record(
    session: Session, actor: Actor, event: str, subject: TenantRow | None = None, **detail: object
) -> JournalEntry:
    """Write down a step of the actor; the entry belongs to the acting organization.

    `event` is noun.participle; its noun is stored as the kind of the subject. The entry is written when the
    transaction is about to commit, with the changes of its records. Where statements change rows past the session,
    the command says `before` and `after` itself. The entry is returned so that a step can add what it learns later.
    """
    waiting: list[JournalEntry] = session.info.setdefault("journal", [])
    entry = JournalEntry(
        at=clock.now(),
        user_id=actor.user_id or None,
        actor_name=actor.name,
        event=event,
        subject_kind=event.partition(".")[0],
        subject_id=None if subject is None else subject.id,
        detail=detail,
    )
    waiting.append(entry)
    count_event()
    return entry


def count_event() -> None:
    """Count an event of this request, in the journal or in the registry; the edge asks `events_so_far`."""
    _events.set(_events.get() + 1)


def nothing_changed() -> None:
    """Say that a step found nothing to change (a second click, a recount that agrees), so that no event is missed."""
    count_event()


def events_so_far() -> int:
    """Return how many events this thread of work has recorded; only differences mean something."""
    return _events.get()


@event.listens_for(ScopedSession, "before_flush")
def _collect_changes(session: ScopedSession, *_: object) -> None:
    if "journal_written" in session.info:
        return
    found: list[tuple[Base, dict[str, Any]]] = session.info.setdefault("journal_changes", [])
    for row in (*session.new, *session.dirty, *session.deleted):
        if len(found) < _MOST_CHANGES and isinstance(row, (TenantRow, TreeModel)):
            change = _change(session, row)
            found.extend([(row, change)] if change else [])


def _change(session: ScopedSession, row: Base) -> dict[str, Any]:
    """Return what of a row is about to change; empty where nothing that anybody reads does."""
    state, personal = inspect(row), []
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    gone = row in session.deleted
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key in _UNTOLD or not (history.has_changes() or gone):
            continue
        if attribute.columns[0].info.get("personal") or attribute.key in FREE_WORDS.get(row.__tablename__, ()):
            # A new row with nothing in the column tells nothing.
            personal += [attribute.key] if any((*history.deleted, *history.added)) or gone else []
            continue
        if history.deleted or gone:
            before[attribute.key] = _plain((history.deleted or history.unchanged or [None])[0])
        if history.added:
            after[attribute.key] = _plain(history.added[0])
    if before == after and not personal:
        return {}
    return {"before": before, "after": after} | ({"personal": sorted(personal)} if personal else {})


def _plain(value: object) -> object:
    """Return what JSON can hold; contents and sets are told by their size, since they have rows of their own."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, (dict, list)):
        return f"{len(value)} items"
    return value


@event.listens_for(ScopedSession, "before_commit")
def _write_entries(session: ScopedSession) -> None:
    waiting: list[JournalEntry] = session.info.pop("journal", [])
    if not waiting:
        return
    # What is still waiting to be written belongs to the step too.
    session.flush()
    session.info["journal_written"] = True
    # An entry takes its number now and is seen after the commit: until then no seal may pass it by.
    lock_key(session, _sealing(session), shared=True)
    main, *parts = waiting
    if changes := session.info.pop("journal_changes", []):
        # A new row has its id by now.
        told = [{"table": row.__tablename__, "id": inspect(row).identity[-1]} | change for row, change in changes]
        main.detail = main.detail | {"changes": told}
    session.add(main)
    if parts:
        session.flush()
        for part in parts:
            part.part_of_id = main.id
        session.add_all(parts)


def seal(session: Session) -> JournalSeal | None:
    """Seal the acting organization's new entries; None where there are none. Runs in the organization's own scope."""
    lock_key(session, _sealing(session))
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


def _sealing(session: Session) -> str:
    return f"seal-{session.info['scope'].organization_id}"


def unsealed(session: Session) -> list[tuple[int, int, int]]:
    """Return region, district and organization ids of the journals in scope with entries that no seal covers."""
    last = (
        select(JournalSeal.organization_id, func.max(JournalSeal.last_journal_id).label("id"))
        .group_by(JournalSeal.organization_id)
        .subquery()
    )
    rows = session.execute(
        select(JournalEntry.region_id, JournalEntry.district_id, JournalEntry.organization_id)
        .outerjoin(last, last.c.organization_id == JournalEntry.organization_id)
        .where(JournalEntry.id > func.coalesce(last.c.id, 0))
        .distinct()
        .order_by(JournalEntry.organization_id)
    )
    return [(region, district, organization) for region, district, organization in rows]


def entry_count(session: Session) -> int:
    """Return how many entries the journals in scope hold, parts included."""
    return session.scalar(select(func.count()).select_from(JournalEntry)) or 0


def actors_among(session: Session, user_ids: Collection[int]) -> set[int]:
    """Return which of these people did something in scope."""
    known = select(JournalEntry.user_id).where(JournalEntry.user_id.in_(user_ids)).distinct()
    return {user_id for user_id in session.scalars(known) if user_id is not None}


def newest(session: Session, wanted: Wanted, *, limit: int) -> list[tuple[JournalEntry, list[JournalEntry]]]:
    """Return the newest events in scope, each with its parts in their order."""
    query = select(JournalEntry).where(JournalEntry.part_of_id.is_(None))
    if wanted.nouns:
        query = query.where(JournalEntry.subject_kind.in_(wanted.nouns))
    if wanted.user_ids:
        query = query.where(JournalEntry.user_id.in_(wanted.user_ids))
    if wanted.organization_id is not None:
        query = query.where(JournalEntry.organization_id == wanted.organization_id)
    if wanted.before is not None:
        query = query.where(JournalEntry.at < wanted.before)
    found = session.scalars(query.order_by(JournalEntry.at.desc(), JournalEntry.id.desc()).limit(limit)).all()
    parts: dict[int | None, list[JournalEntry]] = {}
    if found:
        ids = [entry.id for entry in found]
        for part in session.scalars(
            select(JournalEntry).where(JournalEntry.part_of_id.in_(ids)).order_by(JournalEntry.id)
        ):
            parts.setdefault(part.part_of_id, []).append(part)
    return [(entry, parts.get(entry.id, [])) for entry in found]


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
        line += [entry.part_of_id] if entry.part_of_id else []
        chain.update(json.dumps([*line, entry.detail], sort_keys=True, ensure_ascii=False).encode())
    return chain.digest()
