"""The only way to the database: a scope is announced, the transaction runs, actions after commit follow.

`transaction(scope)` opens a session whose first message begins the transaction, takes the level's role and announces
the three ids. Row security in PostgreSQL is the guard; the predicates that `_add_predicates` adds to every query are
the plan (they let the planner use the index that begins with the level's id).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Engine,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
    create_engine,  # noqa: TID251 - this file opens the engine
    event,
    func,
    inspect,
    select,
)
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.orm.interfaces import ORMOption

from tenants import clock
from tenants.errors import NotFoundError, ScopeMissingError


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


AnyRow = TypeVar("AnyRow", bound=Base)
AnyTenantRow = TypeVar("AnyTenantRow", bound=TenantRow)


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


class Level(StrEnum):
    """How far down the tree a transaction reads; each level is a role of the database."""

    ORGANIZATION = "organization"
    DISTRICT = "district"
    REGION = "region"
    REGISTRY = "registry"


@dataclass(frozen=True)
class Scope:
    """For whom a transaction runs. Reading reaches down the level's tree; writing stays in the acting organization."""

    level: Level
    region_id: int = 0
    district_id: int = 0
    organization_id: int = 0
    user_id: int = 0
    read_only: bool = False
    snapshot: bool = False
    """True for a report: one view of the data for the whole transaction, and a long time limit."""

    def reading(self) -> "Scope":
        """Return the same scope, unable to write."""
        return replace(self, read_only=True)


REGISTRY = Scope(Level.REGISTRY)
"""Before a scope exists: organizations, accounts, sign-ins, jobs. No data of a school."""

_REPORT_TIMEOUT = "600s"


class _Server:
    """The process's engine; set once at start by `connect`."""

    engine: Engine | None = None
    role_prefix: str = ""


def connect(url: str, *, role_prefix: str = "", pool_size: int = 10) -> Engine:
    """Open the engine of this process for the unprivileged login; later calls replace it (tests)."""
    if _Server.engine is not None:
        _Server.engine.dispose()
    _Server.engine = create_engine(
        driver_url(url),
        # The transaction is opened by our own first message, see _announce.
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"options": "-c statement_timeout=15s -c lock_timeout=5s", "application_name": "portal"},
    )
    _Server.role_prefix = role_prefix
    return _Server.engine


def _leave_connections_behind() -> None:
    if _Server.engine is not None:
        # The parent goes on using its sockets; two processes on one socket read each other's answers.
        _Server.engine.dispose(close=False)


os.register_at_fork(after_in_child=_leave_connections_behind)


