"""Templates: the model plan of a region or a district, belonging to no year."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import PublishedModel, Versioned, child_of, tenant_keys, text_enum
from tenants.roadmaps.phrases import PeriodKind


class Methodology(StrEnum):
    """Which model of mentoring a template follows."""

    STUDENTS = "students"
    TEACHERS = "teachers"

    @property
    def label(self) -> str:
        """Return the Russian name of the methodology."""
        return "наставничество обучающихся" if self is Methodology.STUDENTS else "наставничество педагогов"


class TemplateStatus(StrEnum):
    """Only a published template is compared with; one a methodology and owner."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """Return the Russian word of the state."""
        return {"draft": "черновик", "published": "действует", "archived": "в архиве"}[self.value]


class RoadmapTemplate(Versioned, PublishedModel):
    """A model plan; plans are compared with its rows as they stand."""

    __tablename__ = "roadmap_template"
    __table_args__ = tenant_keys()

    title: Mapped[str]
    methodology: Mapped[Methodology] = mapped_column(text_enum(Methodology), default=Methodology.STUDENTS)
    status: Mapped[TemplateStatus] = mapped_column(text_enum(TemplateStatus), default=TemplateStatus.DRAFT)
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class TemplateMeasure(Versioned, PublishedModel):
    """A measure of a template; days are "MM-DD" within a school year."""

    __tablename__ = "template_measure"
    __table_args__ = tenant_keys(
        child_of("roadmap_template", "template_id", name="fk_template_measure_template"),
        Index("ix_template_measure_template", "region_id", "organization_id", "template_id", "position"),
    )

    template_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    stage_number: Mapped[str] = mapped_column(default="")
    stage_title: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    period_kind: Mapped[PeriodKind] = mapped_column(text_enum(PeriodKind), default=PeriodKind.NONE)
    start_day: Mapped[str | None]
    end_day: Mapped[str | None]
    recurrence: Mapped[str | None]
    due_day: Mapped[str | None]
    """The latest day a plan may name; None means the end of the period."""
    responsible: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    required: Mapped[bool] = mapped_column(default=False)
    """A plan without this measure deviates."""
    removed_at: Mapped[datetime | None]
