"""Rights on roadmaps: the school writes its plan, its parent reviews it, everyone above reads."""

from collections.abc import Iterable

from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.db import TenantRow

_SCHOOL = frozenset({Role.CURATOR, Role.DIRECTOR})
_REVIEWERS = frozenset({Role.DISTRICT_REVIEWER, Role.DISTRICT_HEAD, Role.REGION_ADMIN})


def may_start(actor: Actor) -> bool:
    """Return whether the actor may start a plan for the acting organization."""
    return actor.role in _SCHOOL


def may_edit(actor: Actor, row: TenantRow) -> bool:
    """Return whether the actor writes this plan, answers remarks and marks measures done."""
    return actor.owns(row) and actor.role in _SCHOOL


def may_review(actor: Actor, row: TenantRow) -> bool:
    """Return whether the actor is the reviewer: the parent, which is the region for what hangs directly under it."""
    return actor.role in _REVIEWERS and not actor.owns(row) and row.district_id == actor.organization.id


def may_approve(actor: Actor, row: TenantRow, *, authors: Iterable[int | None]) -> bool:
    """Return whether the actor may approve: a reviewer who neither wrote nor sent the plan, in whatever seat."""
    return may_review(actor, row) and not any(actor.is_person(author) for author in authors)


def may_keep_templates(actor: Actor) -> bool:
    """Return whether the actor writes and publishes templates of the own region or district."""
    return actor.role in _REVIEWERS
