"""A kept file: its content lies under its own hash, the row names it."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import TenantModel


class StoredFile(TenantModel):
    """One file of one organization; equal contents share one place on the disk."""

    __tablename__ = "file"

    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    media_type: Mapped[str]
    name: Mapped[str]
    """Name as the person gave it, shown and never used as a path."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int | None] = mapped_column(BigInteger)
