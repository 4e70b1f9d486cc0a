"""Runs as rows: one is owned by the organization that asked for the report."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import TenantModel, child_of, tenant_keys, text_enum
from tenants.periods import Month

STEPS = 5


class Definition(StrEnum):
    """Which report."""

    REGIONAL_SUMMARY = "regional_summary"
    FEDERAL = "federal"

    @property
    def label(self) -> str:
        """Return the Russian name."""
        return {"regional_summary": "Сводный отчёт", "federal": "Федеральная форма"}[self.value]


class Format(StrEnum):
    """A file that a run makes."""

    PDF = "pdf"
    XLSX = "xlsx"
    XML = "xml"

    @property
    def media_type(self) -> str:
        """Return the type that a browser is told."""
        return {
            "pdf": "application/pdf",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xml": "application/xml",
        }[self.value]


class RunState(StrEnum):
    """Where a run stands."""

    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"

    @property
    def open(self) -> bool:
        """Return whether somebody still has to work on it."""
        return self in (RunState.PENDING, RunState.RUNNING)


class ReportRun(TenantModel):
    """One making of one report; what is ready or failed never changes again."""

    __tablename__ = "report_run"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "series", "number", name="uq_report_run_number"),
        ForeignKeyConstraint(
            ["region_id", "edition_id"], ["edition.region_id", "edition.id"], name="fk_report_run_edition"
        ),
        ForeignKeyConstraint(
            ["region_id", "subject_id"], ["organization.region_id", "organization.id"], name="fk_report_run_subject"
        ),
        Index("ix_report_run_history", "region_id", "organization_id", "definition", "id"),
        Index(
            "uq_report_run_asking",
            "region_id",
            "organization_id",
            "asking_key",
            unique=True,
            postgresql_where=text("state in ('pending', 'running')"),
        ),
    )

    definition: Mapped[Definition] = mapped_column(text_enum(Definition))
    edition_id: Mapped[int] = mapped_column(BigInteger)
    subject_id: Mapped[int] = mapped_column(Integer)
    """Organization the report speaks of."""
    period_start: Mapped[date]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the person added: values entered by hand, by the place of their cell."""
    formats: Mapped[list[Any]]
    """Of `Format`, in the order of making."""
    series: Mapped[str]
    """Runs of one report for one subject and period; they are numbered and compared."""
    number: Mapped[int]
    asking_key: Mapped[str]
    """Equal questions have equal keys; of two that are open at once the second is the first."""
    state: Mapped[RunState] = mapped_column(text_enum(RunState), default=RunState.PENDING)
    step: Mapped[int] = mapped_column(default=1)
    progress: Mapped[list[Any]] = mapped_column(default=list)
    """Words of the steps that have begun, see `reports.runs.steps`."""
    attempt: Mapped[int] = mapped_column(default=0)
    """The fence: number of the attempt that works on it now."""
    asked_by: Mapped[int | None] = mapped_column(BigInteger)
    asked_by_name: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    snapshot_at: Mapped[datetime | None]
    """Moment of the view of the data that the figures were taken from."""
    finished_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    """The frozen figures that every file of the run is made of."""
    fingerprint: Mapped[str | None]
    """sha256 of the figures; equal figures have equal fingerprints."""
    protocol: Mapped[list[Any]] = mapped_column(default=list)
    """What the checks said, see `reports.runs.protocol`."""
    error: Mapped[str] = mapped_column(default="")
    """Why it failed, a sentence for a person."""

    @property
    def month(self) -> Month:
        """Return the month the period begins with."""
        return Month.of(self.period_start)


class ReportRunFile(TenantModel):
    """A file of a ready run."""

    __tablename__ = "report_run_file"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "run_id", "format", name="uq_report_run_file_format"),
        child_of("report_run", "run_id", name="fk_report_run_file_run"),
        child_of("file", "file_id", name="fk_report_run_file_file"),
    )

    run_id: Mapped[int] = mapped_column(BigInteger)
    file_id: Mapped[int] = mapped_column(BigInteger)
    format: Mapped[Format] = mapped_column(text_enum(Format))
