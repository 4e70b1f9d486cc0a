"""What a view may ask for: the session of the request's transaction and the actor."""

from flask import g

from tenants.accounts.actor import Actor
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
