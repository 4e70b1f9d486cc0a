"""What putting an organization into the archive would mean, counted before it is done."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select

from tenants.accounts.models import Membership
from tenants.db import REGISTRY, ScopedSession, transaction
from tenants.mentorships.models import Mentorship
from tenants.organizations.models import Organization
from tenants.organizations.tree import living_on
from tenants.participants.models import Participation
from tenants.submissions.models import Status, Submission, SubmissionState, SubmissionWindow


@dataclass(frozen=True)
class Effects:
    """What changes from the day on, and what stays."""

    windows: int
    """Open months whose day of the cut comes on or after the day: they are no longer awaited."""
    last_windows: int
    """Open months with an earlier day of the cut: they are still to be handed in."""
    drafts: int
    """Begun and unsent months among those no longer awaited."""
    users: int
    """People whose only or further role here ends to open on the day."""
    people: int
    """People in a form of mentoring on the day; their records stay."""
    pairs: int
    below: int
    """Organizations under it that live on the day: with any, it cannot be archived."""


def effects_of(session: ScopedSession, place: Organization, on: date) -> Effects:
    """Count the effects of archiving an organization on a day. Four statements."""
    late = SubmissionWindow.cut_on >= on
    windows, last = session.execute(
        select(func.count().filter(late), func.count().filter(~late))
        .select_from(SubmissionWindow)
        .where(SubmissionWindow.closed_at.is_(None))
    ).one()
    here = place.id
    people = _count_open(session, Participation, Participation.participant_id, here, on)
    pairs = _count_open(session, Mentorship, Mentorship.id, here, on)
    below = select(func.count()).select_from(Organization).where(Organization.parent_id == here, living_on(on))
    reports = place.kind.reports
    return Effects(
        windows=windows if reports else 0,
        last_windows=last if reports else 0,
        drafts=_drafts(session, here, on),
        users=_users(here, on),
        people=people,
        pairs=pairs,
        below=session.scalar(below) or 0,
    )


def _count_open(
    session: ScopedSession,
    model: type[Participation] | type[Mentorship],
    what: object,
    organization_id: int,
    on: date,
) -> int:
    count = select(func.count(func.distinct(what))).where(
        model.organization_id == organization_id,
        model.started_on <= on,
        or_(model.ended_on.is_(None), model.ended_on > on),
    )
    return session.scalar(count) or 0


def _drafts(session: ScopedSession, organization_id: int, on: date) -> int:
    count = (
        select(func.count())
        .select_from(Submission)
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .join(SubmissionWindow, SubmissionWindow.id == Submission.window_id)
        .where(
            Submission.organization_id == organization_id,
            SubmissionState.status.in_((Status.DRAFT, Status.RETURNED)),
            SubmissionWindow.cut_on >= on,
        )
    )
    return session.scalar(count) or 0


def _users(organization_id: int, on: date) -> int:
    with transaction(REGISTRY.reading()) as registry:
        count = select(func.count(func.distinct(Membership.user_id))).where(
            and_(Membership.organization_id == organization_id, Membership.since <= on),
            or_(Membership.until.is_(None), Membership.until >= on),
        )
        return registry.scalar(count) or 0
