"""Programmes, pairs and groups, their members, and meetings: what the figures count."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import TenantModel, Versioned, child_of, tenant_keys, text_enum
from tenants.participants.models import ParticipantRole


class MentorshipKind(StrEnum):
    """A pair is one mentor and one mentee; a group is more."""

    PAIR = "pair"
    GROUP = "group"

    @property
    def label(self) -> str:
        """Return the Russian word."""
        return "пара" if self is MentorshipKind.PAIR else "группа"


class Outcome(StrEnum):
    """How a mentorship ended."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    TRANSFERRED = "transferred"
    MISTAKE = "mistake"
    """Recorded by mistake: it counts nowhere, nor do its meetings."""

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.COMPLETED: "программа выполнена",
    Outcome.STOPPED: "прекращена досрочно",
    Outcome.TRANSFERRED: "передана другому наставнику",
    Outcome.MISTAKE: "записана по ошибке",
}


class MeetingKind(StrEnum):
    """The kinds of meetings, in the order of a programme."""

    ACQUAINTANCE = "acquaintance"
    TRIAL = "trial"
    PLANNING = "planning"
    WORK = "work"
    FINAL = "final"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _MEETINGS[self]


_MEETINGS = {
    MeetingKind.ACQUAINTANCE: "знакомство",
    MeetingKind.TRIAL: "пробная встреча",
    MeetingKind.PLANNING: "планирование",
    MeetingKind.WORK: "рабочая встреча",
    MeetingKind.FINAL: "итоговая встреча",
}


class Programme(Versioned, TenantModel):
    """A programme of mentoring of one form. `started_on` is included, `ended_on` is not."""

    __tablename__ = "programme"
    __table_args__ = tenant_keys(
        Index("ix_programme_organization", "region_id", "organization_id", "mentoring_form"),
    )

    title: Mapped[str]
    mentoring_form: Mapped[str]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class Mentorship(Versioned, TenantModel):
    """A pair or a group. `started_on` is included, `ended_on` is not."""

    __tablename__ = "mentorship"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "number", name="uq_mentorship_number"),
        child_of("programme", "programme_id", name="fk_mentorship_programme"),
        Index("ix_mentorship_organization", "region_id", "organization_id", "mentoring_form", "kind"),
    )

    number: Mapped[int]
    """Within the organization; pairs and groups share the row of numbers."""
    kind: Mapped[MentorshipKind] = mapped_column(text_enum(MentorshipKind))
    mentoring_form: Mapped[str]
    role_model: Mapped[str] = mapped_column(default="")
    programme_id: Mapped[int | None] = mapped_column(BigInteger)
    order_number: Mapped[str] = mapped_column(default="")
    order_on: Mapped[date | None]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    outcome: Mapped[Outcome | None] = mapped_column(text_enum(Outcome))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class MentorshipMember(TenantModel):
    """A participant in a pair or group. `joined_on` is included, `left_on` is not; equal days are a mistake."""

    __tablename__ = "mentorship_member"
    __table_args__ = tenant_keys(
        child_of("mentorship", "mentorship_id", name="fk_mentorship_member_mentorship"),
        child_of("participant", "participant_id", name="fk_mentorship_member_participant"),
        UniqueConstraint(
            "region_id", "organization_id", "mentorship_id", "participant_id", "joined_on", name="uq_mentorship_member"
        ),
        Index("ix_mentorship_member_participant", "region_id", "organization_id", "participant_id"),
    )

    mentorship_id: Mapped[int] = mapped_column(BigInteger)
    participant_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[ParticipantRole] = mapped_column(text_enum(ParticipantRole))
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class Meeting(Versioned, TenantModel):
    """One meeting that was held; cancelled ones stay and count nowhere."""

    __tablename__ = "meeting"
    __table_args__ = tenant_keys(
        child_of("mentorship", "mentorship_id", name="fk_meeting_mentorship"),
        Index("ix_meeting_organization", "region_id", "organization_id", "held_on"),
        Index("ix_meeting_mentorship", "region_id", "organization_id", "mentorship_id", "held_on"),
    )

    mentorship_id: Mapped[int] = mapped_column(BigInteger)
    held_on: Mapped[date]
    kind: Mapped[MeetingKind] = mapped_column(text_enum(MeetingKind), default=MeetingKind.WORK)
    minutes: Mapped[int | None]
    topic: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(BigInteger)
