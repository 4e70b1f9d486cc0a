"""Counts the bound cells of a federal form for one organization, in the organization's own scope."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from reports.editions.definition import EditionDefinition
from reports.editions.parts import CellKey
from reports.figures import Span
from reports.filling import compute
from tenants.db import Level, Scope, transaction
from tenants.organizations.models import Organization


def computed_cells(
    asker: Scope, place: Organization, definition: EditionDefinition, period: tuple[date, date]
) -> Mapping[CellKey, Decimal]:
    """Return the values of all cells bound to figures; only counts leave the organization's scope.

    `period` is the first and the last day. Stocks are taken at the end of the last day, flows run over the period. The
    scope is the organization's own, since exact ages are known nowhere else; it reads one unchanging view.
    """
    own = Scope(
        Level.ORGANIZATION,
        place.region_id,
        place.district_id,
        place.id,
        asker.user_id,
        read_only=True,
        snapshot=True,
    )
    span = Span(period[0] - timedelta(days=1), period[1])
    with transaction(own) as session:
        sets = compute(session, definition.cells_for(place.kind.value), span)
        return {key: Decimal(len(members.ids)) for key, members in sets.items()}
