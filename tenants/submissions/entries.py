"""What the school writes into a month: numbers by hand, adjustments, explanations, answers to remarks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find
from tenants.errors import ConflictError, Difference, ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.submissions import policy
from tenants.submissions.models import Face, Place, Submission, SubmissionCell
from tenants.submissions.remarks import Explanation, Remark, RemarkAnswer
from tenants.submissions.states import locked

_MOST = Decimal(10) ** 12
_TEXT_LENGTH = 2000


@dataclass(frozen=True)
class Adjustment:
    """A number that differs from the records, with its reason; `until` is the last day it holds, None for good."""

    value: Decimal
    reason: str
    until: date | None = None


def set_manual(
    session: Session,
    actor: Actor,
    submission_id: int,
    place: Place,
    value: Decimal | str | None,
    *,
    version: int | None = None,
) -> SubmissionCell:
    """Enter a number by hand; None empties the cell. `version` is the one the editor saw.

    A cell that is computed takes a number by hand only where the records hold nothing; else it wants an adjustment.

    Raises:
        WrongStateError: the cell is not open, or the records hold a number of their own.
        ConflictError: somebody changed the cell meanwhile.

    """
    cell = _open_cell(session, actor, submission_id, place, version, _shown(value))
    if cell.computed:
        raise WrongStateError("В учёте для этой ячейки есть записи. Внесите поправку с причиной.")
    if isinstance(value, str):
        cell.text_value = value[:_TEXT_LENGTH] or None
    else:
        cell.value = None if value is None else _checked(value)
    emptied = value is None and cell.computed is not None
    cell.face = Face.COMPUTED if emptied else Face.MANUAL
    cell.value = cell.computed if emptied else cell.value
    _sign(cell, actor)
    _count_cells(session, submission_id)
    journal.record(session, actor, "submission_cell.entered", cell, place=list(place))
    return cell


def adjust(
    session: Session,
    actor: Actor,
    submission_id: int,
    place: Place,
    adjustment: Adjustment,
    *,
    version: int | None = None,
) -> SubmissionCell:
    """Report another number than the records hold.

    Raises:
        InvalidError: no reason, a number that cannot be, or a last day in the past.

    """
    cell = _open_cell(session, actor, submission_id, place, version, _shown(adjustment.value))
    if cell.computed is None:
        raise WrongStateError("Эта ячейка вводится вручную, поправка к ней не нужна.")
    if not adjustment.reason.strip():
        raise InvalidError("Напишите причину поправки.", field="reason")
    if adjustment.until is not None and adjustment.until < clock.today(actor.organization.time_zone):
        raise InvalidError("Срок поправки уже прошёл.", field="until")
    cell.face = Face.ADJUSTED
    cell.value = _checked(adjustment.value)
    cell.adjustment_reason = adjustment.reason.strip()
    cell.adjusted_until = adjustment.until
    _sign(cell, actor)
    _count_cells(session, submission_id)
    journal.record(session, actor, "submission_cell.adjusted", cell, place=list(place))
    return cell


def drop_adjustment(
    session: Session, actor: Actor, submission_id: int, place: Place, *, version: int | None = None
) -> SubmissionCell:
    """Let a computed cell show what the records hold again; works for a number by hand in such a cell too."""
    cell = _open_cell(session, actor, submission_id, place, version)
    if cell.computed is None:
        raise WrongStateError("Эта ячейка вводится вручную, в учёте для неё числа нет.")
    cell.face, cell.value = Face.COMPUTED, cell.computed
    cell.adjustment_reason, cell.adjusted_until = "", None
    _sign(cell, actor)
    _count_cells(session, submission_id)
    journal.record(session, actor, "submission_cell.restored", cell, place=list(place))
    return cell


def explain(
    session: Session,
    actor: Actor,
    submission_id: int,
    *,
    control_id: str,
    condition_key: str,
    cells: tuple[Place, ...],
    text: str,
) -> Explanation:
    """Answer a question of the controls; the answer holds as long as the numbers behind the question do."""
    submission, state = locked(session, submission_id)
    _check_fills(actor, submission)
    if not state.status.with_school:
        raise WrongStateError("Отчёт отправлен, ответить на вопрос уже нельзя.")
    answer = _text(text, "Напишите ответ на вопрос.")
    known = session.scalars(
        select(Explanation).where(
            Explanation.submission_id == submission_id, Explanation.condition_key == condition_key
        )
    ).one_or_none()
    if known is None:
        known = Explanation(submission_id=submission_id, condition_key=condition_key)
        session.add(known)
    known.control_id, known.cells, known.text = control_id, [list(place) for place in cells], answer
    known.at, known.user_id, known.author_name = clock.now(), actor.user_id or None, actor.name
    journal.record(session, actor, "submission.explained", submission, control=control_id)
    return known


def answer_remark(session: Session, actor: Actor, remark_id: int, text: str) -> RemarkAnswer:
    """Answer the reviewer's remark; answering again replaces the answer while the month is with the school."""
    remark = find(session, Remark, remark_id)
    submission, state = locked(session, remark.submission_id)
    _check_fills(actor, submission)
    if not state.status.with_school:
        raise WrongStateError("Отчёт отправлен, ответ уже не изменить.")
    answer = session.scalars(select(RemarkAnswer).where(RemarkAnswer.remark_id == remark_id)).one_or_none()
    if answer is None:
        answer = RemarkAnswer(remark_id=remark_id)
        session.add(answer)
    answer.text = _text(text, "Напишите ответ на замечание.")
    answer.at, answer.user_id, answer.author_name = clock.now(), actor.user_id or None, actor.name
    journal.record(session, actor, "remark.answered", remark)
    return answer