def driver_url(url: str) -> str:
    """Return a PostgreSQL address that names the psycopg driver."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def engine_for(region_id: int) -> Engine:  # noqa: ARG001 - regions may live on servers of their own one day
    """Return the engine of the server that keeps a region; today there is one.

    Raises:
        ScopeMissingError: nobody called `connect`.

    """
    if _Server.engine is None:
        raise ScopeMissingError("the database is not connected: call tenants.db.connect first")
    return _Server.engine


def opening_message(scope: Scope) -> str:
    """Return the first message of a transaction: begin, role, settings. Built from integers and known words only."""
    mode = "isolation level repeatable read" if scope.snapshot else ""
    access = "read only" if scope.read_only else "read write"
    parts = [f"begin {mode} {access}", f'set local role "{_Server.role_prefix}lv_{scope.level.value}"']
    parts += [
        f"set local app.{name} = '{int(value)}'"
        for name, value in (
            ("region", scope.region_id),
            ("district", scope.district_id),
            ("organization", scope.organization_id),
            ("uid", scope.user_id),
        )
        if scope.level is not Level.REGISTRY or name == "uid"
    ]
    if clock.shift():
        parts.append(f"set local app.clock_shift = '{clock.shift().total_seconds():.3f}'")
    if scope.snapshot:
        parts.append(f"set local statement_timeout = '{_REPORT_TIMEOUT}'")
    return "; ".join(parts)


class ScopedSession(Session):
    """A session that belongs to one scope; made by `transaction` only."""

    @property
    def scope(self) -> Scope:
        """Return for whom this session runs."""
        scope: Scope = self.info["scope"]
        return scope


@event.listens_for(ScopedSession, "after_begin")
def _announce(session: ScopedSession, _: SessionTransaction, connection: Connection) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise ScopeMissingError("the connection is gone")
    # One message with several statements cannot be prepared.
    driver.execute(opening_message(session.scope), prepare=False)


@event.listens_for(ScopedSession, "do_orm_execute")
def _add_predicates(state: ORMExecuteState) -> None:
    session = state.session
    if not isinstance(session, ScopedSession) or not (state.is_select or state.is_update or state.is_delete):
        return
    if session.scope.level is not Level.REGISTRY and not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(
            _own_rows(session.scope), _published_rows(session.scope), _nodes(session.scope)
        )


def _own_rows(scope: Scope) -> ORMOption:
    region, district, organization = scope.region_id, scope.district_id, scope.organization_id
    if scope.level is Level.ORGANIZATION:
        return with_loader_criteria(
            TenantModel, lambda m: (m.region_id == region) & (m.organization_id == organization), include_aliases=True
        )
    if scope.level is Level.DISTRICT:
        return with_loader_criteria(
            TenantModel, lambda m: (m.region_id == region) & (m.district_id == district), include_aliases=True
        )
    return with_loader_criteria(TenantModel, lambda m: m.region_id == region, include_aliases=True)


def _published_rows(scope: Scope) -> ORMOption:
    region, chain = scope.region_id, (scope.organization_id, scope.district_id, scope.region_id)
    return with_loader_criteria(
        PublishedModel, lambda m: (m.region_id == region) & m.organization_id.in_(chain), include_aliases=True
    )


def _nodes(scope: Scope) -> ORMOption:
    region, district, chain = (
        scope.region_id,
        scope.district_id,
        (scope.organization_id, scope.district_id, scope.region_id),
    )
    if scope.level is Level.ORGANIZATION:
        return with_loader_criteria(
            TreeModel, lambda m: (m.region_id == region) & m.id.in_(chain), include_aliases=True
        )
    if scope.level is Level.DISTRICT:
        return with_loader_criteria(
            TreeModel,
            lambda m: (m.region_id == region) & ((m.district_id == district) | (m.id == region)),
            include_aliases=True,
        )
    return with_loader_criteria(TreeModel, lambda m: m.region_id == region, include_aliases=True)


@event.listens_for(ScopedSession, "before_flush")
def _fill_owner(session: ScopedSession, *_: object) -> None:
    scope = session.scope
    for row in session.new:
        if isinstance(row, TenantRow) and inspect(row).dict.get("organization_id") is None:
            row.region_id = scope.region_id
            row.district_id = scope.district_id
            row.organization_id = scope.organization_id


@contextmanager
def transaction(scope: Scope) -> Iterator[ScopedSession]:
    """Open a session for a scope; commit when the block ends well, roll back when it raises.

    Raises:
        ScopeMissingError: the scope names no organization although its level has one.

    """
    if scope.level is not Level.REGISTRY and not (scope.region_id and scope.district_id and scope.organization_id):
        raise ScopeMissingError("a transaction needs a scope with its region, district and organization")
    session = ScopedSession(engine_for(scope.region_id), expire_on_commit=False, info={"scope": scope})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
    for action in session.info.get("after_commit", ()):
        action()


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run an action once the transaction has been committed, and never when it was rolled back."""
    session.info.setdefault("after_commit", []).append(action)


def insert(session: Session, row: AnyRow) -> AnyRow:
    """Add a row and send it at once, so that its id can be used by the rows that follow."""
    session.add(row)
    session.flush()
    return row


def find(session: Session, model: type[AnyTenantRow], record_id: int, *, lock: bool = False) -> AnyTenantRow:
    """Return the record of this scope.

    Raises:
        NotFoundError: there is none, or it belongs to somebody out of reach.

    """
    query = select(model).where(model.id == record_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def owner_of(row: TenantRow) -> dict[str, int]:
    """Return the owner's three ids, for a reviewer's row that belongs to the reviewed organization."""
    return {"region_id": row.region_id, "district_id": row.district_id, "organization_id": row.organization_id}


def lock_key(session: Session, name: str) -> None:
    """Hold a named lock until the end of the transaction; the second asker waits."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
