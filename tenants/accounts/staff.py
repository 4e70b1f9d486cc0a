"""The staff of an organization: who works there, change of role, dismissal. All of it in the registry's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from tenants import clock
from tenants.accounts import events, rights
from tenants.accounts.actor import Actor
from tenants.accounts.events import Who
from tenants.accounts.invitations import place_in_reach
from tenants.accounts.models import Membership, Role, SignIn, UserAccount
from tenants.accounts.queries import works_today
from tenants.db import insert, lock_key
from tenants.errors import ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.organizations.models import Organization
from tenants.organizations.tree import living_on

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Member:
    """Somebody who works in an organization today, will, or has worked there."""

    membership: Membership
    account: UserAccount
    seen_at: datetime | None
    """When any of the person's browsers asked for a page last."""
    stands_for: UserAccount | None
    """Whose place a deputy takes."""
    rests: bool
    """A deputy works instead for now."""
    today: date

    @property
    def over(self) -> bool:
        """Return whether the role has ended."""
        held = self.membership
        return held.ended_at is not None or (held.until is not None and held.until < self.today)

    @property
    def role_label(self) -> str:
        """Return the Russian name of the role, a deputy's with «и. о.»."""
        role = self.membership.role
        return f"и. о. {role.label_of}" if self.membership.deputy_of_id else role.label


def members_of(session: Session, place: Organization) -> list[Member]:
    """Return everybody who ever held a role in an organization: by role, then since when. One statement."""
    whose, held = aliased(UserAccount), aliased(Membership)
    deputy = aliased(Membership)
    today = clock.today(place.time_zone)
    stands_in = (
        select(deputy.id)
        .where(deputy.deputy_of_id == Membership.id, deputy.suspends, deputy.ended_at.is_(None))
        .where(deputy.since <= today, deputy.until >= today)
    )
    seen = select(func.max(SignIn.seen_at)).where(SignIn.user_id == UserAccount.id).scalar_subquery()
    rows = session.execute(
        select(Membership, UserAccount, seen, whose, stands_in.exists())
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .outerjoin(held, held.id == Membership.deputy_of_id)
        .outerjoin(whose, whose.id == held.user_id)
        .where(Membership.organization_id == place.id)
    ).all()
    order = {role: at for at, role in enumerate(rights.roles_of(place.kind))}
    found = [Member(*row, today) for row in rows]
    return sorted(found, key=lambda one: (order.get(one.membership.role, 9), one.membership.since, one.membership.id))


def hold_role(session: Session, account: UserAccount, place: Organization, role: Role) -> Membership:
    """Give a role from today on; a role ended today is taken up again, one that is held stays."""
    today = clock.today(place.time_zone)
    held = session.scalars(
        select(Membership)
        .where(
            Membership.user_id == account.id,
            Membership.organization_id == place.id,
            Membership.role == role,
            or_(Membership.since == today, Membership.deputy_of_id.is_(None)),
        )
        .order_by(Membership.since.desc())
        .limit(1)
    ).one_or_none()
    if held is not None and (held.since == today or (held.until is None and held.ended_at is None)):
        # The place of a deputy who is named for good is no longer a deputy's.
        held.until = held.ended_at = held.deputy_of_id = None
        held.suspends, held.reason = False, ""
        return held
    row = Membership(user_id=account.id, region_id=place.region_id, organization_id=place.id, role=role, since=today)
    return insert(session, row)


def dismiss(session: Session, actor: Actor, membership_id: int, *, from_day: date) -> Membership:
    """End a role: `from_day` is the first day without it; today or earlier means from the next request on.

    Raises:
        NotFoundError: it is a role of an organization out of reach.
        ForbiddenError: the actor does not name such a role there.
        WrongStateError: it has ended, or it is the last administrator's.

    """
    held, place = _held(session, actor, membership_id)
    _refuse_last(session, held, place, from_day)
    _end(held, place, from_day)
    event = "deputy.ended" if held.deputy_of_id else "membership.ended"
    events.record(
        session,
        Who(actor.user_id, actor.name),
        event,
        on_user_id=held.user_id,
        place=place,
        role=held.role.value,
        until=held.until.isoformat() if held.until else None,
    )
    return held


def change_role(session: Session, actor: Actor, membership_id: int, role: Role) -> Membership:
    """Give somebody another role in the same organization from today on.

    Raises:
        ForbiddenError: the actor does not name one of the two roles there, or the role is their own.
        InvalidError: it is the role held now.

    """
    held, place = _held(session, actor, membership_id)
    if held.deputy_of_id is not None:
        raise WrongStateError("Роль исполняющего обязанности не меняют: завершите её и назначьте заново.")
    if role not in rights.nameable(rights.standing_of(actor), place):
        raise ForbiddenError(f"Назначить роль «{role.label}» Вы не можете.")
    if actor.is_person(held.user_id):
        raise ForbiddenError("Свою роль изменить нельзя: попросите другого администратора.")
    if role is held.role:
        raise InvalidError("Эта роль у сотрудника уже есть.", field="role")
    today = clock.today(place.time_zone)
    _refuse_last(session, held, place, today)
    _end(held, place, today)
    made = hold_role(session, session.get_one(UserAccount, held.user_id), place, role)
    events.record(
        session,
        Who(actor.user_id, actor.name),
        "membership.changed",
        on_user_id=held.user_id,
        place=place,
        before={"role": held.role.value},
        after={"role": role.value},
    )
    return made


