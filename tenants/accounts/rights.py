"""Who may name and dismiss whom: one pure table, read by invitations, staff and deputies alike.

Nobody names a role above their own, so a chain of invitations never leads up: whatever A's people can hand on, A could
have handed on without them. What one may name somewhere, one may also change and end there.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.accounts.models import Membership, Role
from tenants.organizations.models import OrganizationKind


class Where(StrEnum):
    """Where an organization stands for the one that acts."""

    OWN = "own"
    DISTRICT = "district"
    """A district of the acting region."""
    SCHOOL = "school"
    """Any organization below that reports: school, college, supplementary, preschool."""


class Node(Protocol):
    """What the table asks of an organization; a row of the tree and an actor's workplace both have it."""

    @property
    def id(self) -> int:
        """Return the number of the organization."""

    @property
    def region_id(self) -> int:
        """Return the number of its region."""

    @property
    def district_id(self) -> int:
        """Return the number of its district."""

    @property
    def kind(self) -> OrganizationKind:
        """Return what it is."""

    @property
    def archived_on(self) -> date | None:
        """Return its first day in the archive."""


_SCHOOL = frozenset({Role.DIRECTOR, Role.CURATOR})
_KEEPERS = frozenset({Role.KEEPER})
NAMES: dict[Role, dict[Where, frozenset[Role]]] = {
    Role.REGION_ADMIN: {
        Where.OWN: frozenset({Role.REGION_ADMIN, Role.REGION_ANALYST, Role.AUDITOR}),
        Where.DISTRICT: frozenset({Role.DISTRICT_HEAD, Role.DISTRICT_REVIEWER}),
        Where.SCHOOL: _SCHOOL,
    },
    Role.DISTRICT_HEAD: {Where.OWN: frozenset({Role.DISTRICT_REVIEWER}), Where.SCHOOL: _SCHOOL},
    Role.DIRECTOR: {Where.OWN: frozenset({Role.CURATOR})},
}
"""Role of the one who names → where → the roles that may be named there; a role that is absent names nobody."""

ADMINISTERS = {OrganizationKind.REGION: Role.REGION_ADMIN, OrganizationKind.DISTRICT: Role.DISTRICT_HEAD}
_ROLES = {
    OrganizationKind.REGION: (Role.REGION_ADMIN, Role.REGION_ANALYST, Role.AUDITOR),
    OrganizationKind.DISTRICT: (Role.DISTRICT_HEAD, Role.DISTRICT_REVIEWER),
}


@dataclass(frozen=True)
class Standing:
    """What the table asks of the one who names."""

    role: Role
    place: Node
    deputy: bool = False


def standing_of(actor: Actor) -> Standing:
    """Return what the table asks of an actor."""
    return Standing(actor.role, actor.organization, actor.deputy)


def where(own: Node, place: Node) -> Where | None:
    """Return where an organization stands for the one that acts; None where it is out of reach."""
    if place.id == own.id:
        return Where.OWN
    below_region = own.kind is OrganizationKind.REGION and place.region_id == own.id
    below_district = own.kind is OrganizationKind.DISTRICT and place.district_id == own.id
    if below_region and place.kind is OrganizationKind.DISTRICT:
        return Where.DISTRICT
    return Where.SCHOOL if below_region or below_district else None


def nameable(who: Standing, place: Node) -> frozenset[Role]:
    """Return the roles that somebody may name, change and end in an organization; empty where none.

    A deputy does not hand on the role held for another: what is held for a term must not become lasting. On its way
    into the archive an organization gets keepers of its data too, in the archive nobody else.
    """
    at = where(who.place, place)
    roles = NAMES.get(who.role, {}).get(at, frozenset()) if at is not None else frozenset()
    if place.archived_on is not None:
        keepers = _KEEPERS if roles and at is Where.SCHOOL else frozenset()
        roles = keepers if in_archive(place) else roles | keepers
    return roles - {who.role} if who.deputy else roles


def in_archive(place: Node) -> bool:
    """Return whether an organization is in the archive today."""
    return place.archived_on is not None and place.archived_on <= clock.today()


def may_appoint(actor: Actor, held: Membership, place: Node) -> bool:
    """Return whether the actor names a deputy for a role: one's own, or one that the actor may name there.

    A keeper of an archive has none: another keeper is named.
    """
    if held.deputy_of_id is not None or held.role is Role.KEEPER:
        return False
    own = actor.is_person(held.user_id) and held.role is actor.role and place.id == actor.organization.id
    return (own and not actor.deputy) or held.role in nameable(standing_of(actor), place)


def may_invite_deputy(actor: Actor, held: Membership, place: Node) -> bool:
    """Return whether the deputy may also be somebody from outside: only for who invites staff there at all."""
    return may_appoint(actor, held, place) and bool(nameable(standing_of(actor), place))


def administrator_of(kind: OrganizationKind) -> Role:
    """Return the role that administers organizations of a kind."""
    return ADMINISTERS.get(kind, Role.DIRECTOR)


def roles_of(kind: OrganizationKind) -> tuple[Role, ...]:
    """Return the roles that organizations of a kind have, the one that administers first."""
    return _ROLES.get(kind, (Role.DIRECTOR, Role.CURATOR, Role.KEEPER))
