"""What somebody who leaves hands over, besides the lists of the home pages: decisions, unanswered remarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from tenants.db import ScopedSession
from tenants.organizations.models import Organization
from tenants.roadmaps.models import EventKind as PlanEvent
from tenants.roadmaps.models import RemarkAnswer as PlanAnswer
from tenants.roadmaps.models import Roadmap, RoadmapEvent, RoadmapRemark, RoadmapState, RoadmapStatus
from tenants.submissions.models import EventKind, Status, Submission, SubmissionEvent, SubmissionState
from tenants.submissions.remarks import Remark, RemarkAnswer

_DECISIONS = (EventKind.ACCEPTED, EventKind.RETURNED, EventKind.REOPENED)
_PLAN_DECISIONS = (PlanEvent.APPROVED, PlanEvent.RETURNED)


@dataclass(frozen=True)
class Decision:
    """One decision on a month or a plan of the scope."""

    at: datetime
    kind: str
    """Value of the event: accepted, returned, reopened, approved."""
    organization: str
    by: str
    reason: str
    period: date | None
    """First day of the month decided on; None for a plan."""
    school_year: int | None
    """Calendar year in which the plan's school year begins; None for a month."""


def recent_decisions(session: Session, limit: int = 10) -> list[Decision]:
    """Return the newest decisions in the actor's reach, the newest first. Two statements."""
    months = session.execute(
        select(SubmissionEvent, Organization.name_short, Submission.period_start)
        .join(Submission, Submission.id == SubmissionEvent.submission_id)
        .join(Organization, Organization.id == SubmissionEvent.organization_id)
        .where(SubmissionEvent.kind.in_(_DECISIONS))
        .order_by(SubmissionEvent.at.desc(), SubmissionEvent.id.desc())
        .limit(limit)
    ).all()
    plans = session.execute(
        select(RoadmapEvent, Organization.name_short, Roadmap.school_year)
        .join(Roadmap, Roadmap.id == RoadmapEvent.roadmap_id)
        .join(Organization, Organization.id == RoadmapEvent.organization_id)
        .where(RoadmapEvent.kind.in_(_PLAN_DECISIONS))
        .order_by(RoadmapEvent.at.desc(), RoadmapEvent.id.desc())
        .limit(limit)
    ).all()
    found = [
        Decision(event.at, event.kind.value, name, event.actor_name, event.reason, start, None)
        for event, name, start in months
    ]
    found += [
        Decision(event.at, event.kind.value, name, event.actor_name, str(event.detail.get("reason", "")), None, year)
        for event, name, year in plans
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


@dataclass(frozen=True)
class OpenRemarks:
    """How many remarks of returned documents wait for an answer of the acting organization."""

    months: Sequence[tuple[date, int]]
    """First day of the month, how many; the oldest first."""
    plan: int


def open_remarks(session: ScopedSession) -> OpenRemarks:
    """Return the remarks without an answer of the months and the plan that are back with the school. Two statements."""
    answer, plan_answer, later = RemarkAnswer, PlanAnswer, aliased(RoadmapRemark)
    months = session.execute(
        select(Submission.period_start, func.count())
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .join(Remark, (Remark.submission_id == Submission.id) & (Remark.revision_n == SubmissionState.revision_n))
        .outerjoin(answer, answer.remark_id == Remark.id)
        .where(SubmissionState.status == Status.RETURNED, answer.id.is_(None))
        .group_by(Submission.period_start)
        .order_by(Submission.period_start)
    ).all()
    plan = session.scalar(
        select(func.count())
        .select_from(RoadmapRemark)
        .join(RoadmapState, RoadmapState.roadmap_id == RoadmapRemark.roadmap_id)
        .outerjoin(plan_answer, plan_answer.remark_id == RoadmapRemark.id)
        .where(
            RoadmapState.status == RoadmapStatus.RETURNED,
            RoadmapRemark.version_n == RoadmapState.version_n,
            RoadmapRemark.text != "",
            ~select(later.id).where(later.replaces_id == RoadmapRemark.id).exists(),
            plan_answer.id.is_(None),
        )
    )
    return OpenRemarks([(start, count) for start, count in months], plan or 0)
