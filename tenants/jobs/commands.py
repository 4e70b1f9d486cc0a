"""Ask for a job, claim it, finish it; sweep what was lost.

Asking runs in the scope of the change. Claiming and finishing run in the registry's scope, in transactions of their
own. A job may be delivered twice or run twice at once: the claim and the attempt number let only one publish.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import REGISTRY, Level, Scope, ScopedSession, after_commit, transaction
from tenants.jobs.models import Job, JobState
from tenants.organizations.models import Organization, OrganizationKind

MAX_ATTEMPTS = 3
LEASE = timedelta(minutes=3)


def _silence(_job_id: int, _kind: str) -> None:
    """Ring nowhere: the sweeper finds the row."""


class Bell:
    """Where a new job is announced; the portal's edge hangs the queue here, nothing hangs in the domain."""

    ring: Callable[[int, str], None] = staticmethod(_silence)


@dataclass(frozen=True)
class Claim:
    """A job held under a lease; `scope` is the right it runs with."""

    job_id: int
    kind: str
    subject_id: int
    attempt: int
    scope: Scope


def request(session: ScopedSession, kind: str, subject_id: int) -> int | None:
    """Write a job for the acting organization and announce it after commit.

    Returns the job's id, or None where the same job is already waiting.
    """
    return _write(session, session.scope, kind, subject_id)


def request_for_region(scope: Scope, kind: str, subject_id: int) -> int | None:
    """Write a job for the region of a scope: what a district's job asks for when only the region sees enough.

    Runs in a transaction of its own, in the registry's scope, since a level may ask for itself alone.
    """
    region = replace(scope, district_id=scope.region_id, organization_id=scope.region_id)
    with transaction(REGISTRY) as session:
        return _write(session, region, kind, subject_id)


def _write(session: ScopedSession, scope: Scope, kind: str, subject_id: int) -> int | None:
    statement = (
        upsert(Job)
        .values(
            kind=kind,
            region_id=scope.region_id,
            district_id=scope.district_id,
            organization_id=scope.organization_id,
            subject_id=subject_id,
            state=JobState.PENDING,
            attempt=0,
            requested_by=scope.user_id or None,
            created_at=clock.now(),
            not_before=clock.now(),
            error="",
        )
        .on_conflict_do_nothing(
            index_elements=["kind", "organization_id", "subject_id"], index_where=text("state = 'pending'")
        )
        .returning(Job.id)
    )
    job_id = session.execute(statement).scalar_one_or_none()
    if job_id is not None:
        after_commit(session, lambda: Bell.ring(job_id, kind))
    return job_id


def claim(job_id: int) -> Claim | None:
    """Take a lease on a job; None when it is done, failed, or held by somebody else."""
    with transaction(REGISTRY) as session:
        job = session.scalars(
            select(Job).where(Job.id == job_id, _takeable()).with_for_update(skip_locked=True)
        ).one_or_none()
        if job is None:
            return None
        job.state, job.attempt, job.lease_until = JobState.RUNNING, job.attempt + 1, clock.now() + LEASE
        place = session.scalars(select(Organization).where(Organization.id == job.organization_id)).one()
        return Claim(job.id, job.kind, job.subject_id, job.attempt, _scope_of(place, job.requested_by))


def renew(held: Claim) -> bool:
    """Prolong the lease of a long job; False when another attempt has taken over."""
    with transaction(REGISTRY) as session:
        return _update(session, held, {"lease_until": clock.now() + LEASE})


def finish(held: Claim) -> bool:
    """Mark the job done; False when another attempt has taken over."""
    with transaction(REGISTRY) as session:
        return _update(session, held, {"state": JobState.DONE, "finished_at": clock.now(), "lease_until": None})


def fail(held: Claim, error: str) -> bool:
    """Put the job back for another try, or mark it failed after the last; `error` names no person.

    Returns whether the job has failed for good.
    """
    last = held.attempt >= MAX_ATTEMPTS
    values = {
        "state": JobState.FAILED if last else JobState.PENDING,
        "error": error[:500],
        "lease_until": None,
        "not_before": clock.now() + timedelta(seconds=15 * held.attempt),
        "finished_at": clock.now() if last else None,
    }
    with transaction(REGISTRY) as session:
        return _update(session, held, values) and last


def lost() -> list[tuple[int, str]]:
    """Return (id, kind) of the jobs that should be running and are not, the oldest first, for the sweeper to ring."""
    with transaction(REGISTRY.reading()) as session:
        rows = session.execute(select(Job.id, Job.kind).where(_takeable()).order_by(Job.id).limit(500)).all()
        return [(row.id, row.kind) for row in rows]


def _takeable() -> ColumnElement[bool]:
    now = clock.now()
    return or_(
        (Job.state == JobState.PENDING) & (Job.not_before <= now),
        (Job.state == JobState.RUNNING) & (Job.lease_until < now),
    )


def _update(session: Session, held: Claim, values: Mapping[str, object]) -> bool:
    mine = update(Job).where(Job.id == held.job_id, Job.attempt == held.attempt, Job.state == JobState.RUNNING)
    return bool(session.execute(mine.values(**values).returning(Job.id)).scalar_one_or_none())


def _scope_of(place: Organization, user_id: int | None) -> Scope:
    level = {OrganizationKind.REGION: Level.REGION, OrganizationKind.DISTRICT: Level.DISTRICT}.get(
        place.kind, Level.ORGANIZATION
    )
    return Scope(level, place.region_id, place.district_id, place.id, user_id or 0)
