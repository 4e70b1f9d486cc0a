"""Questions about one person in several organizations, and what the schools said."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import TenantModel, child_of, tenant_keys, text_enum


class TwinWord(StrEnum):
    """What a school says about a participant whose key is known elsewhere too."""

    SAME = "same"
    MOVED = "moved"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _WORDS[self]


_WORDS = {
    TwinWord.SAME: "да, участвует и у нас, и в другой организации",
    TwinWord.MOVED: "да, это он, но у нас больше не участвует",
    TwinWord.OTHER: "нет, это другой человек",
}


class TwinQuestion(TenantModel):
    """Asked of each school that keeps the person; it names nothing of the other one."""

    __tablename__ = "twin_question"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "participant_id", "match_key", name="uq_twin_question"),
        child_of("participant", "participant_id", name="fk_twin_question_participant"),
    )

    participant_id: Mapped[int] = mapped_column(BigInteger)
    match_key: Mapped[bytes | None]
    """The participant's own key or hint that was met elsewhere; None once the person's data are destroyed."""
    certain: Mapped[bool]
    """True where name and birth date agree wholly; false where a middle name is missing on one side."""
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)


class TwinAnswer(TenantModel):
    """What a school said; the newest answer holds."""

    __tablename__ = "twin_answer"
    __table_args__ = tenant_keys(
        child_of("twin_question", "question_id", name="fk_twin_answer_question"),
        Index("ix_twin_answer_question", "region_id", "organization_id", "question_id"),
    )

    question_id: Mapped[int] = mapped_column(BigInteger)
    answer: Mapped[TwinWord] = mapped_column(text_enum(TwinWord))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
