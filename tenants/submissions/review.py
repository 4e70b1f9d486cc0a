"""The reviewer's steps: note remarks, take, return, accept, open again."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, literal, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import ScopedSession, find, owner_of
from tenants.errors import ConflictError, Difference, ForbiddenError, InvalidError, WrongStateError
from tenants.jobs import commands as jobs
from tenants.submissions import policy
from tenants.submissions.models import (
    EventKind,
    Place,
    Revision,
    RevisionCell,
    Submission,
    SubmissionEvent,
    SubmissionState,
)
from tenants.submissions.remarks import Remark, RemarkDraft
from tenants.submissions.states import Step, append_event, locked, may_follow
from tenants.submissions.sums import Fact

ROLLUP_JOB = "submissions.rollup"
"""Kind of the job that sums a window; its subject is the window."""
WHOLE_MONTH: Place = ("", "", "")
_TEXT_LENGTH = 2000


@dataclass(frozen=True)
class Return:
    """Why a month goes back: a reason for the whole, remarks at cells, or both.

    `remarks` join those that were noted before. With `only_cells` just the cells with remarks are opened.
    """

    reason: str = ""
    remarks: tuple[tuple[Place, str], ...] = ()
    only_cells: bool = False
    answer_by: date | None = None


def note_remark(session: Session, actor: Actor, submission_id: int, place: Place, text: str) -> RemarkDraft:
    """Note a remark at a cell; the school sees it when the month is returned. Noting again replaces the text."""
    _reviewed(actor, find(session, Submission, submission_id))
    note = _draft_at(session, submission_id, place)
    if note is None:
        section, row, column = place
        note = RemarkDraft(subject_id=submission_id, section_code=section, row_code=row, column_code=column)
        session.add(note)
    note.text, note.at, note.user_id = _text(text), clock.now(), actor.user_id or None
    journal.record(session, actor, "remark.noted", None, submission=submission_id, place=list(place))
    return note


def drop_remark(session: Session, actor: Actor, submission_id: int, place: Place) -> None:
    """Take a noted remark back; one that was sent stays."""
    _reviewed(actor, find(session, Submission, submission_id))
    note = _draft_at(session, submission_id, place)
    if note is None:
        journal.nothing_changed()
        return
    session.delete(note)
    journal.record(session, actor, "remark.dropped", None, submission=submission_id, place=list(place))


def take_into_review(session: Session, actor: Actor, submission_id: int) -> None:
    """Take a sent month: from now on the school cannot withdraw it. Taking it twice changes nothing."""
    submission, state = _of_reviewer(session, actor, submission_id)
    if not may_follow(state.status, EventKind.TAKEN) and may_follow(state.status, EventKind.ACCEPTED):
        journal.nothing_changed()
        return
    append_event(session, actor, state, Step(EventKind.TAKEN, state.revision_n))
    journal.record(session, actor, "submission.taken", submission, revision=state.revision_n)


def return_submission(
    session: Session, actor: Actor, submission_id: int, *, revision_n: int, why: Return
) -> SubmissionEvent:
    """Send a month back to the school with the remarks noted so far and those of `why`.

    Raises:
        ConflictError: the school has sent another revision than the one seen.
        InvalidError: there is neither a reason nor a remark, or no cell to be opened alone.
        WrongStateError: it does not wait for a decision.

    """
    submission, state = _of_reviewer(session, actor, submission_id)
    _check_seen(state, EventKind.RETURNED, revision_n)
    remarks = _publish_remarks(session, actor, submission, state, why)
    places = tuple(dict.fromkeys(remark.place for remark in remarks if remark.place != WHOLE_MONTH))
    reason = why.reason.strip()
    if not reason and not remarks:
        raise InvalidError("Укажите причину возврата или замечание к ячейке.", field="reason")
    if why.only_cells and not places:
        raise InvalidError("Отметьте ячейки, которые нужно исправить.", field="cells")
    step = Step(EventKind.RETURNED, state.revision_n, reason, places, why.only_cells, why.answer_by)
    event = append_event(session, actor, state, step)
    journal.record(session, actor, "submission.returned", submission, revision=revision_n, remarks=len(remarks))
    return event


def accept_submission(session: ScopedSession, actor: Actor, submission_id: int, *, revision_n: int) -> SubmissionEvent:
    """Accept exactly the revision that was seen; it counts in the sums of the district and the region from now on.

    Raises:
        ConflictError: the school has sent another revision meanwhile.
        ForbiddenError: the actor sent it, from whatever account or seat, or is not its reviewer.
        WrongStateError: it does not wait for a decision.

    """
    submission, state = _of_reviewer(session, actor, submission_id)
    _check_seen(state, EventKind.ACCEPTED, revision_n)
    revision = session.scalars(
        select(Revision).where(Revision.submission_id == submission_id, Revision.n == revision_n)
    ).one()
    if actor.is_person(revision.user_id):
        raise ForbiddenError("Отчёт, который Вы отправили сами, принимает другой сотрудник.")
    event = append_event(session, actor, state, Step(EventKind.ACCEPTED, revision_n))
    project_facts(session, submission, revision)
    session.execute(delete(RemarkDraft).where(RemarkDraft.subject_id == submission_id))
    jobs.request(session, ROLLUP_JOB, submission.window_id)
    journal.record(session, actor, "submission.accepted", submission, revision=revision_n)
    return event


def reopen_submission(
    session: Session,
    actor: Actor,
    submission_id: int,
    *,
    reason: str,
    cells: tuple[Place, ...] = (),
    answer_by: date | None = None,
) -> SubmissionEvent:
    """Open an accepted month, or only some of its cells; the accepted revision counts until a new one is accepted."""
    submission, state = _of_reviewer(session, actor, submission_id)
    if not reason.strip():
        raise InvalidError("Напишите, что нужно исправить.", field="reason")
    step = Step(EventKind.REOPENED, state.revision_n, reason.strip(), cells, bool(cells), answer_by)
    event = append_event(session, actor, state, step)
    journal.record(session, actor, "submission.reopened", submission, revision=state.revision_n, cells=len(cells))
    return event


def project_facts(session: Session, submission: Submission, revision: Revision) -> None:
    """Replace the organization's facts of the period by the cells of a revision; may run twice."""
    session.execute(delete(Fact).where(Fact.submission_id == submission.id))
    cell = RevisionCell.__table__.c
    copied = select(
        cell.region_id,
        cell.district_id,
        cell.organization_id,
        literal(submission.id),
        literal(submission.edition_id),
        literal(submission.period_start),
        literal(submission.period_district_id),
        literal(revision.n),
        cell.section_code,
        cell.row_code,
        cell.column_code,
        cell.value,
    ).where(
        cell.region_id == submission.region_id,
        cell.organization_id == submission.organization_id,
        cell.revision_id == revision.id,
        cell.value.is_not(None),
    )
    columns = [
        "region_id", "district_id", "organization_id", "submission_id", "edition_id", "period_start",
        "period_district_id", "revision_n", "section_code", "row_code", "column_code", "value",
    ]  # fmt: skip
    session.execute(insert(Fact).from_select(columns, copied))


