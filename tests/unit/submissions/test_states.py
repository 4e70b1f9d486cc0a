"""The state of a month is a fold over its events."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenants.submissions.models import EventKind, Status
from tenants.submissions.states import Folded, after, fold, may_follow

DUE = datetime(2026, 10, 25, 20, 59, 59, tzinfo=UTC)


@dataclass(frozen=True)
class Event:
    n: int
    at: datetime
    kind: EventKind
    actor_name: str = "Иванова И.И."
    revision_n: int = 1
    reason: str = ""
    cells: list[list[str]] = field(default_factory=list)
    only_cells: bool = False
    answer_by: date | None = None


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Any history that the rules permit, with steps hours apart around the deadline."""
    events = [Event(1, DUE - timedelta(days=20), EventKind.OPENED)]
    for _ in range(draw(st.integers(0, 25))):
        state = fold(DUE, events)
        kind = draw(st.sampled_from([kind for kind in EventKind if may_follow(state.status, kind)]))
        events.append(
            Event(
                n=state.event_n + 1,
                at=events[-1].at + timedelta(hours=draw(st.integers(1, 200))),
                kind=kind,
                revision_n=state.revision_n + (kind is EventKind.SENT),
                cells=[["1", "2", "3"]],
                only_cells=draw(st.booleans()),
            )
        )
    return events


@given(histories())
def test_the_four_facts_agree_with_the_last_steps(events: list[Event]) -> None:
    state = fold(DUE, events)

    assert (state.locked_at is None) is state.status.with_school
    assert (state.accepted_at is not None) is (state.status is Status.ACCEPTED)
    assert (state.on_time is None) is (state.first_sent_at is None)
    assert state.on_time is None or state.on_time is (state.first_sent_at <= DUE)  # type: ignore[operator]  # a sent month has its instant
    assert state.event_n == len(events)


@given(histories())
def test_a_state_moves_step_by_step_to_the_fold_of_all(events: list[Event]) -> None:
    state = Folded(DUE)
    for event in events:
        state = after(state, event)

    assert state == fold(DUE, events)


@given(histories())
def test_an_accepted_revision_counts_until_another_is_accepted(events: list[Event]) -> None:
    accepted = [event.revision_n for event in events if event.kind is EventKind.ACCEPTED]

    assert fold(DUE, events).accepted_revision_n == (accepted[-1] if accepted else None)


def sent(n: int, at: datetime, revision_n: int = 1) -> Event:
    return Event(n, at, EventKind.SENT, revision_n=revision_n)


def test_a_return_does_not_make_a_month_late() -> None:
    late = DUE + timedelta(days=3)
    events = [sent(1, DUE), Event(2, DUE, EventKind.RETURNED), sent(3, late, 2)]

    state = fold(DUE, events)

    assert state.on_time is True
    assert state.sent_at == late


def test_a_withdrawal_takes_the_sending_back() -> None:
    events = [sent(1, DUE), Event(2, DUE, EventKind.WITHDRAWN), sent(3, DUE + timedelta(seconds=1), 2)]

    assert fold(DUE, events).on_time is False
    assert fold(DUE, events[:2]).on_time is None


def test_a_withdrawal_after_a_return_keeps_what_was_handed_in() -> None:
    events = [sent(1, DUE), Event(2, DUE, EventKind.RETURNED), sent(3, DUE + timedelta(days=1), 2)]
    events.append(Event(4, DUE + timedelta(days=1), EventKind.WITHDRAWN))

    state = fold(DUE, events)

    assert state.on_time is True
    assert state.status is Status.RETURNED
