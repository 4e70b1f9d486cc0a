"""Questions about plans: the school's page, the reviewer's queue, figures for matrix and report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from tenants.db import ScopedSession
from tenants.errors import NotFoundError
from tenants.organizations.models import Organization
from tenants.organizations.queries import REPORTING_KINDS
from tenants.periods import SchoolYear
from tenants.roadmaps.dating import due_days
from tenants.roadmaps.models import (
    Measure,
    MeasureExecution,
    RemarkAnswer,
    Roadmap,
    RoadmapImport,
    RoadmapRemark,
    RoadmapState,
    RoadmapStatus,
)
from tenants.roadmaps.reviews import standing


@dataclass(frozen=True)
class MeasureLine:
    """A measure with the marks of its execution, the due days it has, and what is next."""

    measure: Measure
    executions: tuple[MeasureExecution, ...]
    due: tuple[date, ...]
    """Due days of a recurring measure; the one control date of another; empty where there is none."""

    @property
    def recurring(self) -> bool:
        """Return whether single due days are marked."""
        return bool(self.measure.recurrence and self.due)

    def open_days(self) -> tuple[date | None, ...]:
        """Return the due days not yet marked done; (None,) for an undated measure not yet done."""
        if not self.recurring:
            return () if self.executions else self.due or (None,)
        done = {row.occurrence_on for row in self.executions}
        return tuple(day for day in self.due if day not in done)

    def overdue(self, today: date) -> int:
        """Return how many due days have passed without a mark."""
        return sum(1 for day in self.open_days() if day is not None and day < today)

    @property
    def done(self) -> bool:
        """Return whether nothing is left to do."""
        return not self.open_days()


@dataclass(frozen=True)
class RemarkLine:
    """A remark as the school sees it, with its answer."""

    remark: RoadmapRemark
    answer: RemarkAnswer | None


@dataclass(frozen=True)
class Plan:
    """Everything the page of a plan shows."""

    roadmap: Roadmap
    state: RoadmapState
    lines: tuple[MeasureLine, ...]
    remarks: tuple[RemarkLine, ...]
    last_import: RoadmapImport | None

    @property
    def questions(self) -> tuple[MeasureLine, ...]:
        """Return the measures whose reading waits for an answer."""
        return tuple(line for line in self.lines if line.measure.asks)


def plan_of(session: Session, organization_id: int, school_year: int) -> Plan | None:
    """Return the plan of an organization for a school year, None where none was started. Four statements."""
    return _plan(session, (Roadmap.organization_id == organization_id) & (Roadmap.school_year == school_year))


def plan_by_id(session: Session, roadmap_id: int) -> Plan:
    """Return a plan by id.

    Raises:
        NotFoundError: it does not exist or is out of reach.

    """
    plan = _plan(session, Roadmap.id == roadmap_id)
    if plan is None:
        raise NotFoundError
    return plan


def _plan(session: Session, which: ColumnElement[bool]) -> Plan | None:
    found = session.execute(
        select(Roadmap, RoadmapState).join(RoadmapState, RoadmapState.roadmap_id == Roadmap.id).where(which)
    ).one_or_none()
    if found is None:
        return None
    roadmap, state = found
    last = session.scalars(
        select(RoadmapImport).where(RoadmapImport.roadmap_id == roadmap.id).order_by(RoadmapImport.id.desc()).limit(1)
    ).one_or_none()
    remarks = (line for line in remark_lines(session, roadmap.id) if _shown(line.remark, state))
    return Plan(roadmap, state, measure_lines(session, [roadmap]), tuple(remarks), last)


def _shown(remark: RoadmapRemark, state: RoadmapState) -> bool:
    """Return whether the school sees a remark: only once the version it belongs to was decided on."""
    return remark.version_n < state.version_n or state.status is not RoadmapStatus.SENT


def measure_lines(session: Session, roadmaps: Sequence[Roadmap]) -> tuple[MeasureLine, ...]:
    """Return the measures of plans in order, each with its executions. One statement."""
    years = {roadmap.id: roadmap.school_year for roadmap in roadmaps}
    rows = session.execute(
        select(Measure, MeasureExecution)
        .outerjoin(MeasureExecution, MeasureExecution.measure_id == Measure.id)
        .where(Measure.roadmap_id.in_(years), Measure.removed_at.is_(None))
        .order_by(Measure.roadmap_id, Measure.position, Measure.id, MeasureExecution.occurrence_on)
    ).all()
    marks: dict[Measure, list[MeasureExecution]] = {}
    for measure, execution in rows:
        marks.setdefault(measure, []).extend([execution] if execution else [])
    return tuple(
        MeasureLine(measure, tuple(found), _due(measure, years[measure.roadmap_id])) for measure, found in marks.items()
    )


def _due(measure: Measure, school_year: int) -> tuple[date, ...]:
    if measure.recurrence:
        return due_days(measure.recurrence, school_year, measure.period_start)
    return (measure.period_end,) if measure.period_end else ()


def remark_lines(session: Session, roadmap_id: int) -> list[RemarkLine]:
    """Return the remarks of all versions that stand, the oldest first, with their answers. One statement."""
    rows = session.execute(
        select(RoadmapRemark, RemarkAnswer)
        .outerjoin(RemarkAnswer, RemarkAnswer.remark_id == RoadmapRemark.id)
        .where(RoadmapRemark.roadmap_id == roadmap_id)
        .order_by(RoadmapRemark.id)
    ).all()
    answers = {remark.id: answer for remark, answer in rows}
    return [RemarkLine(remark, answers[remark.id]) for remark in standing([remark for remark, _ in rows])]


@dataclass(frozen=True)
class NextMeasure:
    """A thing to do: a measure, or one due day of a recurring measure."""

    measure_id: int
    roadmap_id: int
    number: str
    title: str
    responsible: str
    due_on: date
    overdue: bool


def next_measures(session: ScopedSession, today: date, limit: int = 3) -> tuple[NextMeasure, ...]:
    """Return what the acting organization has to do next by its plan of this school year, by due day.

    Overdue things come first; of a recurring measure only its next open day. Empty where there is no plan.
    """
    year = SchoolYear.of(today).begins
    roadmap = session.scalars(
        select(Roadmap).where(Roadmap.organization_id == session.scope.organization_id, Roadmap.school_year == year)
    ).one_or_none()
    if roadmap is None:
        return ()
    found = [
        NextMeasure(
            line.measure.id, roadmap.id, line.measure.number, line.measure.title, line.measure.responsible,
            due, due < today,
        )
        for line in measure_lines(session, [roadmap])
        if (due := next((day for day in line.open_days() if day is not None), None)) is not None
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.due_on, one.measure_id))[:limit])


@dataclass(frozen=True)
class Standing:
    """How far an organization's plan of a school year has come."""

    roadmap_id: int
    status: RoadmapStatus
    version_n: int
    remark_count: int
    sent_at: datetime | None
    decided_at: datetime | None
    in_force: bool
    """Some version is approved, whatever happens to the next one."""


