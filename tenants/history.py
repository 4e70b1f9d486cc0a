"""Former states of records, written by the database itself (`app.keep_history`); append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import TenantModel, tenant_keys


class RecordHistory(TenantModel):
    """What a record was before one change of it; personal records keep theirs in `person_history`."""

    __tablename__ = "record_history"
    __table_args__ = tenant_keys(
        Index("ix_record_history_record", "region_id", "organization_id", "table_name", "record_id")
    )

    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    table_name: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    operation: Mapped[str]
    """update or delete."""
    before: Mapped[dict[str, Any]]
