"""Takes the figures of a summary from one view of the data: accepted facts, the tree of the period, the plans."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from reports.documents.regional_figures import Amount, Branch, Line, Place, RegionalFigures, Roadmaps
from reports.editions.definition import EditionDefinition
from reports.editions.parts import CellKey, Column, ColumnType, EditionKind, Row, RowType, Section, Source
from reports.forms import definition_of
from reports.heirs import came_to, heirs_of, node_today
from reports.month_views.matrix import Bounds
from reports.moved import gone_from
from reports.people_counts import people_of
from reports.runs.roadmap_sums import roadmaps_by_organization
from tenants.db import ScopedSession, find
from tenants.errors import NotFoundError
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.queries import districts
from tenants.periods import Month, SchoolYear
from tenants.settings.queries import reporting_days_of
from tenants.submissions.expected import expected_organizations
from tenants.submissions.models import (
    Edition,
    EditionStatus,
    Status,
    Submission,
    SubmissionState,
    SubmissionWindow,
)
from tenants.submissions.sums import Fact

DIRECT = "Подведомственные региону"
NOT_STARTED = "не сдано"
GONE = "Переведённые потом в другой район"
CAME = "Присоединённые организации других районов"
_GONE = 0
"""Stands for the organizations that a district no longer sees."""
_CAME = -1
"""Stands for those of other districts that were merged into its own."""
_WORDS = {
    Status.DRAFT: "не сдано, черновик начат",
    Status.SENT: "отправлено, ждёт проверки",
    Status.IN_REVIEW: "на проверке",
    Status.RETURNED: "возвращено на исправление",
    Status.ACCEPTED: "принято",
}

Sums = dict[int, dict[CellKey, Decimal]]
"""Sums of accepted cells, by branch or by organization."""


@dataclass(frozen=True)
class Standing:
    """How one organization's month stands."""

    id: int
    name: str
    branch_id: int
    """District of the period, or the region for what stood directly under it; in a district's summary itself."""
    accepted: bool
    words: str


@dataclass(frozen=True)
class MonthView:
    """One month: who should report, who has, and the sums."""

    standings: tuple[Standing, ...]
    sums: Sums

    def count(self, branch_id: int | None = None, *, accepted: bool = False) -> int:
        """Return how many organizations belong to a branch (None: to all), or of them those in the sums."""
        return sum(
            1
            for item in self.standings
            if (branch_id is None or item.branch_id == branch_id) and (item.accepted or not accepted)
        )


def monthly_edition(session: Session, month: Month) -> Edition:
    """Return the published form of a month: the one that was handed in, else the newest in force.

    Raises:
        NotFoundError: no form of the month has been published.

    """
    in_force = (
        select(Edition)
        .where(
            Edition.kind == EditionKind.MONTHLY.value,
            Edition.status == EditionStatus.PUBLISHED,
            or_(Edition.valid_from.is_(None), Edition.valid_from <= month.last),
            or_(Edition.valid_to.is_(None), Edition.valid_to >= month.first),
        )
        .order_by(Edition.valid_from.desc().nulls_last(), Edition.id.desc())
    )
    handed_in = select(Submission.edition_id).where(Submission.period_start == month.first)
    found = (
        session.scalars(in_force.where(Edition.id.in_(handed_in))).first() or session.scalars(in_force.limit(1)).first()
    )
    if found is None:
        raise NotFoundError(f"За {month.title} нет опубликованной ежемесячной формы.")
    return found


def collect(
    session: ScopedSession, subject: Organization, edition_id: int, month: Month, bounds: Bounds = Bounds.PERIOD
) -> RegionalFigures:
    """Take the figures of a month's summary for a region, or for a district over its organizations.

    By the tree of the month, or by today's: then both months are summed anew under the districts of today.
    """
    edition = find(session, Edition, edition_id)
    table = _Table(definition_of(session, edition_id))
    now, before = (_view(session, subject, edition, item, bounds) for item in (month, month.previous))
    year = SchoolYear.of(month.last)
    plans = roadmaps_by_organization(session, year, month.last)
    branches = tuple(_branches(session, subject, table, (now, before), plans))
    # A district's people were counted by the tree of the month; the region as a whole is the same in both.
    counted = bounds is Bounds.PERIOD or _is_region(subject)
    people = people_of(session, subject.id, edition.code, month.first) if counted else {}
    return RegionalFigures(
        level=subject.kind.value,
        region=subject.name_short,
        region_full=subject.name,
        head_post=subject.head_post or "",
        head_name=subject.head_name or "",
        month=str(month),
        edition=edition.title,
        edition_version=edition.version,
        form_names=tuple(" ".join(column.name.split()) for column in table.forms),
        lines=tuple(table.line(row, now.sums, before.sums, people) for row in table.rows),
        branches=branches,
        places=tuple(_places(now, table, branches, _own_totals(session, edition, month, table))),
        expected_before=before.count(),
        accepted_before=before.count(accepted=True),
        before_exists=bool(before.sums),
        roadmaps_year="" if plans is None else year.title,
        bounds="" if bounds is Bounds.PERIOD else bounds.value,
    )


