"""Sums of a node for a month as a screen shows them: by row and form, by branch, with who is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.editions.definition import EditionDefinition
from reports.heirs import Came, came_to
from reports.month_views.matrix import Bounds, BranchLine, Matrix, MatrixLine, matrix
from reports.moved import Gone, gone_from, sums_today
from tenants.db import ScopedSession
from tenants.periods import Month
from tenants.submissions.models import Edition, Place, Submission, SubmissionCell, SubmissionState
from tenants.submissions.queries import OpenWindow
from tenants.submissions.sums import Fact, Rollup

Sums = Mapping[Place, Decimal]
_ByMonth = dict[Month, dict[int, dict[Place, Decimal]]]
"""Sums by month and node."""


@dataclass(frozen=True)
class NodeTotals:
    """The sums of a district or the region for one month."""

    node_id: int
    now: Mapping[int, Sums]
    """By node: the acting one, and for a region its districts too."""
    before: Mapping[int, Sums]
    """The same of the month before; empty where nothing was accepted then."""
    provisional: Sums
    """What the months not accepted yet hold at the moment; never part of the sums."""
    provisional_count: int
    lines: tuple[MatrixLine, ...]
    branches: tuple[BranchLine, ...]
    """Districts and what hangs directly under the region; empty for a district."""
    people: Mapping[int, Sums]
    """Distinct people behind the sums of people, by node; a sum that is not counted yet is not there."""
    bounds: Bounds = Bounds.PERIOD
    gone: Gone = field(default_factory=Gone)
    """What organizations that have moved on since left in a district's sums."""
    came: Came = field(default_factory=Came)
    """What organizations of other districts add in today's bounds, merged into those of this one."""

    @property
    def expected(self) -> int:
        """Return how many organizations hand the form in, those included that the district does not see."""
        return len(self.lines) + self.gone.expected + self.came.expected

    @property
    def accepted(self) -> int:
        """Return how many are in the sums."""
        return sum(1 for line in self.lines if line.accepted) + self.gone.accepted + self.came.accepted

    @property
    def missing(self) -> list[MatrixLine]:
        """Return whose month is not in the sums."""
        return [line for line in self.lines if not line.accepted]

    def value(self, place: Place, node_id: int | None = None, *, before: bool = False) -> Decimal | None:
        """Return a sum; what the districts do not explain stands directly under the region."""
        sums = self.before if before else self.now
        if node_id is None or node_id != self.node_id or not self.branches:
            return sums.get(node_id or self.node_id, {}).get(place)
        whole = sums.get(self.node_id, {}).get(place)
        if whole is None:
            return None
        return whole - sum(
            (values.get(place, Decimal(0)) for node, values in sums.items() if node != node_id), Decimal(0)
        )


def node_totals(
    session: ScopedSession,
    opened: OpenWindow,
    definition: EditionDefinition,
    *,
    node_id: int,
    region: bool,
    bounds: Bounds = Bounds.PERIOD,
) -> NodeTotals:
    """Return the sums of the acting district or region, by the tree of the month or by today's."""
    found = matrix(session, opened, bounds=bounds)
    lines = list(found.lines)
    if not region:
        # Rights follow today's parent, sums that of the month: a school that came later is not in this sum.
        lines = [line for line in lines if line.branch_id == node_id]
    month = Month.of(opened.window.period_start)
    sums, people = _sums(session, opened.edition.code, month)
    came = Came()
    if bounds is Bounds.TODAY:
        if not region:
            starts = (month.first, month.previous.first)
            came = came_to(session, node_id, opened.edition, starts, opened.window.cut_on)
        sums = _sums_today(session, definition, opened.edition.code, month, node_id if region else None)
        _add(sums, node_id, came, definition)
        # People were counted by the tree of the month; the region as a whole is the same in both.
        people = {node_id: people.get(node_id, {})} if region else {}
    provisional, count = _provisional(session, opened, definition, [line for line in lines if not line.accepted])
    return NodeTotals(
        node_id,
        sums.get(month, {}),
        sums.get(month.previous, {}),
        provisional,
        count,
        tuple(lines),
        tuple(Matrix(tuple(lines), found.nodes).branches()) if region else (),
        people,
        bounds,
        gone_from(session, node_id, opened.edition.code, month.first, opened.window.cut_on)
        if not region and bounds is Bounds.PERIOD
        else Gone(),
        came,
    )


def _sums_today(
    session: Session, definition: EditionDefinition, code: str, month: Month, region_id: int | None
) -> _ByMonth:
    additive = _additive(definition)
    found = sums_today(session, code, (month.first, month.previous.first), region_id)
    return {
        Month.of(start): {
            node: {place: value for place, value in sums.items() if place in additive} for node, sums in nodes.items()
        }
        for start, nodes in found.items()
    }


