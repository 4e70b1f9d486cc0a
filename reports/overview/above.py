"""What the home pages above the school ask: who has handed in and how the month runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Date, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from reports.month_views.matrix import DIRECT, MatrixLine
from tenants.db import ScopedSession
from tenants.organizations.models import Organization, OrganizationKind, OrganizationParent
from tenants.organizations.queries import REPORTING_KINDS
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
    # The branch of the period, as sums have it: of the month, else of the day of the cut.
    branch_id = func.coalesce(Submission.period_district_id, OrganizationParent.parent_id, Organization.district_id)
    counted = (
        select(
            branch_id.label("branch_id"),
            func.count().label("expected"),
            func.count().filter(accepted).label("accepted"),
            func.count().filter(waits).label("waiting"),
            func.count().filter(back).label("returned"),
            func.count().filter(draft).label("drafts"),
            func.min(SubmissionState.sent_at).filter(waits).label("oldest"),
        )
        .select_from(Organization)
        .outerjoin(
            Submission,
            and_(
                Submission.region_id == Organization.region_id,
                Submission.organization_id == Organization.id,
                Submission.window_id == opened.window.id,
            ),
        )
        .outerjoin(
            SubmissionState,
            and_(
                SubmissionState.organization_id == Submission.organization_id,
                SubmissionState.submission_id == Submission.id,
            ),
        )
        .outerjoin(
            OrganizationParent,
            and_(
                OrganizationParent.region_id == Organization.region_id,
                OrganizationParent.organization_id == Organization.id,
                OrganizationParent.valid_from <= opened.window.cut_on,
                or_(OrganizationParent.valid_to.is_(None), OrganizationParent.valid_to > opened.window.cut_on),
            ),
        )
        .where(*_hands_in(opened))
        .group_by(branch_id)
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
        select(Organization, Submission, SubmissionState)
        .outerjoin(
            Submission,
            and_(
                Submission.region_id == Organization.region_id,
                Submission.organization_id == Organization.id,
                Submission.window_id == opened.window.id,
            ),
        )
        .outerjoin(
            SubmissionState,
            and_(
                SubmissionState.organization_id == Submission.organization_id,
                SubmissionState.submission_id == Submission.id,
            ),
        )
        .where(*_hands_in(opened))
        .order_by(func.app.ru_key(Organization.name_short), Organization.id)
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


def _hands_in(opened: OpenWindow) -> Iterable[ColumnElement[bool]]:
    kinds = [kind for kind in REPORTING_KINDS if opened.edition.serves(kind.value)]
    return (
        Organization.kind.in_(kinds),
        or_(Organization.archived_on.is_(None), Organization.archived_on > opened.window.cut_on),
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
    """Return the course of each window by its id; one nobody has handed in yet is absent. One statement.

    Day 1 is the first of the period's month.
    """
    day = cast(func.timezone(zone, SubmissionState.first_sent_at), Date)
    waits = and_(
        SubmissionState.status.in_((Status.SENT, Status.IN_REVIEW)),
        SubmissionState.district_id == session.scope.organization_id,
    )
    rows = session.execute(
        select(Submission.window_id, Submission.period_start, day, func.count(), func.count().filter(waits))
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .where(Submission.window_id.in_([one.window.id for one in windows]), SubmissionState.first_sent_at.is_not(None))
        .group_by(Submission.window_id, Submission.period_start, day)
        .order_by(Submission.window_id, day)
    ).all()
    found: dict[int, Course] = {}
    for window_id, start, sent_on, count, waiting in rows:
        known = found.get(window_id, Course())
        point = (sent_on - start).days + 1, known.total + count
        found[window_id] = Course((*known.points, point), known.waiting + waiting)
    return found


def waiting_by_month(windows: Sequence[OpenWindow], runs: Mapping[int, Course]) -> dict[Month, int]:
    """Return how many months wait for the acting reviewer, by period; periods without any are absent."""
    counts = {Month.of(one.window.period_start): runs.get(one.window.id, Course()).waiting for one in windows}
    return {month: count for month, count in sorted(counts.items()) if count}