@dataclass(frozen=True)
class _Table:
    """The first section of the form: its rows, «Всего» and the columns by forms of mentoring."""

    definition: EditionDefinition

    @property
    def section(self) -> Section:
        return self.definition.sections[0]

    @property
    def rows(self) -> list[Row]:
        return [row for row in self.section.rows if row.type is not RowType.HEADING]

    @property
    def total(self) -> Column:
        return next(column for column in self.section.columns if column.type is ColumnType.VALUE)

    @property
    def forms(self) -> list[Column]:
        return [column for column in self.section.columns if column.type is ColumnType.VALUE][1:]

    def key(self, row: Row, column: Column | None = None) -> CellKey:
        return self.section.code, row.code, (column or self.total).code

    def line(self, row: Row, now: Sums, before: Sums, people: Mapping[CellKey, Decimal]) -> Line:
        cell = self.definition.cell(self.key(row))
        return Line(
            code=row.code,
            name=row.name,
            figure=cell.figure if cell is not None and cell.source is Source.FIGURE else "",
            unit=row.unit,
            indent=row.indent,
            total=Amount(_add(now, self.key(row)), _add(before, self.key(row))),
            by_form=tuple(_add(now, self.key(row, column)) for column in self.forms),
            people=people.get(self.key(row)),
        )


def _add(sums: Sums, key: CellKey) -> Decimal | None:
    known = [cells[key] for cells in sums.values() if key in cells]
    return sum(known, Decimal(0)) if known else None


def _view(session: ScopedSession, subject: Organization, edition: Edition, month: Month, bounds: Bounds) -> MonthView:
    found = _standings(session, subject, edition, month, bounds)
    if _is_region(subject):
        today = bounds is Bounds.TODAY
        branch = node_today(session, Fact.organization_id, Fact.district_id) if today else Fact.period_district_id
        return MonthView(tuple(found), _sums(session, edition, month, branch))
    if bounds is Bounds.TODAY:
        return _view_today(session, subject, edition, month, found)
    # Rights follow today's tree: a school that came later is seen and does not count, one that left counts unseen.
    sums = _sums(session, edition, month, Fact.organization_id, Fact.period_district_id == subject.id)
    gone = gone_from(session, subject.id, edition.code, month.first, _cut_on(session, edition, month))
    if gone.sums:
        sums[_GONE] = dict(gone.sums)
    return MonthView((*found, *_unseen(_GONE, GONE, gone.expected, gone.accepted)), sums)


def _view_today(
    session: ScopedSession, subject: Organization, edition: Edition, month: Month, found: Sequence[Standing]
) -> MonthView:
    """Return a district's month in today's bounds: without whom its heirs took elsewhere, with who came to its own."""
    sums = _sums(session, edition, month, Fact.organization_id, Fact.organization_id.not_in(heirs_of(session)))
    came = came_to(session, subject.id, edition, (month.first,), _cut_on(session, edition, month))
    if came.sums:
        sums[_CAME] = dict(came.sums[month.first])
    return MonthView((*found, *_unseen(_CAME, CAME, came.expected, came.accepted)), sums)


def _unseen(node: int, name: str, expected: int, accepted: int) -> Iterator[Standing]:
    """Return the months of organizations that a district does not see: it knows how many are in its sums."""
    for number in range(expected):
        done = number < accepted
        yield Standing(node, name, node, done, _WORDS[Status.ACCEPTED] if done else NOT_STARTED)


def _is_region(subject: Organization) -> bool:
    return subject.kind is OrganizationKind.REGION


