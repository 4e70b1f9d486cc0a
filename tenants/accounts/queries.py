"""Who stands behind a browser's token, and where that person may work."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from tenants import clock
from tenants.accounts.actor import Actor, Workplace
from tenants.accounts.commands import IDLE
from tenants.accounts.models import Membership, Role, SignIn, UserAccount
from tenants.organizations.models import Organization


@dataclass(frozen=True)
class SignedIn:
    """A living sign-in and every place its person may work, the roles with the widest reach first."""

    sign_in_id: int
    account: UserAccount
    workplaces: tuple[Actor, ...]
    idle_since: float
    """Seconds since the last page."""


def signed_in(session: Session, token: str) -> SignedIn | None:
    """Return the person behind a token; None when it is unknown, ended, too old or idle for too long."""
    now = clock.now()
    row = session.execute(
        select(SignIn, UserAccount)
        .join(UserAccount, UserAccount.id == SignIn.user_id)
        .where(
            SignIn.token_sha256 == hashlib.sha256(token.encode()).digest(),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.seen_at > now - IDLE,
            UserAccount.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    opened, account = row
    return SignedIn(opened.id, account, workplaces_of(session, account), (now - opened.seen_at).total_seconds())


def workplaces_of(session: Session, account: UserAccount) -> tuple[Actor, ...]:
    """Return the actors a person may be today."""
    parent = aliased(Organization)
    today = clock.today()
    rows = session.execute(
        select(Membership.role, Organization, parent.name_short)
        .join(Organization, Organization.id == Membership.organization_id)
        .outerjoin(parent, parent.id == Organization.parent_id)
        .where(
            Membership.user_id == account.id,
            Membership.since <= today,
            or_(Membership.until.is_(None), Membership.until >= today),
            Organization.archived_on.is_(None),
        )
        .order_by(Organization.parent_id.nulls_first(), Organization.id, Membership.role)
    ).all()
    return tuple(
        Actor(account.id, account.name_short, role, workplace(place, parent_name or ""))
        for role, place, parent_name in rows
    )


@dataclass(frozen=True)
class Colleague:
    """A member of staff whom those above may call."""

    name: str
    phone: str


def curators_of(session: Session, organization_ids: Collection[int]) -> dict[int, Colleague]:
    """Return the curator of each organization that has one today. Runs in the registry's scope."""
    today = clock.today()
    rows = session.execute(
        select(Membership.organization_id, UserAccount)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(
            Membership.organization_id.in_(organization_ids),
            Membership.role == Role.CURATOR,
            Membership.since <= today,
            or_(Membership.until.is_(None), Membership.until >= today),
            UserAccount.disabled_at.is_(None),
        )
        .order_by(Membership.since.desc(), Membership.id.desc())
    ).all()
    return {place: Colleague(account.name_short, account.phone) for place, account in rows}


def workplace(place: Organization, parent_name: str = "") -> Workplace:
    """Return the plain value of an organization that an actor works for."""
    return Workplace(
        place.id,
        place.region_id,
        place.district_id,
        place.code,
        place.kind,
        place.name_short,
        parent_name,
        place.time_zone,
    )
