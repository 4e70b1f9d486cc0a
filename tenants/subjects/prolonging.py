"""Prolonging a request: once, before its term ends, for a reason that a notice tells the subject."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from tenants import journal
from tenants.accounts.actor import Actor
from tenants.db import find
from tenants.errors import InvalidError, WrongStateError
from tenants.settings.calendar import Table
from tenants.subjects.models import Prolonging, RequestKind, SubjectRequest
from tenants.subjects.requests import calendar_of, need_keeper, working_day_after

MOST_DAYS = 5
"""Working days, counted from the last day of the first term."""
GROUNDS: Mapping[RequestKind, str] = {
    RequestKind.COPY: "статья 14, часть 3, и статья 20, часть 1",
    RequestKind.STOP: "статья 21, часть 5.1",
}
"""Which kinds the law lets be prolonged, and where it says so.

Source: 152-ФЗ (as amended by 266-ФЗ of 14.07.2022). Статья 14, часть 3, статья 20, часть 1 (сведения) и часть 2
(отказ в них), статья 21, часть 5.1 (прекращение обработки): no more than five working days, with a reasoned notice to
the subject that names the reasons. Статья 20, часть 4 says the same of a request of the supervisor, which is no request
of a subject and is not kept here. No prolongation: статья 20, часть 3 (уточнение, семь рабочих дней), статья 21, части
3, 4 and 5 (unlawful processing, purpose reached, consent withdrawn: the days to stop and to destroy).
"""


def prolonged_day(due_on: date, table: Table) -> date:
    """Return the last day for the answer after a prolongation, by the region's days off as they stand now."""
    return working_day_after(due_on, MOST_DAYS, table)


def may_be_prolonged(request: SubjectRequest, today: date) -> bool:
    """Return whether the law lets this request be prolonged today."""
    unanswered = request.done_on is None and request.prolonged_on is None
    return request.kind in GROUNDS and unanswered and today <= request.due_on


def next_day(session: Session, actor: Actor, request: SubjectRequest) -> date:
    """Return the last day that a prolongation would give."""
    return prolonged_day(request.due_on, calendar_of(session, actor.organization.region_id))


def prolong(
    session: Session, actor: Actor, request_id: int, *, reason: Prolonging, words: str, today: date
) -> SubjectRequest:
    """Prolong a request by five working days; all that counts days follows its new due day.

    Raises:
        ForbiddenError: the actor answers no requests here.
        InvalidError: another reason is not told in words.
        WrongStateError: it is answered, was prolonged before, its term has ended, or the law knows no prolongation.

    """
    need_keeper(actor)
    found = find(session, SubjectRequest, request_id, lock=True)
    _check(found, today)
    if reason is Prolonging.OTHER and not words.strip():
        raise InvalidError("Назовите причину: она войдёт в уведомление.", field="words")
    until = next_day(session, actor, found)
    found.prolonged_on, found.prolonged_from, found.due_on = today, found.due_on, until
    found.prolonged_for, found.prolonged_words = reason, words.strip()
    journal.record(
        session, actor, "subject_request.prolonged", found, kind=found.kind.value, until=found.due_on.isoformat()
    )
    return found


def _check(found: SubjectRequest, today: date) -> None:
    if found.kind not in GROUNDS:
        raise WrongStateError("Срок уточнения данных – 7 рабочих дней, закон не разрешает его продлить.")
    if found.done_on is not None:
        raise WrongStateError("На это обращение уже ответили.")
    if found.prolonged_on is not None:
        raise WrongStateError("Срок этого обращения уже продлён, второй раз продлить его нельзя.")
    if today > found.due_on:
        raise WrongStateError("Срок ответа уже прошёл: продлить его можно было до этого дня. Ответьте скорее.")
