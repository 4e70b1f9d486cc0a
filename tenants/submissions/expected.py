"""Which organizations hand a form in, and under whom they stood in the period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.organizations.models import Organization, OrganizationKind, OrganizationParent
from tenants.organizations.queries import REPORTING_KINDS
from tenants.organizations.tree import there_on
from tenants.submissions.models import Edition


@dataclass(frozen=True)
class Expected:
    """An organization from which a form is awaited."""

    organization_id: int
    name: str
    kind: OrganizationKind
    branch_id: int
    """Its parent on the day of the cut: a district, or the region for those directly under it."""


def expected_organizations(session: Session, edition: Edition, cut_on: date) -> list[Expected]:
    """Return who hands a form in for a period, by branch and name; the scope decides how far it looks.

    Organizations that were closed by the day of the cut or not opened yet are left out.
    """
    places = session.scalars(
        select(Organization)
        .where(Organization.kind.in_(REPORTING_KINDS), there_on(cut_on))
        .order_by(Organization.name_short, Organization.id)
    ).all()
    parents = parents_on(session.scalars(select(OrganizationParent).order_by(OrganizationParent.valid_from)), cut_on)
    found = [
        Expected(place.id, place.name_short, place.kind, parents.get(place.id, place.district_id))
        for place in places
        if edition.serves(place.kind.value)
    ]
    return sorted(found, key=lambda one: one.branch_id)


def parents_on(rows: Iterable[OrganizationParent], day: date) -> dict[int, int]:
    """Return each organization's parent on a day; before the first known day, the first one known."""
    found: dict[int, int] = {}
    for row in rows:
        holds = row.valid_from <= day and (row.valid_to is None or row.valid_to > day)
        if holds or row.organization_id not in found:
            found[row.organization_id] = row.parent_id
    return found
