"""Who has handed in a month: one line an organization, one line a branch of the tree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.heirs import heirs_of, tree_changed
from tenants import clock
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.tree import parent_on, there_on
from tenants.periods import Month, end_of_day
from tenants.submissions.models import Edition, Status, Submission, SubmissionState, SubmissionWindow
from tenants.submissions.queries import OpenWindow
from tenants.submissions.remarks import Remark, RemarkDraft

DIRECT = "Подведомственные региону"


class Standing(IntEnum):
    """How far a month has come, the worst first."""

    NOT_STARTED = 0
    DRAFT = 1
    RETURNED = 2
    CORRECTING = 3
    """Accepted once, and the school writes a new revision."""
    SENT = 4
    IN_REVIEW = 5
    ACCEPTED = 6

    @property
    def handed_in(self) -> bool:
        """Return whether the reviewer has the month, or has accepted one revision of it."""
        return self >= Standing.CORRECTING

    @property
    def waits(self) -> bool:
        """Return whether the reviewer has to decide."""
        return self in (Standing.SENT, Standing.IN_REVIEW)


_STANDING = {
    Status.DRAFT: Standing.DRAFT,
    Status.RETURNED: Standing.RETURNED,
    Status.SENT: Standing.SENT,
    Status.IN_REVIEW: Standing.IN_REVIEW,
    Status.ACCEPTED: Standing.ACCEPTED,
}


def standing_of(status: Status | None, *, accepted: bool) -> Standing:
    """Return the step of a month; `status` None is one that nobody has begun, `accepted` that some revision counts."""
    if status is None:
        return Standing.NOT_STARTED
    return Standing.CORRECTING if accepted and status.with_school else _STANDING[status]


class Bounds(StrEnum):
    """By which tree a period is summed."""

    PERIOD = "period"
    """As it was on the day of the cut: a school that has moved stays where it was."""
    TODAY = "today"
    """As it is now: a past month is summed anew under today's districts."""


@dataclass(frozen=True)
class MatrixLine:
    """How the month of one organization stands."""

    place: Organization
    branch_id: int
    """District of the period, or the region for what stands directly under it."""
    due_on: date
    submission: Submission | None = None
    state: SubmissionState | None = None
    remark_count: int = 0
    """Remarks the month was returned with, or notes of the reviewer on a month that waits."""

    @property
    def standing(self) -> Standing:
        """Return the step the month has reached."""
        return standing_of(self.state.status if self.state else None, accepted=self.accepted)

    @property
    def accepted(self) -> bool:
        """Return whether some revision counts in the sums."""
        return self.state is not None and self.state.accepted_revision_n is not None

    @property
    def days_late(self) -> int:
        """Return by how many days the month missed its day, in the organization's zone; 0 while there is time."""
        handed_in = None if self.state is None else self.state.first_sent_at
        day = (handed_in or clock.now()).astimezone(ZoneInfo(self.place.time_zone)).date()
        return max(0, (day - self.due_on).days)


@dataclass(frozen=True)
class BranchLine:
    """How the months of one district stand."""

    id: int
    name: str
    lines: tuple[MatrixLine, ...]
    direct: bool = False
    """True for what hangs directly under the region."""

    @property
    def accepted(self) -> int:
        """Return how many are in the sums."""
        return sum(1 for line in self.lines if line.accepted)


@dataclass(frozen=True)
class Matrix:
    """The lines of a month, with the districts and the region above them."""

    lines: tuple[MatrixLine, ...]
    """The worst first, then by name."""
    nodes: tuple[Organization, ...]
    """Districts and the region, by name."""

    @property
    def names(self) -> dict[int, str]:
        """Return how a branch is called, by its id."""
        return {node.id: DIRECT if node.kind is OrganizationKind.REGION else node.name_short for node in self.nodes}

    def branches(self) -> list[BranchLine]:
        """Return the districts with their organizations; what hangs directly under the region comes last."""
        below: dict[int, list[MatrixLine]] = {}
        for line in self.lines:
            below.setdefault(line.branch_id, []).append(line)
        rows = [
            BranchLine(node.id, self.names[node.id], tuple(below[node.id]), node.kind is OrganizationKind.REGION)
            for node in self.nodes
            if node.id in below
        ]
        return sorted(rows, key=lambda row: row.direct)


