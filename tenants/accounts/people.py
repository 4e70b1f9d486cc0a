"""One person behind several accounts: presumed by the name, decided by the region. All of it in the registry's scope.

Accounts of one person share `person_id`, the id of the first of them; the approval of one's own work is refused by it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from tenants.accounts import events
from tenants.accounts.actor import Actor
from tenants.accounts.events import Who
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.db import lock_key
from tenants.errors import ForbiddenError, InvalidError, NotFoundError
from tenants.organizations.models import Organization

_ENOUGH = 2
"""Two accounts of one name make a question."""


@dataclass(frozen=True)
class Namesake:
    """An account whose name somebody else of the region bears too."""

    account: UserAccount
    places: tuple[str, ...]
    """"Школа № 1 · куратор"."""


@dataclass(frozen=True)
class Namesakes:
    """Accounts of one name, those of one person beside each other."""

    name: str
    people: tuple[tuple[Namesake, ...], ...]
    """Each inner tuple is one person as the portal knows it."""

    @property
    def one_person(self) -> bool:
        """Return whether all of them count as one person."""
        return len(self.people) == 1


def presume_same(session: Session, account: UserAccount, region_id: int) -> None:
    """Count a new account as the same person as one of the region with an equal full name, where there is one.

    Two people of one name lose nothing but the approval of each other's work until the region says that they are two.
    """
    lock_key(session, f"person:{region_id}")
    known = session.scalars(
        select(UserAccount)
        .where(UserAccount.id != account.id, _same_name(account), _of_region(region_id))
        .order_by(UserAccount.id)
        .limit(1)
    ).one_or_none()
    if known is not None:
        account.person_id = known.person_id or known.id


def namesakes_of(session: Session, region_id: int) -> list[Namesakes]:
    """Return the accounts of a region that share a full name or a person, by name. Two statements."""
    name = func.concat_ws(
        " ",
        *(func.app.ru_key(part) for part in (UserAccount.last_name, UserAccount.first_name, UserAccount.middle_name)),
    )
    accounts = session.scalars(select(UserAccount).where(_of_region(region_id)).order_by(name, UserAccount.id)).all()
    groups: dict[str, list[UserAccount]] = {}
    key_of_person: dict[int, str] = {}
    for account in accounts:
        # A person who changed a surname stays in the group where the first account stands.
        key = key_of_person.setdefault(account.person_id or account.id, _key(account))
        groups.setdefault(key, []).append(account)
    doubtful = [group for group in groups.values() if len(group) >= _ENOUGH]
    places = _places(session, [account.id for group in doubtful for account in group])
    return [_namesakes(group, places) for group in doubtful]


def join_people(session: Session, actor: Actor, user_id: int, other_id: int) -> None:
    """Count two accounts as one person.

    Raises:
        InvalidError: they already are.

    """
    place, first, second = _decided(session, actor, user_id, other_id)
    root, gone = sorted((first.person_id or first.id, second.person_id or second.id))
    if root == gone:
        raise InvalidError("Это уже учётные записи одного человека.")
    for account in _accounts(session, gone):
        account.person_id = root
    session.get_one(UserAccount, root).person_id = root
    events.record(
        session, Who(actor.user_id, actor.name), "person.joined", on_user_id=user_id, place=place, accounts=[root, gone]
    )


def part_person(session: Session, actor: Actor, user_id: int) -> None:
    """Count an account as a person of its own; the other accounts stay together.

    Raises:
        InvalidError: it shares its person with nobody.

    """
    place, account, _ = _decided(session, actor, user_id, user_id)
    rest = [one for one in _accounts(session, account.person_id or account.id) if one.id != account.id]
    if not rest:
        raise InvalidError("Эта учётная запись ни с кем не объединена.")
    for one in rest:
        one.person_id = min(other.id for other in rest)
    account.person_id = account.id
    events.record(
        session,
        Who(actor.user_id, actor.name),
        "person.parted",
        on_user_id=user_id,
        place=place,
        accounts=[account.id, *(one.id for one in rest)],
    )


def account_of_region(session: Session, actor: Actor, email: str) -> UserAccount:
    """Return an account that works in the actor's region, by its address."""
    region_id = actor.organization.region_id
    found = select(UserAccount).where(UserAccount.email == email.strip().lower(), _of_region(region_id))
    account = session.scalars(found).one_or_none()
    if account is None:
        raise InvalidError(f"В регионе нет учётной записи «{email.strip()}».", field="email")
    return account


