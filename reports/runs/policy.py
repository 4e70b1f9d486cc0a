"""Rights on runs of reports and on the binding of forms."""

from reports.runs.models import Definition
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role


def may_ask(actor: Actor, definition: Definition) -> bool:
    """Return whether the actor may have a report made; who only reads may look at what others made."""
    if definition is Definition.REGIONAL_SUMMARY:
        return actor.role in (Role.REGION_ADMIN, Role.DISTRICT_REVIEWER, Role.DISTRICT_HEAD)
    return actor.role is Role.REGION_ADMIN


def may_keep_editions(actor: Actor) -> bool:
    """Return whether the actor loads, binds and publishes forms of the region."""
    return actor.role is Role.REGION_ADMIN
