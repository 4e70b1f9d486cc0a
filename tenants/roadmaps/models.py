"""Plans of organizations, their frozen versions, review and execution; the templates stand in template_models."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from tenants import clock
from tenants.db import PublishedModel, TenantModel, Versioned, child_of, tenant_keys, text_enum
from tenants.files.models import StoredFile
from tenants.roadmaps.phrases import PeriodKind
from tenants.roadmaps.template_models import RoadmapTemplate, TemplateMeasure


class RoadmapStatus(StrEnum):
    """Where a plan stands between the school and its reviewer."""

    DRAFT = "draft"
    SENT = "sent"
    RETURNED = "returned"
    APPROVED = "approved"

    @property
    def label(self) -> str:
        """Return the Russian word of the state."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    RoadmapStatus.DRAFT: "черновик",
    RoadmapStatus.SENT: "на согласовании",
    RoadmapStatus.RETURNED: "возвращена",
    RoadmapStatus.APPROVED: "утверждена",
}


class EventKind(StrEnum):
    """Steps of a plan; the state is what they fold into."""

    CREATED = "created"
    SENT = "sent"
    RECALLED = "recalled"
    TAKEN = "taken"
    RETURNED = "returned"
    APPROVED = "approved"
    REVISED = "revised"


class ImportState(StrEnum):
    """What became of a document that was read."""

    READ = "read"
    USED = "used"
    DROPPED = "dropped"


def _of_template(model: type[PublishedModel], column: str, name: str) -> ForeignKeyConstraint:
    """Return the key to a row that the region or the district publishes: it belongs to another organization."""
    table = model.__tablename__
    return ForeignKeyConstraint(["region_id", column], [f"{table}.region_id", f"{table}.id"], name=name)


class Roadmap(Versioned, TenantModel):
    """One organization's plan of mentoring work for one school year."""

    __tablename__ = "roadmap"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "school_year", name="uq_roadmap_school_year"),
        child_of(StoredFile.__tablename__, "source_file_id", name="fk_roadmap_file"),
        _of_template(RoadmapTemplate, "template_id", "fk_roadmap_template"),
        Index("ix_roadmap_district", "region_id", "district_id", "school_year"),
    )

    school_year: Mapped[int]
    """Calendar year in which the school year begins: 2026 means 2026/27."""
    title: Mapped[str]
    source_file_id: Mapped[int | None] = mapped_column(BigInteger)
    template_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int | None] = mapped_column(BigInteger)


class PlannedWork:
    """The words and dates of a measure: the same in a plan and in its frozen version."""

    position: Mapped[int]
    stage_number: Mapped[str] = mapped_column(default="")
    stage_title: Mapped[str] = mapped_column(default="")
    group_title: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    period_raw: Mapped[str] = mapped_column(default="")
    """The words of the original; empty where the dates were typed."""
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    """The control date; None where the calendar gives none."""
    recurrence: Mapped[str | None]
    """In the notation of the phrase reader: monthly:25, quarterly, yearly:05."""
    anchor: Mapped[str | None]
    """The words the period hangs on: «после издания приказа»."""
    anchor_on: Mapped[date | None]
    """When that event happened; the dates follow from it."""
    question: Mapped[str | None]
    question_answer: Mapped[str | None]
    """What was chosen or typed; None while the question is open."""
    responsible: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    details: Mapped[str] = mapped_column(default="")
    template_measure_id: Mapped[int | None] = mapped_column(BigInteger)

    @declared_attr
    @classmethod
    def period_kind(cls) -> Mapped[PeriodKind]:
        """Return the shape of the period."""
        return mapped_column(text_enum(PeriodKind), default=PeriodKind.NONE)

    @property
    def asks(self) -> bool:
        """Return whether the reading waits for an answer."""
        return self.question is not None and self.question_answer is None


class Measure(PlannedWork, Versioned, TenantModel):
    """One measure of a plan as it stands now; a removed one stays for its versions, remarks and executions."""

    __tablename__ = "measure"
    __table_args__ = tenant_keys(
        CheckConstraint("period_end >= period_start", name="period"),
        child_of("roadmap", "roadmap_id", name="fk_measure_roadmap"),
        _of_template(TemplateMeasure, "template_measure_id", "fk_measure_template_measure"),
        Index("ix_measure_roadmap", "region_id", "organization_id", "roadmap_id", "position"),
    )

    roadmap_id: Mapped[int] = mapped_column(BigInteger)
    removed_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class RoadmapImport(TenantModel):
    """A document that was read; `reading` keeps the original wording beside what was made of it."""

    __tablename__ = "roadmap_import"
    __table_args__ = tenant_keys(
        child_of("roadmap", "roadmap_id", name="fk_roadmap_import_roadmap"),
        child_of(StoredFile.__tablename__, "file_id", name="fk_roadmap_import_file"),
        Index("ix_roadmap_import_organization", "region_id", "organization_id", "school_year", "id"),
    )

    roadmap_id: Mapped[int | None] = mapped_column(BigInteger)
    file_id: Mapped[int] = mapped_column(BigInteger)
    school_year: Mapped[int]
    reading: Mapped[dict[str, Any]]
    state: Mapped[ImportState] = mapped_column(text_enum(ImportState), default=ImportState.READ)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int | None] = mapped_column(BigInteger)


