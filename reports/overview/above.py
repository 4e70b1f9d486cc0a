"""What the home pages above the school ask: who has handed in and how the month runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Date, and_, cast, func, literal, literal_column, null, select, union_all
from sqlalchemy.orm import Session, aliased

from reports.month_views.branches import BRANCH, branch_of, with_months
from reports.month_views.matrix import DIRECT, MatrixLine
from tenants.db import ScopedSession
from tenants.organizations.models import Organization, OrganizationKind
from tenants.periods import Month
from tenants.submissions.models import Status, Submission, SubmissionState
from tenants.submissions.queries import OpenWindow


@dataclass(frozen=True)
class BranchStanding:
    """How the months of a district's organizations stand, or of those directly under the region."""

    branch_id: int
    name: str
    direct: bool
    expected: int
    accepted: int
    """Some revision counts in the sums."""
    waiting: int
    returned: int
    drafts: int
    oldest_sent_at: datetime | None
    """Since when the longest waiting month waits."""

    @property
    def handed_in(self) -> int:
        """Return how many months the reviewer has or has accepted."""
        return self.accepted + self.waiting

    @property
    def missing(self) -> int:
        """Return how many are not handed in."""
        return self.expected - self.handed_in

    @property
    def not_started(self) -> int:
        """Return how many have no draft either."""
        return self.missing - self.returned - self.drafts


def branch_standings(session: Session, opened: OpenWindow) -> list[BranchStanding]:
    """Return the branches of a region by name, those directly under it last. One statement."""
    accepted = SubmissionState.accepted_revision_n.is_not(None)
    waits = and_(~accepted, SubmissionState.status.in_((Status.SENT, Status.IN_REVIEW)))
    back = and_(~accepted, SubmissionState.status == Status.RETURNED)
    draft = and_(~accepted, SubmissionState.status == Status.DRAFT)
    counted = (
        with_months(
            select(
                branch_of(opened).label(BRANCH),
                func.count().label("expected"),
                func.count().filter(accepted).label("accepted"),
                func.count().filter(waits).label("waiting"),
                func.count().filter(back).label("returned"),
                func.count().filter(draft).label("drafts"),
                func.min(SubmissionState.sent_at).filter(waits).label("oldest"),
            ),
            opened,
        )
        .group_by(literal_column(BRANCH))
        .subquery()
    )
    place = aliased(Organization)
    rows = session.execute(
        select(counted, place.name_short, place.kind)
        .join(place, place.id == counted.c.branch_id)
        .order_by(place.kind == OrganizationKind.REGION, func.app.ru_key(place.name_short), place.id)
    )
    return [_standing(row) for row in rows]


def school_lines(session: Session, opened: OpenWindow) -> list[MatrixLine]:
    """Return how the month of every organization of a district stands, the worst first, then by name. One statement."""
    rows = session.execute(
        with_months(select(Organization, Submission, SubmissionState), opened).order_by(
            func.app.ru_key(Organization.name_short), Organization.id
        )
    ).all()
    lines = [
        MatrixLine(place, place.district_id, opened.window.due_on, submission, state)
        for place, submission, state in rows
    ]
    return sorted(lines, key=lambda line: line.standing)


def _standing(row) -> BranchStanding:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a row of labelled columns has no name
    direct = row.kind is OrganizationKind.REGION
    return BranchStanding(
        branch_id=row.branch_id,
        name=DIRECT if direct else row.name_short,
        direct=direct,
        expected=row.expected,
        accepted=row.accepted,
        waiting=row.waiting,
        returned=row.returned,
        drafts=row.drafts,
        oldest_sent_at=row.oldest,
    )


@dataclass(frozen=True)
class Course:
    """How many had handed in by the end of each day of a month; days may run past the month's last."""

    points: tuple[tuple[int, int], ...] = ()
    waiting: int = 0
    """Months that wait for the acting reviewer's own decision."""

    @property
    def total(self) -> int:
        """Return how many have handed in."""
        return self.points[-1][1] if self.points else 0

    def by(self, day: int) -> int:
        """Return how many had handed in by the end of a day."""
        return max((count for at, count in self.points if at <= day), default=0)


def courses(session: ScopedSession, windows: Sequence[OpenWindow], zone: str) -> dict[int, Course]:
    """Return by window how the two newest months run, and what of any month waits for the actor. One statement.

    Day 1 is the first of the period's month.
    """
    newest = max(windows, key=lambda one: one.window.period_start).window
    drawn = (newest.period_start, Month.of(newest.period_start).previous.first)
    day = cast(func.timezone(zone, SubmissionState.first_sent_at), Date)
    joined = and_(
        SubmissionState.region_id == Submission.region_id,
        SubmissionState.organization_id == Submission.organization_id,
        SubmissionState.submission_id == Submission.id,
    )
    # The own queue of all months and the course of two: five years of months are not read for either.
    sent = (
        select(Submission.window_id, Submission.period_start, day.label("day"), func.count(), literal(0))
        .join(SubmissionState, joined)
        .where(
            Submission.window_id.in_([one.window.id for one in windows if one.window.period_start in drawn]),
            SubmissionState.first_sent_at.is_not(None),
        )
        .group_by(Submission.window_id, Submission.period_start, day)
    )
    waiting_now = (
        select(Submission.window_id, Submission.period_start, null(), literal(0), func.count())
        .join(SubmissionState, joined)
        .where(
            Submission.window_id.in_([one.window.id for one in windows]),
            SubmissionState.district_id == session.scope.organization_id,
            SubmissionState.status.in_((Status.SENT, Status.IN_REVIEW)),
        )
        .group_by(Submission.window_id, Submission.period_start)
    )
    both = union_all(sent, waiting_now).subquery()
    rows = session.execute(select(both).order_by(both.c.window_id, both.c.day.nulls_first())).all()
    found: dict[int, Course] = {}
    for window_id, start, sent_on, count, waiting in rows:
        known = found.get(window_id, Course())
        points = () if sent_on is None else (((sent_on - start).days + 1, known.total + count),)
        found[window_id] = Course((*known.points, *points), known.waiting + waiting)
    return found


def waiting_by_month(windows: Sequence[OpenWindow], runs: Mapping[int, Course]) -> dict[Month, int]:
    """Return how many months wait for the acting reviewer, by period; periods without any are absent."""
    counts = {Month.of(one.window.period_start): runs.get(one.window.id, Course()).waiting for one in windows}
    return {month: count for month, count in sorted(counts.items()) if count}
