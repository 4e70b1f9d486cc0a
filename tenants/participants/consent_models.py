"""Papers behind a consent: who signed and the scan, and the withdrawal."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import TenantModel, TenantRow, child_of, tenant_keys, text_enum
from tenants.files.models import StoredFile


class ConsentPaper(TenantModel):
    """Who signed a consent, on what ground, and the scan; hidden together with the name."""

    __tablename__ = "consent_paper"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "consent_id", name="uq_consent_paper_consent"),
        child_of("consent", "consent_id", name="fk_consent_paper_consent"),
        child_of("participant", "participant_id", name="fk_consent_paper_participant"),
        child_of(StoredFile.__tablename__, "file_id", name="fk_consent_paper_file"),
    )

    consent_id: Mapped[int] = mapped_column(BigInteger)
    participant_id: Mapped[int] = mapped_column(BigInteger)
    giver_name: Mapped[str] = mapped_column(default="", info={"personal": True})
    giver_basis: Mapped[str] = mapped_column(default="", info={"personal": True})
    """Why this person may sign: «мать, свидетельство о рождении»."""
    file_id: Mapped[int | None] = mapped_column(BigInteger)


class Received(StrEnum):
    """How a withdrawal came."""

    PAPER = "paper"
    PERSON = "person"
    EMAIL = "email"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _RECEIVED[self]


_RECEIVED = {
    Received.PAPER: "письменное заявление",
    Received.PERSON: "лично в организации",
    Received.EMAIL: "по электронной почте",
}


class ConsentWithdrawal(TenantModel):
    """One withdrawal: how it came, what it ended, when the data must be gone."""

    __tablename__ = "consent_withdrawal"
    __table_args__ = tenant_keys(
        child_of("consent", "consent_id", name="fk_consent_withdrawal_consent"),
        child_of("participant", "participant_id", name="fk_consent_withdrawal_participant"),
        child_of("subject_request", "request_id", name="fk_consent_withdrawal_request"),
        Index("ix_consent_withdrawal_participant", "region_id", "organization_id", "participant_id"),
    )

    consent_id: Mapped[int] = mapped_column(BigInteger)
    participant_id: Mapped[int] = mapped_column(BigInteger)
    withdrawn_on: Mapped[date]
    received: Mapped[Received] = mapped_column(text_enum(Received))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(BigInteger)
    hides: Mapped[bool] = mapped_column(default=False)
    """The name was hidden by it: no other consent to keep records was in force."""
    destroy_due_on: Mapped[date | None]
    """Last day to destroy the data; None where nothing is to be destroyed (any more)."""
    undone_at: Mapped[datetime | None]
    request_id: Mapped[int | None] = mapped_column(BigInteger)
    """The request to stop the processing that it answers; None where it came by itself."""
    ended: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """What it ended: `table`, `id`, `before` and `after` (dates and reasons, no names)."""


def ended_entry(row: TenantRow, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return a record as `ConsentWithdrawal.ended` holds it; both states with the same columns, as JSON holds them."""
    return {"table": row.__tablename__, "id": row.id, "before": before, "after": after}
