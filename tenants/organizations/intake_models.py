"""A table of organizations that a region uploaded: kept, read, checked row by row, loaded."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import TenantModel, Versioned, child_of, tenant_keys, text_enum
from tenants.files.models import StoredFile


class IntakeState(StrEnum):
    """How far a table has come."""

    MAPPING = "mapping"
    """A heading is unknown: a person says what its column fills."""
    CHECKED = "checked"
    LOADED = "loaded"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """Return the Russian word."""
        return _LABELS[self]


_LABELS = {
    IntakeState.MAPPING: "укажите столбцы",
    IntakeState.CHECKED: "проверена, не загружена",
    IntakeState.LOADED: "загружена",
    IntakeState.DROPPED: "отменена",
}


class RegisterImport(Versioned, TenantModel):
    """One uploaded table; belongs to the region, nobody below sees it."""

    __tablename__ = "register_import"
    __table_args__ = tenant_keys(
        child_of(StoredFile.__tablename__, "file_id", name="fk_register_import_file"),
        Index("ix_register_import_organization", "region_id", "organization_id", "id"),
    )

    file_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[IntakeState] = mapped_column(text_enum(IntakeState))
    headings: Mapped[list[Any]]
    cells: Mapped[list[Any]] = mapped_column(deferred=True)
    """[number of the row in the table, its cells as text]."""
    fields: Mapped[list[Any]]
    """What each column fills, in the order of the headings; empty for a column that is left out."""
    answers: Mapped[list[Any]] = mapped_column(default=list)
    """Numbers of the rows of which a person said: another organization with the same codes."""
    report: Mapped[list[Any]] = mapped_column(default=list)
    """One plain mapping a row; see `tenants.organizations.intake_rows.Row`."""
    moved: Mapped[list[Any]] = mapped_column(default=list)
    """Numbers of the rows whose outcome differed between the last two checks."""
    created_count: Mapped[int] = mapped_column(default=0)
    changed_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    loaded_at: Mapped[datetime | None]