def _publish_remarks(
    session: Session, actor: Actor, submission: Submission, state: SubmissionState, why: Return
) -> list[Remark]:
    notes = session.scalars(
        select(RemarkDraft).where(RemarkDraft.subject_id == submission.id).order_by(RemarkDraft.id)
    ).all()
    texts: dict[Place, str] = {note.place: note.text for note in notes}
    texts |= {place: _text(text) for place, text in why.remarks}
    remarks = [
        Remark(
            **owner_of(submission),
            submission_id=submission.id,
            revision_n=state.revision_n,
            section_code=section,
            row_code=row,
            column_code=column,
            text=text,
            at=clock.now(),
            user_id=actor.user_id or None,
            author_name=actor.name,
        )
        for (section, row, column), text in texts.items()
    ]
    _check_places(session, submission, state, [place for place in texts if place != WHOLE_MONTH])
    session.add_all(remarks)
    for note in notes:
        session.delete(note)
    return remarks


def _check_places(session: Session, submission: Submission, state: SubmissionState, places: list[Place]) -> None:
    known = {
        tuple(row)
        for row in session.execute(
            select(RevisionCell.section_code, RevisionCell.row_code, RevisionCell.column_code)
            .join(Revision, (Revision.id == RevisionCell.revision_id) & (Revision.region_id == RevisionCell.region_id))
            .where(Revision.submission_id == submission.id, Revision.n == state.revision_n)
        )
    }
    if not known.issuperset(places):
        raise InvalidError("Замечание указывает на ячейку, которой в отчёте нет.", field="cells")


def _draft_at(session: Session, submission_id: int, place: Place) -> RemarkDraft | None:
    section, row, column = place
    return session.scalars(
        select(RemarkDraft).where(
            RemarkDraft.subject_id == submission_id,
            RemarkDraft.section_code == section,
            RemarkDraft.row_code == row,
            RemarkDraft.column_code == column,
        )
    ).one_or_none()


def _of_reviewer(session: Session, actor: Actor, submission_id: int) -> tuple[Submission, SubmissionState]:
    submission, state = locked(session, submission_id)
    _reviewed(actor, submission)
    return submission, state


def _reviewed(actor: Actor, submission: Submission) -> None:
    if not policy.may_review(actor, submission):
        raise ForbiddenError("Отчёт проверяет тот, кому организация подчиняется напрямую.")


def _check_seen(state: SubmissionState, kind: EventKind, revision_n: int) -> None:
    if not may_follow(state.status, kind):
        raise WrongStateError(
            f"Отчёт в состоянии «{state.status.label}», решение по нему не принять. Возможно, школа его отозвала."
        )
    if state.revision_n != revision_n:
        numbers = Difference("Редакция", str(state.revision_n), str(revision_n))
        raise ConflictError("Школа отправила новую редакцию. Посмотрите её и решите снова.", (numbers,))


def _text(text: str) -> str:
    if not text.strip():
        raise InvalidError("Напишите замечание.", field="text")
    if len(text.strip()) > _TEXT_LENGTH:
        raise InvalidError(f"Не больше {_TEXT_LENGTH} знаков.", field="text")
    return text.strip()
