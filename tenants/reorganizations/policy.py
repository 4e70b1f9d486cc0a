"""Rights on changes of the tree."""

from tenants.accounts.actor import Actor
from tenants.accounts.models import Role


def may_reorganize(actor: Actor) -> bool:
    """Return whether the actor plans and undoes changes of the tree."""
    return actor.role is Role.REGION_ADMIN
