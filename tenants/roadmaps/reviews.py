"""Steps of the reviewer, always on the frozen version seen, and the school's answers to remarks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert, owner_of
from tenants.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.roadmaps import policy
from tenants.roadmaps.comparison import deviations_by_roadmap
from tenants.roadmaps.events import append_event, state_of
from tenants.roadmaps.models import (
    EventKind,
    RemarkAnswer,
    Roadmap,
    RoadmapRemark,
    RoadmapState,
    RoadmapStatus,
    RoadmapVersion,
    VersionMeasure,
)


def take_roadmap(session: Session, actor: Actor, roadmap_id: int) -> RoadmapState:
    """Begin the review: from here on the school waits for the decision."""
    state = _under_review(session, actor, roadmap_id)
    _take(session, actor, state)
    return state


def _take(session: Session, actor: Actor, state: RoadmapState) -> None:
    if state.taken_at is not None:
        journal.nothing_changed()
    else:
        append_event(session, actor, state, EventKind.TAKEN)
        journal.record(session, actor, "roadmap.taken", None, roadmap_id=state.roadmap_id, version=state.version_n)


def _under_review(session: Session, actor: Actor, roadmap_id: int, version_n: int | None = None) -> RoadmapState:
    roadmap = find(session, Roadmap, roadmap_id)
    if not policy.may_review(actor, roadmap):
        raise ForbiddenError("План согласует вышестоящая организация.")
    state = state_of(session, roadmap_id, lock=True)
    if version_n is not None and state.version_n != version_n:
        raise ConflictError("Прислана новая версия плана. Откройте её: решение принимают по той версии, что видна.")
    if state.status is not RoadmapStatus.SENT:
        raise WrongStateError("Этот план уже не на согласовании: решение принято или школа отозвала план.")
    return state


@dataclass(frozen=True)
class Pin:
    """What a remark hangs on: a measure, a template's measure that the plan lacks, a stage; nothing means the whole."""

    measure_id: int | None = None
    template_measure_id: int | None = None
    stage_title: str = ""


def pin_remark(
    session: Session, actor: Actor, roadmap_id: int, pin: Pin, text: str, *, version_n: int
) -> RoadmapRemark | None:
    """Write a remark; a second one at the same place replaces the first, an empty one withdraws it.

    The school sees remarks once the plan is returned or approved. Returns None where there was nothing to withdraw.
    """
    state = _under_review(session, actor, roadmap_id, version_n)
    _refuse_foreign_pin(session, state, pin)
    before = next((row for row in current_remarks(session, roadmap_id, version_n) if _pin_of(row) == pin), None)
    text = text.strip()
    if not text and before is None:
        return None
    _take(session, actor, state)
    remark = insert(
        session,
        RoadmapRemark(
            **owner_of(state),
            roadmap_id=roadmap_id,
            version_n=version_n,
            measure_id=pin.measure_id,
            template_measure_id=pin.template_measure_id,
            stage_title=pin.stage_title,
            replaces_id=before.id if before else None,
            text=text,
            user_id=actor.user_id or None,
            author_name=actor.name,
        ),
    )
    event = "roadmap_remark.written" if text else "roadmap_remark.withdrawn"
    journal.record(session, actor, event, remark, roadmap_id=roadmap_id, version=version_n)
    return remark


def _pin_of(row: RoadmapRemark) -> Pin:
    return Pin(row.measure_id, row.template_measure_id, row.stage_title)


def _refuse_foreign_pin(session: Session, state: RoadmapState, pin: Pin) -> None:
    if pin.measure_id is None:
        return
    frozen = (
        select(VersionMeasure.id)
        .join(RoadmapVersion, RoadmapVersion.id == VersionMeasure.version_id)
        .where(
            RoadmapVersion.roadmap_id == state.roadmap_id,
            RoadmapVersion.n == state.version_n,
            VersionMeasure.measure_id == pin.measure_id,
        )
    )
    if session.scalar(frozen) is None:
        raise NotFoundError("Такого мероприятия в этой версии нет.")


def current_remarks(session: Session, roadmap_id: int, version_n: int | None = None) -> list[RoadmapRemark]:
    """Return the remarks that stand (neither replaced nor withdrawn), the oldest first."""
    query = select(RoadmapRemark).where(RoadmapRemark.roadmap_id == roadmap_id).order_by(RoadmapRemark.id)
    if version_n is not None:
        query = query.where(RoadmapRemark.version_n == version_n)
    return standing(session.scalars(query).all())


def standing(remarks: Sequence[RoadmapRemark]) -> list[RoadmapRemark]:
    """Leave out what was replaced or withdrawn."""
    replaced = {remark.replaces_id for remark in remarks}
    return [remark for remark in remarks if remark.id not in replaced and remark.text]


