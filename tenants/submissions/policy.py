"""Rights on months and forms."""

from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.submissions.models import Submission

_FILLERS = (Role.CURATOR, Role.DIRECTOR)
_REVIEWERS = (Role.DISTRICT_REVIEWER, Role.DISTRICT_HEAD, Role.REGION_ADMIN)


def may_fill(actor: Actor, submission: Submission) -> bool:
    """Return whether the actor keeps this month: its curator or director."""
    return actor.owns(submission) and actor.role in _FILLERS


def may_start(actor: Actor) -> bool:
    """Return whether the actor may start a month of the own organization."""
    return actor.role in _FILLERS and actor.organization.kind.reports


def may_send(actor: Actor, submission: Submission) -> bool:
    """Return whether the actor hands this month in."""
    return may_fill(actor, submission)


def may_review(actor: Actor, submission: Submission) -> bool:
    """Return whether the actor is the reviewer of this month: the parent of its organization, nobody else."""
    return actor.role in _REVIEWERS and actor.organization.id == submission.district_id and not actor.owns(submission)


def may_open_windows(actor: Actor) -> bool:
    """Return whether the actor opens and closes windows of the region."""
    return actor.role is Role.REGION_ADMIN


def may_load_edition(actor: Actor) -> bool:
    """Return whether the actor keeps the forms of the region."""
    return actor.role is Role.REGION_ADMIN