def _standings(
    session: Session, subject: Organization, edition: Edition, month: Month, bounds: Bounds
) -> list[Standing]:
    """Return who should hand the form in, by branch and name, and how the month of each stands."""
    known: dict[int, tuple[Status, int | None]] = {
        row.organization_id: (row.status, row.accepted_revision_n)
        for row in session.execute(
            select(Submission.organization_id, SubmissionState.status, SubmissionState.accepted_revision_n)
            .join(
                SubmissionState,
                (SubmissionState.region_id == Submission.region_id)
                & (SubmissionState.organization_id == Submission.organization_id)
                & (SubmissionState.submission_id == Submission.id),
            )
            .where(Submission.edition_id.in_(_versions(edition)), Submission.period_start == month.first)
        )
    }
    found = []
    today = dict(session.execute(select(Organization.id, Organization.district_id)).all())
    today |= {place: heir.node_id for place, heir in heirs_of(session).items()} if bounds is Bounds.TODAY else {}
    for place in expected_organizations(session, edition, _cut_on(session, edition, month)):
        district = today[place.organization_id] if bounds is Bounds.TODAY else place.branch_id
        if not _is_region(subject) and district != subject.id:
            continue
        status, accepted = known.get(place.organization_id, (None, None))
        words = NOT_STARTED if status is None else _WORDS[status]
        if accepted is not None and status is not Status.ACCEPTED:
            words = "принято, исправляется"
        branch = district if _is_region(subject) else place.organization_id
        found.append(Standing(place.organization_id, place.name, branch, accepted is not None, words))
    return found


def _cut_on(session: Session, edition: Edition, month: Month) -> date:
    window = session.scalars(
        select(SubmissionWindow.cut_on)
        .where(SubmissionWindow.edition_id.in_(_versions(edition)), SubmissionWindow.period_start == month.first)
        .limit(1)
    ).first()
    return window or reporting_days_of(session, edition.region_id, month)[0].cut.on


def _versions(edition: Edition) -> Select[int]:
    # A former version of the form counts by the codes of its cells.
    return select(Edition.id).where(Edition.code == edition.code)


def _sums(
    session: Session,
    edition: Edition,
    month: Month,
    by: ColumnElement[int] | InstrumentedAttribute[int],
    *conditions: ColumnElement[bool],
) -> Sums:
    place = (Fact.section_code, Fact.row_code, Fact.column_code)
    rows = session.execute(
        select(by, *place, func.sum(Fact.value))
        .where(Fact.edition_id.in_(_versions(edition)), Fact.period_start == month.first, *conditions)
        .group_by(by, *place)
    )
    found: Sums = defaultdict(dict)
    for node, section, row, column, value in rows:
        found[node][section, row, column] = value
    return dict(found)


def _own_totals(session: Session, edition: Edition, month: Month, table: _Table) -> Sums:
    only_total = (Fact.section_code == table.section.code, Fact.column_code == table.total.code)
    return _sums(session, edition, month, Fact.organization_id, *only_total)


def _branches(
    session: Session,
    subject: Organization,
    table: _Table,
    views: tuple[MonthView, MonthView],
    plans: Mapping[int, Roadmaps] | None,
) -> Iterator[Branch]:
    now, before = views
    for node, name in _nodes(session, subject, now):
        theirs = [item.id for item in now.standings if item.branch_id == node]
        yield Branch(
            id=node,
            name=name,
            expected=now.count(node),
            accepted=now.count(node, accepted=True),
            accepted_before=before.count(node, accepted=True),
            amounts=tuple(
                Amount(now.sums.get(node, {}).get(table.key(row)), before.sums.get(node, {}).get(table.key(row)))
                for row in table.rows
            ),
            roadmaps=None if plans is None else _plans_of(theirs, plans),
            direct=_is_region(subject) and node == subject.id,
        )


def _nodes(session: Session, subject: Organization, now: MonthView) -> list[tuple[int, str]]:
    """Return the branches by name; what stands directly under the region comes last, and only where it exists."""
    if not _is_region(subject):
        return list({item.id: item.name for item in now.standings}.items())
    found = [
        (place.id, place.name_short)
        for place in districts(session, archived=True)
        if place.archived_on is None or now.count(place.id) or place.id in now.sums
    ]
    direct = now.count(subject.id) or subject.id in now.sums
    return [*found, (subject.id, DIRECT)] if direct else found


def _plans_of(places: Sequence[int], plans: Mapping[int, Roadmaps]) -> Roadmaps:
    own = [plans[place] for place in places if place in plans]
    return Roadmaps(
        expected=len(places),
        approved=sum(item.approved for item in own),
        measures=sum(item.measures for item in own),
        done=sum(item.done for item in own),
        overdue=sum(item.overdue for item in own),
    )


def _places(now: MonthView, table: _Table, branches: Sequence[Branch], totals: Sums) -> Iterator[Place]:
    order = {branch.id: at for at, branch in enumerate(branches)}
    # The query gave the organizations by name; sorting by branch keeps that order inside.
    for item in sorted(now.standings, key=lambda standing: order.get(standing.branch_id, len(order))):
        own = totals.get(item.id, {})
        yield Place(
            id=item.id,
            name=item.name,
            branch_id=item.branch_id,
            state=item.words,
            accepted=item.accepted,
            amounts=tuple(own.get(table.key(row)) for row in table.rows) if own else (),
        )
