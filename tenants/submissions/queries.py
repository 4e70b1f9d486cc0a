"""Questions about months: windows, cells, revisions, what was said, who has handed in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.errors import NotFoundError
from tenants.periods import Month
from tenants.submissions.models import (
    Edition,
    EditionStatus,
    MemberSet,
    Place,
    Revision,
    RevisionCell,
    Submission,
    SubmissionCell,
    SubmissionEvent,
    SubmissionState,
    SubmissionWindow,
)
from tenants.submissions.remarks import Explanation, Remark, RemarkAnswer, RemarkDraft

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OpenWindow:
    """A window with the form it is for."""

    window: SubmissionWindow
    edition: Edition


@dataclass(frozen=True)
class Said:
    """A remark with the school's answer, None while there is none."""

    remark: Remark
    answer: RemarkAnswer | None


def editions(session: Session) -> Sequence[Edition]:
    """Return the forms that the scope may read: by code, the newest version first."""
    return session.scalars(
        select(Edition).order_by(Edition.code, Edition.valid_from.desc().nulls_last(), Edition.id.desc())
    ).all()


def window_of_month(session: Session, month: Month, *, code: str = "monthly") -> OpenWindow | None:
    """Return the window of a form for a month; None while it is not opened."""
    row = session.execute(
        select(SubmissionWindow, Edition)
        .join(Edition, Edition.id == SubmissionWindow.edition_id)
        .where(
            Edition.code == code,
            Edition.status == EditionStatus.PUBLISHED,
            SubmissionWindow.period_start == month.first,
        )
    ).one_or_none()
    return None if row is None else OpenWindow(*row)


def windows(session: Session, *, code: str = "monthly", limit: int = 24) -> list[OpenWindow]:
    """Return the windows of a form, the newest period first."""
    rows = session.execute(
        select(SubmissionWindow, Edition)
        .join(Edition, Edition.id == SubmissionWindow.edition_id)
        .where(Edition.code == code)
        .order_by(SubmissionWindow.period_start.desc())
        .limit(limit)
    )
    return [OpenWindow(*row) for row in rows]


