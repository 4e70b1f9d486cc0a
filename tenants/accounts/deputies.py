"""Deputies: somebody holds a role for somebody else, for ninety days at most. All of it in the registry's scope."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts import events
from tenants.accounts.actor import Actor
from tenants.accounts.events import Who
from tenants.accounts.invitations import place_in_reach
from tenants.accounts.models import Membership, UserAccount
from tenants.accounts.queries import holds_today
from tenants.accounts.rights import may_appoint
from tenants.db import insert
from tenants.errors import ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.organizations.models import Organization

LONGEST = timedelta(days=90)
_REASON_LENGTH = 300


@dataclass(frozen=True)
class Deputizing:
    """From when until when somebody stands in (both included), why, and whether the other one rests meanwhile."""

    since: date
    until: date
    reason: str
    suspends: bool = False


def appoint(session: Session, actor: Actor, membership_id: int, user_id: int, deputizing: Deputizing) -> Membership:
    """Let a colleague of the same organization hold a role for somebody else, until a day.

    Raises:
        NotFoundError: a role of an organization out of reach, or the deputy does not work there.
        ForbiddenError: the actor names no deputy for this role, or would name themselves.
        InvalidError: the term or the reason does not fit, or the deputy holds that role already.

    """
    held = locked(session, membership_id)
    place = place_in_reach(session, actor, held.organization_id)
    if not may_appoint(actor, held, place):
        raise ForbiddenError("Заместителя назначает сам сотрудник или тот, кто назначает эту роль.")
    refuse_ended(held, place)
    refuse_bad_term(deputizing, place)
    _refuse_deputy(session, actor, held, user_id)
    made = put_in_place(session, held, user_id, deputizing)
    who = Who(actor.user_id, actor.name)
    events.record(session, who, "deputy.appointed", on_user_id=user_id, place=place, **told(held, deputizing))
    return made


def locked(session: Session, membership_id: int) -> Membership:
    """Return the role that somebody is to stand in for; two deputies at once wait for each other here.

    Raises:
        NotFoundError: there is none.

    """
    held = session.scalars(select(Membership).where(Membership.id == membership_id).with_for_update()).one_or_none()
    if held is None:
        raise NotFoundError
    return held


def told(held: Membership, deputizing: Deputizing) -> dict[str, object]:
    """Return what an event tells of a deputy: numbers and days."""
    return {
        "role": held.role.value,
        "instead_of": held.user_id,
        "since": deputizing.since.isoformat(),
        "until": deputizing.until.isoformat(),
        "suspends": deputizing.suspends,
    }


def candidates(session: Session, held: Membership) -> list[UserAccount]:
    """Return the colleagues who may stand in: they work in the organization and do not hold the role, by name."""
    staff = select(Membership.user_id).where(
        Membership.organization_id == held.organization_id, holds_today(Membership)
    )
    same_role = staff.where(Membership.role == held.role)
    accounts = session.scalars(
        select(UserAccount)
        .where(UserAccount.id.in_(staff), UserAccount.id.not_in(same_role), UserAccount.disabled_at.is_(None))
        .order_by(UserAccount.last_name, UserAccount.first_name, UserAccount.id)
    )
    return [account for account in accounts if not same_person(session, held, account)]


def same_person(session: Session, held: Membership, account: UserAccount) -> bool:
    """Return whether an account belongs to the very person whose role it is."""
    holder = session.get_one(UserAccount, held.user_id)
    return account.person == holder.person


def refuse_ended(held: Membership, place: Organization) -> None:
    """Name no deputy of somebody who has left.

    Raises:
        WrongStateError: the role is over.

    """
    if held.ended_at is not None or (held.until is not None and held.until < clock.today(place.time_zone)):
        raise WrongStateError("Эта роль уже завершена: заместителя ей не назначить.")


def refuse_bad_term(deputizing: Deputizing, place: Organization) -> None:
    """Hold the days and the reason against the rules.

    Raises:
        InvalidError: naming the field.

    """
    if deputizing.since < clock.today(place.time_zone):
        raise InvalidError("Начало уже прошло. Укажите сегодняшний день или позже.", field="since")
    if deputizing.until < deputizing.since:
        raise InvalidError("Последний день раньше первого.", field="until")
    if deputizing.until - deputizing.since >= LONGEST:
        raise InvalidError("Замещение длится не больше 90 дней. Потом его можно назначить снова.", field="until")
    if not deputizing.reason.strip():
        raise InvalidError("Напишите причину, например «отпуск».", field="reason")
    if len(deputizing.reason.strip()) > _REASON_LENGTH:
        raise InvalidError(f"Не больше {_REASON_LENGTH} знаков.", field="reason")


def _refuse_deputy(session: Session, actor: Actor, held: Membership, user_id: int) -> None:
    known = {account.id for account in candidates(session, held)}
    if actor.is_person(user_id):
        raise ForbiddenError("Самого себя заместителем назначить нельзя.")
    if user_id not in known:
        raise NotFoundError("Такого сотрудника в организации нет, или эта роль у него уже есть.")
    refuse_taken(session, held)


def refuse_taken(session: Session, held: Membership) -> None:
    """Let only one deputy stand in at a time.

    Raises:
        WrongStateError: somebody does or is going to.

    """
    overlapping = select(Membership.id).where(
        Membership.deputy_of_id == held.id, Membership.ended_at.is_(None), Membership.until >= clock.today()
    )
    if session.scalar(overlapping.limit(1)) is not None:
        raise WrongStateError("Заместитель уже назначен. Завершите его срок, чтобы назначить другого.")


def put_in_place(session: Session, held: Membership, user_id: int, deputizing: Deputizing) -> Membership:
    """Write the deputy's own membership down; a deputy's role ended on the same day is taken up again."""
    terms = {
        "until": deputizing.until,
        "deputy_of_id": held.id,
        "suspends": deputizing.suspends,
        "reason": deputizing.reason.strip(),
        "ended_at": None,
    }
    begun_today = session.scalars(
        select(Membership).where(
            Membership.user_id == user_id,
            Membership.organization_id == held.organization_id,
            Membership.role == held.role,
            Membership.since == deputizing.since,
        )
    ).one_or_none()
    if begun_today is None:
        row = Membership(
            user_id=user_id,
            region_id=held.region_id,
            organization_id=held.organization_id,
            role=held.role,
            since=deputizing.since,
            **terms,
        )
        return insert(session, row)
    for name, value in terms.items():
        setattr(begun_today, name, value)
    return begun_today
