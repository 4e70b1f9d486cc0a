"""Cells that are computed from other cells of the same form."""

from collections.abc import Mapping
from decimal import Decimal

from reports.controls.coordinates import Report
from reports.controls.evaluation import Evaluation
from reports.controls.expressions import ExpressionError, Value, elements, parse_formula
from reports.controls.grids import NotApplicableError
from reports.editions.definition import EditionDefinition
from reports.editions.parts import Cell, CellKey, CellValue, Source, place_first
from tenants.errors import InvalidError


def fill_formulas(
    definition: EditionDefinition, values: Mapping[CellKey, CellValue], *, kind: str | None = None
) -> dict[CellKey, Decimal | None]:
    """Return the values of all formula cells, computed in the order in which they need one another.

    Raises:
        InvalidError: a formula is malformed, speaks of places the form does not have, or needs itself.

    """
    known: dict[CellKey, CellValue] = dict(values)
    found: dict[CellKey, Decimal | None] = {}
    for cell, node in _ordered(definition, kind):
        try:
            found[cell.key] = Evaluation(Report(definition, known, kind)).formula(node)
        except NotApplicableError as error:
            raise InvalidError(f"{place_first(cell.key)}: {error}.") from error
        known[cell.key] = found[cell.key]
    return found


def _ordered(definition: EditionDefinition, kind: str | None) -> list[tuple[Cell, Value]]:
    report = Report(definition, {}, kind)
    waiting = {cell.key: (cell, _parse(cell)) for cell in definition.cells_for(kind) if cell.source is Source.FORMULA}
    needs = {key: _needed(report, node) & waiting.keys() for key, (_, node) in waiting.items()}
    ordered: list[tuple[Cell, Value]] = []
    while needs:
        ready = [key for key, others in needs.items() if not others & needs.keys()]
        if not ready:
            raise InvalidError(f"{place_first(next(iter(needs)))}: формула ссылается сама на себя.")
        for key in ready:
            ordered.append(waiting[key])
            del needs[key]
    return ordered


def _parse(cell: Cell) -> Value:
    try:
        return parse_formula(cell.formula)
    except ExpressionError as error:
        raise InvalidError(f"{place_first(cell.key)}, формула: {error}.") from error


def _needed(report: Report, node: Value) -> set[CellKey]:
    keys: set[CellKey] = set()
    for element in elements(node):
        try:
            grid = report.read(element)
        except NotApplicableError:
            continue
        keys.update(trace.key for line in grid.lines for item in line for trace in item.traces())
    return keys