def keepers_of(session: Session, organization_id: int) -> list[str]:
    """Return the short names of those who keep the data of an archived organization, by name."""
    accounts = session.scalars(
        select(UserAccount)
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(
            Membership.organization_id == organization_id,
            Membership.role == Role.KEEPER,
            works_today(Membership),
            UserAccount.disabled_at.is_(None),
        )
        .order_by(UserAccount.last_name, UserAccount.id)
    )
    return [account.name_short for account in accounts]


def organizations_without(session: Session, actor: Actor) -> Sequence[Organization]:
    """Return the organizations below the actor that nobody administers today, by name."""
    own = actor.organization
    today = clock.today(own.time_zone)
    administers = (
        select(Membership.id)
        .where(
            Membership.organization_id == Organization.id,
            Membership.role.in_((Role.DISTRICT_HEAD, Role.DIRECTOR)),
            Membership.ended_at.is_(None),
            Membership.since <= today,
            or_(Membership.until.is_(None), Membership.until >= today),
        )
        .exists()
    )
    below = Organization.district_id == own.id if actor.role.of_district else Organization.region_id == own.region_id
    return session.scalars(
        select(Organization)
        .where(below, Organization.id != own.id, living_on(clock.today()), ~administers)
        .order_by(func.app.ru_key(Organization.name_short), Organization.id)
    ).all()


def _held(session: Session, actor: Actor, membership_id: int) -> tuple[Membership, Organization]:
    found = session.scalars(select(Membership).where(Membership.id == membership_id).with_for_update()).one_or_none()
    if found is None:
        raise NotFoundError
    place = place_in_reach(session, actor, found.organization_id)
    if found.role not in rights.nameable(rights.standing_of(actor), place):
        raise ForbiddenError(f"Роль «{found.role.label}» здесь назначает и завершает другой сотрудник.")
    if found.ended_at is not None or (found.until is not None and found.until < clock.today(place.time_zone)):
        raise WrongStateError("Эта роль уже завершена.")
    return found, place


def _refuse_last(session: Session, held: Membership, place: Organization, from_day: date) -> None:
    """Two administrators who dismiss each other at once wait for each other here."""
    if held.role is not rights.administrator_of(place.kind) or held.deputy_of_id is not None:
        return
    lock_key(session, f"administrators:{place.id}")
    others = select(Membership.id).where(
        Membership.organization_id == place.id,
        Membership.role == held.role,
        Membership.id != held.id,
        Membership.user_id != held.user_id,
        Membership.deputy_of_id.is_(None),
        Membership.ended_at.is_(None),
        Membership.since <= max(from_day, clock.today(place.time_zone)),
        Membership.until.is_(None),
    )
    if session.scalar(others.limit(1)) is None:
        raise WrongStateError(
            f"Это последний {held.role.label} организации «{place.name_short}». Сначала пригласите нового,"
            " дождитесь, когда он примет приглашение, и завершите эту роль."
        )


def _end(held: Membership, place: Organization, from_day: date) -> None:
    if from_day <= clock.today(place.time_zone):
        held.ended_at = clock.now()
    held.until = max(held.since, from_day - _DAY)


@dataclass(frozen=True)
class Contact:
    """Somebody to call."""

    organization_id: int
    organization: str
    name: str
    role_label: str
    phone: str
    email: str


def contacts_of(session: Session, organization_ids: Sequence[int]) -> list[Contact]:
    """Return who works in organizations today: by organization, role, name. One statement."""
    rows = session.execute(
        select(Membership, UserAccount, Organization)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.organization_id.in_(organization_ids), works_today(Membership))
        .where(UserAccount.disabled_at.is_(None))
        .order_by(Organization.id, UserAccount.last_name, UserAccount.id)
    ).all()
    found = [
        (rights.roles_of(place.kind).index(held.role), Contact(
            place.id, place.name_short, f"{account.last_name} {account.first_name} {account.middle_name}".strip(),
            f"и. о. {held.role.label_of}" if held.deputy_of_id else held.role.label, account.phone, account.email,
        ))
        for held, account, place in rows
        if held.role in rights.roles_of(place.kind)
    ]  # fmt: skip
    return [contact for _, contact in sorted(found, key=lambda one: (one[1].organization_id, one[0]))]
