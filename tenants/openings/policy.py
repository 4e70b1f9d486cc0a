"""Rights on openings: a reviewer asks and looks, another one approves, the school may end it at any time."""

from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.openings.models import NameOpening

_REVIEWERS = frozenset({Role.DISTRICT_REVIEWER, Role.DISTRICT_HEAD, Role.REGION_ADMIN})
_SCHOOL = frozenset({Role.CURATOR, Role.DIRECTOR})


def may_ask(actor: Actor) -> bool:
    """Return whether the actor may open names of an organization below; an analyst and an auditor never may."""
    return actor.role in _REVIEWERS


def may_look(actor: Actor, opening: NameOpening) -> bool:
    """Return whether the opening was given to this actor, in this place of work."""
    return may_ask(actor) and (actor.user_id, actor.organization.id) == (opening.user_id, opening.place_id)


def may_decide(actor: Actor, opening: NameOpening) -> bool:
    """Return whether the actor may approve: a second person, whatever account, of the same place or of the region."""
    near = actor.organization.id in (opening.place_id, opening.region_id)
    return may_ask(actor) and near and not actor.is_person(opening.user_id)


def may_end(actor: Actor, opening: NameOpening) -> bool:
    """Return whether the actor may end it early: the school (the operator of the data), who asked, or the region."""
    if actor.role in _SCHOOL:
        return actor.owns(opening)
    return may_look(actor, opening) or actor.role is Role.REGION_ADMIN
