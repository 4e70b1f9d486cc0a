"""Organizations in the archive and the people who keep their data."""

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.organizations.models import Organization
from tests.factories.tree import make_account


def archive_place(place: Organization) -> Organization:
    """Put an organization into the archive from today on."""
    with transaction(REGISTRY) as session:
        row = session.get_one(Organization, (place.region_id, place.id))
        row.archived_on, row.archive_reason = clock.today(), "Ликвидирована, приказ № 48"
    return row


def make_keeper(place: Organization) -> str:
    """An account that keeps the data of an archived organization; its address."""
    return make_account((place, Role.KEEPER))
