"""Questions about the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import REGISTRY, transaction
from tenants.errors import NotFoundError
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.tree import living_on

REPORTING_KINDS = tuple(kind for kind in OrganizationKind if kind.reports)


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


def taken_elsewhere(codes: Sequence[str]) -> frozenset[str]:
    """Return which of these codes organizations of any region have: a region does not see the others' rows."""
    if not codes:
        return frozenset()
    with transaction(REGISTRY.reading()) as registry:
        return frozenset(registry.scalars(select(Organization.code).where(Organization.code.in_(codes))))


@dataclass(frozen=True)
class Twin:
    """Another organization with the same codes."""

    name: str
    code: str


def twin_of(region_id: int, inn: str, kpp: str, *, besides: int | None = None) -> Twin | None:
    """Return another organization of the region with the same ИНН and КПП; an unknown КПП equals every one.

    Asks the registry, since a school does not see its neighbours; the codes and names of organizations are public.
    """
    with transaction(REGISTRY.reading()) as registry:
        query = select(Organization.name_short, Organization.code).where(
            Organization.region_id == region_id, Organization.inn == inn, Organization.id != (besides or 0)
        )
        if kpp:
            query = query.where(or_(Organization.kpp.is_(None), Organization.kpp == kpp))
        row = registry.execute(query.order_by(Organization.id).limit(1)).one_or_none()
    return Twin(*row) if row else None


def reporting_organizations(session: Session, *, on: date | None = None) -> Sequence[Organization]:
    """Return the organizations below the actor that send months on a day (today): by district, then by name."""
    return session.scalars(
        select(Organization)
        .where(Organization.kind.in_(REPORTING_KINDS), living_on(on or clock.today()))
        .order_by(Organization.district_id, func.app.ru_key(Organization.name_short), Organization.id)
    ).all()


def districts(session: Session, *, archived: bool = False) -> Sequence[Organization]:
    """Return the districts of the region by name; with `archived` those of former periods too."""
    query = select(Organization).where(Organization.kind == OrganizationKind.DISTRICT)
    if not archived:
        query = query.where(living_on(clock.today()))
    return session.scalars(query.order_by(func.app.ru_key(Organization.name_short), Organization.id)).all()
