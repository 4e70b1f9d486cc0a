"""The school's steps with a month: start, send, withdraw, correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import insert as insert_row
from tenants.errors import ForbiddenError, InvalidError, WrongStateError
from tenants.organizations.models import OrganizationParent
from tenants.periods import end_of_day
from tenants.submissions import policy
from tenants.submissions.models import (
    Edition,
    EventKind,
    Place,
    Revision,
    RevisionCell,
    Submission,
    SubmissionCell,
    SubmissionState,
    SubmissionWindow,
)
from tenants.submissions.states import Step, append_event, locked
from tenants.submissions.windows import find_window


@dataclass(frozen=True)
class OpenFinding:
    """A control that does not hold, with the school's answer, as it goes into the revision."""

    control_id: str
    level: str
    """error or query."""
    message: str
    cells: tuple[Place, ...]
    condition_key: str
    explanation: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return vars(self) | {"cells": [list(place) for place in self.cells]}


@dataclass(frozen=True)
class _Notes:
    """What is frozen beside the numbers."""

    findings: Sequence[OpenFinding]
    changes: Mapping[str, Any]


def start_submission(session: Session, actor: Actor, window_id: int) -> Submission:
    """Begin the month of the actor's organization; a month that was begun is returned as it stands.

    Raises:
        WrongStateError: the window is closed, or the form is not for this kind of organization.

    """
    if not policy.may_start(actor):
        raise ForbiddenError("Отчёт за месяц ведёт куратор или директор организации.")
    window = find_window(session, window_id)
    # The window's row cannot be locked from below, so equal starts meet at a named lock.
    session.execute(select(func.pg_advisory_xact_lock(actor.organization.id, window_id % 2**31)))
    known = session.scalars(select(Submission).where(Submission.window_id == window_id)).one_or_none()
    if known is not None:
        journal.nothing_changed()
        return known
    edition = session.scalars(select(Edition).where(Edition.id == window.edition_id)).one()
    if window.closed_at is not None:
        raise WrongStateError("Сдача за этот месяц закрыта.")
    if not edition.serves(actor.organization.kind.value):
        raise WrongStateError("Эта форма не для организаций Вашего вида.")
    submission = insert_row(
        session,
        Submission(
            window_id=window.id,
            edition_id=edition.id,
            period_start=window.period_start,
            period_district_id=parent_on(session, actor.organization.id, window.cut_on)
            or actor.organization.district_id,
        ),
    )
    state = insert_row(
        session,
        SubmissionState(submission_id=submission.id, due_at=end_of_day(window.due_on, actor.organization.time_zone)),
    )
    append_event(session, actor, state, Step(EventKind.OPENED))
    journal.record(session, actor, "submission.started", submission, period=window.period_start.isoformat())
    return submission


def send_submission(
    session: Session,
    actor: Actor,
    submission_id: int,
    *,
    findings: Sequence[OpenFinding] = (),
    changes: Mapping[str, Any] | None = None,
) -> Revision:
    """Freeze the month as a new revision and hand it to the reviewer.

    `findings` are all that the controls say of the stored cells; `reports.months.send_month` gathers them,
    and `changes` as well: why the numbers differ from the month before.

    Raises:
        InvalidError: a cell is empty, an error stands, or a question has no answer.
        WrongStateError: it is already sent, or the window is closed.

    """
    submission, state = locked(session, submission_id)
    if not policy.may_send(actor, submission):
        raise ForbiddenError("Отправить отчёт может куратор или директор организации.")
    window = find_window(session, submission.window_id)
    if window.closed_at is not None and state.accepted_revision_n is None and state.returned_at is None:
        raise WrongStateError("Сдача за этот месяц закрыта.")
    check_sendable(submission, findings)
    submission.period_district_id = (
        parent_on(session, submission.organization_id, window.cut_on) or submission.district_id
    )
    revision = _freeze(session, actor, submission, state.revision_n + 1, _Notes(findings, changes or {}))
    append_event(session, actor, state, Step(EventKind.SENT, revision.n))
    journal.record(session, actor, "submission.sent", submission, revision=revision.n, on_time=state.on_time)
    return revision


