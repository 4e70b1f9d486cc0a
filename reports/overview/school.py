"""What the home page of a school asks: its months, its draft, what became of the main numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from reports.controls import Finding, check
from reports.differences import Change, changes_in, changes_of
from reports.editions.parts import CellValue, Level
from reports.forms import definition_by_hash
from reports.overview.figures import key_places
from tenants.db import ScopedSession
from tenants.participants.models import Participant
from tenants.periods import Month
from tenants.roadmaps.models import Roadmap, RoadmapState
from tenants.submissions import queries
from tenants.submissions.models import (
    Edition,
    Face,
    Place,
    Revision,
    RevisionCell,
    Submission,
    SubmissionCell,
    SubmissionState,
    SubmissionWindow,
)
from tenants.submissions.remarks import Explanation, Remark

MONTHLY = "monthly"
_MONTHS = 12
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class SchoolMonth:
    """A month the school has to hand in, begun or not."""

    window: SubmissionWindow
    edition: Edition
    submission: Submission | None
    state: SubmissionState | None
    remark_count: int
    """Remarks the last revision was returned with."""

    @property
    def month(self) -> Month:
        """Return the month."""
        return Month.of(self.window.period_start)

    @property
    def with_school(self) -> bool:
        """Return whether the school has something to do: not begun, a draft, or returned."""
        return self.state is None or self.state.status.with_school

    @property
    def handed_in(self) -> bool:
        """Return whether the reviewer has the month, or has accepted one revision of it."""
        return not self.with_school or (self.state is not None and self.state.accepted_revision_n is not None)


def school_months(session: ScopedSession, today: date) -> list[SchoolMonth]:
    """Return the months that have begun, the newest first, with the acting school's own. One statement."""
    own = session.scope.organization_id
    remarks = (
        select(func.count())
        .select_from(Remark)
        .where(Remark.submission_id == Submission.id, Remark.revision_n == SubmissionState.revision_n)
        .correlate(Submission, SubmissionState)
        .scalar_subquery()
    )
    rows = session.execute(
        select(SubmissionWindow, Edition, Submission, SubmissionState, remarks)
        .join(Edition, Edition.id == SubmissionWindow.edition_id)
        .outerjoin(Submission, and_(Submission.window_id == SubmissionWindow.id, Submission.organization_id == own))
        .outerjoin(SubmissionState, SubmissionState.submission_id == Submission.id)
        .where(Edition.code == MONTHLY, SubmissionWindow.opens_on <= today)
        .order_by(SubmissionWindow.period_start.desc())
        .limit(_MONTHS)
    ).all()
    return [SchoolMonth(*row) for row in rows]


def owed(months: Sequence[SchoolMonth]) -> list[SchoolMonth]:
    """Return the months before the newest that were neither handed in nor returned, the oldest first.

    A school that joined later does not owe the months before its first one.
    """
    first = min((one.window.period_start for one in months if one.submission), default=None)
    return [
        one
        for one in reversed(months[1:])
        if first is not None
        and one.window.period_start >= first
        and one.window.closed_at is None
        and one.with_school
        and not one.handed_in
        and not (one.state and one.state.returned_at)
    ]


def returned(months: Sequence[SchoolMonth]) -> list[SchoolMonth]:
    """Return the months that came back and are still with the school, the oldest first."""
    return [one for one in reversed(months) if one.state and one.with_school and one.state.returned_at]


@dataclass(frozen=True)
class Draft:
    """How a month that is with the school stands."""

    faces: Mapping[Face, int]
    """Cells with a value, by the way the value came in."""
    empty: int
    """Cells without a value."""
    blank: bool
    """No cell holds anything but zero: there are no records yet."""
    errors: tuple[Finding, ...]
    questions: tuple[Finding, ...]
    """What the controls ask; an answered question is none."""

    @property
    def total(self) -> int:
        """Return how many cells there are."""
        return sum(self.faces.values()) + self.empty