def _add(
    sums: dict[Month, dict[int, dict[Place, Decimal]]], node_id: int, came: Came, definition: EditionDefinition
) -> None:
    additive = _additive(definition)
    for start, values in came.sums.items():
        own = sums.setdefault(Month.of(start), {}).setdefault(node_id, {})
        for place, value in values.items():
            if place in additive:
                own[place] = own.get(place, Decimal(0)) + value


def _additive(definition: EditionDefinition) -> set[Place]:
    return {cell.key for cell in definition.cells if cell.additive}


def _sums(session: Session, code: str, month: Month) -> tuple[_ByMonth, dict[int, dict[Place, Decimal]]]:
    """Return the sums of a month and of the one before, and the people behind those of the month itself."""
    rows = session.execute(
        select(
            Rollup.period_start,
            Rollup.organization_id,
            Rollup.section_code,
            Rollup.row_code,
            Rollup.column_code,
            Rollup.value,
            Rollup.people_count,
        )
        .join(Edition, Edition.id == Rollup.edition_id)
        .where(Edition.code == code, Rollup.period_start.in_((month.first, month.previous.first)))
    )
    found: _ByMonth = {}
    people: dict[int, dict[Place, Decimal]] = {}
    for period, node, section, row, column, value, count in rows:
        found.setdefault(Month.of(period), {}).setdefault(node, {})[section, row, column] = value
        if count is not None and period == month.first:
            people.setdefault(node, {})[section, row, column] = count
    return found, people


def _provisional(
    session: Session, opened: OpenWindow, definition: EditionDefinition, missing: Iterable[MatrixLine]
) -> tuple[dict[Place, Decimal], int]:
    begun = [line.submission.id for line in missing if line.submission is not None and line.submission.filled_count]
    if not begun:
        return {}, 0
    place = (SubmissionCell.section_code, SubmissionCell.row_code, SubmissionCell.column_code)
    rows = session.execute(
        select(*place, func.sum(SubmissionCell.value))
        .join(
            Submission,
            (Submission.region_id == SubmissionCell.region_id)
            & (Submission.organization_id == SubmissionCell.organization_id)
            & (Submission.id == SubmissionCell.submission_id),
        )
        .join(
            SubmissionState,
            (SubmissionState.region_id == Submission.region_id)
            & (SubmissionState.organization_id == Submission.organization_id)
            & (SubmissionState.submission_id == Submission.id),
        )
        .where(
            Submission.window_id == opened.window.id,
            Submission.id.in_(begun),
            SubmissionState.accepted_revision_n.is_(None),
            SubmissionCell.value.is_not(None),
        )
        .group_by(*place)
    )
    additive = _additive(definition)
    return {(s, r, c): value for s, r, c, value in rows if value is not None and (s, r, c) in additive}, len(begun)


def own_values(session: Session, opened: OpenWindow, section: str, row: str) -> dict[int, dict[str, Decimal]]:
    """Return the accepted numbers of one row by organization and column."""
    rows = session.execute(
        select(Fact.organization_id, Fact.column_code, Fact.value)
        .join(Edition, Edition.id == Fact.edition_id)
        .where(
            Edition.code == opened.edition.code,
            Fact.period_start == opened.window.period_start,
            Fact.section_code == section,
            Fact.row_code == row,
        )
    )
    found: dict[int, dict[str, Decimal]] = {}
    for organization_id, column, value in rows:
        found.setdefault(organization_id, {})[column] = value
    return found


def history_of(
    session: Session,
    organization_id: int,
    code: str,
    month: Month,
    places: Sequence[Place] | None = None,
    *,
    months: int = 12,
) -> dict[Place, list[Decimal | None]]:
    """Return the accepted numbers of an organization over the months before one, oldest first; None is a gap.

    `places` limits the question. The month itself is not part of it: the list has `months - 1` entries.
    """
    line = [month.previous]
    while len(line) < months - 1:
        line.append(line[-1].previous)
    line.reverse()
    query = (
        select(Fact.period_start, Fact.section_code, Fact.row_code, Fact.column_code, Fact.value)
        .join(Edition, Edition.id == Fact.edition_id)
        .where(
            Fact.organization_id == organization_id,
            Edition.code == code,
            Fact.period_start >= line[0].first,
            Fact.period_start < month.first,
        )
    )
    if places is not None:
        query = query.where(Fact.column_code.in_({place[2] for place in places}))
    found: dict[Place, list[Decimal | None]] = {}
    for period, section, row, column, value in session.execute(query):
        found.setdefault((section, row, column), [None] * len(line))[line.index(Month.of(period))] = value
    return found
