"""The sets behind cells, brought to the program: for documents and for telling why a number changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from reports.editions.definition import Cell, CellKey, Source
from reports.figures import FIGURES, Figure, Span, family_select

Filters: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Members:
    """The set behind a number: sorted ids and, for people, the keys beside them."""

    record_kind: str
    ids: tuple[int, ...]
    identity_keys: tuple[bytes | None, ...] | None = None


def filters_of(cell: Cell) -> Filters:
    """Return the filters of a cell in a fixed order."""
    return tuple(sorted(cell.filters.items()))


def compute(session: Session, cells: Iterable[Cell], span: Span) -> dict[CellKey, Members]:
    """Return the set of every cell that is bound to a figure: one statement a family of figures."""
    bound = [cell for cell in cells if cell.source is Source.FIGURE]
    sets: dict[tuple[str, Filters], Members] = {}
    for family in by_family(bound):
        sets |= _family_sets(session, family, span)
    return {cell.key: sets[cell.figure, filters_of(cell)] for cell in bound}


def by_family(cells: Iterable[Cell]) -> list[list[tuple[Figure, list[Filters]]]]:
    """Return what cells ask of each family: its figures, and for each figure the combinations of filters."""
    wanted: dict[str, dict[str, tuple[Figure, dict[Filters, None]]]] = {}
    for cell in cells:
        figure = FIGURES[cell.figure]
        family = wanted.setdefault(figure.family.name, {})
        family.setdefault(figure.name, (figure, {}))[1][filters_of(cell)] = None
    return [[(figure, list(combinations)) for figure, combinations in figures.values()] for figures in wanted.values()]


def keys_of(wanted: Sequence[tuple[Figure, list[Filters]]]) -> tuple[str, ...]:
    """Return the names that any filter of a family uses."""
    return tuple(sorted({name for _, combinations in wanted for filters in combinations for name, _ in filters}))


def _family_sets(
    session: Session, wanted: Sequence[tuple[Figure, list[Filters]]], span: Span
) -> dict[tuple[str, Filters], Members]:
    figures = tuple(figure for figure, _ in wanted)
    keys = keys_of(wanted)
    rows = session.execute(family_select(figures, span, keys)).all()
    people = figures[0].record_kind == "participant"
    found: dict[tuple[str, Filters], Members] = {}
    for offset, (figure, combinations) in enumerate(wanted, start=2 + len(keys)):
        counted = [row for row in rows if row[offset]]
        for filters in combinations:
            places = [(2 + keys.index(name), value) for name, value in filters]
            members = {row[0]: row[1] for row in counted if all(row[place] == value for place, value in places)}
            ids = tuple(sorted(members))
            identity = tuple(members[number] for number in ids) if people else None
            found[figure.name, filters] = Members(figure.record_kind, ids, identity)
    return found
