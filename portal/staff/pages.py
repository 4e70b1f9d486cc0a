"""What the pages of staff show."""

from collections.abc import Mapping

from flask import request

from portal.accounts.proof import has_passkeys
from portal.context import actor
from tenants.accounts import deputies, invitations, rights
from tenants.accounts.factor_states import FactorState, factor_states
from tenants.accounts.invitations import Invitation
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.accounts.staff import Member, members_of, organizations_without
from tenants.accounts.subordinates import may_reset_factor
from tenants.db import REGISTRY, ScopedSession, transaction
from tenants.errors import NotFoundError
from tenants.organizations.models import Organization

_SHOWN = 20


def posted() -> bool:
    """Return whether the page's form was sent."""
    return request.method == "POST"


def ordered_roles(place: Organization) -> list[Role]:
    """Return the roles the actor may name in an organization, the one that administers first."""
    may = rights.nameable(rights.standing_of(actor()), place)
    return [role for role in rights.roles_of(place.kind) if role in may]


def place_and_roles(organization_id: int) -> tuple[Organization, list[Role]]:
    """Return an organization of one's own subtree and the roles the actor may name there."""
    with transaction(REGISTRY.reading()) as registry:
        place = invitations.place_in_reach(registry, actor(), organization_id)
    return place, ordered_roles(place)


def staff_page(organization_id: int) -> dict[str, object]:
    """Return members now and before, waiting invitations, and what the actor may do. Seven statements."""
    who = actor()
    with transaction(REGISTRY.reading()) as registry:
        place = invitations.place_in_reach(registry, who, organization_id)
        members = [one for one in members_of(registry, place) if works_here(one, place)]
        roles = ordered_roles(place)
        own = place.id == who.organization.id
        holders = {one.membership.id: one for one in members}
        administers = who.role in (Role.REGION_ADMIN, Role.DISTRICT_HEAD)
        without = organizations_without(registry, who) if own and administers else []
        return {
            "place": place,
            "own": own,
            "factors": _factors(registry, place, members) if roles else None,
            "members": [one for one in members if not one.over],
            "former": [one for one in members if one.over],
            "invitations": invitations.waiting(registry, place.id) if roles else [],
            "roles": roles,
            "may_open": lambda one: may_open(one, place),
            "may_lead": lambda one: _may_lead(one, place, holders),
            "holder": lambda one: holders.get(one.deputy_of_id),
            "without": without[:_SHOWN],
            "without_count": len(without),
        }


def works_here(one: Member, place: Organization) -> bool:
    """Return whether somebody works there or worked: an archived organization's own staff rests, its keepers work."""
    return one.over or one.membership.role is Role.KEEPER or not rights.in_archive(place)


def _may_lead(one: Invitation, place: Organization, holders: Mapping[int, Member]) -> bool:
    holder = holders.get(one.deputy_of_id) if one.deputy_of_id else None
    return invitations.may_lead(actor(), one, place, holder.membership if holder else None)


def _factors(registry: ScopedSession, place: Organization, members: list[Member]) -> dict[int, FactorState]:
    return factor_states(registry, place.region_id, [one.membership for one in members if not one.over])


def may_open(one: Member, place: Organization) -> bool:
    """Return whether the actor may do anything about a member."""
    return one.membership.role in ordered_roles(place) or rights.may_appoint(actor(), one.membership, place)


def member_page(membership_id: int) -> dict[str, object]:
    """Return one member with everything that may be done about the role.

    Raises:
        NotFoundError: it is a role of an organization out of reach, or the actor may do nothing about it.

    """
    with transaction(REGISTRY.reading()) as registry:
        held = registry.get(Membership, membership_id)
        if held is None:
            raise NotFoundError
        place = invitations.place_in_reach(registry, actor(), held.organization_id)
        member = next(one for one in members_of(registry, place) if one.membership.id == membership_id)
        if member.over or not may_open(member, place):
            raise NotFoundError
        found = {"place": place, "member": member} | _steps(registry, member, place) | _factor(registry, member, place)
    return found | {"passkeys": has_passkeys()}


def _factor(registry: ScopedSession, member: Member, place: Organization) -> dict[str, object]:
    """Return how the member confirms a sign-in, for whoever administers the place, and whether that may be reset."""
    if not ordered_roles(place):
        return {"factor": None, "may_reset": False}
    held = member.membership
    return {
        "factor": _factors(registry, place, [member])[held.id],
        "may_reset": may_reset_factor(registry, actor(), held.user_id),
    }


def _steps(registry: ScopedSession, member: Member, place: Organization) -> dict[str, object]:
    held = member.membership
    may_name = held.role in ordered_roles(place)
    own = actor().is_person(held.user_id)
    may_appoint = rights.may_appoint(actor(), held, place)
    colleagues = deputies.candidates(registry, held) if may_appoint else []
    others = [role for role in ordered_roles(place) if role is not held.role]
    return {
        "roles": [(role.value, role.label) for role in others]
        if may_name and not own and not held.deputy_of_id
        else [],
        "may_dismiss": may_name,
        "may_appoint": may_appoint,
        "may_invite": rights.may_invite_deputy(actor(), held, place),
        "colleagues": [(one.id, full_name(one)) for one in colleagues if not actor().is_person(one.id)],
    }


def full_name(account: UserAccount) -> str:
    """Return "Соколова Елена Викторовна"."""
    return f"{account.last_name} {account.first_name} {account.middle_name}".strip()