def named(session: Session, region_id: int, words: str) -> list[int]:
    """Return accounts of a region, also former ones, whose name holds every one of the words; initials are words."""
    name = func.concat_ws(" ", UserAccount.last_name, UserAccount.first_name, UserAccount.middle_name)
    plain = func.replace(func.lower(name), "ё", "е")
    asked = [word for word in re.split(r"[\s.]+", words.lower().replace("ё", "е")) if word]
    holds = [plain.contains(word, autoescape=True) for word in asked]
    return list(session.scalars(select(UserAccount.id).where(_of_region(region_id), *holds).order_by(UserAccount.id)))


def _decided(session: Session, actor: Actor, *user_ids: int) -> tuple[Organization, UserAccount, UserAccount]:
    if actor.role is not Role.REGION_ADMIN:
        raise ForbiddenError("Кто есть кто, решает администратор региона.")
    if any(actor.is_person(user_id) for user_id in user_ids):
        raise ForbiddenError("О Ваших учётных записях решает другой администратор региона.")
    region_id = actor.organization.region_id
    lock_key(session, f"person:{region_id}")
    found = {
        account.id: account
        for account in session.scalars(select(UserAccount).where(UserAccount.id.in_(user_ids), _of_region(region_id)))
    }
    if not found.keys() >= set(user_ids):
        raise NotFoundError
    place = session.get_one(Organization, (region_id, actor.organization.id))
    return place, found[user_ids[0]], found[user_ids[-1]]


def _accounts(session: Session, person_id: int) -> Sequence[UserAccount]:
    same = or_(UserAccount.person_id == person_id, UserAccount.id == person_id)
    return session.scalars(select(UserAccount).where(same).order_by(UserAccount.id)).all()


def _same_name(account: UserAccount) -> ColumnElement[bool]:
    ru_key = func.app.ru_key
    return (
        (ru_key(UserAccount.last_name) == ru_key(account.last_name))
        & (ru_key(UserAccount.first_name) == ru_key(account.first_name))
        & (ru_key(UserAccount.middle_name) == ru_key(account.middle_name))
    )


def _of_region(region_id: int) -> ColumnElement[bool]:
    return UserAccount.id.in_(select(Membership.user_id).where(Membership.region_id == region_id))


def _key(account: UserAccount) -> str:
    return f"{account.last_name} {account.first_name} {account.middle_name}".strip().lower().replace("ё", "е")


def _places(session: Session, user_ids: list[int]) -> dict[int, list[str]]:
    rows = session.execute(
        select(Membership.user_id, Membership.role, Organization.name_short)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.user_id.in_(user_ids))
        .order_by(Membership.user_id, Membership.id)
    )
    found: dict[int, list[str]] = {}
    for user_id, role, name in rows:
        found.setdefault(user_id, []).append(f"{name} · {role.label}")
    return found


def _namesakes(group: list[UserAccount], places: dict[int, list[str]]) -> Namesakes:
    people: dict[int, list[Namesake]] = {}
    for account in group:
        shown = Namesake(account, tuple(dict.fromkeys(places.get(account.id, []))))
        people.setdefault(account.person_id or account.id, []).append(shown)
    first = group[0]
    name = f"{first.last_name} {first.first_name} {first.middle_name}".strip()
    return Namesakes(name, tuple(tuple(person) for person in people.values()))
