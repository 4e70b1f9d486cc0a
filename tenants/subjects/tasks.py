"""What subjects' data ask of the school now: acts to sign, lists to look at, requests to answer. No names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from tenants.accounts.actor import Actor
from tenants.subjects import policy
from tenants.subjects.models import Destruction, DestructionState, DestructionSubject, Reason, SubjectRequest

_AFTER_THE_TERM = 30
SOON = timedelta(days=10)
"""How long before its due day a request is told."""


@dataclass(frozen=True)
class Listed:
    """An act and the people in it."""

    act: Destruction
    people: int
    due_on: date
    """The last day for the first of its people."""


@dataclass(frozen=True)
class OpenRequests:
    """Requests without an answer that fall due soon."""

    count: int
    due_on: date
    """The earliest."""
    prolonged: int
    """How many of them were prolonged."""


def last_day() -> ColumnElement[date]:
    """Return the last day for the first person of an act.

    A withdrawal and a mistake count thirty days up to `due_on`; a term that has passed counts thirty from it.
    Source: 152-ФЗ, статья 21, части 4 и 5.
    """
    passed = DestructionSubject.due_on + _AFTER_THE_TERM
    return func.min(case((DestructionSubject.reason == Reason.TERM, passed), else_=DestructionSubject.due_on))


def acts_to_sign(session: Session, actor: Actor) -> list[Listed]:
    """Return the acts that wait for this actor's signature, the oldest first."""
    if not policy.may_sign(actor):
        return []
    return [one for one in _in_state(session, DestructionState.PROPOSED) if policy.may_confirm(actor, one.act)]


def list_to_look_at(session: Session, actor: Actor) -> Listed | None:
    """Return the list that the portal drew up for this actor to look through; None where there is none."""
    return next(iter(_in_state(session, DestructionState.DRAFT)), None) if policy.may_keep(actor) else None


def requests_due(session: Session, actor: Actor, today: date) -> OpenRequests | None:
    """Return the requests that are overdue or due in ten days, where this actor answers them; None without any."""
    if not policy.may_keep(actor):
        return None
    waits = SubjectRequest.done_on.is_(None) & (SubjectRequest.due_on <= today + SOON)
    columns = func.count(), func.min(SubjectRequest.due_on), func.count(SubjectRequest.prolonged_on)
    count, due_on, prolonged = session.execute(select(*columns).where(waits)).one()
    return OpenRequests(count, due_on, prolonged) if count else None


def _in_state(session: Session, state: DestructionState) -> Sequence[Listed]:
    rows = session.execute(
        select(Destruction, func.count(DestructionSubject.id), last_day())
        .join(DestructionSubject, DestructionSubject.destruction_id == Destruction.id)
        .where(Destruction.state == state)
        .group_by(Destruction.region_id, Destruction.id)
        .order_by(Destruction.id)
    )
    return [Listed(*row) for row in rows]
