"""Who works in an organization into the day of a change, and who of them goes with a split."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants.accounts import rights
from tenants.accounts.models import Membership, UserAccount
from tenants.organizations.models import Organization


@dataclass(frozen=True)
class StaffLine:
    """One member of staff with every role that reaches into the new state of things."""

    user_id: int
    name: str
    roles: tuple[str, ...]
    """In Russian, a deputy's with «и. о.»."""
    administers: bool
    """Holds for good the role that names the others."""


def standing(session: Session, organization_id: int, day: date) -> Sequence[Membership]:
    """Return the memberships that reach into a day or begin later, those held for others last. Runs in the registry."""
    return session.scalars(
        select(Membership)
        .where(
            Membership.organization_id == organization_id,
            Membership.ended_at.is_(None),
            or_(Membership.until.is_(None), Membership.until >= day),
        )
        .order_by(Membership.deputy_of_id.is_not(None), Membership.role, Membership.id)
    ).all()


def staff_of(session: Session, place: Organization, day: date) -> tuple[StaffLine, ...]:
    """Return the staff into a day by name. Runs in the registry."""
    memberships = standing(session, place.id, day)
    accounts = session.scalars(
        select(UserAccount)
        .where(UserAccount.id.in_({one.user_id for one in memberships}))
        .order_by(UserAccount.last_name, UserAccount.id)
    ).all()
    return tuple(
        _line(account, [one for one in memberships if one.user_id == account.id], place) for account in accounts
    )


def _line(account: UserAccount, held: Sequence[Membership], place: Organization) -> StaffLine:
    administers = rights.administrator_of(place.kind)
    labels = [f"и. о. {one.role.label_of}" if one.deputy_of_id else one.role.label for one in held]
    return StaffLine(
        account.id,
        account.name_short,
        tuple(dict.fromkeys(labels)),
        any(one.role is administers and one.deputy_of_id is None for one in held),
    )
