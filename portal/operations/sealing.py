"""Seal the journals once an hour: entries that nobody sealed could still be changed unnoticed."""

from datetime import datetime, timedelta

from sqlalchemy import select

from tenants import clock, journal
from tenants.db import REGISTRY, Level, Scope, transaction
from tenants.organizations.models import Organization

_EVERY = timedelta(hours=1)


class _Last:
    """When this process sealed last."""

    at: datetime | None = None


def seal_journals() -> int:
    """Seal what is new in every organization's journal and return how many journals got a seal."""
    if _Last.at and clock.now() - _Last.at < _EVERY:
        return 0
    _Last.at = clock.now()
    with transaction(REGISTRY.reading()) as session:
        rows = session.execute(select(Organization.region_id, Organization.district_id, Organization.id)).all()
    return sum(_seal(Scope(Level.ORGANIZATION, *row)) for row in rows)


def _seal(scope: Scope) -> int:
    with transaction(scope) as session:
        return int(journal.seal(session) is not None)
