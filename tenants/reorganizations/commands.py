"""Plan a change of the tree, choose who goes, set its day, take it back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import REGISTRY, ScopedSession, find, insert, transaction
from tenants.errors import ConflictError, ForbiddenError, InvalidError, WrongStateError
from tenants.jobs import commands as jobs
from tenants.organizations.codes import checked_card
from tenants.organizations.models import Organization, OrganizationParent
from tenants.organizations.moves import check_day, check_move
from tenants.organizations.queries import next_id, organization_in_reach
from tenants.participants.models import Participation
from tenants.reorganizations import policy
from tenants.reorganizations.checking import check_merge, check_new, check_split, refuse_accepted
from tenants.reorganizations.models import Kind, Placement, Reorganization, ReorganizationChoice, State
from tenants.reorganizations.staff import standing

JOB = "reorganize"
_REFUSED = "Переводы, объединения и разделения планирует администратор региона."


@dataclass(frozen=True)
class Change:
    """What a region's administrator says about a change of the tree."""

    kind: Kind
    sources: Sequence[int]
    takes_effect_on: date
    receiver: int | None = None
    """New parent of a move, or an organization that stands already; None: `card` is created."""
    card: Mapping[str, object] | None = None
    order_number: str = ""
    order_on: date | None = None
    reason: str = ""


def draft_reorganization(session: ScopedSession, actor: Actor, change: Change) -> Reorganization:
    """Write a change down as a draft: its page shows every effect before it is planned.

    Raises:
        InvalidError: an organization, the day or the new card does not fit.

    """
    _need_right(actor)
    places = _places(session, change.sources)
    _check(session, change, places)
    row = insert(
        session,
        Reorganization(
            kind=change.kind,
            takes_effect_on=change.takes_effect_on,
            order_number=change.order_number.strip(),
            order_on=change.order_on,
            reason=change.reason.strip(),
            sources=[place.id for place in places],
            receiver=change.receiver or _reserved_id(),
            card=_card(change, places),
            author_name=actor.name,
        ),
    )
    journal.record(session, actor, "reorganization.drafted", row, kind=row.kind.value, sources=row.sources)
    return row


def choose_people(
    session: ScopedSession,
    actor: Actor,
    reorganization_id: int,
    participants: Collection[int],
    staff: Mapping[int, Placement],
) -> Reorganization:
    """Say who goes with a split; people who take no part now stay, and so does staff that is not named.

    `staff` is keyed by account; who does not work in the source is passed over.

    Raises:
        InvalidError: nobody is chosen, or everybody.

    """
    row = _of_state(session, actor, reorganization_id, State.DRAFT)
    if row.kind is not Kind.SPLIT:
        raise WrongStateError("Людей выбирают только при разделении.")
    open_here = set(
        session.scalars(
            select(Participation.participant_id).where(
                Participation.organization_id == row.sources[0], Participation.ended_on.is_(None)
            )
        )
    )
    chosen = sorted(open_here & set(participants))
    if not chosen:
        raise InvalidError("Отметьте, кто переходит в новую организацию.", field="participants")
    if len(chosen) == len(open_here):
        raise InvalidError("Отмечены все. Если переходят все, это объединение, а не разделение.", field="participants")
    known = chosen_of(session, row.id) or insert(session, ReorganizationChoice(reorganization_id=row.id))
    known.participants = chosen
    _place_staff(known, row, staff)
    placed = len(known.staff_going) + len(known.staff_both)
    journal.record(session, actor, "reorganization.chosen", row, people=len(chosen), staff=placed)
    return row


def _place_staff(choice: ReorganizationChoice, row: Reorganization, staff: Mapping[int, Placement]) -> None:
    with transaction(REGISTRY.reading()) as registry:
        works = {one.user_id for one in standing(registry, row.sources[0], row.takes_effect_on)}
    choice.staff_going = sorted(one for one in works if staff.get(one) is Placement.GOES)
    choice.staff_both = sorted(one for one in works if staff.get(one) is Placement.BOTH)


def chosen_of(session: Session, reorganization_id: int) -> ReorganizationChoice | None:
    """Return who was chosen to go; None before the first choice."""
    return session.scalars(
        select(ReorganizationChoice).where(ReorganizationChoice.reorganization_id == reorganization_id)
    ).one_or_none()


