"""After a restore: carry out again what the log tells and the copy has brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor, system_actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, Level, Scope, insert, lock_key, transaction
from tenants.organizations.models import Organization
from tenants.participants.models import Participant
from tenants.subjects import erasing
from tenants.subjects.access import full_scope
from tenants.subjects.destroying import Papers, carry_out
from tenants.subjects.log import Line
from tenants.subjects.models import Destruction, DestructionState, DestructionSubject, Reason

_PORTAL = "Портал, по журналу уничтожения"


@dataclass(frozen=True)
class Replayed:
    """What a replay found and did."""

    acts: int
    """Acts that the log tells of."""
    returned: int
    """People whose data the restored copy had brought back."""
    destroyed: int
    unknown: int
    """Acts of organizations that the copy does not know."""


def revived(lines: Sequence[Line]) -> int:
    """Return how many people of the log have personal data in the database, signed acts at work left out."""
    found = 0
    for line in lines:
        scope = _scope_of(line)
        if scope is not None:
            with transaction(full_scope(scope).reading()) as session:
                found += 0 if _at_work(session, line) else len(erasing.standing(session, dict(line.subjects)))
    return found


def replay(lines: Sequence[Line], papers: Papers) -> Replayed:
    """Destroy again what came back; doing it twice changes nothing."""
    returned = destroyed = unknown = 0
    for line in lines:
        scope = _scope_of(line)
        if scope is None:
            unknown += 1
            continue
        people = _again(scope, line, papers)
        returned += people
        destroyed += people
    return Replayed(len(lines), returned, destroyed, unknown)


def _again(scope: Scope, line: Line, papers: Papers) -> int:
    with transaction(full_scope(scope)) as session:
        lock_key(session, f"replay:{line.sha256}")
        people = erasing.standing(session, dict(line.subjects))
        act_id = _unfinished(session, line) or (_new_act(session, scope, line, people) if people else None)
    if act_id is not None:
        carry_out(scope, act_id, papers)
    return len(people)


def _unfinished(session: Session, line: Line) -> int | None:
    """Return the act of an earlier replay of this line that was cut short."""
    query = select(Destruction.id).where(
        Destruction.replay_of == line.sha256, Destruction.state == DestructionState.CONFIRMED
    )
    return session.scalars(query.limit(1)).one_or_none()


def _new_act(session: Session, scope: Scope, line: Line, people: Sequence[int]) -> int:
    """Write the act down anew: the copy may be older than the act itself. Its list is closed by the signature."""
    number = (session.scalar(select(func.max(Destruction.number))) or 0) + 1
    act = insert(
        session,
        Destruction(
            number=max(number, line.number),
            state=DestructionState.PROPOSED,
            proposed_by=line.proposed_by,
            proposed_by_name=_PORTAL,
            proposed_at=clock.now(),
            replay_of=line.sha256,
        ),
    )
    numbers = dict(session.execute(select(Participant.id, Participant.number).where(Participant.id.in_(people))).all())
    signed_on = datetime.fromisoformat(line.on).date()
    # A line from before the grounds were kept tells none; the term is what most data go by.
    told = dict(zip((one for one, _ in line.subjects), line.reasons, strict=bool(line.reasons)))
    for participant_id in people:
        row = DestructionSubject(destruction_id=act.id, participant_id=participant_id, number=numbers[participant_id])
        row.reason, row.due_on = Reason(told.get(participant_id, Reason.TERM)), signed_on
        insert(session, row)
    act.state, act.confirmed_by, act.confirmed_by_name = DestructionState.CONFIRMED, line.confirmed_by, _PORTAL
    act.confirmed_at = clock.now()
    journal.record(session, _portal(session, scope), "destruction.replay_begun", act, number=act.number, of=line.number)
    return act.id


def _portal(session: Session, scope: Scope) -> Actor:
    place = session.scalars(select(Organization).where(Organization.id == scope.organization_id)).one()
    return system_actor(workplace(place), Role.DIRECTOR)


def _at_work(session: Session, line: Line) -> bool:
    query = select(Destruction.id).where(Destruction.id == line.act, Destruction.state == DestructionState.CONFIRMED)
    return session.scalars(query).one_or_none() is not None


def _scope_of(line: Line) -> Scope | None:
    with transaction(REGISTRY.reading()) as session:
        row = session.execute(
            select(Organization.region_id, Organization.district_id, Organization.id).where(
                Organization.region_id == line.region, Organization.id == line.organization
            )
        ).one_or_none()
    return None if row is None else Scope(Level.ORGANIZATION, *row)
