"""A month for its screen in few statements: what `reports.months.sheet` gives, from parts the page has read already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVarTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reports.forms import definition_by_hash
from reports.months import Sheet, findings_of, frozen_findings
from tenants.organizations.models import Organization
from tenants.periods import Month
from tenants.submissions import queries
from tenants.submissions.models import Place, Revision, RevisionCell, Submission, SubmissionCell, SubmissionState
from tenants.submissions.queries import OpenWindow

History = Mapping[Place, Sequence[Decimal | None]]
_MONTHS = 60
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Begun:
    """A month that somebody has begun, with its window and form."""

    submission: Submission
    state: SubmissionState
    opened: OpenWindow

    @property
    def month(self) -> Month:
        """Return the period."""
        return Month.of(self.submission.period_start)


def begun_months(session: Session, organization_id: int, windows: Mapping[Month, OpenWindow]) -> dict[Month, Begun]:
    """Return the months of one organization in these windows."""
    query = select(Submission, SubmissionState).where(Submission.organization_id == organization_id)
    return _by_month(session.execute(_with_state(query)), windows)


def begun_around(
    session: Session, submission_id: int, windows: Mapping[Month, OpenWindow]
) -> tuple[Organization | None, dict[Month, Begun]]:
    """Return the organization of a month and all its months in these windows; None and nothing out of reach."""
    owner = select(Submission.organization_id).where(Submission.id == submission_id).scalar_subquery()
    query = (
        select(Submission, SubmissionState, Organization)
        .join(Organization, Organization.id == Submission.organization_id)
        .where(Submission.organization_id == owner)
    )
    rows = session.execute(_with_state(query)).all()
    return (rows[0][2] if rows else None), _by_month([(row[0], row[1]) for row in rows], windows)


def _with_state(query: Select[*Columns]) -> Select[*Columns]:
    joined = (
        (SubmissionState.region_id == Submission.region_id)
        & (SubmissionState.organization_id == Submission.organization_id)
        & (SubmissionState.submission_id == Submission.id)
    )
    return query.join(SubmissionState, joined).order_by(Submission.period_start.desc()).limit(_MONTHS)


def _by_month(
    rows: Iterable[tuple[Submission, SubmissionState]], windows: Mapping[Month, OpenWindow]
) -> dict[Month, Begun]:
    by_window = {one.window.id: one for one in windows.values()}
    found = [
        Begun(submission, state, by_window[submission.window_id])
        for submission, state in rows
        if submission.window_id in by_window
    ]
    return {one.month: one for one in found}


def months_on_time(begun: Mapping[Month, Begun], before: Month) -> int:
    """Return how many months in a row, ending before one, were handed in on time."""
    earlier = [begun[month].state.on_time for month in sorted(begun, reverse=True) if month < before]
    return next((count for count, on_time in enumerate(earlier) if not on_time), len(earlier))


def read_sheet(
    session: Session, begun: Begun, before: Begun | None, history: History, kind: str, *, revision_n: int | None = None
) -> Sheet:
    """Return a month as it is shown; `revision_n` chooses a frozen revision, None the draft.

    `before` is the month before, `history` the accepted numbers of earlier months, as `totals.history_of` gives them.
    """
    definition = definition_by_hash(session, begun.opened.edition.id, begun.opened.edition.sha256)
    previous = None if before is None else _previous(session, before, history)
    submission_id = begun.submission.id
    revision: Revision | None = None
    cells: Mapping[Place, SubmissionCell | RevisionCell]
    if revision_n is None:
        cells = queries.cells_of(session, submission_id)
        values = {key: queries.value_of(cell) for key, cell in cells.items()}
        findings = findings_of(
            definition, values, previous, period=begun.month.month, kind=kind,
            answers=lambda: queries.explanations_of(session, submission_id),
        )  # fmt: skip
    else:
        revision, cells = _revision(session, submission_id, revision_n)
        findings = frozen_findings(revision)
    return Sheet(
        begun.submission, begun.state, begun.opened.window, definition, kind, revision, cells, previous or {}, findings
    )


def _previous(session: Session, before: Begun, history: History) -> Mapping[Place, Decimal | None]:
    if before.state.accepted_revision_n:
        return {place: values[-1] for place, values in history.items() if values[-1] is not None}
    return {place: cell.value for place, cell in cells_reported(session, before).items()}


def cells_reported(session: Session, begun: Begun) -> Mapping[Place, SubmissionCell | RevisionCell]:
    """Return the numbers a month is known by: of the accepted revision, else of the last one, else of the draft."""
    n = begun.state.accepted_revision_n or begun.state.revision_n
    if not n:
        return queries.cells_of(session, begun.submission.id)
    return _revision(session, begun.submission.id, n)[1]


def _revision(session: Session, submission_id: int, n: int) -> tuple[Revision, dict[Place, RevisionCell]]:
    rows = session.execute(
        select(Revision, RevisionCell)
        .join(
            RevisionCell,
            (RevisionCell.region_id == Revision.region_id)
            & (RevisionCell.organization_id == Revision.organization_id)
            & (RevisionCell.revision_id == Revision.id),
        )
        .where(Revision.submission_id == submission_id, Revision.n == n)
    ).all()
    revision = rows[0][0] if rows else queries.revision_of(session, submission_id, n)
    return revision, {cell.place: cell for _, cell in rows}
