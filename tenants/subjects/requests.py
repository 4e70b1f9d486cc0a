"""The register of subjects' requests: what was asked, until when the answer is due, when it was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert
from tenants.errors import ForbiddenError, InvalidError, WrongStateError
from tenants.participants.models import Participant
from tenants.participants.persons import Name, names_of
from tenants.settings.calendar import Table
from tenants.settings.models import SettingKind
from tenants.settings.queries import days_off_of, decisions
from tenants.subjects import policy
from tenants.subjects.models import RequestKind, SubjectRequest

WORKING_DAYS: Mapping[RequestKind, int] = {RequestKind.COPY: 10, RequestKind.CORRECTION: 7, RequestKind.STOP: 10}
"""Working days from the day after the request came.

Source: 152-ФЗ, статья 20, часть 1 (сведения); статья 20, часть 3 (уточнение, from the day on which the person showed
that the data are wrong); статья 21, часть 5.1 (прекращение обработки).
"""


@dataclass(frozen=True)
class ListedRequest:
    """One line of the register."""

    request: SubjectRequest
    number: int
    name: Name | None
    """None once the name is destroyed."""


def due_day(kind: RequestKind, received_on: date, table: Table) -> date:
    """Return the last day for the answer: the n-th working day after the request came, by the region's days off."""
    return working_day_after(received_on, WORKING_DAYS[kind], table)


def working_day_after(day: date, days: int, table: Table) -> date:
    """Return the n-th working day after a day."""
    while days:
        day += timedelta(days=1)
        days -= not table(day.year).why_free(day)
    return day


def calendar_of(session: Session, region_id: int) -> Table:
    """Return the days off as the region has set them, by year."""
    decided = decisions(session, region_id, SettingKind.DAYS_OFF)
    return lambda year: days_off_of(decided, year)


def receive(
    session: Session, actor: Actor, participant_id: int, *, kind: RequestKind, received_on: date, note: str, today: date
) -> SubjectRequest:
    """Write a request down.

    Raises:
        InvalidError: it is dated in the future.

    """
    need_keeper(actor)
    participant = find(session, Participant, participant_id)
    if received_on > today:
        raise InvalidError("Этот день ещё не наступил.", field="received_on")
    due_on = due_day(kind, received_on, calendar_of(session, actor.organization.region_id))
    made = insert(
        session,
        SubjectRequest(participant_id=participant.id, kind=kind, received_on=received_on, due_on=due_on, note=note),
    )
    journal.record(session, actor, "subject_request.received", made, kind=kind.value, number=participant.number)
    return made


def answer(session: Session, actor: Actor, request_id: int, *, done_on: date, note: str, today: date) -> SubjectRequest:
    """Close a request.

    Raises:
        InvalidError: the day of the answer does not fit.
        WrongStateError: it is answered already.

    """
    need_keeper(actor)
    found = find(session, SubjectRequest, request_id, lock=True)
    if found.done_on is not None:
        raise WrongStateError("На это обращение уже ответили.")
    if not found.received_on <= done_on <= today:
        raise InvalidError("День ответа – не раньше обращения и не позже сегодняшнего.", field="done_on")
    found.done_on, found.note = done_on, note or found.note
    journal.record(session, actor, "subject_request.answered", found)
    return found


def register(session: Session) -> Sequence[ListedRequest]:
    """Return the requests: those without an answer first, by their due day. `session` has the full scope."""
    rows = session.execute(
        select(SubjectRequest, Participant.number)
        .join(Participant, Participant.id == SubjectRequest.participant_id)
        .order_by(SubjectRequest.done_on.desc().nulls_first(), SubjectRequest.due_on, SubjectRequest.id)
    ).all()
    names = names_of(session, {request.participant_id for request, _ in rows})
    return [ListedRequest(request, number, names.get(request.participant_id)) for request, number in rows]


def need_keeper(actor: Actor) -> None:
    """Let whoever answers requests pass.

    Raises:
        ForbiddenError: the actor is neither curator nor keeper.

    """
    if not policy.may_keep(actor):
        raise ForbiddenError("Обращения ведёт куратор.")
