"""Counts the bound cells of a federal form for one organization, in the organization's own scope."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.editions.definition import EditionDefinition
from reports.editions.parts import Cell, CellKey, Source
from reports.figures import FIGURES, Span
from tenants.db import Level, Scope, transaction
from tenants.organizations.models import Organization


def computed_cells(
    scope: Scope, place: Organization, definition: EditionDefinition, period: tuple[date, date]
) -> Mapping[CellKey, Decimal]:
    """Return the values of all cells bound to figures.

    `period` is the first and the last day. Stocks are taken at the end of the last day, flows run over the period. The
    scope is the organization's own, since exact ages are known nowhere else; it reads one unchanging view.
    """
    own = Scope(
        Level.ORGANIZATION,
        place.region_id,
        place.district_id,
        place.id,
        scope.user_id,
        read_only=True,
        snapshot=True,
    )
    span = Span(period[0] - timedelta(days=1), period[1])
    bound = [cell for cell in definition.cells if cell.source is Source.FIGURE]
    with transaction(own) as session:
        return {cell.key: _count(session, cell, span) for cell in bound}


def _count(session: Session, cell: Cell, span: Span) -> Decimal:
    rows = FIGURES[cell.figure].select(span).subquery()
    wanted = [rows.c[name] == value for name, value in cell.filters.items()]
    # A record comes once for each value of its keys, and is one member of the set all the same.
    members = select(rows.c.record_id, rows.c.weight).where(*wanted).distinct().subquery()
    return Decimal(session.execute(select(func.coalesce(func.sum(members.c.weight), 0))).scalar_one())
