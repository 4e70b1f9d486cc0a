"""Rules of signing in: how long, how idle, who needs a second factor. The strictest of a person's regions applies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.events import Who, record
from tenants.accounts.factor_models import SignInRule
from tenants.accounts.models import Role
from tenants.db import insert
from tenants.errors import InvalidError
from tenants.organizations.models import Organization

IDLE_MINUTES = range(5, 241)
LONGEST_HOURS = range(1, 25)


@dataclass(frozen=True)
class Rules:
    """What holds for a region, or for a person of several."""

    idle_minutes: int = 30
    longest_hours: int = 12
    factor_roles: frozenset[Role] = frozenset(role for role in Role if role.of_district or role.of_region)

    @property
    def idle(self) -> timedelta:
        """Return how long a browser may rest."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        """Return how long a sign-in lasts at most."""
        return timedelta(hours=self.longest_hours)


DEFAULT = Rules()
"""Holds where a region has decided nothing, and for a person who belongs nowhere yet."""
MOST_IDLE = timedelta(minutes=max(IDLE_MINUTES))


def rules_of(row: SignInRule | None) -> Rules:
    """Return a row as rules; None is the default."""
    if row is None:
        return DEFAULT
    return Rules(row.idle_minutes, row.longest_hours, frozenset(Role(value) for value in row.factor_roles))


def strictest(found: Iterable[Rules]) -> Rules:
    """Return the shortest times and all roles that need a factor somewhere."""
    rules = list(found) or [DEFAULT]
    return Rules(
        min(one.idle_minutes for one in rules),
        min(one.longest_hours for one in rules),
        frozenset().union(*(one.factor_roles for one in rules)),
    )


def rules_in_force(session: Session, region_id: int) -> Rules:
    """Return the rules of a region. Runs in the registry's scope."""
    query = select(SignInRule).where(SignInRule.region_id == region_id, SignInRule.valid_until.is_(None))
    return rules_of(session.scalars(query).one_or_none())


def change_rules(session: Session, who: Who, region: Organization, rules: Rules) -> bool:
    """Put rules into force from now on, also for the browsers that are open; False when they hold already.

    Raises:
        InvalidError: a time outside its bounds.

    """
    if rules.idle_minutes not in IDLE_MINUTES:
        raise InvalidError("От 5 до 240 минут.", field="idle_minutes")
    if rules.longest_hours not in LONGEST_HOURS:
        raise InvalidError("От 1 до 24 часов.", field="longest_hours")
    before = rules_in_force(session, region.id)
    if before == rules:
        return False
    now = clock.now()
    in_force = update(SignInRule).where(SignInRule.region_id == region.id, SignInRule.valid_until.is_(None))
    session.execute(in_force.values(valid_until=now))
    insert(session, SignInRule(region_id=region.id, valid_from=now, **_plain(rules)))
    record(session, who, "sign_in_rule.changed", place=region, before=_plain(before), after=_plain(rules))
    return True


def _plain(rules: Rules) -> dict[str, object]:
    return {
        "idle_minutes": rules.idle_minutes,
        "longest_hours": rules.longest_hours,
        "factor_roles": sorted(role.value for role in rules.factor_roles),
    }