def check_sendable(submission: Submission, findings: Sequence[OpenFinding]) -> None:
    """Look whether a month may go out.

    Raises:
        InvalidError: a cell is empty, an error stands, or a question has no answer.

    """
    empty = submission.cell_count - submission.filled_count
    if empty or submission.computed_at is None:
        raise InvalidError(f"Отчёт не отправлен: не заполнено ячеек – {empty}.")
    errors = sum(1 for finding in findings if finding.level == "error")
    if errors:
        raise InvalidError(f"Отчёт не отправлен: ошибок – {errors}. Исправьте их и отправьте снова.")
    open_queries = sum(1 for finding in findings if not finding.explanation)
    if open_queries:
        raise InvalidError(f"Отчёт не отправлен: вопросов без ответа – {open_queries}.")


def withdraw_submission(session: Session, actor: Actor, submission_id: int, *, reason: str = "") -> None:
    """Take a sent month back; possible until the reviewer has taken it.

    Raises:
        WrongStateError: it is in review, or was decided.

    """
    submission, state = locked(session, submission_id)
    if not policy.may_send(actor, submission):
        raise ForbiddenError("Отозвать отчёт может куратор или директор организации.")
    append_event(session, actor, state, Step(EventKind.WITHDRAWN, state.revision_n, reason.strip()))
    journal.record(session, actor, "submission.withdrawn", submission, revision=state.revision_n)


def correct_submission(session: Session, actor: Actor, submission_id: int, *, reason: str) -> None:
    """Begin a new revision of an accepted month; the accepted one counts until the new one is accepted.

    Raises:
        InvalidError: no reason is given.

    """
    submission, state = locked(session, submission_id)
    if not policy.may_fill(actor, submission):
        raise ForbiddenError("Исправляет принятый отчёт куратор или директор организации.")
    if not reason.strip():
        raise InvalidError("Напишите, что и почему исправляете.", field="reason")
    append_event(session, actor, state, Step(EventKind.CORRECTED, state.revision_n, reason.strip()))
    journal.record(session, actor, "submission.corrected", submission, revision=state.revision_n)


def parent_on(session: Session, organization_id: int, day: date) -> int | None:
    """Return under whom an organization hung on a day; before its first known day, under the first."""
    rows = session.scalars(
        select(OrganizationParent)
        .where(OrganizationParent.organization_id == organization_id)
        .order_by(OrganizationParent.valid_from)
    ).all()
    held = [row for row in rows if row.valid_from <= day and (row.valid_to is None or row.valid_to > day)]
    return (held or rows)[0].parent_id if rows else None


def _freeze(session: Session, actor: Actor, submission: Submission, n: int, notes: _Notes) -> Revision:
    revision = insert_row(
        session,
        Revision(
            submission_id=submission.id,
            n=n,
            at=clock.now(),
            user_id=actor.user_id or None,
            author_name=actor.name,
            computed_at=submission.computed_at,
            period_district_id=submission.period_district_id,
            findings=[finding.to_json() for finding in notes.findings],
            changes=dict(notes.changes),
        ),
    )
    kept = [
        column.name
        for column in RevisionCell.__table__.columns
        if column.name not in ("id", "revision_id") and column.name in SubmissionCell.__table__.columns
    ]
    copied = select(literal(revision.id), *(SubmissionCell.__table__.c[name] for name in kept)).where(
        SubmissionCell.__table__.c.region_id == submission.region_id,
        SubmissionCell.__table__.c.organization_id == submission.organization_id,
        SubmissionCell.__table__.c.submission_id == submission.id,
    )
    session.execute(insert(RevisionCell).from_select(["revision_id", *kept], copied))
    return revision


def window_of(session: Session, submission: Submission) -> SubmissionWindow:
    """Return the window a month is handed in through."""
    return find_window(session, submission.window_id)