def roadmap_status_by_organization(session: Session, school_year: int) -> dict[int, Standing]:
    """Return the standing of every plan in scope, by organization id; an organization without a plan is absent."""
    rows = session.execute(
        select(Roadmap.organization_id, RoadmapState)
        .join(RoadmapState, RoadmapState.roadmap_id == Roadmap.id)
        .where(Roadmap.school_year == school_year)
    ).all()
    return {
        organization_id: Standing(
            state.roadmap_id,
            state.status,
            state.version_n,
            state.remark_count,
            state.sent_at,
            state.decided_at,
            state.approved_version_n is not None,
        )
        for organization_id, state in rows
    }


@dataclass(frozen=True)
class QueueCounts:
    """How many plans of directly subordinate organizations stand where, over all school years."""

    waiting: int
    """Sent and not yet decided on."""
    returned: int
    approved: int
    draft: int


def queue_counts(session: ScopedSession) -> QueueCounts:
    """Return the counts of the acting reviewer's own queue: plans of the organizations it is the parent of."""
    own = session.scope.organization_id
    rows = session.execute(
        select(RoadmapState.status, func.count())
        .where(RoadmapState.district_id == own, RoadmapState.organization_id != own)
        .group_by(RoadmapState.status)
    ).all()
    found = {status: int(count) for status, count in rows}
    return QueueCounts(*(found.get(status, 0) for status in _QUEUE_ORDER))


_QUEUE_ORDER = (RoadmapStatus.SENT, RoadmapStatus.RETURNED, RoadmapStatus.APPROVED, RoadmapStatus.DRAFT)


@dataclass(frozen=True)
class QueueLine:
    """A directly subordinate organization and its plan, if it has one."""

    organization: Organization
    roadmap: Roadmap | None
    state: RoadmapState | None

    @property
    def status(self) -> str:
        """Return the status, or "none" where there is no plan."""
        return self.state.status.value if self.state else "none"


def queue_lines(session: ScopedSession, school_year: int) -> list[QueueLine]:
    """Return the organizations the actor is the parent of, with their plans: waiting first, the longest first.

    One statement.
    """
    rows = session.execute(
        select(Organization, Roadmap, RoadmapState)
        .outerjoin(Roadmap, and_(Roadmap.organization_id == Organization.id, Roadmap.school_year == school_year))
        .outerjoin(RoadmapState, RoadmapState.roadmap_id == Roadmap.id)
        .where(
            Organization.parent_id == session.scope.organization_id,
            Organization.kind.in_(REPORTING_KINDS),
            or_(Organization.archived_on.is_(None), Roadmap.id.is_not(None)),
        )
        .order_by(func.app.ru_key(Organization.name_short), Organization.id)
    ).all()
    lines = [QueueLine(*row) for row in rows]
    order = {"sent": 0, "returned": 1, "none": 2, "draft": 3, "approved": 4}
    return sorted(lines, key=lambda line: (order[line.status], _since(line)))


