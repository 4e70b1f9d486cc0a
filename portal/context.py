"""What a view may ask for: the session of the request's transaction and the actor."""

from dataclasses import dataclass

from flask import g

from tenants.accounts.actor import Actor, Workplace
from tenants.accounts.models import Role
from tenants.accounts.queries import SignedIn
from tenants.db import ScopedSession
from tenants.errors import ScopeMissingError


def db() -> ScopedSession:
    """Return the session of this request.

    Raises:
        ScopeMissingError: the page has no organization, hence no scope.

    """
    session: ScopedSession | None = g.get("db")
    if session is None:
        raise ScopeMissingError("this endpoint runs outside an organization")
    return session


def actor() -> Actor:
    """Return who works in this request, for which organization."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise ScopeMissingError("this endpoint has no actor")
    return found


def signed_in() -> SignedIn | None:
    """Return the person behind the browser; None before sign-in."""
    found: SignedIn | None = g.get("signed_in")
    return found


@dataclass(frozen=True)
class MembershipView:
    """One place a person may work, as the switcher shows it."""

    label: str
    code: str
    role: Role
    note: str


@dataclass(frozen=True)
class ActorView:
    """The actor as the frame of a page shows it; the attributes of Actor that pages read, and the switcher."""

    user_id: int
    name_short: str
    role: Role
    role_label: str
    organization: Workplace
    memberships: tuple[MembershipView, ...]


def actor_view() -> ActorView | None:
    """Return what the frame shows of the actor; None on pages outside an organization."""
    who: Actor | None = g.get("actor")
    if who is None:
        return None
    return ActorView(who.user_id, who.name, who.role, who.role_label, who.organization, memberships())


def memberships() -> tuple[MembershipView, ...]:
    """Return every place the person behind the browser may work."""
    person = signed_in()
    return tuple(
        MembershipView(
            f"{place.organization.name_short} · {place.role_label}",
            place.organization.code,
            place.role,
            place.organization.parent_name,
        )
        for place in (person.workplaces if person else ())
    )
