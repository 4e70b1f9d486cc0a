"""The steps of a plan: an append-only list, and the state it folds into.

`append_event` is the only writer of `roadmap_state`; `check_states` rebuilds every state and names those that differ.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.db import insert, owner_of
from tenants.errors import NotFoundError
from tenants.roadmaps.models import EventKind, Roadmap, RoadmapEvent, RoadmapState, RoadmapStatus

_FOLDED = (
    "status", "event_n", "version_n", "sent_at", "sent_by", "taken_at", "taken_by", "decided_at", "reason",
    "remark_count", "approved_version_n", "order_number", "order_on",
)  # fmt: skip
_EMPTY: dict[str, Any] = dict.fromkeys(_FOLDED) | {
    "status": RoadmapStatus.DRAFT,
    "event_n": 0,
    "version_n": 0,
    "reason": "",
    "remark_count": 0,
    "order_number": "",
}


def fold(events: Sequence[RoadmapEvent]) -> dict[str, Any]:
    """Return the state that these events, in their order, lead to."""
    state = dict(_EMPTY)
    for event in events:
        state |= {"event_n": event.n} | _change(event, state)
    return state


def _change(event: RoadmapEvent, state: dict[str, Any]) -> dict[str, Any]:
    change: dict[str, Any]
    match event.kind:
        case EventKind.SENT:
            change = {"status": RoadmapStatus.SENT, "version_n": event.version_n}
            change |= {"sent_at": event.at, "sent_by": event.user_id, "taken_at": None, "taken_by": None}
            change |= {"decided_at": None, "reason": "", "remark_count": 0}
        case EventKind.TAKEN:
            change = {"taken_at": event.at, "taken_by": event.user_id}
        case EventKind.RETURNED:
            change = {
                "status": RoadmapStatus.RETURNED,
                "decided_at": event.at,
                "reason": event.detail.get("reason", ""),
            }
            change |= {"remark_count": event.detail.get("remark_count", 0)}
        case EventKind.APPROVED:
            change = {"status": RoadmapStatus.APPROVED, "decided_at": event.at, "approved_version_n": event.version_n}
            change |= _order(event)
        case EventKind.RECALLED:
            change = {"status": RoadmapStatus.DRAFT}
        case EventKind.REVISED:
            change = {"status": RoadmapStatus.DRAFT, "decided_at": None}
        case EventKind.CREATED:
            change = {"status": state["status"]}
    return change


def _order(event: RoadmapEvent) -> dict[str, Any]:
    day = event.detail.get("order_on")
    return {
        "order_number": event.detail.get("order_number", ""),
        "order_on": date.fromisoformat(day) if day else None,
    }


def state_of(session: Session, roadmap_id: int, *, lock: bool = False) -> RoadmapState:
    """Return the state of a plan; locked, it makes every step on the plan wait for its turn.

    Raises:
        NotFoundError: the plan does not exist or is out of reach.

    """
    query = select(RoadmapState).where(RoadmapState.roadmap_id == roadmap_id)
    state = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if state is None:
        raise NotFoundError
    return state


def first_event(session: Session, actor: Actor, roadmap: Roadmap) -> RoadmapState:
    """Begin the list of a new plan."""
    state = insert(session, RoadmapState(**owner_of(roadmap), roadmap_id=roadmap.id, **_EMPTY))
    append_event(session, actor, state, EventKind.CREATED)
    return state


def append_event(
    session: Session, actor: Actor, state: RoadmapState, kind: EventKind, **detail: object
) -> RoadmapEvent:
    """Write the next step of a plan and bring its state up to date; `state` has to be locked."""
    event = RoadmapEvent(
        **owner_of(state),
        roadmap_id=state.roadmap_id,
        n=state.event_n + 1,
        kind=kind,
        version_n=state.version_n + 1 if kind is EventKind.SENT else state.version_n,
        detail=detail,
        at=clock.now(),
        user_id=actor.user_id or None,
        actor_name=actor.name,
    )
    insert(session, event)
    current = {name: getattr(state, name) for name in _FOLDED}
    for name, value in ({"event_n": event.n} | _change(event, current)).items():
        setattr(state, name, value)
    return event


def check_states(session: Session) -> list[int]:
    """Return the ids of plans in scope whose state is not what their events fold into; empty when all is well."""
    listed: dict[int, list[RoadmapEvent]] = {}
    for event in session.scalars(select(RoadmapEvent).order_by(RoadmapEvent.roadmap_id, RoadmapEvent.n)):
        listed.setdefault(event.roadmap_id, []).append(event)
    states = session.scalars(select(RoadmapState).order_by(RoadmapState.roadmap_id)).all()
    return [
        state.roadmap_id
        for state in states
        if fold(listed.get(state.roadmap_id, [])) != {name: getattr(state, name) for name in _FOLDED}
    ]
