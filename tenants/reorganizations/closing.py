"""Staff and the organizations themselves: memberships end and begin, the merged are closed with a pointer to the heir.

Runs in the registry's scope; each step is one transaction and finds nothing to do the second time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants.accounts import events
from tenants.accounts.events import Who
from tenants.accounts.models import Membership
from tenants.db import REGISTRY, insert, transaction
from tenants.organizations.models import Organization
from tenants.reorganizations.models import Placement, Reorganization
from tenants.reorganizations.staff import standing

_PORTAL = Who(name="Портал")


def close_sources(plan: Reorganization, source_ids: Sequence[int]) -> None:
    """Close the merged organizations on the day; their staff works for the receiver from then on."""
    with transaction(REGISTRY) as session:
        receiver = _place(session, plan.receiver)
        for source_id in source_ids:
            source = _place(session, source_id)
            staff = standing(session, source.id, plan.takes_effect_on)
            _begin(session, receiver, staff, plan)
            for membership in staff:
                _end(session, source, membership, plan)
            source.archived_on, source.successor_id = plan.takes_effect_on, receiver.id
            source.archive_reason = f"объединение, преемник – {receiver.name_short}"


def part_staff(plan: Reorganization, placements: Mapping[int, Placement]) -> None:
    """Let staff of a split organization work where it was placed, with every role held; who was not placed stays."""
    with transaction(REGISTRY) as session:
        receiver, source = _place(session, plan.receiver), _place(session, plan.sources[0])
        staff = standing(session, source.id, plan.takes_effect_on)
        leaving = {one.id for one in staff if placements.get(one.user_id) is Placement.GOES}
        _begin(session, receiver, [one for one in staff if one.user_id in placements], plan)
        for membership in staff:
            # Who stood in for somebody that has left has nobody to stand in for.
            if membership.id in leaving or membership.deputy_of_id in leaving:
                _end(session, source, membership, plan)


def _place(session: Session, organization_id: int) -> Organization:
    return session.scalars(select(Organization).where(Organization.id == organization_id).with_for_update()).one()


def _begin(session: Session, receiver: Organization, staff: Iterable[Membership], plan: Reorganization) -> None:
    """Give the same roles in the receiver; one held for somebody else goes only where that somebody's goes too.

    The memberships that others stand in for come before those that stand in.
    """
    given: dict[int, Membership] = {}
    for old in staff:
        if old.deputy_of_id is None or old.deputy_of_id in given:
            given[old.id] = _give(session, receiver, old, given.get(old.deputy_of_id or 0), plan)


def _give(
    session: Session, receiver: Organization, old: Membership, principal: Membership | None, plan: Reorganization
) -> Membership:
    deputy_of_id = principal.id if principal else None
    known = _held(session, receiver, old, deputy_of_id, plan.takes_effect_on)
    if known is not None:
        return known
    since = max(old.since, plan.takes_effect_on)
    made = _written(
        session,
        Membership(
            user_id=old.user_id,
            region_id=receiver.region_id,
            organization_id=receiver.id,
            role=old.role,
            since=since,
            until=old.until,
            deputy_of_id=deputy_of_id,
            suspends=old.suspends,
            reason=old.reason,
        ),
    )
    instead = {"instead_of": principal.user_id} if principal else {}
    events.record(
        session,
        _PORTAL,
        "deputy.appointed" if principal else "membership.granted",
        on_user_id=old.user_id,
        place=receiver,
        role=old.role.value,
        since=since.isoformat(),
        reorganization=plan.id,
        **instead,
    )
    return made


def _held(
    session: Session, receiver: Organization, old: Membership, deputy_of_id: int | None, day: date
) -> Membership | None:
    return session.scalars(
        select(Membership)
        .where(
            Membership.organization_id == receiver.id,
            Membership.user_id == old.user_id,
            Membership.role == old.role,
            Membership.deputy_of_id.is_not_distinct_from(deputy_of_id),
            Membership.ended_at.is_(None),
            or_(Membership.until.is_(None), Membership.until >= day),
        )
        .order_by(Membership.id)
        .limit(1)
    ).one_or_none()


def _written(session: Session, wanted: Membership) -> Membership:
    """Write a membership; one of the same role and first day that is over, or a deputy's, becomes it."""
    same = session.scalars(
        select(Membership).where(
            Membership.user_id == wanted.user_id,
            Membership.organization_id == wanted.organization_id,
            Membership.role == wanted.role,
            Membership.since == wanted.since,
        )
    ).one_or_none()
    if same is None:
        return insert(session, wanted)
    for name in ("until", "deputy_of_id", "suspends", "reason"):
        setattr(same, name, getattr(wanted, name))
    same.ended_at = None
    return same


def _end(session: Session, place: Organization, membership: Membership, plan: Reorganization) -> None:
    membership.until = max(membership.since, plan.takes_effect_on - timedelta(days=1))
    events.record(
        session,
        _PORTAL,
        "deputy.ended" if membership.deputy_of_id else "membership.ended",
        on_user_id=membership.user_id,
        place=place,
        role=membership.role.value,
        until=membership.until.isoformat(),
        reorganization=plan.id,
    )
