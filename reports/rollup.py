"""Sums above the school: accepted facts added up by the tree of their period, always with who is missing."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from reports.editions.definition import EditionDefinition
from reports.forms import definition_of
from reports.people_counts import PEOPLE_JOB
from tenants import clock
from tenants.db import Level, find, lock_key, transaction
from tenants.jobs import commands as jobs
from tenants.jobs.commands import Claim
from tenants.submissions.expected import Expected, expected_organizations
from tenants.submissions.models import Edition, Place, Submission, SubmissionCell, SubmissionWindow
from tenants.submissions.review import ROLLUP_JOB
from tenants.submissions.sums import Fact, Rollup
from tenants.submissions.windows import find_window


@dataclass(frozen=True)
class Sum:
    """One number above the school."""

    value: Decimal
    organization_count: int
    """How many organizations are in the sum."""
    expected_count: int
    """How many have this cell."""


@dataclass(frozen=True)
class Branch:
    """A line of the sums: a district, or the organizations directly under the region."""

    branch_id: int
    """Id of the district; the region's own id for those directly under it."""
    sums: Mapping[Place, Decimal]
    organization_count: int
    expected_count: int


@dataclass(frozen=True)
class Totals:
    """The sums of a node for one window, with who is missing and what the drafts would add."""

    sums: Mapping[Place, Sum]
    branches: tuple[Branch, ...]
    """For a region: its districts, then what is directly under it; empty for a district."""
    organization_count: int
    expected_count: int
    missing: tuple[Expected, ...]
    """Organizations without an accepted month, by branch and name."""
    provisional: Mapping[Place, Decimal]
    """What the months not yet accepted hold at the moment: never part of the sums."""
    provisional_count: int
    recomputed_at: datetime | None


def roll_up(claim: Claim) -> None:
    """Sum a window: the job of an acceptance. A district's job only asks for the region's, which sees every school.

    A school that has moved since is out of the district's reach, and its old district's sum must not lose it.
    """
    if claim.scope.level is not Level.REGION:
        jobs.request_for_region(claim.scope, ROLLUP_JOB, claim.subject_id)
        return
    with transaction(claim.scope) as session:
        recompute(session, claim.subject_id)
        # Counting people takes longer than adding: however many months are accepted meanwhile, one count waits.
        jobs.request(session, PEOPLE_JOB, claim.subject_id)


def recompute(session: Session, window_id: int) -> int:
    """Write the rollups of a window anew, for the region and each of its districts; returns how many rows.

    Runs in the region's scope. Only cells that may be added up are summed.
    """
    window = find_window(session, window_id)
    lock_key(session, f"rollup:{window.region_id}:{window_id}")
    edition = find(session, Edition, window.edition_id)
    definition = definition_of(session, edition.id)
    expected = expected_organizations(session, edition, window.cut_on)
    session.execute(delete(Rollup).where(Rollup.edition_id == edition.id, Rollup.period_start == window.period_start))
    written = session.execute(
        _RECOMPUTE,
        {
            "region_id": window.region_id,
            "edition_id": edition.id,
            "period_start": window.period_start,
            "additive": json.dumps([dict(zip(_KEYS, place, strict=True)) for place in _additive(definition)]),
            "expected": json.dumps(_expected_by_node(definition, expected, window.region_id)),
            "at": clock.now(),
        },
    )
    return len(written.all())


def totals(session: Session, window_id: int, node_id: int) -> Totals:
    """Return the sums of a node: the acting district or region."""
    window = find_window(session, window_id)
    edition = find(session, Edition, window.edition_id)
    rows = session.scalars(
        select(Rollup).where(Rollup.edition_id == edition.id, Rollup.period_start == window.period_start)
    ).all()
    expected = [
        one
        for one in expected_organizations(session, edition, window.cut_on)
        if node_id in (window.region_id, one.branch_id)
    ]
    accepted = set(
        session.scalars(
            select(Fact.organization_id)
            .where(Fact.edition_id == edition.id, Fact.period_start == window.period_start)
            .distinct()
        )
    )
    own = {
        row.place: Sum(row.value, row.organization_count, row.expected_count)
        for row in rows
        if row.organization_id == node_id
    }
    missing = tuple(one for one in expected if one.organization_id not in accepted)
    provisional, provisional_count = _provisional(session, window, definition_of(session, edition.id), missing)
    branches = tuple(_branches(rows, own, expected, accepted, window.region_id)) if node_id == window.region_id else ()
    return Totals(
        sums=own,
        branches=branches,
        organization_count=len(expected) - len(missing),
        expected_count=len(expected),
        missing=missing,
        provisional=provisional,
        provisional_count=provisional_count,
        recomputed_at=max((row.recomputed_at for row in rows), default=None),
    )


