"""What the reviewer and the school say to each other about a month: remarks, answers, explanations."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import TenantModel, Versioned, child_of, tenant_keys
from tenants.submissions.models import Place


class _Pinned:
    """A text pinned to a cell; three empty codes speak of the whole month."""

    section_code: Mapped[str] = mapped_column(default="")
    row_code: Mapped[str] = mapped_column(default="")
    column_code: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def place(self) -> Place:
        """Return the codes of section, row and column."""
        return self.section_code, self.row_code, self.column_code


class Remark(_Pinned, TenantModel):
    """A remark the reviewer returned a month with; belongs to the school, never changed."""

    __tablename__ = "submission_remark"
    __table_args__ = tenant_keys(
        child_of("submission", "submission_id", name="fk_submission_remark_submission"),
        Index("ix_submission_remark_submission", "region_id", "organization_id", "submission_id"),
    )

    submission_id: Mapped[int] = mapped_column(BigInteger)
    revision_n: Mapped[int]
    author_name: Mapped[str] = mapped_column(default="")


class RemarkAnswer(Versioned, TenantModel):
    """The school's answer to a remark."""

    __tablename__ = "submission_remark_answer"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "remark_id", name="uq_submission_remark_answer_remark"),
        child_of("submission_remark", "remark_id", name="fk_submission_remark_answer_remark"),
    )

    remark_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    author_name: Mapped[str] = mapped_column(default="")


class RemarkDraft(Versioned, _Pinned, TenantModel):
    """What the reviewer noted and has not sent yet: the reviewer's own row, unseen by the school."""

    __tablename__ = "submission_remark_draft"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "subject_id", "section_code", "row_code", "column_code",
            name="uq_submission_remark_draft_cell",
        )
    )  # fmt: skip

    subject_id: Mapped[int] = mapped_column(BigInteger)
    """The submission; no key, since it belongs to another organization."""


class Explanation(Versioned, TenantModel):
    """The school's answer to a question of the controls, remembered with the numbers it was given for."""

    __tablename__ = "explanation"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "submission_id", "condition_key", name="uq_explanation_condition"
        ),
        child_of("submission", "submission_id", name="fk_explanation_submission"),
    )

    submission_id: Mapped[int] = mapped_column(BigInteger)
    control_id: Mapped[str]
    condition_key: Mapped[str]
    cells: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)
    text: Mapped[str]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    author_name: Mapped[str] = mapped_column(default="")
