"""Jobs of the slice: carry a signed act out; draw up a list of what is due, once a day."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.subjects.papers import papers_of
from tenants import clock
from tenants.accounts.actor import system_actor
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, transaction
from tenants.jobs.commands import Claim
from tenants.organizations.models import Organization
from tenants.subjects import commands, sweeping
from tenants.subjects.access import subject_scope
from tenants.subjects.destroying import carry_out

_EVERY = timedelta(hours=24)


class _Last:
    """When this process swept and drew up last."""

    swept: datetime | None = None
    drawn: datetime | None = None


def destroy(held: Claim) -> None:
    """Carry out a signed act; running it twice changes nothing."""
    carry_out(held.scope, held.subject_id, papers_of)


def sweep() -> int:
    """Delete once a day what has outlived its term, and return how many rows went."""
    if _Last.swept and clock.now() - _Last.swept < _EVERY:
        return 0
    _Last.swept = clock.now()
    return sum((sweeping.sweep_registry() | sweeping.sweep_regions()).values())


def draw_up_lists() -> int:
    """Draw up once a day, for every organization with people, archived ones too, the list of what is due.

    Returns how many lists.
    """
    if _Last.drawn and clock.now() - _Last.drawn < _EVERY:
        return 0
    _Last.drawn = clock.now()
    with transaction(REGISTRY.reading()) as session:
        places = session.scalars(select(Organization).order_by(Organization.id)).all()
    return sum(draw_up_list(place, clock.today(place.time_zone)) for place in places if place.kind.reports)


def draw_up_list(place: Organization, today: date) -> int:
    """Draw up one organization's list; 1 where there is something new to look at."""
    actor = system_actor(workplace(place))
    with transaction(subject_scope(actor)) as session:
        return int(commands.draw_up(session, actor, today) is not None)
