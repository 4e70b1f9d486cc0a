"""The due day of an open window moves: a step of its own, since a change of the rules never moves it."""

from datetime import date, timedelta

from sqlalchemy import case, null, select, update
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.errors import ForbiddenError, InvalidError, WrongStateError
from tenants.organizations.models import Organization
from tenants.periods import end_of_day
from tenants.submissions import policy
from tenants.submissions.models import Submission, SubmissionState, SubmissionWindow
from tenants.submissions.windows import find_window

_LATEST = timedelta(days=92)
_SHORTEST_REASON = 5
_LONGEST_REASON = 500


def move_due_day(session: Session, actor: Actor, window_id: int, *, due_on: date, reason: str) -> SubmissionWindow:
    """Move the due day of an open window; begun months get the new day in their own zone, also those handed in.

    Raises:
        WrongStateError: the window is closed.
        InvalidError: the day is over, or lies before the cut or too far behind it.

    """
    if not policy.may_open_windows(actor):
        raise ForbiddenError("Срок сдачи переносит региональный центр.")
    window = find_window(session, window_id, lock=True)
    if window.closed_at is not None:
        raise WrongStateError("Сдача за этот месяц закрыта.")
    if window.due_on == due_on:
        journal.nothing_changed()
        return window
    _check_day(actor, window, due_on)
    words = " ".join(reason.split())
    if not _SHORTEST_REASON <= len(words) <= _LONGEST_REASON:
        raise InvalidError("Напишите, почему срок переносится: от 5 до 500 знаков.", field="reason")
    window.due_on = due_on
    count = sum(_move_states(session, window, zone) for zone in _zones(session))
    journal.record(session, actor, "window.moved", window, reason=words, submissions=count)
    return window


def _check_day(actor: Actor, window: SubmissionWindow, due_on: date) -> None:
    today = clock.today(actor.organization.time_zone)
    if due_on < today:
        raise InvalidError("Этот день уже прошёл. Укажите сегодняшний или позже.", field="due_on")
    if due_on < max(window.cut_on, window.opens_on):
        raise InvalidError(f"Данные берутся на {window.cut_on:%d.%m.%Y}, сдать раньше нельзя.", field="due_on")
    if due_on > window.cut_on + _LATEST:
        raise InvalidError("Не дальше трёх месяцев после даты среза.", field="due_on")


def _zones(session: Session) -> list[str]:
    return list(session.scalars(select(Organization.time_zone).distinct().order_by(Organization.time_zone)))


def _move_states(session: Session, window: SubmissionWindow, zone: str) -> int:
    """Give the months of one zone their last instant; «в срок» is folded from it, so it is told anew."""
    due_at = end_of_day(window.due_on, zone)
    first = SubmissionState.first_sent_at
    moved = session.scalars(
        update(SubmissionState)
        .where(
            SubmissionState.submission_id.in_(select(Submission.id).where(Submission.window_id == window.id)),
            SubmissionState.organization_id.in_(select(Organization.id).where(Organization.time_zone == zone)),
        )
        .values(due_at=due_at, on_time=case((first.is_(None), null()), else_=first <= due_at))
        .returning(SubmissionState.id)
        .execution_options(synchronize_session=False)
    )
    return len(moved.all())
