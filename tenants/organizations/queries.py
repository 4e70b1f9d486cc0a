"""Questions about the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.errors import NotFoundError
from tenants.organizations.models import Calendar, Organization, OrganizationKind

REPORTING_KINDS = tuple(kind for kind in OrganizationKind if kind.reports)
PAGE_SIZE = 50
_DEFAULT_DAY = 25


def next_id(session: Session) -> int:
    """Return a fresh id: a region's own row needs it before it is written."""
    return int(session.scalars(select(func.nextval("organization_id_seq"))).one())


def organization_by_code(session: Session, code: str) -> Organization:
    """Return an organization of the installation by its code. Runs in the registry's scope."""
    found = session.scalars(select(Organization).where(Organization.code == code)).one_or_none()
    if found is None:
        raise NotFoundError(f"Организации с кодом «{code}» нет.")
    return found


def organization_in_reach(session: Session, organization_id: int) -> Organization:
    """Return an organization of the scope's tree by id."""
    found = session.scalars(select(Organization).where(Organization.id == organization_id)).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def reporting_organizations(session: Session) -> Sequence[Organization]:
    """Return the organizations below the actor that send months: by district, then by name."""
    return session.scalars(
        select(Organization)
        .where(Organization.kind.in_(REPORTING_KINDS), Organization.archived_on.is_(None))
        .order_by(Organization.district_id, func.app.ru_key(Organization.name_short), Organization.id)
    ).all()


@dataclass(frozen=True)
class Register:
    """One page of the register: organizations by district and name, with how many were found in all."""

    places: Sequence[Organization]
    found: int
    pages: int


def register_page(session: Session, *, text: str = "", page: int = 1) -> Register:
    """Return a page of the organizations below the actor; `text` is a part of the short name or the code."""
    found = select(Organization).where(Organization.kind.in_(REPORTING_KINDS), Organization.archived_on.is_(None))
    if text:
        part = func.app.ru_key(Organization.name_short).contains(text.lower().replace("ё", "е"), autoescape=True)
        found = found.where(part | (Organization.code == text.lower()))
    count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.scalars(
        found.order_by(Organization.district_id, func.app.ru_key(Organization.name_short), Organization.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return Register(rows, count, max(1, -(-count // PAGE_SIZE)))


def districts(session: Session) -> Sequence[Organization]:
    """Return the districts of the region by name."""
    return session.scalars(
        select(Organization)
        .where(Organization.kind == OrganizationKind.DISTRICT, Organization.archived_on.is_(None))
        .order_by(func.app.ru_key(Organization.name_short), Organization.id)
    ).all()


def calendar_on(session: Session, region_id: int, day: date) -> Calendar:
    """Return the region's reporting days in force on a day; the 25th everywhere where the region set none."""
    found = session.scalars(
        select(Calendar)
        .where(Calendar.organization_id == region_id, Calendar.valid_from <= day)
        .order_by(Calendar.valid_from.desc())
        .limit(1)
    ).one_or_none()
    return found or Calendar(valid_from=day, cut_day=_DEFAULT_DAY, due_day=_DEFAULT_DAY, open_day=1)
