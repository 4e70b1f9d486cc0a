"""Who stands behind a browser's token, and where that person may work."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from tenants import clock
from tenants.accounts.actor import Actor, Workplace
from tenants.accounts.factor_models import SecondFactor, SignInRule
from tenants.accounts.models import Membership, Role, SignIn, UserAccount
from tenants.accounts.rules import MOST_IDLE, Rules, rules_of, strictest
from tenants.organizations.models import Organization
from tenants.organizations.tree import living_on


class Stage(StrEnum):
    """How far a person has come in signing in."""

    WHOLE = "whole"
    CODE = "code"
    """The password was right; the second factor is still to be shown."""
    PASSWORD = "password"  # noqa: S105 - the name of a step
    """Somebody else has given the password; an own one is still to be set."""
    SET_UP = "set_up"
    """The rules ask for a second factor and the person has none yet."""


@dataclass(frozen=True)
class SignedIn:
    """A living sign-in and every place its person may work, the roles with the widest reach first."""

    sign_in_id: int
    account: UserAccount
    workplaces: tuple[Actor, ...]
    idle_since: float
    """Seconds since the last page."""
    rules: Rules
    stage: Stage

    @property
    def needs_factor(self) -> bool:
        """Return whether the rules ask this person for a second factor."""
        return _needs_factor(self.workplaces, self.rules)


def signed_in(session: Session, token: str) -> SignedIn | None:
    """Return the person behind a token; None when it is unknown, ended, too old or idle for too long."""
    now = clock.now()
    given = {"token": hashlib.sha256(token.encode()).digest(), "now": now, "earliest": now - MOST_IDLE}
    row = session.execute(_living_sign_in(), given).one_or_none()
    if row is None:
        return None
    opened, account, guarded = row
    places, rules = _places_and_rules(session, account)
    # The rules come with the places: a changed rule holds at the next page, and no page asks for it on its own.
    if opened.seen_at <= now - rules.idle or opened.started_at <= now - rules.longest:
        return None
    stage = _stage(opened, account, guarded=guarded, required=_needs_factor(places, rules))
    return SignedIn(opened.id, account, places, (now - opened.seen_at).total_seconds(), rules, stage)


@cache
def _living_sign_in() -> Select[SignIn, UserAccount, bool]:
    """Build once what every page asks: putting the statement together costs more than its answer."""
    return (
        select(SignIn, UserAccount, has_factor(UserAccount.id))
        .join(UserAccount, UserAccount.id == SignIn.user_id)
        .where(
            SignIn.token_sha256 == bindparam("token"),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > bindparam("now"),
            SignIn.seen_at > bindparam("earliest"),
            UserAccount.disabled_at.is_(None),
        )
    )


def has_factor(user_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that a person has a second factor in use."""
    return exists().where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))


def _stage(opened: SignIn, account: UserAccount, *, guarded: bool, required: bool) -> Stage:
    # First the person is proved, then comes what the person has to set up.
    if guarded and not opened.factor_at:
        return Stage.CODE
    if account.must_change_password:
        return Stage.PASSWORD
    return Stage.SET_UP if required and not guarded and not opened.factor_outside else Stage.WHOLE


def _needs_factor(places: tuple[Actor, ...], rules: Rules) -> bool:
    return any(place.role in rules.factor_roles for place in places)


def workplaces_of(session: Session, account: UserAccount) -> tuple[Actor, ...]:
    """Return the actors a person may be today."""
    return _places_and_rules(session, account)[0]


def rules_for(session: Session, account: UserAccount) -> Rules:
    """Return the strictest rules of the regions a person works in."""
    return _places_and_rules(session, account)[1]


def _places_and_rules(session: Session, account: UserAccount) -> tuple[tuple[Actor, ...], Rules]:
    given = {"user": account.id, "person": account.person_id or account.id, "now": clock.now()}
    rows = session.execute(_workplaces(), given).all()
    places = tuple(
        Actor(
            account.id,
            f"{account.name_short} (и. о.)" if deputy_of else account.name_short,
            role,
            workplace(place, parent_name or ""),
            frozenset(accounts),
            deputy=deputy_of is not None,
        )
        for role, deputy_of, place, parent_name, accounts, _ in rows
    )
    return places, strictest(rules_of(rule) for *_, rule in rows)


