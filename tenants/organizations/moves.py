"""Dated parenthood: hang an organization under another reviewer from a day on. Runs in the registry's scope."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import insert
from tenants.errors import InvalidError, NotFoundError
from tenants.organizations.models import Organization, OrganizationKind, OrganizationParent
from tenants.periods import SchoolYear


def parents_of(session: Session, organization_id: int) -> Sequence[OrganizationParent]:
    """Return under whom an organization hung, the first first."""
    return session.scalars(
        select(OrganizationParent)
        .where(OrganizationParent.organization_id == organization_id)
        .order_by(OrganizationParent.valid_from)
    ).all()


def check_move(place: Organization, to: Organization, day: date, parents: Sequence[OrganizationParent]) -> None:
    """Look whether an organization may hang under another from a day on.

    Raises:
        InvalidError: it hangs there already, the kinds do not fit, or the day lies in a closed year or an earlier move.

    """
    if not place.kind.reports or place.archived_on is not None:
        raise InvalidError("Переводят действующую школу, колледж или другую организацию.", field="source")
    if to.kind not in (OrganizationKind.DISTRICT, OrganizationKind.REGION) or to.archived_on is not None:
        raise InvalidError("Подчинить можно отделу образования или региональному центру.", field="receiver")
    if place.parent_id == to.id:
        raise InvalidError(f"«{place.name_short}» уже подчиняется организации «{to.name_short}».", field="receiver")
    check_day(day, place.time_zone)
    if len(parents) > 1 and day <= parents[-1].valid_from:
        raise InvalidError(
            f"Предыдущий перевод – {parents[-1].valid_from:%d.%m.%Y}. Укажите день позже него.", field="takes_effect_on"
        )


def check_day(day: date, zone: str) -> None:
    """Let a day pass that lies in the open school year or at most a year ahead.

    Raises:
        InvalidError: it does not.

    """
    today = clock.today(zone)
    opened = SchoolYear.of(today).first
    if day < opened:
        raise InvalidError(f"Учебный год начался {opened:%d.%m.%Y}: раньше переводить нельзя.", field="takes_effect_on")
    if day > today + timedelta(days=366):
        raise InvalidError("Дата дальше года вперёд. Проверьте год.", field="takes_effect_on")


def move_organization(session: Session, organization_id: int, parent_id: int, day: date) -> bool:
    """Hang an organization under another from a day on; its records follow in the same transaction.

    Returns False where it hangs there from that day already: a job may run twice.

    Raises:
        NotFoundError: one of the two is gone.
        InvalidError: the move no longer fits the tree.

    """
    place = session.scalars(
        select(Organization).where(Organization.id == organization_id).with_for_update()
    ).one_or_none()
    to = session.scalars(select(Organization).where(Organization.id == parent_id)).one_or_none()
    if place is None or to is None or place.region_id != to.region_id:
        raise NotFoundError
    parents = parents_of(session, place.id)
    if any(row.valid_from == day and row.parent_id == to.id for row in parents):
        return False
    check_move(place, to, day, parents)
    _close_last(session, place, parents, day)
    insert(
        session,
        OrganizationParent(region_id=place.region_id, organization_id=place.id, parent_id=to.id, valid_from=day),
    )
    # The composite key carries the new district to every record of the organization.
    place.parent_id, place.district_id = to.id, to.id
    return True


def _close_last(session: Session, place: Organization, parents: Sequence[OrganizationParent], day: date) -> None:
    if parents:
        last = parents[-1]
        # The portal may know the school for a shorter time than it stood where it stood.
        last.valid_from, last.valid_to = min(last.valid_from, day - timedelta(days=1)), day
    elif place.parent_id is not None:
        known = OrganizationParent(
            region_id=place.region_id,
            organization_id=place.id,
            parent_id=place.parent_id,
            valid_from=day - timedelta(days=1),
            valid_to=day,
        )
        insert(session, known)
