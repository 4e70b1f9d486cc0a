"""The tree region → district → school | college | supplementary | preschool."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base, TreeModel, Versioned, text_enum


class OrganizationKind(StrEnum):
    """What an organization is; the value stands in forms' definitions too."""

    REGION = "region"
    DISTRICT = "district"
    SCHOOL = "school"
    COLLEGE = "college"
    SUPPLEMENTARY = "supplementary"
    PRESCHOOL = "preschool"

    @property
    def label(self) -> str:
        """Return the Russian name of the kind."""
        return _LABELS[self]

    @property
    def reports(self) -> bool:
        """Return whether organizations of this kind keep records and send months."""
        return self not in (OrganizationKind.REGION, OrganizationKind.DISTRICT)


_LABELS = {
    OrganizationKind.REGION: "региональный центр",
    OrganizationKind.DISTRICT: "отдел образования",
    OrganizationKind.SCHOOL: "школа",
    OrganizationKind.COLLEGE: "колледж",
    OrganizationKind.SUPPLEMENTARY: "дополнительное образование",
    OrganizationKind.PRESCHOOL: "детский сад",
}


class Organization(Versioned, TreeModel):
    """One node of the tree; a region's row carries its own id in all three keys."""

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint("id", name="uq_organization_id"),
        UniqueConstraint("code", name="uq_organization_code"),
        UniqueConstraint("region_id", "district_id", "id", name="uq_organization_region_id_district_id_id"),
        ForeignKeyConstraint(
            ["region_id", "parent_id"], ["organization.region_id", "organization.id"], name="fk_organization_parent"
        ),
        ForeignKeyConstraint(
            ["region_id", "successor_id"],
            ["organization.region_id", "organization.id"],
            name="fk_organization_successor",
        ),
    )

    parent_id: Mapped[int | None] = mapped_column(Integer)
    """The reviewer of everything this organization sends; None for a region."""
    code: Mapped[str]
    """Stands in addresses: /o/<code>/…; unique in the installation."""
    kind: Mapped[OrganizationKind] = mapped_column(text_enum(OrganizationKind))
    name: Mapped[str]
    name_short: Mapped[str]
    inn: Mapped[str | None]
    kpp: Mapped[str | None]
    ogrn: Mapped[str | None]
    okpo: Mapped[str | None]
    oktmo: Mapped[str | None]
    address: Mapped[str | None]
    site: Mapped[str | None]
    head_post: Mapped[str | None]
    head_name: Mapped[str | None]
    responsible_post: Mapped[str | None]
    responsible_name: Mapped[str | None]
    responsible_phone: Mapped[str | None]
    responsible_email: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(default="Europe/Moscow")
    archived_on: Mapped[date | None]
    """The first day on which it is no longer kept; earlier periods still count it."""
    archive_reason: Mapped[str] = mapped_column(default="")
    opened_on: Mapped[date | None]
    """First day; None where it stood before the portal knew it."""
    successor_id: Mapped[int | None] = mapped_column(Integer)
    """Who took over from an organization that was merged."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class OrganizationParent(Base):
    """Where an organization hung from `valid_from` until the day before `valid_to`."""

    __tablename__ = "organization_parent"
    __table_args__ = (
        UniqueConstraint("region_id", "organization_id", "valid_from", name="uq_organization_parent_valid_from"),
        ForeignKeyConstraint(
            ["region_id", "organization_id"],
            ["organization.region_id", "organization.id"],
            name="fk_organization_parent_organization",
        ),
        ForeignKeyConstraint(
            ["region_id", "parent_id"],
            ["organization.region_id", "organization.id"],
            name="fk_organization_parent_parent",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    region_id: Mapped[int] = mapped_column(Integer)
    organization_id: Mapped[int] = mapped_column(Integer)
    parent_id: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