def _since(line: QueueLine) -> float:
    return line.state.sent_at.timestamp() if line.state and line.state.sent_at and line.status == "sent" else 0.0


@dataclass(frozen=True)
class DistrictLine:
    """How the plans of one district's organizations stand."""

    organization: Organization
    total: int
    counts: dict[str, int]
    """By status; "none" counts organizations without a plan."""


def district_lines(session: ScopedSession, school_year: int) -> list[DistrictLine]:
    """Return the districts of the region with their counts, by name. One statement; for the region's queue."""
    child, district = Organization.__table__.alias("child"), Organization
    rows = session.execute(
        select(district, RoadmapState.status, func.count())
        .join(child, child.c.parent_id == district.id)
        .outerjoin(Roadmap, and_(Roadmap.organization_id == child.c.id, Roadmap.school_year == school_year))
        .outerjoin(RoadmapState, RoadmapState.roadmap_id == Roadmap.id)
        .where(
            district.parent_id == session.scope.organization_id,
            child.c.region_id == session.scope.region_id,
            child.c.kind.in_(REPORTING_KINDS),
            child.c.archived_on.is_(None),
        )
        .group_by(district.region_id, district.id, RoadmapState.status)
        .order_by(func.app.ru_key(district.name_short), district.id)
    ).all()
    found: dict[int, DistrictLine] = {}
    for organization, status, count in rows:
        line = found.get(organization.id, DistrictLine(organization, 0, {}))
        counts = line.counts | {status.value if status else "none": int(count)}
        found[organization.id] = DistrictLine(organization, line.total + int(count), counts)
    return list(found.values())


@dataclass(frozen=True)
class Execution:
    """How a plan is carried out; a due day of a recurring measure counts as one thing to do."""

    planned: int
    """Things to do with a control date in the school year."""
    due: int
    """Of them with a control date up to the day asked about."""
    done: int
    """Of the planned, marked done by that day."""
    overdue: int
    """Of the due, not marked done, the day itself not counted."""

    def __add__(self, other: "Execution") -> "Execution":
        return Execution(
            self.planned + other.planned, self.due + other.due, self.done + other.done, self.overdue + other.overdue
        )


def execution_by_organization(session: Session, school_year: int, as_of: date) -> dict[int, Execution]:
    """Return how plans in force are carried out as of the end of a day, by organization id.

    An organization without an approved plan is absent. Measures without a control date are in no count.
    """
    found = {row.organization_id: Execution(row.planned, row.due, row.done, row.overdue)
             for row in _dated(session, school_year, as_of)}  # fmt: skip
    for organization_id, execution in _recurring(session, school_year, as_of):
        found[organization_id] = found.get(organization_id, Execution(0, 0, 0, 0)) + execution
    return found


def _in_force(school_year: int) -> ColumnElement[bool]:
    return and_(
        Roadmap.school_year == school_year,
        RoadmapState.approved_version_n.is_not(None),
        Measure.removed_at.is_(None),
    )


def _dated(session: Session, school_year: int, as_of: date) -> Iterable:  # type: ignore[type-arg]  # rows of a labelled select have no name
    done = MeasureExecution.done_on <= as_of
    counted = and_(Measure.recurrence.is_(None), Measure.period_end.is_not(None))
    return session.execute(
        select(
            Measure.organization_id,
            func.count().filter(counted).label("planned"),
            func.count().filter(counted, Measure.period_end <= as_of).label("due"),
            func.count().filter(counted, done).label("done"),
            func.count()
            .filter(counted, Measure.period_end < as_of, func.coalesce(done, False).is_(False))
            .label("overdue"),
        )
        .join(Roadmap, Roadmap.id == Measure.roadmap_id)
        .join(RoadmapState, RoadmapState.roadmap_id == Roadmap.id)
        .outerjoin(
            MeasureExecution,
            and_(MeasureExecution.measure_id == Measure.id, MeasureExecution.occurrence_on.is_(None)),
        )
        .where(_in_force(school_year))
        .group_by(Measure.organization_id)
    ).all()


def _recurring(session: Session, school_year: int, as_of: date) -> Iterable[tuple[int, Execution]]:
    marks = func.array_agg(MeasureExecution.occurrence_on).filter(MeasureExecution.done_on <= as_of)
    rows = session.execute(
        select(Measure.organization_id, Measure.recurrence, Measure.period_start, marks)
        .join(Roadmap, Roadmap.id == Measure.roadmap_id)
        .join(RoadmapState, RoadmapState.roadmap_id == Roadmap.id)
        .outerjoin(MeasureExecution, MeasureExecution.measure_id == Measure.id)
        .where(_in_force(school_year), Measure.recurrence.is_not(None))
        .group_by(Measure.organization_id, Measure.id, Measure.recurrence, Measure.period_start)
    ).all()
    for organization_id, recurrence, start, marked in rows:
        days = set(due_days(recurrence, school_year, start))
        done = days & set(marked or ())
        late = {day for day in days - done if day < as_of}
        yield organization_id, Execution(len(days), sum(day <= as_of for day in days), len(done), len(late))
