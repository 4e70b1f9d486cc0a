"""Rights on organizations."""

from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.organizations.models import Organization, OrganizationKind


def may_edit_card(actor: Actor, organization: Organization) -> bool:
    """Return whether the actor keeps this card: one's own, and the region's administrator every one."""
    if actor.role is Role.REGION_ADMIN:
        return organization.region_id == actor.organization.region_id
    return actor.organization.id == organization.id and not actor.role.only_reads


def kinds_to_create(actor: Actor) -> tuple[OrganizationKind, ...]:
    """Return the kinds an actor may found: the region every one below it, a district those that report to it."""
    if actor.role is Role.REGION_ADMIN:
        return tuple(kind for kind in OrganizationKind if kind is not OrganizationKind.REGION)
    if actor.role.of_district:
        return tuple(kind for kind in OrganizationKind if kind.reports)
    return ()


def may_create(actor: Actor, kind: OrganizationKind, parent: Organization) -> bool:
    """Return whether the actor may found an organization of a kind under a parent."""
    inside = parent.region_id == actor.organization.region_id
    if actor.role.of_district:
        inside = parent.id == actor.organization.id
    return inside and kind in kinds_to_create(actor)


def may_load_register(actor: Actor) -> bool:
    """Return whether the actor takes a table of organizations in."""
    return actor.role is Role.REGION_ADMIN


def may_archive(actor: Actor, organization: Organization) -> bool:
    """Return whether the actor puts an organization into the archive and back: the region, never itself."""
    inside = organization.region_id == actor.organization.region_id
    return actor.role is Role.REGION_ADMIN and inside and organization.kind is not OrganizationKind.REGION
