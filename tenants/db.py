"""The only way to the database: a scope is announced, the transaction runs, actions after commit follow.

`transaction(scope)` opens a session whose first message begins the transaction, takes the level's role and announces
the three ids. Row security in PostgreSQL is the guard; the predicates that `_add_predicates` adds to every query are
the plan (they let the planner use the index that begins with the level's id).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,  # noqa: TID251 - this file opens the engine
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from tenants import clock
from tenants.bases import (
    Base,
    PublishedModel,
    TenantModel,
    TenantRow,
    TreeModel,
    Versioned,
    child_of,
    tenant_keys,
    text_enum,
)
from tenants.errors import NotFoundError, ScopeMissingError

__all__ = [
    "REGISTRY",
    "Base",
    "Level",
    "PublishedModel",
    "Scope",
    "ScopedSession",
    "TenantModel",
    "TenantRow",
    "TreeModel",
    "Versioned",
    "after_commit",
    "child_of",
    "connect",
    "driver_url",
    "engine_for",
    "find",
    "insert",
    "lock_key",
    "opening_message",
    "owner_of",
    "role_of",
    "subject_access",
    "tenant_keys",
    "text_enum",
    "transaction",
]

AnyRow = TypeVar("AnyRow", bound=Base)
AnyTenantRow = TypeVar("AnyTenantRow", bound=TenantRow)


class Level(StrEnum):
    """How far down the tree a transaction reads; each level is a role of the database."""

    ORGANIZATION = "organization"
    DISTRICT = "district"
    REGION = "region"
    REGISTRY = "registry"
    CONTACTS = "contacts"
    """Phones and addresses of people whose opening includes them; reads nothing else (tenants.openings.names)."""


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
    subject_access: bool = False
    """True where hidden names are needed: the card of a subject, destruction. No list, search or export asks for it."""

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


POOL_SIZE = 10
"""Connections a web process keeps; it may open as many again. A request holds two at most: never a third."""


def connect(url: str, *, role_prefix: str = "", pool_size: int = POOL_SIZE) -> Engine:
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
        # An error's text reaches logs and the queue; values of records may not.
        hide_parameters=True,
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


def role_of(level: Level) -> str:
    """Return the name of a level's role in this installation."""
    return f"{_Server.role_prefix}lv_{level.value}"


def opening_message(scope: Scope) -> str:
    """Return the first message of a transaction: begin, role, settings. Built from integers and known words only."""
    mode = "isolation level repeatable read" if scope.snapshot else ""
    access = "read only" if scope.read_only else "read write"
    parts = [f"begin {mode} {access}", f'set local role "{role_of(scope.level)}"']
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
    if scope.subject_access:
        parts.append("set local app.subject_access = '1'")
    if clock.shift():
        parts.append(f"set local app.clock_shift = '{clock.shift().total_seconds():.6f}'")
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

    def rollback(self) -> None:
        """Undo everything, what waits for the commit included: events of the journal, actions after it."""
        for waiting in [name for name in self.info if name != "scope"]:
            del self.info[waiting]
        super().rollback()


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


@contextmanager
def subject_access(session: ScopedSession) -> Iterator[None]:
    """Let one statement reach hidden names inside an ordinary transaction: hiding, and a consent given again.

    What raises inside leaves the door open until the transaction rolls back, so nothing but that statement stands here.
    """
    session.execute(text("select set_config('app.subject_access', '1', true)"))
    yield
    kept = "1" if session.scope.subject_access else ""
    session.execute(text("select set_config('app.subject_access', :kept, true)"), {"kept": kept})


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run an action once the transaction has been committed, and never when it was rolled back."""
    session.info.setdefault("after_commit", []).append(action)


def insert(session: Session, row: AnyRow) -> AnyRow:
    """Add a row and send it at once, so that its id can be used by the rows that follow."""
    session.add(row)
    session.flush()
    return row


def find(
    session: Session, model: type[AnyTenantRow], record_id: int, *, lock: bool = False, **parent: int
) -> AnyTenantRow:
    """Return the record of this scope; `parent` names columns that must agree, where an address names both.

    Raises:
        NotFoundError: there is none, it belongs to somebody out of reach, or it is another parent's.

    """
    query = select(model).filter_by(id=record_id, **parent)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def owner_of(row: TenantRow) -> dict[str, int]:
    """Return the owner's three ids, for a reviewer's row that belongs to the reviewed organization."""
    return {"region_id": row.region_id, "district_id": row.district_id, "organization_id": row.organization_id}


def lock_key(session: Session, name: str, *, shared: bool = False) -> None:
    """Hold a named lock until the end of the transaction; the second asker waits, unless both share it."""
    lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
    session.execute(select(lock(func.hashtextextended(name, 0))))
