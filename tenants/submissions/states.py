"""The state of a month as a fold over its events, and the one way to add an event."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.db import find, owner_of
from tenants.errors import NotFoundError, WrongStateError
from tenants.submissions.models import EventKind, Place, Status, Submission, SubmissionEvent, SubmissionState


class Event(Protocol):
    """What a fold reads of an event."""

    @property
    def n(self) -> int: ...  # noqa: D102 - the model says what its columns mean
    @property
    def at(self) -> datetime: ...  # noqa: D102 - the same
    @property
    def kind(self) -> EventKind: ...  # noqa: D102 - the same
    @property
    def actor_name(self) -> str: ...  # noqa: D102 - the same
    @property
    def revision_n(self) -> int: ...  # noqa: D102 - the same
    @property
    def reason(self) -> str: ...  # noqa: D102 - the same
    @property
    def cells(self) -> list[list[str]]: ...  # noqa: D102 - the same
    @property
    def only_cells(self) -> bool: ...  # noqa: D102 - the same
    @property
    def answer_by(self) -> date | None: ...  # noqa: D102 - the same


@dataclass(frozen=True)
class Folded:
    """What the events make of a month; the fields are the columns of the state row."""

    due_at: datetime
    status: Status = Status.DRAFT
    event_n: int = 0
    revision_n: int = 0
    accepted_revision_n: int | None = None
    sent_at: datetime | None = None
    first_sent_at: datetime | None = None
    on_time: bool | None = None
    accepted_at: datetime | None = None
    locked_at: datetime | None = None
    returned_at: datetime | None = None
    answer_by: date | None = None
    open_cells: list[list[str]] | None = None
    reason: str = ""
    reviewer_name: str = ""


_BEFORE: dict[EventKind, frozenset[Status]] = {
    EventKind.OPENED: frozenset({Status.DRAFT}),
    EventKind.SENT: frozenset({Status.DRAFT, Status.RETURNED}),
    EventKind.WITHDRAWN: frozenset({Status.SENT}),
    EventKind.TAKEN: frozenset({Status.SENT}),
    EventKind.RETURNED: frozenset({Status.SENT, Status.IN_REVIEW}),
    EventKind.ACCEPTED: frozenset({Status.SENT, Status.IN_REVIEW}),
    EventKind.REOPENED: frozenset({Status.ACCEPTED}),
    EventKind.CORRECTED: frozenset({Status.ACCEPTED}),
}
_REFUSALS = {
    EventKind.SENT: "Отчёт уже отправлен.",
    EventKind.WITHDRAWN: "Отозвать уже нельзя: отчёт взят на проверку или решение по нему принято.",
    EventKind.TAKEN: "Этот отчёт не ждёт проверки.",
    EventKind.RETURNED: "Вернуть можно только отправленный отчёт. Возможно, школа его отозвала.",
    EventKind.ACCEPTED: "Принять можно только отправленный отчёт. Возможно, школа его отозвала.",
    EventKind.REOPENED: "Открыть для исправления можно только принятый отчёт.",
    EventKind.CORRECTED: "Исправляют новой редакцией только принятый отчёт.",
}


def may_follow(status: Status, kind: EventKind) -> bool:
    """Return whether a step fits a status."""
    return status in _BEFORE[kind]


def fold(due_at: datetime, events: Iterable[Event]) -> Folded:
    """Return the state after all events, in the order of their numbers."""
    state = Folded(due_at)
    for event in events:
        state = after(state, event)
    return state


def after(state: Folded, event: Event) -> Folded:
    """Return the state after one more event."""
    return _FOLDS[event.kind](replace(state, event_n=event.n), event)


def _opened(state: Folded, _: Event) -> Folded:
    return state


def _taken(state: Folded, event: Event) -> Folded:
    return replace(state, status=Status.IN_REVIEW, reviewer_name=event.actor_name)


def _accepted(state: Folded, event: Event) -> Folded:
    return replace(
        state,
        status=Status.ACCEPTED,
        accepted_at=event.at,
        accepted_revision_n=event.revision_n,
        open_cells=None,
        reviewer_name=event.actor_name,
    )


def _sent(state: Folded, event: Event) -> Folded:
    first = state.first_sent_at or event.at
    return replace(
        state,
        status=Status.SENT,
        revision_n=event.revision_n,
        sent_at=event.at,
        first_sent_at=first,
        on_time=first <= state.due_at,
        locked_at=event.at,
        accepted_at=None,
        answer_by=None,
    )


def _withdrawn(state: Folded, event: Event) -> Folded:
    # Taken back before anybody looked, the sending did not happen; one that was reviewed before stays handed in.
    never_reviewed = state.first_sent_at == state.sent_at
    return replace(
        state,
        status=Status.DRAFT if state.returned_at is None else Status.RETURNED,
        sent_at=None,
        first_sent_at=None if never_reviewed else state.first_sent_at,
        on_time=None if never_reviewed else state.on_time,
        locked_at=None,
        reason=event.reason or state.reason,
    )


def _returned(state: Folded, event: Event) -> Folded:
    moved = _with_school_again(state, event)
    return replace(moved, status=Status.RETURNED, returned_at=event.at, reviewer_name=event.actor_name)


def _corrected(state: Folded, event: Event) -> Folded:
    return replace(_with_school_again(state, event), status=Status.DRAFT, returned_at=None)


def _with_school_again(state: Folded, event: Event) -> Folded:
    return replace(
        state,
        locked_at=None,
        accepted_at=None,
        answer_by=event.answer_by,
        open_cells=event.cells if event.only_cells else None,
        reason=event.reason,
    )


_FOLDS = {
    EventKind.OPENED: _opened,
    EventKind.SENT: _sent,
    EventKind.WITHDRAWN: _withdrawn,
    EventKind.TAKEN: _taken,
    EventKind.RETURNED: _returned,
    EventKind.ACCEPTED: _accepted,
    EventKind.REOPENED: _returned,
    EventKind.CORRECTED: _corrected,
}


def locked(session: Session, submission_id: int) -> tuple[Submission, SubmissionState]:
    """Return a month with its state, held until the end of the transaction: the school and its reviewer take turns.

    Raises:
        NotFoundError: there is none, or it is out of reach.

    """
    submission = find(session, Submission, submission_id)
    state = session.scalars(
        select(SubmissionState)
        .where(SubmissionState.submission_id == submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if state is None:
        raise NotFoundError
    return submission, state


@dataclass(frozen=True)
class Step:
    """What is to be written down of a step."""

    kind: EventKind
    revision_n: int = 0
    reason: str = ""
    cells: tuple[Place, ...] = ()
    only_cells: bool = False
    answer_by: date | None = None


def append_event(session: Session, actor: Actor, state: SubmissionState, step: Step) -> SubmissionEvent:
    """Write an event of a month whose state row is locked, and fold it into the state.

    Raises:
        WrongStateError: the step does not fit; the sentence says why.

    """
    if not may_follow(state.status, step.kind):
        raise WrongStateError(_REFUSALS.get(step.kind, "Этот шаг сейчас невозможен."))
    event = SubmissionEvent(
        **owner_of(state),
        submission_id=state.submission_id,
        n=state.event_n + 1,
        at=clock.now(),
        user_id=actor.user_id or None,
        actor_name=actor.name,
        kind=step.kind,
        revision_n=step.revision_n,
        reason=step.reason,
        cells=[list(place) for place in step.cells],
        only_cells=step.only_cells,
        answer_by=step.answer_by,
    )
    session.add(event)
    folded = after(_columns_of(state), event)
    for field in fields(Folded):
        setattr(state, field.name, getattr(folded, field.name))
    return event


def deviations(session: Session) -> list[tuple[int, str]]:
    """Return (submission id, column) wherever a stored state is not the fold of its events; empty when all is well."""
    events: dict[int, list[SubmissionEvent]] = {}
    for event in session.scalars(select(SubmissionEvent).order_by(SubmissionEvent.submission_id, SubmissionEvent.n)):
        events.setdefault(event.submission_id, []).append(event)
    found: list[tuple[int, str]] = []
    for state in session.scalars(select(SubmissionState).order_by(SubmissionState.submission_id)):
        folded = fold(state.due_at, events.get(state.submission_id, ()))
        found += [
            (state.submission_id, field.name)
            for field in fields(Folded)
            if getattr(state, field.name) != getattr(folded, field.name)
        ]
    return found


def _columns_of(state: SubmissionState) -> Folded:
    return Folded(**{field.name: getattr(state, field.name) for field in fields(Folded)})
