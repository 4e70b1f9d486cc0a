"""Who may reset whose second factor: a director in the school, a district below it, a region everywhere in it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from tenants.accounts.actor import Actor
from tenants.accounts.events import Who, record
from tenants.accounts.factors import RESET_LETTER, drop_factors
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.accounts.queries import has_factor, holds_today, workplaces_of
from tenants.accounts.sign_ins import end_all
from tenants.db import lock_key
from tenants.errors import NotFoundError
from tenants.notices.commands import request_letter
from tenants.organizations.models import Organization

_RANK = {
    Role.CURATOR: 0,
    Role.KEEPER: 0,
    Role.DIRECTOR: 1,
    Role.DISTRICT_REVIEWER: 2,
    Role.DISTRICT_HEAD: 3,
    Role.REGION_ADMIN: 5,
}
_OTHERS = 4
"""Analysts and auditors stand below the region's administrator and above the districts."""
_MOST = 200


@dataclass(frozen=True)
class Subordinate:
    """A person with a second factor, and where that person works."""

    user_id: int
    name: str
    place: str
    role: Role


def subordinates_with_factor(session: Session, actor: Actor) -> list[Subordinate]:
    """Return those whose second factor the actor may reset, by name; two hundred at most."""
    rows = session.execute(_with_factor(actor).limit(_MOST)).all()
    return [
        Subordinate(account.id, account.name_short, place, role)
        for account, place, role in rows
        if _outranks(session, actor, account)
    ]


def may_reset_factor(session: Session, actor: Actor, user_id: int) -> bool:
    """Return whether a person has a second factor that the actor may reset."""
    row = session.execute(_with_factor(actor).where(UserAccount.id == user_id).limit(1)).one_or_none()
    return row is not None and _outranks(session, actor, row[0])


def reset_factor(session: Session, actor: Actor, user_id: int) -> None:
    """Take every second factor of a subordinate away and end that person's sign-ins; a letter tells.

    Raises:
        NotFoundError: nobody below the actor, or nothing to reset.

    """
    lock_key(session, f"factors:{user_id}")
    if not may_reset_factor(session, actor, user_id):
        raise NotFoundError
    account, place = session.get_one(UserAccount, user_id), session.scalars(_place_of(actor)).one()
    dropped = drop_factors(session, user_id)
    end_all(session, user_id)
    who = Who(actor.user_id, actor.name)
    record(session, who, "factor.reset", on_user_id=user_id, place=place, count=dropped)
    request_letter(session, RESET_LETTER, account.email, user_id)


def _with_factor(actor: Actor) -> Select[UserAccount, str, Role]:
    return (
        select(UserAccount, Organization.name_short, Membership.role)
        .join(Membership, Membership.user_id == UserAccount.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            _below(actor),
            holds_today(Membership),
            UserAccount.id != actor.user_id,
            UserAccount.disabled_at.is_(None),
            has_factor(UserAccount.id),
        )
        .order_by(UserAccount.last_name, UserAccount.first_name, UserAccount.id, Membership.id)
    )


def _below(actor: Actor) -> ColumnElement[bool]:
    place = actor.organization
    if actor.role.of_region:
        return Organization.region_id == place.region_id
    return Organization.district_id == place.id if actor.role.of_district else Organization.id == place.id


def _outranks(session: Session, actor: Actor, account: UserAccount) -> bool:
    """Return whether everything the person is anywhere lies below the actor: a school must not open a region."""
    return all(_rules_over(actor, place) for place in workplaces_of(session, account))


def _rules_over(actor: Actor, place: Actor) -> bool:
    mine, theirs = actor.organization, place.organization
    if actor.role.of_region:
        within = theirs.region_id == mine.region_id
    else:
        within = (theirs.district_id if actor.role.of_district else theirs.id) == mine.id
    return within and _RANK.get(place.role, _OTHERS) < _RANK.get(actor.role, _OTHERS)


def _place_of(actor: Actor) -> Select[Organization]:
    return select(Organization).where(Organization.id == actor.organization.id)
