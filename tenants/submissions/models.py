"""Editions of forms, windows, submissions, their state and events, cells and frozen revisions."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import PublishedModel, TenantModel, Versioned, child_of, tenant_keys, text_enum

Place: TypeAlias = tuple[str, str, str]
"""Codes of section, row and column; a remark on the whole month has three empty ones."""


def published_parent(table: str, column: str, *, name: str) -> ForeignKeyConstraint:
    """Return the key to a row that the region publishes to everybody below."""
    return ForeignKeyConstraint(["region_id", column], [f"{table}.region_id", f"{table}.id"], name=name)


class EditionStatus(StrEnum):
    """A draft may be bound and changed; a published edition is never edited."""

    DRAFT = "draft"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        """Return the Russian word."""
        return "опубликована" if self is EditionStatus.PUBLISHED else "черновик"


class Status(StrEnum):
    """Where a month stands between the school and its reviewer."""

    DRAFT = "draft"
    SENT = "sent"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        """Return the Russian word."""
        return _STATUS_LABELS[self]

    @property
    def with_school(self) -> bool:
        """Return whether the school may change cells."""
        return self in (Status.DRAFT, Status.RETURNED)


_STATUS_LABELS = {
    Status.DRAFT: "черновик",
    Status.SENT: "отправлено",
    Status.IN_REVIEW: "на проверке",
    Status.RETURNED: "возвращено",
    Status.ACCEPTED: "принято",
}


class EventKind(StrEnum):
    """A step of a month; the state is folded from these."""

    OPENED = "opened"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    TAKEN = "taken"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REOPENED = "reopened"
    """The reviewer opens an accepted month again."""
    CORRECTED = "corrected"
    """The school begins to correct an accepted month."""

    @property
    def label(self) -> str:
        """Return what happened, in Russian, for the list of events."""
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    EventKind.OPENED: "Форма собрана из учёта",
    EventKind.SENT: "Отправлена редакция",
    EventKind.WITHDRAWN: "Отозвано школой",
    EventKind.TAKEN: "Взято на проверку",
    EventKind.RETURNED: "Возвращено",
    EventKind.ACCEPTED: "Принято",
    EventKind.REOPENED: "Открыто для исправления",
    EventKind.CORRECTED: "Начато исправление принятого",
}


class Face(StrEnum):
    """How a number came into its cell."""

    COMPUTED = "computed"
    ADJUSTED = "adjusted"
    MANUAL = "manual"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return {"computed": "из учёта", "adjusted": "с поправкой", "manual": "вручную"}[self.value]


class Edition(PublishedModel):
    """A form as data; `definition` is what `reports.editions.EditionDefinition` reads."""

    __tablename__ = "edition"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "code", "version", name="uq_edition_code")
    )

    code: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    periodicity: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Kinds of organizations that hand the form in; empty means all that report."""
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    template: Mapped[str | None] = mapped_column(deferred=True)
    """The original XML of a loaded template."""
    sha256: Mapped[str]
    status: Mapped[EditionStatus] = mapped_column(text_enum(EditionStatus), default=EditionStatus.DRAFT)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)

    def serves(self, kind: str) -> bool:
        """Return whether organizations of a kind hand this form in."""
        return not self.kinds or kind in self.kinds


class SubmissionWindow(PublishedModel):
    """The time in which one edition is handed in for one period, the same for the whole region."""

    __tablename__ = "submission_window"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "edition_id", "period_start", name="uq_submission_window_period"
        ),
        published_parent("edition", "edition_id", name="fk_submission_window_edition"),
    )

    edition_id: Mapped[int] = mapped_column(BigInteger)
    period_start: Mapped[date]
    period_end: Mapped[date]
    """Last day of the period, included."""
    cut_after: Mapped[date]
    """Flows run from the day after this one to `cut_on`."""
    cut_on: Mapped[date]
    """Stocks are taken at the end of this day."""
    opens_on: Mapped[date]
    due_on: Mapped[date]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Submission(Versioned, TenantModel):
    """One edition of one organization for one period: its draft and how far the draft has come."""

    __tablename__ = "submission"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "window_id", name="uq_submission_window"),
        published_parent("submission_window", "window_id", name="fk_submission_submission_window"),
        published_parent("edition", "edition_id", name="fk_submission_edition"),
        Index("ix_submission_window_id", "region_id", "window_id", "organization_id"),
        Index("ix_submission_district_id", "region_id", "district_id", "window_id"),
        Index("ix_submission_edition_id", "region_id", "organization_id", "edition_id", "period_start"),
    )

    window_id: Mapped[int] = mapped_column(BigInteger)
    edition_id: Mapped[int] = mapped_column(BigInteger)
    period_start: Mapped[date]
    period_district_id: Mapped[int]
    """The parent of the period: sums follow it, rights follow `district_id`."""
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    computed_at: Mapped[datetime | None]
    cell_count: Mapped[int] = mapped_column(default=0)
    filled_count: Mapped[int] = mapped_column(default=0)
    error_count: Mapped[int] = mapped_column(default=0)
    query_count: Mapped[int] = mapped_column(default=0)
    """Questions of the controls that nobody has answered."""
    complete: Mapped[bool] = mapped_column(default=False)
    """Every cell holds a value: one of the four separate facts."""


