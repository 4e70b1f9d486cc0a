"""The tree of a day: who stood under whom, and which organizations there were."""

from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, and_, or_, select

from tenants.organizations.models import Organization, OrganizationParent


def living_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition of an organization that is not in the archive on a day.

    `archived_on` is the first day in the archive, so earlier periods keep the organization.
    """
    return or_(Organization.archived_on.is_(None), Organization.archived_on > day)


def there_on(day: date) -> ColumnElement[bool]:
    """Return the condition that an organization had been opened and was not closed yet on a day."""
    return and_(or_(Organization.opened_on.is_(None), Organization.opened_on <= day), living_on(day))


def anybody_moved(region_id: int) -> ColumnElement[bool]:
    """Return whether any organization of a region ever hung elsewhere than today; the same in every row."""
    moved = select(OrganizationParent.id).where(
        OrganizationParent.region_id == region_id, OrganizationParent.valid_to.is_not(None)
    )
    return moved.correlate(None).exists()


def parent_on(day: date) -> ScalarSelect[int]:
    """Return the parent of each `Organization` of a query on a day; before the first day known, the first one known."""
    holds = (OrganizationParent.valid_from <= day) & (
        OrganizationParent.valid_to.is_(None) | (OrganizationParent.valid_to > day)
    )
    return (
        select(OrganizationParent.parent_id)
        .where(
            OrganizationParent.region_id == Organization.region_id,
            OrganizationParent.organization_id == Organization.id,
        )
        .order_by(holds.desc(), OrganizationParent.valid_from)
        .limit(1)
        .correlate(Organization)
        .scalar_subquery()
    )
