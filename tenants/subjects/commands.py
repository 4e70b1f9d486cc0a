"""An act of destruction from the list to the signature: the portal draws up, the curator looks, the director signs."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import ScopedSession, find, insert, lock_key
from tenants.errors import ForbiddenError, InvalidError, WrongStateError
from tenants.jobs.commands import request
from tenants.subjects import policy
from tenants.subjects.due import DueSubject, due_subjects
from tenants.subjects.models import Destruction, DestructionState, DestructionSubject

JOB = "destruction"
TELL_JOB = "destruction_waits"


def draw_up(session: Session, actor: Actor, today: date) -> Destruction | None:
    """Draw up a list of everybody whose data must go today; None where there is nobody, or the list stands already."""
    lock_key(session, f"destruction:{actor.organization.id}")
    ripe = [one for one in due_subjects(session, today) if one.ripe(today)]
    act = draft_of(session)
    if not ripe or (act is not None and _people(session, act.id) == {one.participant_id for one in ripe}):
        return None
    act = act or _new(session)
    _list(session, act, ripe)
    journal.record(session, actor, "destruction.drawn_up", act, number=act.number, people=[one.number for one in ripe])
    return act


def propose(session: ScopedSession, actor: Actor, participant_ids: Collection[int], today: date) -> Destruction:
    """Hand a looked-through list to the director.

    Raises:
        ForbiddenError: only the curator proposes.
        InvalidError: nobody was chosen, or one of the chosen is not due any more.

    """
    if not policy.may_keep(actor):
        raise ForbiddenError("Список на уничтожение составляет куратор.")
    lock_key(session, f"destruction:{actor.organization.id}")
    ripe = {one.participant_id: one for one in due_subjects(session, today) if one.ripe(today)}
    if not participant_ids:
        raise InvalidError("Отметьте хотя бы одного участника.")
    if missing := set(participant_ids) - ripe.keys():
        raise WrongStateError(
            f"Список изменился: {len(missing)} из отмеченных уже не подлежат уничтожению или стоят в другом акте."
            " Откройте страницу снова."
        )
    act = draft_of(session) or _new(session)
    _list(session, act, [one for one in ripe.values() if one.participant_id in participant_ids])
    act.state = DestructionState.PROPOSED
    act.proposed_by, act.proposed_by_name, act.proposed_by_post = actor.user_id, actor.name, actor.role_label
    act.proposed_at = clock.now()
    left = sorted(one.number for one in ripe.values() if one.participant_id not in participant_ids)
    journal.record(session, actor, "destruction.proposed", act, number=act.number, left_out=left)
    request(session, TELL_JOB, act.id)
    return act


def confirm(session: ScopedSession, actor: Actor, destruction_id: int) -> Destruction:
    """Sign an act; from here on the job carries it out and nothing brings the data back.

    Raises:
        ForbiddenError: the actor is no director here, or proposed the act, under whatever role or account.
        WrongStateError: the act does not wait for a signature.

    """
    act = _waiting(session, actor, destruction_id)
    act.state = DestructionState.CONFIRMED
    act.confirmed_by, act.confirmed_by_name, act.confirmed_by_post = actor.user_id, actor.name, actor.role_label
    act.confirmed_at = clock.now()
    people = [one.number for one in subjects_of(session, act.id)]
    journal.record(session, actor, "destruction.confirmed", act, number=act.number, people=people)
    request(session, JOB, act.id)
    return act


def send_back(session: Session, actor: Actor, destruction_id: int, reason: str) -> Destruction:
    """Return an act to the curator with a reason; its people may stand in another one.

    Raises:
        InvalidError: there is no reason.

    """
    act = _waiting(session, actor, destruction_id)
    if not reason.strip():
        raise InvalidError("Напишите, почему список возвращён.", field="reason")
    act.state, act.return_reason = DestructionState.RETURNED, reason.strip()[:500]
    journal.record(session, actor, "destruction.returned", act, number=act.number)
    return act


def draft_of(session: Session) -> Destruction | None:
    """Return the list that the portal drew up and nobody has looked at."""
    query = select(Destruction).where(Destruction.state == DestructionState.DRAFT).order_by(Destruction.id.desc())
    return session.scalars(query.limit(1)).one_or_none()


def acts_of(session: Session) -> Sequence[Destruction]:
    """Return the acts of the organization, the newest first; lists that nobody has looked at are left out."""
    query = select(Destruction).where(Destruction.state != DestructionState.DRAFT).order_by(Destruction.number.desc())
    return session.scalars(query).all()


def subjects_of(session: Session, destruction_id: int) -> Sequence[DestructionSubject]:
    """Return the people of an act by number."""
    query = select(DestructionSubject).where(DestructionSubject.destruction_id == destruction_id)
    return session.scalars(query.order_by(DestructionSubject.number)).all()


def _waiting(session: Session, actor: Actor, destruction_id: int) -> Destruction:
    act = find(session, Destruction, destruction_id, lock=True)
    if not policy.may_sign(actor):
        raise ForbiddenError("Акт утверждает директор.")
    if actor.is_person(act.proposed_by):
        raise ForbiddenError("Список составили Вы. Утвердить акт должен другой человек.")
    if act.state is not DestructionState.PROPOSED:
        raise WrongStateError(f"Акт № {act.number} уже не ждёт подписи: {act.state.label}.")
    return act


def _new(session: Session) -> Destruction:
    number = (session.scalar(select(func.max(Destruction.number))) or 0) + 1
    return insert(session, Destruction(number=number))


def _people(session: Session, destruction_id: int) -> set[int]:
    return {one.participant_id for one in subjects_of(session, destruction_id)}


def _list(session: Session, act: Destruction, people: Sequence[DueSubject]) -> None:
    session.execute(delete(DestructionSubject).where(DestructionSubject.destruction_id == act.id))
    for one in people:
        session.add(
            DestructionSubject(
                destruction_id=act.id,
                participant_id=one.participant_id,
                number=one.number,
                reason=one.reason,
                due_on=one.due_on,
            )
        )
