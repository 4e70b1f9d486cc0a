"""With which right the slice reads: everything that is held, also where pages hide a name after a withdrawal."""

from dataclasses import replace

from tenants.accounts.actor import Actor
from tenants.db import Scope


def full_scope(scope: Scope) -> Scope:
    """Return the scope in which a subject's data are read whole: the one place that widens it."""
    return replace(scope, subject_access=True)


def subject_scope(actor: Actor) -> Scope:
    """Return the scope of a card, a list to destroy, a request."""
    return full_scope(actor.scope)
