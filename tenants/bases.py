"""What every model begins with: the base and its names of constraints, the owner's columns, composite keys.

Imported from `tenants.db`, which is where the rest of the domain meets the database.
"""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, Integer, MetaData, Text, UniqueConstraint
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class Base(DeclarativeBase):
    """Base of all models; constraints are named by one convention, so that a migration can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this plain mapping
        datetime: DateTime(timezone=True),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


class TenantRow(Base):
    """The columns every tenant row begins with."""

    __abstract__ = True

    region_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    district_id: Mapped[int] = mapped_column(Integer)
    """Today's district, for rights; a college's district is its region."""
    organization_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:  # noqa: ANN401 - SQLAlchemy's own loose type
        return tenant_keys()


def tenant_keys(*more: Any) -> tuple[Any, ...]:  # noqa: ANN401 - constraints and options of any kind
    """Return the keys that `app.guard` gives every tenant table, followed by `more` constraints of the model."""
    return (
        UniqueConstraint("region_id", "organization_id", "id"),
        ForeignKeyConstraint(
            ["region_id", "district_id", "organization_id"],
            ["organization.region_id", "organization.district_id", "organization.id"],
            onupdate="CASCADE",
        ),
        *more,
    )


def child_of(table: str, column: str, *, name: str | None = None, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Return the composite key that keeps a child in the organization of its parent: plain keys betray tenants."""
    return ForeignKeyConstraint(
        ["region_id", "organization_id", column],
        [f"{table}.region_id", f"{table}.organization_id", f"{table}.id"],
        name=name,
        ondelete=ondelete,
    )


class TenantModel(TenantRow):
    """A row owned by one organization; guarded by `app.guard` and its kin (see migrations/README.md)."""

    __abstract__ = True


class PublishedModel(TenantRow):
    """A row of a region or district that everyone below reads; guarded by `app.guard_published`."""

    __abstract__ = True


class TreeModel(Base):
    """A node of the tree itself; seen by its own organization, by those above it and by those below it."""

    __abstract__ = True

    region_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    district_id: Mapped[int] = mapped_column(Integer)


class Versioned:
    """An editable record: saving a stale version raises instead of overwriting."""

    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version} if hasattr(cls, "__table__") else {}


def text_enum(enum: type[Enum]) -> EnumType:
    """Return a column type that stores the values of a string enumeration as text (leakproof in comparisons)."""
    return EnumType(enum, native_enum=False, length=40, values_callable=lambda e: [m.value for m in e])
