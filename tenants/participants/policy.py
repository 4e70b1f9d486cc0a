"""Rights on people: the curator writes, the director reads, nobody above sees names."""

from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.errors import ForbiddenError


def may_write_people(actor: Actor) -> bool:
    """Return whether the actor keeps the people of the organization."""
    return actor.role is Role.CURATOR and actor.organization.kind.reports


def may_withdraw(actor: Actor) -> bool:
    """Return whether the actor writes withdrawals down: the curator, in an archived organization its keeper."""
    return actor.role in (Role.CURATOR, Role.KEEPER) and actor.organization.kind.reports


def need_withdrawer(actor: Actor) -> None:
    """Let whoever writes withdrawals down pass.

    Raises:
        ForbiddenError: the actor does not.

    """
    if not may_withdraw(actor):
        raise ForbiddenError("Отзывы согласий вносит куратор.")


def need_writer(actor: Actor) -> None:
    """Let the curator pass.

    Raises:
        ForbiddenError: the actor does not keep people here.

    """
    if not may_write_people(actor):
        raise ForbiddenError("Участников и пары ведёт куратор.")