def matrix(session: Session, opened: OpenWindow, *, bounds: Bounds = Bounds.PERIOD) -> Matrix:
    """Return a line for every organization in scope that hands the form in, under its branch by the chosen tree."""
    window = opened.window
    found = session.execute(
        select(Organization, parent_on(window.cut_on), tree_changed(window.region_id))
        .where(there_on(window.cut_on))
        .order_by(func.app.ru_key(Organization.name_short), Organization.id)
    ).all()
    # Known here for nothing: where nobody ever moved or merged, nobody has to ask who did.
    session.info["tree_changed"] = any(changed for *_, changed in found)
    today = None
    if bounds is Bounds.TODAY:
        today = {place: heir.node_id for place, heir in heirs_of(session).items()}
    rows = [(place, parent) for place, parent, _ in found]
    known = _known(session, window)
    lines = []
    for place, parent in rows:
        if not place.kind.reports or not opened.edition.serves(place.kind.value):
            continue
        submission, state, remarks, notes = known.get(place.id, (None, None, 0, 0))
        lines.append(
            MatrixLine(
                place,
                _branch(place, submission, parent, today),
                window.due_on,
                submission,
                state,
                notes if state is not None and state.status in (Status.SENT, Status.IN_REVIEW) else remarks,
            )
        )
    nodes = tuple(place for place, _ in rows if not place.kind.reports)
    return Matrix(tuple(sorted(lines, key=lambda line: line.standing)), nodes)


def _branch(
    place: Organization, submission: Submission | None, parent: int | None, today: Mapping[int, int] | None
) -> int:
    """Return the branch of the month, or with `today` (heirs of those merged away) that of today's tree."""
    if today is not None:
        return today.get(place.id, place.district_id)
    return submission.period_district_id if submission else parent or place.district_id


def _known(session: Session, window: SubmissionWindow) -> dict[int, tuple[Submission, SubmissionState, int, int]]:
    remarks = (
        select(func.count())
        .select_from(Remark)
        .where(Remark.submission_id == Submission.id, Remark.revision_n == SubmissionState.revision_n)
        .correlate(Submission, SubmissionState)
        .scalar_subquery()
    )
    notes = (
        select(func.count())
        .select_from(RemarkDraft)
        .where(RemarkDraft.subject_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Submission, SubmissionState, remarks, notes)
        .join(
            SubmissionState,
            (SubmissionState.region_id == Submission.region_id)
            & (SubmissionState.organization_id == Submission.organization_id)
            & (SubmissionState.submission_id == Submission.id),
        )
        .where(Submission.window_id == window.id)
    )
    return {row[0].organization_id: (row[0], row[1], row[2], row[3]) for row in rows}


def handed_in_by(session: Session, opened: OpenWindow, moment: datetime) -> int | None:
    """Return how many had handed in the month before by the same time of that month; None where it had no window."""
    before = Month.of(opened.window.period_start).previous
    window_id = (
        select(SubmissionWindow.id)
        .join(Edition, Edition.id == SubmissionWindow.edition_id)
        .where(Edition.code == opened.edition.code, SubmissionWindow.period_start == before.first)
        .scalar_subquery()
    )
    sent, known = session.execute(
        select(func.count().filter(SubmissionState.first_sent_at <= moment), func.count())
        .select_from(Submission)
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .where(Submission.window_id == window_id)
    ).one()
    return sent if known else None


def same_time_before(opened: OpenWindow, zone: str) -> datetime:
    """Return the moment of the month before that is as far from its due day as now is from this one."""
    now = clock.now()
    distance = end_of_day(opened.window.due_on, zone) - now
    due_before = Month.of(opened.window.due_on).previous.day(opened.window.due_on.day)
    return end_of_day(due_before, zone) - max(distance, timedelta(0))


def count_by_standing(lines: Iterable[MatrixLine]) -> dict[Standing, int]:
    """Return how many organizations stand at each step; a step nobody has reached is 0."""
    counts = dict.fromkeys(Standing, 0)
    for line in lines:
        counts[line.standing] += 1
    return counts
