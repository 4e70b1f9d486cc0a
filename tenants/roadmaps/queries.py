"""What other slices ask about plans: the next things to do, counts for a reviewer, standings, execution."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from tenants.db import ScopedSession
from tenants.periods import SchoolYear
from tenants.roadmaps.dating import due_days
from tenants.roadmaps.models import Measure, MeasureExecution, Roadmap, RoadmapState, RoadmapStatus
from tenants.roadmaps.plans import measure_lines


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

    @classmethod
    def of(cls, found: Mapping[RoadmapStatus, int]) -> Self:
        """Return the counts by status; a status that is absent counts nothing."""
        return cls(*(int(found.get(status, 0)) for status in _QUEUE_ORDER))


def queue_counts(session: ScopedSession) -> QueueCounts:
    """Return the counts of the acting reviewer's own queue: plans of the organizations it is the parent of."""
    rows = session.execute(queue_query(session.scope.organization_id)).all()
    return QueueCounts.of(dict(rows))


def queue_query(own: int) -> Select[RoadmapStatus, int]:
    """Return the statement that counts the plans of a reviewer's own queue by status."""
    return (
        select(RoadmapState.status, func.count().label("count"))
        .where(RoadmapState.district_id == own, RoadmapState.organization_id != own)
        .group_by(RoadmapState.status)
    )


_QUEUE_ORDER = (RoadmapStatus.SENT, RoadmapStatus.RETURNED, RoadmapStatus.APPROVED, RoadmapStatus.DRAFT)


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
