"""Where a number comes from: its rule in words, the records behind it, and what people changed about it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from reports.editions.definition import Cell, EditionDefinition, Source
from reports.figures import FIGURES
from reports.months import Sheet
from tenants.errors import NotFoundError
from tenants.submissions import queries
from tenants.submissions.models import Face, Place


@dataclass(frozen=True)
class Lineage:
    """The origin of one number."""

    place: Place
    row_number: str
    row_name: str
    column_name: str
    value: Decimal | None
    computed: Decimal | None
    face: Face
    source: Source
    unit: str
    rule: str
    """What is counted, in Russian; for a formula its text; empty for a number by hand."""
    rule_edition: int | None
    rule_source: str
    """Where in the portal the records are kept, in Russian."""
    as_of: date
    flows_after: date
    computed_at: datetime | None
    record_kind: str
    """Table of the records: participant, mentorship, meeting, programme; empty without a set."""
    member_ids: tuple[int, ...]
    """Sorted; `computed` is their number, or the sum of `weights` where these are given."""
    weights: tuple[Decimal, ...] | None
    reason: str
    """Of an adjustment."""
    changed_by: str
    until: date | None


def lineage(session: Session, shown: Sheet, place: Place) -> Lineage:
    """Return the origin of a cell of a month as it is shown. One statement.

    Raises:
        NotFoundError: the month has no such cell.

    """
    cell, stored = shown.definition.cell(place), shown.cells.get(place)
    if cell is None or stored is None:
        raise NotFoundError("Такой ячейки в отчёте нет.")
    members = queries.sets_of(session, [stored]).get(stored.member_set_id or 0)
    words = _words(shown.definition, cell, shown.kind)
    figure = FIGURES[cell.figure] if cell.source is Source.FIGURE else None
    return Lineage(
        place=place,
        row_number=words[0],
        row_name=words[1],
        column_name=words[2],
        value=stored.value,
        computed=stored.computed,
        face=stored.face,
        source=cell.source,
        unit=figure.unit if figure else "",
        rule=figure.rule if figure else cell.formula,
        rule_edition=figure.edition if figure else None,
        rule_source=figure.source if figure else "",
        as_of=shown.window.cut_on,
        flows_after=shown.window.cut_after,
        computed_at=(shown.revision or shown.submission).computed_at,
        record_kind=members.record_kind if members else "",
        member_ids=tuple(members.ids) if members else (),
        weights=tuple(members.weights) if members and members.weights else None,
        reason=stored.adjustment_reason,
        changed_by=stored.adjusted_by_name,
        until=stored.adjusted_until,
    )


def _words(definition: EditionDefinition, cell: Cell, kind: str) -> tuple[str, str, str]:
    section = definition.section(cell.section)
    row = next(row for row in section.rows if row.code == cell.row)
    column = next(column for column in section.columns if column.code == cell.column)
    return row.number, row.name, " ".join(column.name_for(kind).split())