def draft_of(session: Session, months: Sequence[SchoolMonth], index: int, kind: str) -> Draft | None:
    """Return how one of the months stands, None where it was not begun. At most three statements.

    The controls are asked only where the stored counts say that they have something to say.
    """
    chosen = months[index]
    if chosen.submission is None:
        return None
    cells = queries.cells_of(session, chosen.submission.id)
    filled = [cell for cell in cells.values() if queries.value_of(cell) is not None]
    errors, questions = (
        _findings(session, months, index, cells, kind)
        if chosen.submission.error_count or chosen.submission.query_count
        else ((), ())
    )
    return Draft(
        faces=Counter(cell.face for cell in filled),
        empty=len(cells) - len(filled),
        blank=not any(cell.value for cell in filled),
        errors=errors,
        questions=questions,
    )


def _findings(
    session: Session, months: Sequence[SchoolMonth], index: int, cells: Mapping[Place, SubmissionCell], kind: str
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    chosen = months[index]
    if chosen.submission is None:
        return (), ()
    before = _month_before(months, index)
    answers = queries.explanations_of(session, chosen.submission.id)
    found = check(
        definition_by_hash(session, chosen.edition.id, chosen.edition.sha256),
        {place: queries.value_of(cell) for place, cell in cells.items()},
        None if before is None else _reported(session, before),
        period=chosen.window.period_start.month,
        kind=kind,
    )
    errors = tuple(one for one in found if one.level is Level.ERROR)
    asked = (one for one in found if one.level is not Level.ERROR)
    return errors, tuple(one for one in asked if not _answered(answers, one.condition_key))


def _answered(answers: Mapping[str, Explanation], key: str) -> bool:
    return key in answers and bool(answers[key].text)


def _month_before(months: Sequence[SchoolMonth], index: int) -> SchoolMonth | None:
    last = months[index].window.period_start - _DAY
    found = next((one for one in months if one.window.period_end == last), None)
    return found if found is not None and found.submission is not None else None


def _reported(session: Session, month: SchoolMonth) -> dict[Place, CellValue]:
    """Return the numbers a month is known by: of its accepted revision, else of the last one, else of the draft."""
    if month.submission is None or month.state is None:
        return {}
    n = month.state.accepted_revision_n or month.state.revision_n
    if not n:
        return {place: cell.value for place, cell in queries.cells_of(session, month.submission.id).items()}
    cells = session.scalars(
        select(RevisionCell)
        .join(Revision, Revision.id == RevisionCell.revision_id)
        .where(Revision.submission_id == month.submission.id, Revision.n == n)
    )
    return {cell.place: cell.value for cell in cells}


@dataclass(frozen=True)
class ChangedFigure:
    """One of the main numbers, told by what happened since the month before."""

    label: str
    change: Change


def changed_figures(session: Session, month: SchoolMonth) -> list[ChangedFigure]:
    """Return why the main numbers differ from the month before; those that stayed are left out.

    Of a draft the records are asked; of a month that was sent, what was frozen with it.
    """
    if month.submission is None or month.state is None or month.submission.computed_at is None:
        return []
    places = key_places(definition_by_hash(session, month.edition.id, month.edition.sha256))
    if month.with_school:
        found = changes_of(session, month.submission.id, list(places.values()))
    else:
        found = changes_in(queries.revision_of(session, month.submission.id))
    return [ChangedFigure(label, found[place]) for label, place in places.items() if place in found]


def own_plan(session: ScopedSession, school_year: int) -> RoadmapState | None:
    """Return how the acting school's plan of a school year stands; None where none was begun."""
    return session.scalars(
        select(RoadmapState)
        .join(Roadmap, Roadmap.id == RoadmapState.roadmap_id)
        .where(Roadmap.organization_id == session.scope.organization_id, Roadmap.school_year == school_year)
    ).one_or_none()


def has_people(session: ScopedSession) -> bool:
    """Return whether anybody was ever entered."""
    return bool(session.scalar(select(exists().where(Participant.organization_id == session.scope.organization_id))))