@cache
def _workplaces() -> Select[Role, int | None, Organization, str, Sequence[int], SignInRule]:
    """Build once, like the sign-in: a person's places today, and every account of the person beside them."""
    parent, same = aliased(Organization), aliased(UserAccount)
    person, instant = bindparam("person", type_=BigInteger()), bindparam("now", type_=DateTime(timezone=True))
    accounts = select(same.id).where(or_(same.person_id == person, same.id == person)).scalar_subquery()
    return (
        select(
            Membership.role,
            Membership.deputy_of_id,
            Organization,
            parent.name_short,
            func.array(accounts, type_=ARRAY(BigInteger)),
            SignInRule,
        )
        .join(Organization, Organization.id == Membership.organization_id)
        .outerjoin(parent, parent.id == Organization.parent_id)
        .outerjoin(SignInRule, (SignInRule.region_id == Organization.region_id) & SignInRule.valid_until.is_(None))
        .where(
            Membership.user_id == bindparam("user"),
            _works_at(Membership, instant),
            # In the archive the keepers work and nobody else; before it and after it they do not.
            living_on(_local(Organization.time_zone, instant)) == (Membership.role != Role.KEEPER),
        )
        .order_by(
            Organization.parent_id.nulls_first(),
            Organization.id,
            Membership.role,
            Membership.deputy_of_id.nulls_first(),
        )
    )


def holds_today(held: type[Membership]) -> ColumnElement[bool]:
    """Return the condition that a membership's term runs where it is held, and nobody has ended it."""
    return _holds_at(held, literal(clock.now()))


def works_today(held: type[Membership]) -> ColumnElement[bool]:
    """Return the condition that a membership lets somebody work: it holds, and no deputy stands in its place."""
    return _works_at(held, literal(clock.now()))


def _holds_at(held: type[Membership], instant: ColumnElement[datetime]) -> ColumnElement[bool]:
    # A term begins and ends with its organization's midnight: in Kamchatka a day begins nine hours before Moscow's.
    place = aliased(Organization)
    day = select(_local(place.time_zone, instant)).where(place.id == held.organization_id).scalar_subquery()
    return and_(held.since <= day, or_(held.until.is_(None), held.until >= day), held.ended_at.is_(None))


def _works_at(held: type[Membership], instant: ColumnElement[datetime]) -> ColumnElement[bool]:
    deputy = aliased(Membership)
    stands_in = select(deputy.id).where(deputy.deputy_of_id == held.id, deputy.suspends, _holds_at(deputy, instant))
    return and_(_holds_at(held, instant), ~stands_in.exists())


def _local(zone: InstrumentedAttribute[str], instant: ColumnElement[datetime]) -> ColumnElement[date]:
    return cast(func.timezone(zone, instant), Date)


@dataclass(frozen=True)
class Colleague:
    """A member of staff whom those above may call."""

    name: str
    phone: str


def curators_of(session: Session, organization_ids: Collection[int]) -> dict[int, Colleague]:
    """Return the curator of each organization that has one today. Runs in the registry's scope."""
    rows = session.execute(
        select(Membership.organization_id, UserAccount)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(
            Membership.organization_id.in_(organization_ids),
            Membership.role == Role.CURATOR,
            works_today(Membership),
            UserAccount.disabled_at.is_(None),
        )
        .order_by(Membership.since.desc(), Membership.id.desc())
    ).all()
    return {place: Colleague(account.name_short, account.phone) for place, account in rows}


def workplace(place: Organization, parent_name: str = "") -> Workplace:
    """Return the plain value of an organization that an actor works for."""
    return Workplace(
        place.id,
        place.region_id,
        place.district_id,
        place.code,
        place.kind,
        place.name_short,
        parent_name,
        place.time_zone,
        place.archived_on,
    )
