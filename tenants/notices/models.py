"""Letters waiting to be sent, as rows of the registry."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base, text_enum


class LetterState(StrEnum):
    """Where a letter stands."""

    PENDING = "pending"
    RUNNING = "running"
    SENT = "sent"
    DROPPED = "dropped"
    """Nothing to say any more: the invitation was taken back, the link was used."""
    FAILED = "failed"


class Letter(Base):
    """A letter to one address; `kind` and `subject_id` say what it will tell. No text and no secret lies here."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    to_email: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[LetterState] = mapped_column(text_enum(LetterState), default=LetterState.PENDING)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime] = mapped_column(default=clock.now)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
