"""Rights on organizations."""

from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.organizations.models import Organization


def may_edit_card(actor: Actor, organization: Organization) -> bool:
    """Return whether the actor keeps this card: one's own, and the region's administrator every one."""
    if actor.role is Role.REGION_ADMIN:
        return organization.region_id == actor.organization.region_id
    return actor.organization.id == organization.id and not actor.role.only_reads


def may_set_calendar(actor: Actor) -> bool:
    """Return whether the actor sets the region's reporting days."""
    return actor.role is Role.REGION_ADMIN
