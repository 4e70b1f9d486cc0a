"""The journal: who did what to what, in the same transaction as the change. No personal data stands in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.db import TenantModel, TenantRow


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
