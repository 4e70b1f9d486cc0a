"""A participant under a number, the parts taken in mentoring, and the consents. Names stand in `persons`."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Computed, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import PublishedModel, TenantModel, Versioned, child_of, tenant_keys, text_enum


class ParticipantRole(StrEnum):
    """On which side of a pair a person stands."""

    MENTOR = "mentor"
    MENTEE = "mentee"

    @property
    def label(self) -> str:
        """Return the Russian word."""
        return "наставник" if self is ParticipantRole.MENTOR else "наставляемый"

    @property
    def other(self) -> "ParticipantRole":
        """Return the other side."""
        return ParticipantRole.MENTEE if self is ParticipantRole.MENTOR else ParticipantRole.MENTOR


class EndReason(StrEnum):
    """Why a part in mentoring ended."""

    COMPLETED = "completed"
    LEFT = "left"
    TRANSFERRED = "transferred"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    MISTAKE = "mistake"
    """Recorded by mistake: the record counts nowhere."""

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _REASONS[self]


_REASONS = {
    EndReason.COMPLETED: "программа завершена",
    EndReason.LEFT: "выбыл досрочно",
    EndReason.TRANSFERRED: "перешёл в другую организацию",
    EndReason.CONSENT_WITHDRAWN: "согласие отозвано",
    EndReason.MISTAKE: "записан по ошибке",
}


class ConsentKind(StrEnum):
    """What a consent allows; purposes are not merged (152-ФЗ, статья 9)."""

    PROCESSING = "processing"
    """Records of taking part: without it nothing is kept."""
    PUBLICATION = "publication"
    """Spreading to everybody (152-ФЗ, статья 10.1)."""
    SURVEY = "survey"
    TRANSFER = "transfer"
    """To the regional center or the district: without it no name is opened above the school."""
    DUTIES = "duties"
    """An employee agrees to mentor (ТК РФ, статья 351.8)."""

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _KINDS[self]


_KINDS = {
    ConsentKind.PROCESSING: "на обработку данных",
    ConsentKind.PUBLICATION: "на публикацию",
    ConsentKind.SURVEY: "на анкетирование",
    ConsentKind.TRANSFER: "на передачу в РЦН и район",
    ConsentKind.DUTIES: "на обязанности наставника",
}


class Giver(StrEnum):
    """Who signed a consent."""

    SELF = "self"
    REPRESENTATIVE = "representative"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return "сам участник" if self is Giver.SELF else "родитель или представитель"


_COHORT = (
    "extract(year from born_on)::integer"
    " + case when extract(month from born_on) * 100 + extract(day from born_on) > 901 then 1 else 0 end"
)


class ConsentForm(StrEnum):
    """In what form a consent is kept."""

    PAPER = "paper"
    FILE = "file"
    """A scan lies with the portal, within the school's reach alone."""

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return "на бумаге" if self is ConsentForm.PAPER else "скан"


class ConsentText(PublishedModel):
    """One edition of what a consent says (152-ФЗ, статья 9, часть 4); never changed, only followed by the next."""

    __tablename__ = "consent_text"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "kind", "edition", name="uq_consent_text_edition")
    )

    kind: Mapped[ConsentKind] = mapped_column(text_enum(ConsentKind))
    edition: Mapped[int]
    """Counted from 1 for each owner and purpose."""
    valid_from: Mapped[date]
    goal: Mapped[str]
    data: Mapped[str]
    """Which data, as a list in one sentence."""
    actions: Mapped[str]
    processor: Mapped[str] = mapped_column(default="")
    """Who processes by order of the school: name and address."""
    term: Mapped[str]
    """How long, and how to withdraw."""
    published_at: Mapped[datetime] = mapped_column(default=clock.now)


class Participant(Versioned, TenantModel):
    """A person by number: what may be counted above the school. Birth date and experience are the school's own."""

    __tablename__ = "participant"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "number", name="uq_participant_number")
    )

    number: Mapped[int]
    """Within the organization: how district and region name a person."""
    sex: Mapped[str] = mapped_column(default="", info={"personal": True})
    """female, male, or empty where it is not known."""
    born_on: Mapped[date | None] = mapped_column(info={"personal": True})
    experience_since: Mapped[date | None] = mapped_column(info={"personal": True})
    """First day of teaching work; younger than three years makes a novice."""
    age_cohort: Mapped[int | None] = mapped_column(Computed(_COHORT, persisted=True))
    """School year less this number is the age in whole years on 1 September: all of the age that goes above the school.

    None while the birth date is unknown. The database computes it.
    """
    identity_key: Mapped[bytes | None]
    """Keyed hash of name and birth date; None while the birth date is unknown."""
    identity_hint: Mapped[bytes | None]
    """The same without the middle name: perhaps the same person."""
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class Participation(Versioned, TenantModel):
    """A part in one form of mentoring on one side. `started_on` is included, `ended_on` is not."""

    __tablename__ = "participation"
    __table_args__ = tenant_keys(
        child_of("participant", "participant_id", name="fk_participation_participant"),
        Index("ix_participation_organization", "region_id", "organization_id", "mentoring_form", "role"),
        Index("ix_participation_participant", "region_id", "organization_id", "participant_id"),
    )

    participant_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[ParticipantRole] = mapped_column(text_enum(ParticipantRole))
    mentoring_form: Mapped[str]
    """A code of the catalogue (tenants.mentorships.catalogue)."""
    category: Mapped[str] = mapped_column(default="")
    class_name: Mapped[str] = mapped_column(default="")
    """Class of a pupil, post of a teacher."""
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[EndReason | None] = mapped_column(text_enum(EndReason))
    trained_on: Mapped[date | None]
    """Day a mentor finished training; None where not trained."""
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class Consent(Versioned, TenantModel):
    """One consent for one purpose; who signed it and its scan stand in `ConsentPaper`."""

    __tablename__ = "consent"
    __table_args__ = tenant_keys(
        child_of("participant", "participant_id", name="fk_consent_participant"),
        ForeignKeyConstraint(
            ["region_id", "text_id"], ["consent_text.region_id", "consent_text.id"], name="fk_consent_text"
        ),
        Index("ix_consent_participant", "region_id", "organization_id", "participant_id"),
    )

    participant_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[ConsentKind] = mapped_column(text_enum(ConsentKind), default=ConsentKind.PROCESSING)
    given_on: Mapped[date]
    given_by: Mapped[Giver] = mapped_column(text_enum(Giver), default=Giver.SELF)
    document: Mapped[str] = mapped_column(default="", info={"personal": True})
    """Number, or where the paper lies; not granted above the school."""
    valid_until: Mapped[date | None]
    """Last day of force, included; None without a term."""
    withdrawn_on: Mapped[date | None]
    """First day without consent."""
    form: Mapped[ConsentForm] = mapped_column(text_enum(ConsentForm), default=ConsentForm.PAPER)
    child_signed: Mapped[bool] = mapped_column(default=False)
    """A child from fourteen has signed beside the representative."""
    text_id: Mapped[int | None] = mapped_column(BigInteger)
    """Edition of the text that was signed; None for the portal's sample and for papers of before."""
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
