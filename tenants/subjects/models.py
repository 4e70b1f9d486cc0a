"""Retention terms, requests of subjects, acts of destruction and the people they name by number."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import PublishedModel, TenantModel, Versioned, child_of, tenant_keys, text_enum


class RequestKind(StrEnum):
    """What a person may ask about the own data (152-ФЗ, статья 14)."""

    COPY = "copy"
    CORRECTION = "correction"
    STOP = "stop"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _REQUESTS[self]


_REQUESTS = {
    RequestKind.COPY: "сведения о себе",
    RequestKind.CORRECTION: "уточнение данных",
    RequestKind.STOP: "прекращение обработки",
}


class Prolonging(StrEnum):
    """Why an answer takes longer; the notice to the subject names it."""

    VOLUME = "volume"
    ARCHIVE = "archive"
    IDENTITY = "identity"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _PROLONGINGS[self]


_PROLONGINGS = {
    Prolonging.VOLUME: "большой объём сведений, которые собираются из нескольких источников",
    Prolonging.ARCHIVE: "часть документов находится в архиве",
    Prolonging.IDENTITY: "проверяются полномочия заявителя",
    Prolonging.OTHER: "другая причина",
}


class DestructionState(StrEnum):
    """How far an act has come."""

    DRAFT = "draft"
    """Drawn up by the portal; nobody has looked at it."""
    PROPOSED = "proposed"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    """Signed; the job is at work."""
    DONE = "done"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _STATES[self]

    @property
    def open(self) -> bool:
        """Return whether its people wait for something to happen."""
        return self in (DestructionState.DRAFT, DestructionState.PROPOSED, DestructionState.CONFIRMED)


_STATES = {
    DestructionState.DRAFT: "список составлен порталом",
    DestructionState.PROPOSED: "ждёт подписи",
    DestructionState.RETURNED: "возвращён",
    DestructionState.CONFIRMED: "уничтожается",
    DestructionState.DONE: "исполнен",
}


class Reason(StrEnum):
    """Why data must go."""

    TERM = "term"
    WITHDRAWN = "withdrawn"
    PURPOSE = "purpose"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _REASONS[self]

    @property
    def ground(self) -> str:
        """Return the rule of law."""
        return _GROUNDS[self]


_REASONS = {
    Reason.TERM: "истёк срок хранения",
    Reason.WITHDRAWN: "согласие отозвано",
    Reason.PURPOSE: "цель обработки достигнута",
}
_GROUNDS = {
    Reason.TERM: "152-ФЗ, статья 5, часть 7",
    Reason.WITHDRAWN: "152-ФЗ, статья 21, часть 5",
    Reason.PURPOSE: "152-ФЗ, статья 21, часть 4",
}


class RetentionTerm(PublishedModel):
    """How long a region keeps one kind of records, from a date on."""

    __tablename__ = "retention_term"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "kind", "valid_from", name="uq_retention_term")
    )

    kind: Mapped[str]
    """A word of `tenants.subjects.terms.TERMS`."""
    valid_from: Mapped[date]
    months: Mapped[int]
    ground: Mapped[str]
    set_by_name: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class SubjectRequest(Versioned, TenantModel):
    """One request of a person or a representative; the answer is due in working days (`requests.WORKING_DAYS`)."""

    __tablename__ = "subject_request"
    __table_args__ = tenant_keys(
        child_of("participant", "participant_id", name="fk_subject_request_participant"),
        CheckConstraint(
            "(prolonged_on is null) = (prolonged_from is null) and (prolonged_on is null) = (prolonged_for is null)"
            " and prolonged_on <= prolonged_from and prolonged_from < due_on",
            name="prolonged",
        ),
        CheckConstraint("prolonged_on is null or kind in ('copy', 'stop')", name="prolongable"),
        Index("ix_subject_request_due", "region_id", "organization_id", "due_on"),
    )

    participant_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[RequestKind] = mapped_column(text_enum(RequestKind))
    received_on: Mapped[date]
    due_on: Mapped[date]
    """Last day for the answer; after a prolongation the later one."""
    done_on: Mapped[date | None]
    prolonged_on: Mapped[date | None]
    prolonged_from: Mapped[date | None]
    """Last day for the answer before the prolongation; None without one."""
    prolonged_for: Mapped[Prolonging | None] = mapped_column(text_enum(Prolonging))
    prolonged_words: Mapped[str] = mapped_column(default="")
    """The reason in the school's own words; it stands in the notice to the subject."""
    note: Mapped[str] = mapped_column(default="", info={"personal": True})
    """What was asked and answered, in the school's own words."""
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class Destruction(Versioned, TenantModel):
    """An act of destruction: proposed by one person, confirmed by another, carried out by a job."""

    __tablename__ = "destruction"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "number", name="uq_destruction_number"),
        CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
        child_of("file", "act_file_id", name="fk_destruction_act_file"),
        child_of("file", "extract_file_id", name="fk_destruction_extract_file"),
        child_of("file", "table_file_id", name="fk_destruction_table_file"),
    )

    number: Mapped[int]
    state: Mapped[DestructionState] = mapped_column(text_enum(DestructionState), default=DestructionState.DRAFT)
    drawn_at: Mapped[datetime] = mapped_column(default=clock.now)
    proposed_by: Mapped[int | None] = mapped_column(BigInteger)
    proposed_by_name: Mapped[str] = mapped_column(default="")
    proposed_by_post: Mapped[str] = mapped_column(default="")
    proposed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_by_name: Mapped[str] = mapped_column(default="")
    confirmed_by_post: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(default="")
    replay_of: Mapped[str] = mapped_column(default="")
    """Digest of the log's line that was carried out again after a restore; empty for an act of its own."""
    done_at: Mapped[datetime | None]
    act_file_id: Mapped[int | None] = mapped_column(BigInteger)
    extract_file_id: Mapped[int | None] = mapped_column(BigInteger)
    table_file_id: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class DestructionSubject(TenantModel):
    """One person of an act, by number; the list is closed once the act is signed."""

    __tablename__ = "destruction_subject"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "destruction_id", "participant_id", name="uq_destruction_subject"
        ),
        child_of("destruction", "destruction_id", name="fk_destruction_subject_destruction"),
        child_of("participant", "participant_id", name="fk_destruction_subject_participant"),
        Index("ix_destruction_subject_participant", "region_id", "organization_id", "participant_id"),
    )

    destruction_id: Mapped[int] = mapped_column(BigInteger)
    participant_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    reason: Mapped[Reason] = mapped_column(text_enum(Reason))
    due_on: Mapped[date]
    erased_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Table → how many rows lost their personal values."""
    content_hashes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Contents whose rows are gone; they leave the disk when nobody else names them."""