def return_roadmap(
    session: Session, actor: Actor, roadmap_id: int, *, version_n: int, reason: str = ""
) -> RoadmapState:
    """Return a version to the school with the remarks pinned to it, a reason for the whole, or both."""
    state = _under_review(session, actor, roadmap_id, version_n)
    remarks = current_remarks(session, roadmap_id, version_n)
    if not remarks and not reason.strip():
        raise InvalidError("Напишите, что исправить: причину возврата или замечание к мероприятию.", field="reason")
    append_event(session, actor, state, EventKind.RETURNED, reason=reason.strip(), remark_count=len(remarks))
    journal.record(
        session, actor, "roadmap.returned", None, roadmap_id=roadmap_id, version=version_n, remarks=len(remarks)
    )
    return state


@dataclass(frozen=True)
class Order:
    """The order that approves: its number and date stand in the approval block."""

    number: str
    on: date


def approve_roadmap(session: Session, actor: Actor, roadmap_id: int, order: Order, *, version_n: int) -> RoadmapState:
    """Approve exactly the version that was seen.

    Raises:
        ConflictError: the school has sent another version meanwhile.
        ForbiddenError: not the reviewer, or the same person sent the plan.
        InvalidError: the order's date lies ahead, or its number is missing.

    """
    state = _under_review(session, actor, roadmap_id, version_n)
    _refuse_bad_order(actor, order)
    _approve(session, actor, state, order)
    return state


def _refuse_bad_order(actor: Actor, order: Order) -> None:
    if not order.number.strip():
        raise InvalidError("Укажите номер приказа.", field="order_number")
    if order.on > clock.today(actor.organization.time_zone):
        raise InvalidError("Дата приказа ещё не наступила.", field="order_on")


def _approve(session: Session, actor: Actor, state: RoadmapState, order: Order) -> None:
    if not policy.may_approve(actor, state, authors=_authors(session, state)):
        raise ForbiddenError("Вы сами составили или отправили этот план: утвердить его должен другой сотрудник.")
    append_event(
        session,
        actor,
        state,
        EventKind.APPROVED,
        order_number=order.number.strip(),
        order_on=order.on.isoformat(),
    )
    journal.record(
        session, actor, "roadmap.approved", None, roadmap_id=state.roadmap_id, version=state.version_n,
        order_number=order.number.strip(), order_on=order.on.isoformat(),
    )  # fmt: skip


def _authors(session: Session, state: RoadmapState) -> tuple[int | None, ...]:
    """Return who wrote the plan and who sent this version."""
    return session.scalar(select(Roadmap.created_by).where(Roadmap.id == state.roadmap_id)), state.sent_by


@dataclass(frozen=True)
class Batch:
    """What became of a batch: ids of plans approved, and of those left for a look one by one."""

    approved: tuple[int, ...]
    skipped: tuple[int, ...]


def approve_clean(session: Session, actor: Actor, seen: Mapping[int, int], order: Order) -> Batch:
    """Approve the plans that have neither deviations nor remarks; `seen` maps their ids to the version seen.

    A plan that has changed, has been decided on, deviates, or was sent by the actor is left out and named.
    """
    _refuse_bad_order(actor, order)
    found = deviations_by_roadmap(session, sorted(seen))
    approved: list[int] = []
    for roadmap_id in sorted(seen):
        state = state_of(session, roadmap_id, lock=True)
        if not policy.may_review(actor, state):
            raise ForbiddenError("План согласует вышестоящая организация.")
        fresh = state.status is RoadmapStatus.SENT and state.version_n == seen[roadmap_id]
        by_other = policy.may_approve(actor, state, authors=_authors(session, state))
        clean = not found.get(roadmap_id) and not current_remarks(session, roadmap_id, state.version_n)
        if fresh and by_other and clean:
            _approve(session, actor, state, order)
            approved.append(roadmap_id)
    if not approved:
        journal.nothing_changed()
    return Batch(tuple(approved), tuple(sorted(set(seen) - set(approved))))


def answer_remark(session: Session, actor: Actor, remark_id: int, text: str) -> RemarkAnswer:
    """Say what was done about a remark; a second answer takes the place of the first."""
    remark = find(session, RoadmapRemark, remark_id)
    if not policy.may_edit(actor, remark):
        raise ForbiddenError("На замечание отвечает сама организация.")
    state = state_of(session, remark.roadmap_id, lock=True)
    if remark.version_n == state.version_n and state.status is RoadmapStatus.SENT:
        raise NotFoundError
    if not text.strip():
        raise InvalidError("Напишите ответ.", field="text")
    answer = session.scalars(select(RemarkAnswer).where(RemarkAnswer.remark_id == remark_id)).one_or_none()
    if answer is None:
        answer = insert(session, RemarkAnswer(remark_id=remark_id, text=text.strip()))
    answer.text, answer.at = text.strip(), clock.now()
    answer.user_id, answer.author_name = actor.user_id or None, actor.name
    journal.record(session, actor, "roadmap_remark.answered", remark, roadmap_id=remark.roadmap_id)
    return answer
