"""Rights on subjects' data: the curator proposes, the director signs, and the two are never one person.

In an archived organization its keepers do both, one the list and another the signature.
"""

from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.subjects.models import Destruction, DestructionState


def may_keep(actor: Actor) -> bool:
    """Return whether the actor answers requests and proposes what should go."""
    return actor.role in (Role.CURATOR, Role.KEEPER) and actor.organization.kind.reports


def may_sign(actor: Actor) -> bool:
    """Return whether the actor signs acts of the organization at all."""
    return actor.role in (Role.DIRECTOR, Role.KEEPER) and actor.organization.kind.reports


def may_confirm(actor: Actor, act: Destruction) -> bool:
    """Return whether the actor may sign this act: a director who did not propose it, under whatever role or account."""
    return may_sign(actor) and act.state is DestructionState.PROPOSED and not actor.is_person(act.proposed_by)
