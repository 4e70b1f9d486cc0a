"""The register as a list: filters, order, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from tenants import clock
from tenants.db import Level, ScopedSession
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.queries import REPORTING_KINDS
from tenants.organizations.tree import living_on

PAGE_SIZE = 50
SORTS = ("name", "parent", "kind", "responsible", "code", "inn")
"""What the list can be ordered by; a minus before it turns the order round."""


@dataclass(frozen=True)
class Wanted:
    """What of the register is asked for; empty parts ask for everything."""

    text: str = ""
    """A part of a name, or the code, or the ИНН."""
    kind: OrganizationKind | None = None
    parent_id: int | None = None
    without_responsible: bool = False
    archived: bool = False
    """True for the archive instead of what is kept today."""
    sort: str = "parent"


@dataclass(frozen=True)
class Line:
    """An organization with the short name and the code of the one it hangs under; empty for a region."""

    place: Organization
    parent: str
    parent_code: str


@dataclass(frozen=True)
class RegisterPage:
    """One page of the register, with how many were found in all."""

    lines: Sequence[Line]
    found: int
    pages: int


@dataclass(frozen=True)
class Counts:
    """How many organizations each filter would show."""

    all: int
    without_responsible: int
    archived: int


def register_page(session: ScopedSession, wanted: Wanted, *, page: int = 1) -> RegisterPage:
    """Return one page of what is wanted. Two statements."""
    conditions = _conditions(session, wanted)
    count = session.scalar(select(func.count()).select_from(Organization).where(*conditions)) or 0
    query = _ordered(wanted).where(*conditions).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return RegisterPage(_lines(session, query), count, max(1, -(-count // PAGE_SIZE)))


def whole_register(session: ScopedSession, wanted: Wanted) -> Sequence[Line]:
    """Return everything that is wanted, in its order. One statement."""
    return _lines(session, _ordered(wanted).where(*_conditions(session, wanted)))


def register_counts(session: ScopedSession) -> Counts:
    """Return how many organizations each filter would show. One statement."""
    living = living_on(clock.today())
    row = session.execute(
        select(
            func.count().filter(living),
            func.count().filter(living, _without_responsible()),
            func.count().filter(Organization.archived_on.is_not(None)),
        )
        .select_from(Organization)
        .where(_shown(session))
    ).one()
    return Counts(*row)


def kinds_present(session: ScopedSession) -> list[OrganizationKind]:
    """Return the kinds that the register holds, in the order of the enumeration."""
    found = set(session.scalars(select(Organization.kind).where(_shown(session)).distinct()))
    return [kind for kind in OrganizationKind if kind in found]


def _shown(session: ScopedSession) -> ColumnElement[bool]:
    # A region's register holds every kind, a district's the organizations that report to it.
    if session.scope.level is Level.REGION:
        return Organization.region_id == session.scope.region_id
    return Organization.kind.in_(REPORTING_KINDS)


def _without_responsible() -> ColumnElement[bool]:
    return Organization.kind.in_(REPORTING_KINDS) & (func.coalesce(Organization.responsible_name, "") == "")


def _conditions(session: ScopedSession, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_shown(session)]
    found.append(Organization.archived_on.is_not(None) if wanted.archived else living_on(clock.today()))
    if wanted.text:
        found.append(_named(wanted.text))
    if wanted.kind is not None:
        found.append(Organization.kind == wanted.kind)
    if wanted.parent_id is not None:
        found.append(Organization.parent_id == wanted.parent_id)
    if wanted.without_responsible:
        found.append(_without_responsible())
    return found


def _named(text: str) -> ColumnElement[bool]:
    part = text.lower().replace("ё", "е")
    return or_(
        func.app.ru_key(Organization.name_short).contains(part, autoescape=True),
        func.app.ru_key(Organization.name).contains(part, autoescape=True),
        Organization.code == text.lower(),
        Organization.inn == text,
    )


def _ordered(wanted: Wanted) -> Select[Organization, str | None, str | None]:
    parent = aliased(Organization)
    key, down = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    name = func.app.ru_key(Organization.name_short)
    orders: dict[str, tuple[Any, ...]] = {
        "name": (name,),
        "parent": (Organization.parent_id.is_not(None), Organization.kind != OrganizationKind.DISTRICT,
                   func.app.ru_key(parent.name_short), name),
        "kind": (Organization.kind, name),
        "responsible": (func.app.ru_key(func.coalesce(Organization.responsible_name, "")), name),
        "code": (Organization.code,),
        "inn": (func.coalesce(Organization.inn, ""), name),
    }  # fmt: skip
    columns = orders.get(key, orders["parent"])
    return (
        select(Organization, parent.name_short, parent.code)
        .outerjoin(parent, (parent.region_id == Organization.region_id) & (parent.id == Organization.parent_id))
        .order_by(*(column.desc() if down else column for column in columns), Organization.id)
    )


def _lines(session: ScopedSession, query: Select[Organization, str | None, str | None]) -> list[Line]:
    return [Line(place, name or "", code or "") for place, name, code in session.execute(query)]