def submission_in(session: Session, window_id: int, organization_id: int) -> tuple[Submission, SubmissionState] | None:
    """Return an organization's month in a window; None while it is not started."""
    row = session.execute(
        select(Submission, SubmissionState)
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .where(Submission.window_id == window_id, Submission.organization_id == organization_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def submission_with_state(session: Session, submission_id: int) -> tuple[Submission, SubmissionState]:
    """Return a month with its state.

    Raises:
        NotFoundError: there is none in the scope.

    """
    row = session.execute(
        select(Submission, SubmissionState)
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .where(Submission.id == submission_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row[0], row[1]


def cells_of(session: Session, submission_id: int) -> dict[Place, SubmissionCell]:
    """Return the cells of a draft by place."""
    # Filling writes past the session, so what it holds is read anew.
    query = select(SubmissionCell).where(SubmissionCell.submission_id == submission_id)
    return {cell.place: cell for cell in session.scalars(query.execution_options(populate_existing=True))}


def cell_at(session: Session, submission_id: int, place: Place) -> SubmissionCell | None:
    """Return one cell of a draft; None where the form has none there."""
    section, row, column = place
    return session.scalars(
        select(SubmissionCell)
        .where(
            SubmissionCell.submission_id == submission_id,
            SubmissionCell.section_code == section,
            SubmissionCell.row_code == row,
            SubmissionCell.column_code == column,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def revision_of(session: Session, submission_id: int, n: int | None = None) -> Revision:
    """Return a frozen revision, the last one without a number.

    Raises:
        NotFoundError: there is none.

    """
    query = select(Revision).where(Revision.submission_id == submission_id).order_by(Revision.n.desc()).limit(1)
    found = session.scalars(query if n is None else query.where(Revision.n == n)).one_or_none()
    if found is None:
        raise NotFoundError("Такой редакции отчёта нет.")
    return found


def revisions_of(session: Session, submission_id: int) -> Sequence[Revision]:
    """Return all revisions, the first first."""
    return session.scalars(select(Revision).where(Revision.submission_id == submission_id).order_by(Revision.n)).all()


def sets_of(session: Session, cells: Iterable[SubmissionCell | RevisionCell]) -> dict[int, MemberSet]:
    """Return the sets behind cells by id, in one question."""
    ids = {cell.member_set_id for cell in cells if cell.member_set_id is not None}
    if not ids:
        return {}
    return {found.id: found for found in session.scalars(select(MemberSet).where(MemberSet.id.in_(ids)))}


def revision_cells(session: Session, revision_id: int) -> dict[Place, RevisionCell]:
    """Return the cells of a revision by place."""
    rows = session.scalars(select(RevisionCell).where(RevisionCell.revision_id == revision_id))
    return {cell.place: cell for cell in rows}


def reported_cells(session: Session, submission_id: int) -> Mapping[Place, SubmissionCell | RevisionCell]:
    """Return the numbers a month is known by: of the accepted revision, else of the last one, else of the draft."""
    _, state = submission_with_state(session, submission_id)
    n = state.accepted_revision_n or state.revision_n
    if not n:
        return cells_of(session, submission_id)
    return revision_cells(session, revision_of(session, submission_id, n).id)


def previous_submission(session: Session, submission: Submission) -> Submission | None:
    """Return the same organization's month of the period just before, in any version of the form; None without one."""
    code = select(Edition.code).where(Edition.id == submission.edition_id).scalar_subquery()
    return session.scalars(
        select(Submission)
        .join(SubmissionWindow, SubmissionWindow.id == Submission.window_id)
        .join(Edition, Edition.id == Submission.edition_id)
        .where(
            Submission.organization_id == submission.organization_id,
            Edition.code == code,
            SubmissionWindow.period_end == submission.period_start - _DAY,
        )
    ).one_or_none()


def events_of(session: Session, submission_id: int, *, organization_id: int | None = None) -> Sequence[SubmissionEvent]:
    """Return what happened to a month, the first step first.

    Above the school `organization_id` names its owner: the index of events begins with it.
    """
    query = select(SubmissionEvent).where(SubmissionEvent.submission_id == submission_id).order_by(SubmissionEvent.n)
    if organization_id is not None:
        query = query.where(SubmissionEvent.organization_id == organization_id)
    return session.scalars(query).all()


def remarks_of(session: Session, submission_id: int, *, revision_n: int | None = None) -> list[Said]:
    """Return the remarks of a month with their answers, the oldest first."""
    query = (
        select(Remark, RemarkAnswer)
        .outerjoin(
            RemarkAnswer,
            (RemarkAnswer.region_id == Remark.region_id)
            & (RemarkAnswer.organization_id == Remark.organization_id)
            & (RemarkAnswer.remark_id == Remark.id),
        )
        .where(Remark.submission_id == submission_id)
        .order_by(Remark.id)
    )
    rows = session.execute(query if revision_n is None else query.where(Remark.revision_n == revision_n))
    return [Said(*row) for row in rows]


def noted_remarks(session: Session, submission_id: int) -> Sequence[RemarkDraft]:
    """Return what the acting reviewer has noted and not sent, the oldest first."""
    return session.scalars(
        select(RemarkDraft).where(RemarkDraft.subject_id == submission_id).order_by(RemarkDraft.id)
    ).all()


def explanations_of(session: Session, submission_id: int) -> dict[str, Explanation]:
    """Return the school's answers to questions by condition key."""
    rows = session.scalars(select(Explanation).where(Explanation.submission_id == submission_id))
    return {row.condition_key: row for row in rows}


def months_on_time(session: Session, organization_id: int, *, before: date) -> int:
    """Return how many months in a row, ending before a period, an organization handed in on time."""
    rows = session.scalars(
        select(SubmissionState.on_time)
        .join(Submission, Submission.id == SubmissionState.submission_id)
        .where(Submission.organization_id == organization_id, Submission.period_start < before)
        .order_by(Submission.period_start.desc())
        .limit(24)
    ).all()
    return next((count for count, on_time in enumerate(rows) if not on_time), len(rows))


def face_counts(session: Session, submission_id: int) -> dict[str, int]:
    """Return how many cells of a draft have each face and hold a value."""
    rows = session.execute(
        select(SubmissionCell.face, func.count())
        .where(SubmissionCell.submission_id == submission_id, SubmissionCell.value.is_not(None))
        .group_by(SubmissionCell.face)
    ).all()
    return {"computed": 0, "adjusted": 0, "manual": 0} | {face.value: count for face, count in rows}


def value_of(cell: SubmissionCell | RevisionCell) -> Decimal | str | None:
    """Return what a cell reports: a number, a text, or nothing."""
    return cell.text_value if cell.value is None else cell.value