def _open_cell(
    session: Session, actor: Actor, submission_id: int, place: Place, version: int | None, mine: str = ""
) -> SubmissionCell:
    submission, state = locked(session, submission_id)
    _check_fills(actor, submission)
    if not state.status.with_school:
        raise WrongStateError("Отчёт отправлен, числа в нём не меняются. Отзовите его, если проверка не началась.")
    if not state.opens(place):
        raise WrongStateError("Проверяющий открыл для исправления другие ячейки.")
    section, row, column = place
    cell = session.scalars(
        select(SubmissionCell)
        .where(
            SubmissionCell.submission_id == submission_id,
            SubmissionCell.section_code == section,
            SubmissionCell.row_code == row,
            SubmissionCell.column_code == column,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if cell is None:
        raise NotFoundError("Такой ячейки в форме нет.")
    if version is not None and version != cell.version:
        seen = Difference("Значение", _shown(cell.value), mine)
        raise ConflictError("Пока Вы правили, ячейку изменил другой сотрудник. Ваше число на месте.", (seen,))
    return cell


def _check_fills(actor: Actor, submission: Submission) -> None:
    if not policy.may_fill(actor, submission):
        raise ForbiddenError("Отчёт за месяц ведёт куратор или директор организации.")


def _shown(value: Decimal | str | None) -> str:
    return "" if value is None else str(value)


def _checked(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) >= _MOST:
        raise InvalidError("Такого числа в отчёте быть не может.", field="value")
    if value < 0:
        raise InvalidError("Число не может быть меньше нуля.", field="value")
    return value


def _text(text: str, missing: str) -> str:
    if not text.strip():
        raise InvalidError(missing, field="text")
    if len(text.strip()) > _TEXT_LENGTH:
        raise InvalidError(f"Не больше {_TEXT_LENGTH} знаков.", field="text")
    return text.strip()


def _sign(cell: SubmissionCell, actor: Actor) -> None:
    cell.adjusted_by, cell.adjusted_by_name, cell.adjusted_at = actor.user_id or None, actor.name, clock.now()


def _count_cells(session: Session, submission_id: int) -> None:
    """Keep the month's counts of filled cells; the query sends the change of the cell first."""
    total, filled = session.execute(
        select(
            func.count(),
            func.count().filter(SubmissionCell.value.is_not(None) | SubmissionCell.text_value.is_not(None)),
        ).where(SubmissionCell.submission_id == submission_id)
    ).one()
    submission = find(session, Submission, submission_id)
    submission.cell_count, submission.filled_count, submission.complete = total, filled, filled == total
