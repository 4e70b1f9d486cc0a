"""Projections of accepted revisions: facts of an organization, rollups of a district or the region."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import TenantModel, child_of, tenant_keys
from tenants.submissions.models import Place, published_parent


class _SumColumns:
    """The place of a number in its form and period."""

    edition_id: Mapped[int] = mapped_column(BigInteger)
    period_start: Mapped[date]
    section_code: Mapped[str]
    row_code: Mapped[str]
    column_code: Mapped[str]
    value: Mapped[Decimal]

    @property
    def place(self) -> Place:
        """Return the codes of section, row and column."""
        return self.section_code, self.row_code, self.column_code


class Fact(_SumColumns, TenantModel):
    """One accepted cell of one organization; replaced when a correction is accepted."""

    __tablename__ = "fact"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "edition_id", "period_start", "section_code", "row_code", "column_code",
            name="uq_fact_place",
        ),
        child_of("submission", "submission_id", name="fk_fact_submission"),
        published_parent("edition", "edition_id", name="fk_fact_edition"),
        Index("ix_fact_period", "region_id", "edition_id", "period_start", "period_district_id"),
        Index(
            "ix_fact_place", "region_id", "period_start", "section_code", "row_code", "column_code", "organization_id",
        ),
        Index("ix_fact_district_id", "region_id", "district_id", "edition_id", "period_start"),
    )  # fmt: skip

    submission_id: Mapped[int] = mapped_column(BigInteger)
    period_district_id: Mapped[int]
    revision_n: Mapped[int]


class Rollup(_SumColumns, TenantModel):
    """The sum of a district or the region over accepted months, with who is in it; the owner is the node."""

    __tablename__ = "rollup"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "edition_id", "period_start", "section_code", "row_code", "column_code",
            name="uq_rollup_place",
        ),
        published_parent("edition", "edition_id", name="fk_rollup_edition"),
    )  # fmt: skip

    organization_count: Mapped[int]
    """Organizations whose accepted month is in the sum."""
    expected_count: Mapped[int]
    """Organizations that have this cell and hand the form in."""
    recomputed_at: Mapped[datetime]
    people_count: Mapped[Decimal | None]
    """Distinct people of the region behind the sum; None where it counts no people, or is not counted yet."""