def _branches(
    rows: Iterable[Rollup],
    whole: Mapping[Place, Sum],
    expected: Iterable[Expected],
    accepted: set[int],
    region_id: int,
) -> Iterable[Branch]:
    expected = list(expected)
    by_branch: dict[int, dict[Place, Decimal]] = {}
    for row in rows:
        if row.organization_id != region_id:
            by_branch.setdefault(row.organization_id, {})[row.place] = row.value
    # What the districts do not explain stands directly under the region.
    direct = {
        place: total.value - sum((sums.get(place, Decimal(0)) for sums in by_branch.values()), Decimal(0))
        for place, total in whole.items()
    }
    for branch_id in sorted({one.branch_id for one in expected} | by_branch.keys(), key=lambda b: (b == region_id, b)):
        members = [one for one in expected if one.branch_id == branch_id]
        sums = direct if branch_id == region_id else by_branch.get(branch_id, {})
        yield Branch(branch_id, sums, sum(1 for one in members if one.organization_id in accepted), len(members))


def _provisional(
    session: Session, window: SubmissionWindow, definition: EditionDefinition, missing: Iterable[Expected]
) -> tuple[dict[Place, Decimal], int]:
    """Sum the drafts of organizations that are not in the sums yet."""
    place = (SubmissionCell.section_code, SubmissionCell.row_code, SubmissionCell.column_code)
    rows = session.execute(
        select(*place, func.sum(SubmissionCell.value), func.count(Submission.id.distinct()))
        .join(
            Submission,
            (Submission.region_id == SubmissionCell.region_id)
            & (Submission.organization_id == SubmissionCell.organization_id)
            & (Submission.id == SubmissionCell.submission_id),
        )
        .where(
            Submission.window_id == window.id,
            Submission.organization_id.in_([one.organization_id for one in missing]),
            SubmissionCell.value.is_not(None),
        )
        .group_by(*place)
    ).all()
    additive = set(_additive(definition))
    sums = {(s, r, c): value for s, r, c, value, _ in rows if value is not None and (s, r, c) in additive}
    return sums, max((row[4] for row in rows), default=0)


_KEYS = ("section_code", "row_code", "column_code")


def _additive(definition: EditionDefinition) -> list[Place]:
    return [cell.key for cell in definition.cells if cell.additive]


def _expected_by_node(
    definition: EditionDefinition, expected: Iterable[Expected], region_id: int
) -> list[dict[str, object]]:
    """Count, for each node and column, the organizations that have the column."""
    kinds: Counter[tuple[int, str]] = Counter()
    for one in expected:
        for node in {one.branch_id, region_id}:
            kinds[node, one.kind.value] += 1
    nodes = sorted({node for node, _ in kinds})
    return [
        {
            "node_id": node,
            "section_code": section.code,
            "column_code": column.code,
            "expected_count": sum(count for (n, kind), count in kinds.items() if n == node and column.serves(kind)),
        }
        for node in nodes
        for section in definition.sections
        for column in section.columns
    ]


_RECOMPUTE = text("""
with additive as (
  select * from jsonb_to_recordset(cast(:additive as jsonb)) as a(section_code text, row_code text, column_code text)
), expected as (
  select * from jsonb_to_recordset(cast(:expected as jsonb))
    as e(node_id integer, section_code text, column_code text, expected_count integer)
), summed as (
  select coalesce(f.period_district_id, :region_id) as node_id, f.section_code, f.row_code, f.column_code,
    sum(f.value) as value, count(*) as organization_count
  from fact f join additive using (section_code, row_code, column_code)
  where f.region_id = :region_id and f.edition_id = :edition_id and f.period_start = :period_start
  group by grouping sets ((f.period_district_id, f.section_code, f.row_code, f.column_code), (f.section_code, f.row_code, f.column_code))
  having not (grouping(f.period_district_id) = 0 and f.period_district_id = :region_id)
)
insert into rollup (region_id, district_id, organization_id, edition_id, period_start, section_code, row_code, column_code,
  value, organization_count, expected_count, recomputed_at)
select :region_id, node_id, node_id, :edition_id, :period_start, section_code, row_code, column_code,
  value, organization_count, coalesce(expected_count, 0), :at
from summed left join expected using (node_id, section_code, column_code)
returning id
""")  # noqa: E501 - SQL keeps its own shape
