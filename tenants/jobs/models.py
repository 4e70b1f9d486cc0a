"""Jobs as rows of the registry."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base, text_enum


class JobState(StrEnum):
    """Where a job stands."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """Work to be done for one organization; `kind` and `subject_id` say what, rights come from the row."""

    __tablename__ = "job"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_id", "district_id", "organization_id"],
            ["organization.region_id", "organization.district_id", "organization.id"],
            name="fk_job_organization",
            onupdate="CASCADE",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    region_id: Mapped[int] = mapped_column(Integer)
    district_id: Mapped[int] = mapped_column(Integer)
    organization_id: Mapped[int] = mapped_column(Integer)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[JobState] = mapped_column(text_enum(JobState), default=JobState.PENDING)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    """Fencing number: only the attempt that is written here may publish."""
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime] = mapped_column(default=clock.now)
    requested_by: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
