"""Who has handed in a month, counted by branch of the tree in the database: a region has too many schools to read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, literal_column, select
from sqlalchemy.orm import aliased

from reports.heirs import node_today
from reports.month_views.matrix import DIRECT, Bounds, Standing, standing_of
from tenants import clock
from tenants.db import ScopedSession
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.queries import REPORTING_KINDS
from tenants.organizations.tree import parent_on, there_on
from tenants.submissions.models import Submission, SubmissionState
from tenants.submissions.queries import OpenWindow

Columns = TypeVarTuple("Columns")
BRANCH = "branch_id"
"""Label of the branch: grouped by name, since it may be a question of its own."""


@dataclass(frozen=True)
class BranchCount:
    """How many months of a district's organizations stand at each step, or of those directly under the region."""

    id: int
    name: str
    direct: bool
    counts: Mapping[Standing, int]
    """A step nobody has reached is absent."""
    accepted: int
    """Some revision counts in the sums."""
    late: int
    """How many missed their day, handed in or not."""
    own_waiting: int
    """How many wait for the acting reviewer's own decision."""

    @property
    def expected(self) -> int:
        """Return how many organizations hand the form in."""
        return sum(self.counts.values())

    @property
    def handed_in(self) -> int:
        """Return how many months the reviewer has or has accepted."""
        return sum(count for standing, count in self.counts.items() if standing.handed_in)

    def count(self, *standings: int) -> int:
        """Return how many organizations stand at one of these steps."""
        return sum(self.counts.get(Standing(one), 0) for one in standings)


def branch_counts(session: ScopedSession, opened: OpenWindow, *, bounds: Bounds = Bounds.PERIOD) -> list[BranchCount]:
    """Return the branches of a region by name, those directly under it last. One statement."""
    sent_on = func.coalesce(SubmissionState.first_sent_at, clock.now())
    late = cast(func.timezone(Organization.time_zone, sent_on), Date) > opened.window.due_on
    accepted = SubmissionState.accepted_revision_n.is_not(None)
    today = bounds is Bounds.TODAY
    branch = node_today(session, Organization.id, Organization.district_id) if today else branch_of(opened)
    counted = (
        with_months(
            select(
                branch.label(BRANCH),
                SubmissionState.status.label("status"),
                accepted.label("accepted"),
                func.count().label("number"),
                func.count().filter(late).label("late"),
                func.count().filter(Organization.district_id == session.scope.organization_id).label("own"),
            ),
            opened,
        )
        .group_by(literal_column(BRANCH), SubmissionState.status, accepted)
        .subquery()
    )
    place = aliased(Organization)
    rows = session.execute(
        select(counted, place.name_short, place.kind)
        .join(place, place.id == counted.c.branch_id)
        .order_by(place.kind == OrganizationKind.REGION, func.app.ru_key(place.name_short), place.id)
    )
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.branch_id, []).append(row)
    return [_count(branch, found) for branch, found in groups.items()]


def _count(branch_id: int, rows: list[Any]) -> BranchCount:
    counts: dict[Standing, int] = {}
    own_waiting = 0
    for row in rows:
        standing = standing_of(row.status, accepted=row.accepted)
        counts[standing] = counts.get(standing, 0) + row.number
        own_waiting += row.own if standing.waits else 0
    direct = rows[0].kind is OrganizationKind.REGION
    return BranchCount(
        id=branch_id,
        name=DIRECT if direct else rows[0].name_short,
        direct=direct,
        counts=counts,
        accepted=sum(row.number for row in rows if row.accepted),
        late=sum(row.late for row in rows),
        own_waiting=own_waiting,
    )


def with_months(query: Select[*Columns], opened: OpenWindow) -> Select[*Columns]:
    """Return a question about every organization that hands the form in, joined with its month in a window."""
    return (
        query.select_from(Organization)
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
    )


def branch_of(opened: OpenWindow) -> ColumnElement[int]:
    """Return the branch of an organization as the sums of its month have it, else that of the day of the cut."""
    return func.coalesce(Submission.period_district_id, parent_on(opened.window.cut_on), Organization.district_id)


def _hands_in(opened: OpenWindow) -> Iterable[ColumnElement[bool]]:
    kinds = [kind for kind in REPORTING_KINDS if opened.edition.serves(kind.value)]
    return (
        Organization.kind.in_(kinds),
        there_on(opened.window.cut_on),
    )
