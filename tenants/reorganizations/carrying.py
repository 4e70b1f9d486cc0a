"""Carries a planned change out: the job of its day. It may die anywhere and run again, and ends in the same state."""

from sqlalchemy import func, select

from tenants import clock, journal
from tenants.accounts.actor import Workplace, system_actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, Scope, ScopedSession, find, transaction
from tenants.errors import WrongStateError
from tenants.jobs import commands as jobs
from tenants.jobs.commands import Claim
from tenants.jobs.models import Job
from tenants.organizations.commands import create_organization
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.moves import move_organization
from tenants.organizations.queries import organization_in_reach
from tenants.reorganizations import leaving, taking
from tenants.reorganizations.closing import close_sources, part_staff
from tenants.reorganizations.commands import JOB, chosen_of
from tenants.reorganizations.models import Kind, RecordKind, Reorganization, ReorganizationChoice, State, Transfer
from tenants.reorganizations.rebooking import ask_for_sums, rebook
from tenants.reorganizations.taking import Way


def carry_out(claim: Claim) -> None:
    """Carry one planned change out; one that is done, undone or not due yet is left alone."""
    plan = _begin(claim)
    if plan is None:
        return
    if plan.kind is Kind.MOVE:
        _move(claim.scope, plan)
        _finish(claim.scope, plan.id, {})
        return
    choice = _choice(claim.scope, plan)
    chosen = frozenset(choice.participants) if choice else None
    receiver = _receiver(plan)
    sources = [_place(one) for one in plan.sources if one != plan.receiver]
    for source in sources:
        way = Way(plan.id, source, receiver, plan.takes_effect_on, chosen)
        # Everything stands in the receiver before anything ends in the source: nothing is lost between two steps.
        taking.take_over(way, lambda: _hold(claim))
        leaving.leave(way, lambda: _hold(claim))
    if choice is None:
        close_sources(plan, [source.id for source in sources])
    else:
        part_staff(plan, choice.placements)
    ask_for_sums(claim.scope, plan.takes_effect_on)
    _finish(claim.scope, plan.id, _count(receiver, plan.id))


def carry_out_due() -> int:
    """Ask for the job of every plan whose day has come in its zone; returns how many were asked for.

    A plan whose job has failed is left to the administrator, who sees why and may repeat it.
    """
    with transaction(REGISTRY.reading()) as registry:
        regions = [
            workplace(place)
            for place in registry.scalars(select(Organization).where(Organization.kind == OrganizationKind.REGION))
        ]
    return sum(_ask_due(region) for region in regions)


def _ask_due(region: Workplace) -> int:
    actor = system_actor(region, Role.REGION_ADMIN)
    with transaction(actor.scope.reading()) as session:
        due = [plan_id for plan_id in _due(session) if not _asked(session, plan_id)]
    if not due:
        return 0
    with transaction(actor.scope) as session:
        return sum(jobs.request(session, JOB, plan_id) is not None for plan_id in due)


def _due(session: ScopedSession) -> list[int]:
    """Return the plans whose day has come where their first organization stands."""
    rows = session.execute(
        select(Reorganization.id, Reorganization.takes_effect_on, Organization.time_zone)
        .join(Organization, Organization.id == Reorganization.sources[1])
        .where(Reorganization.state == State.PLANNED)
        .order_by(Reorganization.takes_effect_on, Reorganization.id)
    ).all()
    return [plan_id for plan_id, day, zone in rows if day <= clock.today(zone)]


def _asked(session: ScopedSession, plan_id: int) -> bool:
    return (
        session.scalars(select(Job.id).where(Job.kind == JOB, Job.subject_id == plan_id).limit(1)).first() is not None
    )


def _begin(claim: Claim) -> Reorganization | None:
    with transaction(claim.scope) as session:
        plan = find(session, Reorganization, claim.subject_id, lock=True)
        zone = organization_in_reach(session, plan.sources[0]).time_zone
        if plan.state not in (State.PLANNED, State.RUNNING) or plan.takes_effect_on > clock.today(zone):
            return None
        plan.state = State.RUNNING
        return plan


def _finish(scope: Scope, plan_id: int, outcome: dict[str, int]) -> None:
    with transaction(scope) as session:
        plan = find(session, Reorganization, plan_id, lock=True)
        if plan.state is State.DONE:
            return
        plan.state, plan.carried_out_at, plan.outcome = State.DONE, clock.now(), outcome
        actor = system_actor(workplace(organization_in_reach(session, scope.organization_id)), Role.REGION_ADMIN)
        journal.record(session, actor, "reorganization.carried_out", plan, **outcome)


def _hold(claim: Claim) -> None:
    if not jobs.renew(claim):
        raise WrongStateError("Это задание выполняет другой исполнитель.")


def _move(scope: Scope, plan: Reorganization) -> None:
    with transaction(REGISTRY) as registry:
        move_organization(registry, plan.sources[0], plan.receiver, plan.takes_effect_on)
    rebook(scope, _place(plan.sources[0]), plan)
    ask_for_sums(scope, plan.takes_effect_on)


def _choice(scope: Scope, plan: Reorganization) -> ReorganizationChoice | None:
    """Return who goes with a split; None for a merger, of which everybody goes."""
    if plan.kind is not Kind.SPLIT:
        return None
    with transaction(scope.reading()) as session:
        return chosen_of(session, plan.id) or ReorganizationChoice(participants=[], staff_going=[], staff_both=[])


def _receiver(plan: Reorganization) -> Workplace:
    """Return who receives; a new organization is created once, under the id that was reserved for it."""
    with transaction(REGISTRY) as registry:
        known = registry.scalars(select(Organization).where(Organization.id == plan.receiver)).one_or_none()
        if known is None and plan.card is not None:
            parent = registry.scalars(select(Organization).where(Organization.id == plan.card["parent_id"])).one()
            kind = OrganizationKind(plan.card["kind"])
            known = create_organization(
                registry, parent, kind, plan.card, since=plan.takes_effect_on, reserved_id=plan.receiver
            )
        if known is None:
            raise WrongStateError("Организации, которая принимает людей, больше нет.")
        return workplace(known)


def _place(organization_id: int) -> Workplace:
    with transaction(REGISTRY.reading()) as registry:
        return workplace(registry.scalars(select(Organization).where(Organization.id == organization_id)).one())


def _count(receiver: Workplace, plan_id: int) -> dict[str, int]:
    with transaction(system_actor(receiver).scope.reading()) as session:
        rows = session.execute(
            select(Transfer.record_kind, func.count())
            .where(Transfer.reorganization == plan_id)
            .group_by(Transfer.record_kind)
        ).all()
    return {kind.value: 0 for kind in RecordKind} | {kind.value: count for kind, count in rows}
