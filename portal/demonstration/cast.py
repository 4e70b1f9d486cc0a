"""The people of the demonstration as actors, and the clock they act by."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.accounts.queries import workplaces_of
from tenants.db import REGISTRY, transaction
from tenants.organizations.models import Organization
from tenants.organizations.queries import organization_by_code

_ZONE = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True)
class Cast:
    """Who acts for which organization."""

    places: Mapping[str, Organization]
    actors: Mapping[tuple[str, Role], Actor]
    """By code of the organization and role; of several people the first."""

    def curator(self, code: str) -> Actor:
        """Return who keeps the records of an organization."""
        return self.actors[code, Role.CURATOR]

    def reviewer(self, code: str) -> Actor:
        """Return who reviews what an organization sends."""
        parent = self.places[code].parent_id
        owner = next(place for place in self.places.values() if place.id == parent)
        return self.actors.get((owner.code, Role.DISTRICT_REVIEWER)) or self.admin

    @property
    def admin(self) -> Actor:
        """Return the administrator of the region."""
        return next(actor for (_, role), actor in self.actors.items() if role is Role.REGION_ADMIN)

    @property
    def reporting(self) -> list[str]:
        """Return the codes of organizations that hand months in."""
        return [code for code, place in self.places.items() if place.kind.reports]


@dataclass(frozen=True)
class Step:
    """Something that somebody did at a moment."""

    moment: datetime
    act: Callable[[], object]


def load_cast(region_code: str, only: Collection[str] = ()) -> Cast:
    """Return the cast of a region; `only` names the organizations whose people are wanted, empty means all."""
    with transaction(REGISTRY.reading()) as session:
        region = organization_by_code(session, region_code)
        places = session.scalars(
            select(Organization).where(Organization.region_id == region.id).order_by(Organization.id)
        ).all()
        wanted = [place.id for place in places if not only or place.code in only]
        accounts = session.scalars(
            select(UserAccount)
            .join(Membership, Membership.user_id == UserAccount.id)
            .where(Membership.region_id == region.id, Membership.organization_id.in_(wanted))
            .distinct()
            .order_by(UserAccount.id)
        ).all()
        actors: dict[tuple[str, Role], Actor] = {}
        for account in accounts:
            for actor in workplaces_of(session, account):
                actors.setdefault((actor.organization.code, actor.role), actor)
    return Cast({place.code: place for place in places}, actors)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant by the clocks of the region."""
    return datetime.combine(day, time(hour, minute), _ZONE)


def play(steps: list[Step]) -> int:
    """Let the steps happen in the order of their moments, each at its own; the clock is put back afterwards."""
    with clock_put_back():
        for step in sorted(steps, key=lambda one: one.moment):
            clock.travel(step.moment)
            step.act()
    return len(steps)


@contextmanager
def clock_put_back() -> Iterator[None]:
    """Let the block move the clock and bring it back to where it ran."""
    shift: timedelta = clock.shift()
    try:
        yield
    finally:
        clock.travel(clock.now() - clock.shift() + shift)
