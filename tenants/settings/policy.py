"""Rights on the region's settings."""

from tenants.accounts.actor import Actor
from tenants.accounts.models import Role


def may_set(actor: Actor) -> bool:
    """Return whether the actor decides for the region."""
    return actor.role is Role.REGION_ADMIN


def may_mark_documents(actor: Actor) -> bool:
    """Return whether the actor says which required documents the organization has."""
    return actor.organization.kind.reports and actor.role in (Role.CURATOR, Role.DIRECTOR)
