"""A plan as its page shows it: measures with their executions, remarks with their answers, documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, CompoundSelect, select, union_all
from sqlalchemy.orm import Session

from tenants.errors import NotFoundError
from tenants.files.models import StoredFile
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
    rows: Sequence[tuple[Measure, MeasureExecution | None]] = session.execute(
        select(Measure, MeasureExecution)
        .outerjoin(MeasureExecution, MeasureExecution.measure_id == Measure.id)
        .where(Measure.roadmap_id.in_(years), Measure.removed_at.is_(None))
        .order_by(Measure.roadmap_id, Measure.position, Measure.id, MeasureExecution.occurrence_on)
    ).all()
    marks: dict[Measure, list[MeasureExecution]] = {}
    for measure, execution in rows:
        marks.setdefault(measure, []).extend([] if execution is None else [execution])
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


def document_of_plan(session: Session, file_id: int) -> StoredFile:
    """Return a document that belongs to a plan in scope: an original, or the proof of a measure.

    Raises:
        NotFoundError: no plan names this file, though it may belong to something else.

    """
    named: CompoundSelect[tuple[int | None]] = union_all(
        select(Roadmap.source_file_id).where(Roadmap.source_file_id == file_id),
        select(RoadmapImport.file_id).where(RoadmapImport.file_id == file_id),
        select(MeasureExecution.file_id).where(MeasureExecution.file_id == file_id),
    )
    row = session.scalars(select(StoredFile).where(StoredFile.id.in_(named))).one_or_none()
    if row is None:
        raise NotFoundError
    return row