class RoadmapState(TenantModel):
    """What the events of a plan fold into; written by `append_event` alone."""

    __tablename__ = "roadmap_state"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "roadmap_id", name="uq_roadmap_state_roadmap"),
        child_of("roadmap", "roadmap_id", name="fk_roadmap_state_roadmap"),
        Index("ix_roadmap_state_district", "region_id", "district_id", "status"),
    )

    roadmap_id: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[RoadmapStatus] = mapped_column(text_enum(RoadmapStatus), default=RoadmapStatus.DRAFT)
    event_n: Mapped[int] = mapped_column(default=0)
    version_n: Mapped[int] = mapped_column(default=0)
    """The last version sent; 0 before the first."""
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[int | None] = mapped_column(BigInteger)
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    """When the last version was returned or approved."""
    reason: Mapped[str] = mapped_column(default="")
    remark_count: Mapped[int] = mapped_column(default=0)
    """Remarks the last version was returned with."""
    approved_version_n: Mapped[int | None]
    """The version in force; stays while the school prepares the next one."""
    order_number: Mapped[str] = mapped_column(default="")
    order_on: Mapped[date | None]


class RoadmapEvent(TenantModel):
    """One step of a plan, numbered from 1 without gaps; never changed."""

    __tablename__ = "roadmap_event"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "roadmap_id", "n", name="uq_roadmap_event_n"),
        child_of("roadmap", "roadmap_id", name="fk_roadmap_event_roadmap"),
    )

    roadmap_id: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int]
    kind: Mapped[EventKind] = mapped_column(text_enum(EventKind))
    version_n: Mapped[int] = mapped_column(default=0)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str] = mapped_column(default="")


class RoadmapVersion(TenantModel):
    """A plan frozen at sending: the reviewer sees this and nothing else."""

    __tablename__ = "roadmap_version"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "roadmap_id", "n", name="uq_roadmap_version_n"),
        child_of("roadmap", "roadmap_id", name="fk_roadmap_version_roadmap"),
    )

    roadmap_id: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int]
    title: Mapped[str]
    measure_count: Mapped[int]
    sha256: Mapped[str]
    """Of the frozen measures: what exactly was approved."""
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_by: Mapped[int | None] = mapped_column(BigInteger)
    sender_name: Mapped[str] = mapped_column(default="")


class VersionMeasure(PlannedWork, TenantModel):
    """A measure as it stood when a version was sent."""

    __tablename__ = "version_measure"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "version_id", "measure_id", name="uq_version_measure_measure"),
        child_of("roadmap_version", "version_id", name="fk_version_measure_version"),
        child_of("measure", "measure_id", name="fk_version_measure_measure"),
        _of_template(TemplateMeasure, "template_measure_id", "fk_version_measure_template_measure"),
    )

    version_id: Mapped[int] = mapped_column(BigInteger)
    measure_id: Mapped[int] = mapped_column(BigInteger)


class RoadmapRemark(TenantModel):
    """A reviewer's remark to a version; a changed one replaces its predecessor, an empty one withdraws it."""

    __tablename__ = "roadmap_remark"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "replaces_id", name="uq_roadmap_remark_replaces"),
        child_of("roadmap", "roadmap_id", name="fk_roadmap_remark_roadmap"),
        child_of("measure", "measure_id", name="fk_roadmap_remark_measure"),
        child_of("roadmap_remark", "replaces_id", name="fk_roadmap_remark_replaces"),
        _of_template(TemplateMeasure, "template_measure_id", "fk_roadmap_remark_template_measure"),
        Index("ix_roadmap_remark_roadmap", "region_id", "organization_id", "roadmap_id", "version_n"),
    )

    roadmap_id: Mapped[int] = mapped_column(BigInteger)
    version_n: Mapped[int]
    measure_id: Mapped[int | None] = mapped_column(BigInteger)
    template_measure_id: Mapped[int | None] = mapped_column(BigInteger)
    """The template's measure that the plan lacks."""
    stage_title: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    author_name: Mapped[str] = mapped_column(default="")


class RemarkAnswer(Versioned, TenantModel):
    """What the school says to a remark; one row a remark, the school's own."""

    __tablename__ = "remark_answer"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "remark_id", name="uq_remark_answer_remark"),
        child_of("roadmap_remark", "remark_id", name="fk_remark_answer_remark"),
    )

    remark_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    author_name: Mapped[str] = mapped_column(default="")


class MeasureExecution(TenantModel):
    """A measure, or one due day of a recurring measure, marked done."""

    __tablename__ = "measure_execution"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id",
            "organization_id",
            "measure_id",
            "occurrence_on",
            name="uq_measure_execution_measure",
            postgresql_nulls_not_distinct=True,
        ),
        child_of("measure", "measure_id", name="fk_measure_execution_measure"),
        child_of(StoredFile.__tablename__, "file_id", name="fk_measure_execution_file"),
    )

    measure_id: Mapped[int] = mapped_column(BigInteger)
    occurrence_on: Mapped[date | None]
    done_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(BigInteger)