class SubmissionState(TenantModel):
    """Projection of the events, written by `append_event` alone; its lock orders the school and the reviewer."""

    __tablename__ = "submission_state"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "submission_id", name="uq_submission_state_submission"),
        child_of("submission", "submission_id", name="fk_submission_state_submission"),
        Index("ix_submission_state_district_id", "region_id", "district_id", "status"),
    )

    submission_id: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[Status] = mapped_column(text_enum(Status), default=Status.DRAFT)
    event_n: Mapped[int] = mapped_column(default=0)
    revision_n: Mapped[int] = mapped_column(default=0)
    """Number of the last frozen revision; 0 before the first sending."""
    accepted_revision_n: Mapped[int | None]
    """The revision that counts in the sums; stays while a correction is on its way."""
    due_at: Mapped[datetime]
    """Last instant of the due day in the organization's zone."""
    sent_at: Mapped[datetime | None]
    first_sent_at: Mapped[datetime | None]
    """When the month was handed in; a return does not make it late, a withdrawal before review takes it back."""
    on_time: Mapped[bool | None]
    """None before the first sending."""
    accepted_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    """Since when the school cannot change cells; None while it can."""
    returned_at: Mapped[datetime | None]
    answer_by: Mapped[date | None]
    """Day until which the reviewer waits for the returned month."""
    open_cells: Mapped[list[list[str]] | None] = mapped_column(JSONB(none_as_null=True))
    """The only cells that may be changed; None opens all while the month is with the school."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it was returned, reopened or is being corrected."""
    reviewer_name: Mapped[str] = mapped_column(default="")

    def opens(self, place: Place) -> bool:
        """Return whether a cell may be changed now."""
        return self.status.with_school and (self.open_cells is None or list(place) in self.open_cells)


class SubmissionEvent(TenantModel):
    """One step, never changed; written by the school or by its reviewer."""

    __tablename__ = "submission_event"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "submission_id", "n", name="uq_submission_event_n"),
        child_of("submission", "submission_id", name="fk_submission_event_submission"),
    )

    submission_id: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str] = mapped_column(default="")
    kind: Mapped[EventKind] = mapped_column(text_enum(EventKind))
    revision_n: Mapped[int] = mapped_column(default=0)
    """The revision the step speaks of: the one frozen, taken, returned or accepted."""
    reason: Mapped[str] = mapped_column(default="")
    cells: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)
    only_cells: Mapped[bool] = mapped_column(default=False)
    """Whether only `cells` are opened."""
    answer_by: Mapped[date | None]


class MemberSet(TenantModel):
    """Sorted ids of the records behind a number; equal sets are one row."""

    __tablename__ = "member_set"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "sha256", name="uq_member_set_sha256")
    )

    sha256: Mapped[str]
    record_kind: Mapped[str]
    """Table of the records: participant, mentorship, meeting, programme."""
    ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    weights: Mapped[list[Decimal] | None] = mapped_column(ARRAY(Numeric))
    """None where every record counts once."""
    identity_keys: Mapped[list[bytes | None] | None] = mapped_column(ARRAY(LargeBinary))
    """Keyed hashes of people, beside the ids: a region counts a person of two organizations once."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def size(self) -> Decimal:
        """Return the number the set stands for."""
        return Decimal(len(self.ids)) if self.weights is None else sum(self.weights, Decimal(0))


class _CellColumns:
    """What a cell of a draft and a frozen one have in common."""

    section_code: Mapped[str]
    row_code: Mapped[str]
    """For one instance of a multiplied row: code and specifics joined by #."""
    column_code: Mapped[str]
    face: Mapped[Face] = mapped_column(text_enum(Face), default=Face.COMPUTED)
    computed: Mapped[Decimal | None]
    """What the records say; None for a cell that is only entered by hand."""
    value: Mapped[Decimal | None]
    """What is reported."""
    text_value: Mapped[str | None]
    member_set_id: Mapped[int | None] = mapped_column(BigInteger)
    adjustment_reason: Mapped[str] = mapped_column(default="")
    adjusted_by_name: Mapped[str] = mapped_column(default="")
    adjusted_until: Mapped[date | None]
    """Last day on which the adjustment holds."""

    @property
    def place(self) -> Place:
        """Return the codes of section, row and column."""
        return self.section_code, self.row_code, self.column_code


class SubmissionCell(Versioned, _CellColumns, TenantModel):
    """One number of a draft."""

    __tablename__ = "submission_cell"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "submission_id", "section_code", "row_code", "column_code",
            name="uq_submission_cell_place",
        ),
        child_of("submission", "submission_id", name="fk_submission_cell_submission"),
        child_of("member_set", "member_set_id", name="fk_submission_cell_member_set"),
    )  # fmt: skip

    submission_id: Mapped[int] = mapped_column(BigInteger)
    adjusted_by: Mapped[int | None] = mapped_column(BigInteger)
    adjusted_at: Mapped[datetime | None]


class Revision(TenantModel):
    """What was sent, frozen for good."""

    __tablename__ = "revision"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "submission_id", "n", name="uq_revision_n"),
        child_of("submission", "submission_id", name="fk_revision_submission"),
    )

    submission_id: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    author_name: Mapped[str] = mapped_column(default="")
    computed_at: Mapped[datetime | None]
    period_district_id: Mapped[int]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """Questions as they stood, each with the school's answer: control_id, level, message, cells, explanation."""
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """Why each number differs from the month before, as `reports.differences` reads it; frozen by the school."""


class RevisionCell(_CellColumns, TenantModel):
    """One frozen number."""

    __tablename__ = "revision_cell"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "revision_id", "section_code", "row_code", "column_code",
            name="uq_revision_cell_place",
        ),
        child_of("revision", "revision_id", name="fk_revision_cell_revision"),
        child_of("member_set", "member_set_id", name="fk_revision_cell_member_set"),
    )  # fmt: skip

    revision_id: Mapped[int] = mapped_column(BigInteger)
