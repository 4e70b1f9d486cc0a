"""Finds the cells that an element of the control language names, in a definition and in the values of a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from reports.controls.expressions import Axis, Element, Span
from reports.controls.grids import Amount, Grid, Item, NotApplicableError, Trace
from reports.editions.definition import EditionDefinition
from reports.editions.parts import CellKey, CellValue, Column, ColumnType, Row, RowType, Section, split_row_key
from reports.editions.validation import number_of

MAX_ITEMS = 200_000


@dataclass(frozen=True)
class Rectangle:
    """The codes of an element, numbers without leading zeros."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A definition and values for it, as the control language sees them."""

    definition: EditionDefinition
    values: Mapping[CellKey, CellValue]
    kind: str | None = None
    """Kind of the organization; columns it does not have are left out of `*`, lists and ranges."""

    @cached_property
    def _sections(self) -> dict[str, Section]:
        return {number_of(section.code): section for section in self.definition.sections}

    @cached_property
    def _numbers(self) -> dict[CellKey, Amount]:
        return {_plain(key): _number(value) for key, value in self.values.items()}

    @cached_property
    def _instances(self) -> dict[tuple[str, str], list[str]]:
        """Return the keys of the rows that have values, by section and row code, in the order of their specifics."""
        found: dict[tuple[str, str], list[str]] = {}
        for section, row, _ in sorted(self._numbers):
            keys = found.setdefault((section, split_row_key(row)[0]), [])
            if row not in keys[-1:]:
                keys.append(row)
        return found

    def section(self, code: str) -> Section:
        """Return a section by its number.

        Raises:
            NotApplicableError: the form has none with this number.

        """
        if code not in self._sections:
            raise NotApplicableError(f"раздела {code} в форме нет")
        return self._sections[code]

    def rectangle(self, element: Element) -> Rectangle:
        """Return the codes that an element names.

        Raises:
            NotApplicableError: no row or no column of the form is among them.

        """
        section = self.section(element.section)
        rows = _expand(element.rows, [row.code for row in section.rows if row.type is not RowType.HEADING])
        columns = _expand(element.columns, [column.code for column in _values_of(section)])
        served = {number_of(column.code) for column in section.columns_for(self.kind)}
        columns = tuple(code for code in columns if code in served)
        if not rows or not columns:
            raise NotApplicableError(f"таких строк или граф в разделе {section.code} нет")
        return Rectangle(rows, columns)

    def read(self, element: Element) -> Grid[Item]:
        """Return the values of an element; a row that the report does not have is empty.

        Raises:
            NotApplicableError: the element does not concern this form.

        """
        section = self.section(element.section)
        rectangle = self.rectangle(element)
        rows = {number_of(row.code): row for row in section.rows}
        columns = {number_of(column.code): column for column in section.columns}
        keys = [
            (rows[code], key)
            for code in rectangle.rows
            for key in self._instances.get((element.section, code), [code])
            if self._matches(element, section, rows[code], key, rectangle.columns)
        ]
        lines = keys or [(rows[code], code) for code in rectangle.rows]
        if len(lines) * len(rectangle.columns) > MAX_ITEMS:
            raise NotApplicableError(f"контроль охватывает больше {MAX_ITEMS} ячеек")
        return Grid(
            tuple(
                tuple(self._item(section, row, key, columns[code], element) for code in rectangle.columns)
                for row, key in lines
            )
        )

    def _item(self, section: Section, row: Row, key: str, column: Column, element: Element) -> Item:
        value = self._numbers.get((element.section, key, number_of(column.code)))
        specifics = key.partition("#")[1:]
        shown = (section.code, row.code + "".join(specifics), column.code)
        return Item(value, (Trace(shown, value, element.previous),))

    def _matches(self, element: Element, section: Section, row: Row, key: str, columns: Sequence[str]) -> bool:
        given = split_row_key(key)[1]
        for name, axis, value in zip(("s1", "s2", "s3"), element.specifics, given, strict=True):
            if axis is None:
                continue
            column = section.specific_columns.get(name)
            if column is None:
                if not self._value_matches(axis, element.section, key, columns):
                    return False
            elif not self._specific_matches(axis, section, row, column, value):
                return False
        return True

    def _specific_matches(self, axis: Axis, section: Section, row: Row, column: Column, value: str) -> bool:
        entry = self.definition.entry((section.code, row.code, column.code))
        terms = sorted(self.definition.terms.get(entry.dictionary or entry.against, {}))
        default = entry.default.lower()
        if column.code not in row.key_specifics and any(
            span.first is not None and span.last is None and span.first != default for span in axis
        ):
            raise NotApplicableError(f"специфика графы {column.code} не различает строк {row.code}")
        allowed = set(_expand(axis, terms, by_number=False, known_only=False))
        return not allowed or (value.lower() or default) in allowed

    def _value_matches(self, axis: Axis, section: str, key: str, columns: Sequence[str]) -> bool:
        """Without a column of that specific, the brackets choose cells by their value."""
        allowed = {span.first for span in axis}
        found = (self._numbers.get((section, key, column)) for column in columns)
        return None in allowed or all(value is not None and f"{value:f}" in allowed for value in found)


def _values_of(section: Section) -> Iterable[Column]:
    return (column for column in section.columns if column.type is ColumnType.VALUE)


def _plain(key: CellKey) -> CellKey:
    section, row, column = key
    code, mark, specifics = row.partition("#")
    return number_of(section), number_of(code) + mark + specifics, number_of(column)


def _number(value: CellValue) -> Amount:
    return value if isinstance(value, Decimal) and value.is_finite() else None


def _expand(axis: Axis, codes: Sequence[str], *, by_number: bool = True, known_only: bool = True) -> tuple[str, ...]:
    known = [number_of(code) for code in codes] if by_number else list(codes)
    found: list[str] = []
    for span in axis:
        if span.first is None:
            found.extend(known)
        elif span.last is not None:
            found.extend(_between(span, known, by_number=by_number))
        elif not known_only or span.first in known:
            found.append(span.first)
    return tuple(found)


def _between(span: Span, known: Sequence[str], *, by_number: bool) -> Sequence[str]:
    """Return a range by the order of the form; where an end is a heading or missing, by the numbers themselves."""
    first, last = span.first or "", span.last or ""
    if first in known and last in known:
        return known[known.index(first) : known.index(last) + 1]
    if by_number:
        return [code for code in known if code.isdigit() and int(first) <= int(code) <= int(last)]
    return [code for code in known if first <= code <= last]