def plan_reorganization(
    session: ScopedSession, actor: Actor, reorganization_id: int, *, version: int
) -> Reorganization:
    """Set a draft on its day: the schedule carries it out then, at once where the day has come.

    Raises:
        InvalidError: it no longer fits the tree.
        ConflictError: somebody changed the draft meanwhile.

    """
    row = _of_state(session, actor, reorganization_id, State.DRAFT)
    if row.version != version:
        raise ConflictError("Черновик изменили. Посмотрите последствия ещё раз.", version=row.version)
    places = _places(session, row.sources)
    receiver = None if row.card else row.receiver
    change = Change(row.kind, row.sources, row.takes_effect_on, receiver, row.card, row.order_number, row.order_on)
    _check(session, change, places)
    if row.kind is not Kind.MOVE:
        refuse_accepted(session, row.sources if row.kind is Kind.MERGE else (), row.takes_effect_on)
    if row.kind is Kind.SPLIT and chosen_of(session, row.id) is None:
        raise InvalidError("Отметьте, кто переходит в новую организацию.", field="participants")
    row.state, row.planned_at = State.PLANNED, clock.now()
    if row.takes_effect_on <= clock.today(places[0].time_zone):
        jobs.request(session, JOB, row.id)
    journal.record(session, actor, "reorganization.planned", row, on=row.takes_effect_on.isoformat())
    return row


def cancel_reorganization(session: ScopedSession, actor: Actor, reorganization_id: int) -> Reorganization:
    """Take a change back before it is carried out; nothing has been written yet, so nothing is undone.

    Raises:
        WrongStateError: its job has begun.

    """
    _need_right(actor)
    row = find(session, Reorganization, reorganization_id, lock=True)
    if row.state is State.CANCELLED:
        journal.nothing_changed()
        return row
    if not row.state.may_be_undone:
        raise WrongStateError("Реорганизация уже выполняется или выполнена: отменить её нельзя.")
    row.state = State.CANCELLED
    journal.record(session, actor, "reorganization.cancelled", row)
    return row


def repeat_reorganization(session: ScopedSession, actor: Actor, reorganization_id: int) -> Reorganization:
    """Ring again for a change whose job has failed: it goes on where it stopped.

    Raises:
        WrongStateError: it is not under way, or its day has not come.

    """
    _need_right(actor)
    row = find(session, Reorganization, reorganization_id, lock=True)
    if row.state not in (State.PLANNED, State.RUNNING) or row.takes_effect_on > clock.today(
        actor.organization.time_zone
    ):
        raise WrongStateError("Повторять нечего: реорганизация не начата или уже закончена.")
    jobs.request(session, JOB, row.id)
    journal.record(session, actor, "reorganization.repeated", row)
    return row


def _of_state(session: Session, actor: Actor, reorganization_id: int, state: State) -> Reorganization:
    _need_right(actor)
    row = find(session, Reorganization, reorganization_id, lock=True)
    if row.state is not state:
        raise WrongStateError(f"Это уже {row.state.label}: менять можно только черновик.")
    return row


def _need_right(actor: Actor) -> None:
    if not policy.may_reorganize(actor):
        raise ForbiddenError(_REFUSED)


def _places(session: Session, ids: Sequence[int]) -> list[Organization]:
    return [organization_in_reach(session, one) for one in dict.fromkeys(ids)]


def _check(session: Session, change: Change, places: Sequence[Organization]) -> None:
    receiver = None if change.receiver is None else organization_in_reach(session, change.receiver)
    check_day(change.takes_effect_on, places[0].time_zone)
    if change.kind is Kind.MOVE:
        if receiver is None:
            raise InvalidError("Выберите, кому организация будет подчиняться.", field="receiver")
        parents = session.scalars(
            select(OrganizationParent)
            .where(OrganizationParent.organization_id == places[0].id)
            .order_by(OrganizationParent.valid_from)
        ).all()
        check_move(places[0], receiver, change.takes_effect_on, parents)
        return
    if change.kind is Kind.MERGE:
        check_merge(places, receiver, change.takes_effect_on)
    else:
        check_split(places, receiver, change.takes_effect_on)
    if receiver is None:
        check_new(session, change.card or {})


def _card(change: Change, places: Sequence[Organization]) -> dict[str, object] | None:
    if change.receiver is not None:
        return None
    given = dict(change.card or {})
    parent = given.pop("parent_id", None) or places[0].parent_id
    code = str(given.pop("code", ""))
    card = checked_card({name: str(value) for name, value in given.items()})
    return {
        **card,
        "code": code,
        "parent_id": parent,
        "kind": places[0].kind.value,
        "time_zone": places[0].time_zone,
    }


def _reserved_id() -> int:
    """Return an id nobody has: the organization is created with it, once, however often its job runs."""
    with transaction(REGISTRY) as registry:
        return next_id(registry)
