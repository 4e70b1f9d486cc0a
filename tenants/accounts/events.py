"""What happened to accounts: the registry's journal, chained entry by entry like the organizations' journals.

An event about a role in an organization stands in that organization's chain (`o<id>`) and can be read there; an event
about somebody's own account stands in the account's chain (`u<id>`). No address, no password, no code stands in it.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants import clock
from tenants.db import Base, lock_key
from tenants.journal import count_event
from tenants.organizations.models import Organization

_FIRST = b"\0" * 32


class AccountEvent(Base):
    """One step that concerned an account. Append-only for the application's role."""

    __tablename__ = "account_event"
    __table_args__ = (UniqueConstraint("chain", "previous_sha256", name="uq_account_event_previous"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    chain: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who did it; None for the portal itself or somebody who had not signed in."""
    actor_name: Mapped[str] = mapped_column(default="")
    on_user_id: Mapped[int | None] = mapped_column(BigInteger)
    """Whose account it concerned."""
    region_id: Mapped[int | None] = mapped_column(Integer)
    organization_id: Mapped[int | None] = mapped_column(Integer)
    event: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Plain values; what a step changed stands under `before` and `after`."""
    previous_sha256: Mapped[bytes]
    sha256: Mapped[bytes]


@dataclass(frozen=True)
class Who:
    """Who does something to an account; nobody known where both are empty."""

    user_id: int | None = None
    name: str = ""


def record(
    session: Session,
    who: Who,
    event: str,
    *,
    on_user_id: int | None = None,
    place: Organization | None = None,
    **detail: object,
) -> AccountEvent:
    """Write an event into its chain: the organization's where it concerns one, else the account's.

    Runs in the registry's scope. `event` is noun.participle: membership.granted, account.password_changed.
    """
    chain = f"o{place.id}" if place is not None else f"u{on_user_id or 0}"
    # Two events of one chain follow each other; chains do not wait for one another.
    lock_key(session, f"account_event:{chain}")
    newest = select(AccountEvent.sha256).where(AccountEvent.chain == chain).order_by(AccountEvent.id.desc()).limit(1)
    entry = AccountEvent(
        at=clock.now(),
        chain=chain,
        user_id=who.user_id,
        actor_name=who.name,
        on_user_id=on_user_id,
        region_id=place.region_id if place is not None else None,
        organization_id=place.id if place is not None else None,
        event=event,
        detail=detail,
        previous_sha256=session.scalar(newest) or _FIRST,
    )
    entry.sha256 = _digest(entry)
    session.add(entry)
    count_event()
    return entry


def newest_of_organizations(
    session: Session,
    region_id: int,
    organization_ids: Collection[int],
    *,
    before: datetime | None = None,
    user_ids: Collection[int] = (),
    limit: int = 100,
) -> list[AccountEvent]:
    """Return what happened to the roles of organizations of a region, newest first. Runs in the registry's scope."""
    whose = (AccountEvent.region_id == region_id) & AccountEvent.organization_id.in_(organization_ids)
    if before is not None:
        whose &= AccountEvent.at < before
    if user_ids:
        whose &= AccountEvent.user_id.in_(user_ids)
    return _newest(session, whose, limit)


def actors_among(
    session: Session, region_id: int, organization_ids: Collection[int], user_ids: Collection[int]
) -> set[int]:
    """Return which of these people changed roles of organizations of a region. Runs in the registry's scope."""
    known = select(AccountEvent.user_id).where(
        AccountEvent.region_id == region_id,
        AccountEvent.organization_id.in_(organization_ids),
        AccountEvent.user_id.in_(user_ids),
    )
    return {user_id for user_id in session.scalars(known.distinct()) if user_id is not None}


def broken_entries(session: Session) -> list[int]:
    """Return the ids of entries that no longer fit their chain, oldest first. Runs in the registry's scope."""
    broken: list[int] = []
    last: dict[str, bytes] = {}
    for entry in session.scalars(select(AccountEvent).order_by(AccountEvent.id)):
        fits = entry.previous_sha256 == last.get(entry.chain, _FIRST) and _digest(entry) == entry.sha256
        broken += [] if fits else [entry.id]
        last[entry.chain] = entry.sha256
    return broken


def _newest(session: Session, whose: ColumnElement[bool], limit: int) -> list[AccountEvent]:
    return list(session.scalars(select(AccountEvent).where(whose).order_by(AccountEvent.id.desc()).limit(limit)))


def _digest(entry: AccountEvent) -> bytes:
    line = [entry.at.timestamp(), entry.chain, entry.user_id, entry.actor_name, entry.on_user_id]
    line += [entry.region_id, entry.organization_id, entry.event, entry.detail]
    text = json.dumps(line, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(entry.previous_sha256 + text.encode()).digest()
