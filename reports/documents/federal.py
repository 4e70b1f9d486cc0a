"""A federal form: its figures as plain values, its XML, and its sheet in the form's own rows and columns."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import xlsxwriter

from reports.editions.codec import decode, encode_fields
from reports.editions.definition import EditionDefinition
from reports.editions.parts import (
    CellKey,
    CellValue,
    Column,
    ColumnType,
    Periodicity,
    Row,
    RowType,
    Section,
    Source,
    place,
)
from reports.rosstat import write_report
from tenants.errors import InvalidError

CLOSED = "X"
_MADE = datetime(2026, 1, 1, tzinfo=UTC)
_MONTHS_OF = {Periodicity.YEAR: 12, Periodicity.HALF_YEAR: 6, Periodicity.QUARTER: 3, Periodicity.MONTH: 1}


@dataclass(frozen=True)
class FederalCell:
    """One value of the form."""

    section: str
    row: str
    column: str
    value: str
    """As it goes into the XML: a number with a point, or words; empty means empty."""
    source: str
    """Of `Source`: figure, manual or formula."""

    @property
    def key(self) -> CellKey:
        """Return the codes of section, row and column."""
        return self.section, self.row, self.column

    @property
    def place(self) -> str:
        """Return how a person calls the cell."""
        words = place(self.key)
        return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class TitleValue:
    """One field of the title page."""

    code: str
    name: str
    value: str


@dataclass(frozen=True)
class FederalFigures:
    """Everything a federal report says."""

    edition_code: str
    edition_version: str
    edition: str
    okud: str
    subject: str
    year: int
    period: int
    """Number of the period within the year, from 1."""
    title: tuple[TitleValue, ...]
    cells: tuple[FederalCell, ...]
    organizations: int = 0
    """How many organizations the sums cover; 0 where the report speaks of one."""

    def values(self, definition: EditionDefinition) -> dict[CellKey, CellValue]:
        """Return the values by cell: numbers where the form wants numbers."""
        return {cell.key: _typed(cell.value, is_text(definition, cell.key)) for cell in self.cells if cell.value != ""}

    def to_json(self) -> dict[str, object]:
        """Return plain values that `from_json` reads back to equal figures."""
        return encode_fields(self)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "FederalFigures":
        """Read what `to_json` gives."""
        return decode(cls, data, "Федеральная форма")


def federal_xml(figures: FederalFigures, definition: EditionDefinition) -> bytes:
    """Return the report in Rosstat's XML.

    Raises:
        InvalidError: something mandatory is empty or does not fit; the sentence names the place.

    """
    title = {field.code: field.value for field in figures.title}
    return write_report(definition, figures.values(definition), title, figures.period, figures.year)


def is_text(definition: EditionDefinition, key: CellKey) -> bool:
    """Return whether a cell takes words instead of a number."""
    return definition.entry(key).format.startswith("C")


def read_value(definition: EditionDefinition, key: CellKey, typed: str) -> str:
    """Return a value typed by hand as the figures keep it: «1 234,5» becomes "1234.5".

    Raises:
        InvalidError: the form wants a number here and this is none.

    """
    text = typed.strip()
    if not text or is_text(definition, key):
        return text
    plain = text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", ".").replace("−", "-")
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise InvalidError(f"{place(key).capitalize()}: «{text[:40]}» – не число.") from error
    if not number.is_finite():
        raise InvalidError(f"{place(key).capitalize()}: «{text[:40]}» – не число.")
    return f"{number:f}"


def period_number(periodicity: Periodicity, start: date) -> int:
    """Return the number of the period within its year.

    Raises:
        InvalidError: forms by decades and weeks are not made here.

    """
    if periodicity not in _MONTHS_OF:
        raise InvalidError("Формы по декадам и неделям пока не формируются.")
    return (start.month - 1) // _MONTHS_OF[periodicity] + 1


def period_bounds(periodicity: Periodicity, start: date) -> tuple[date, date]:
    """Return the first day of the period that a day begins or lies in, and the first day after it."""
    length = _MONTHS_OF.get(periodicity, 1)
    first = date(start.year, (start.month - 1) // length * length + 1, 1)
    index = first.year * 12 + first.month - 1 + length
    return first, date(index // 12, index % 12 + 1, 1)


def _typed(value: str, text: bool) -> CellValue:  # noqa: FBT001 - a fact about the cell, named at the call
    return value if text else Decimal(value)


@dataclass(frozen=True)
class SheetCell:
    """A place of the form as it is shown."""

    key: CellKey
    text: str
    kind: str
    """head, closed, figure, manual, formula or none."""


@dataclass(frozen=True)
class SheetRow:
    """A row of the form as it is shown."""

    row: Row
    cells: tuple[SheetCell, ...]


def sheet_rows(definition: EditionDefinition, section: Section, values: Mapping[CellKey, str]) -> Iterator[SheetRow]:
    """Return the rows of a section with what stands in each column."""
    for row in section.rows:
        yield SheetRow(row, tuple(_sheet_cell(definition, section, row, column, values) for column in section.columns))


def _sheet_cell(
    definition: EditionDefinition, section: Section, row: Row, column: Column, values: Mapping[CellKey, str]
) -> SheetCell:
    key = (section.code, row.code, column.code)
    if column.type is ColumnType.TEXT:
        # The first columns of a form repeat the row's name and number.
        first = next((item for item in section.columns if item.type is ColumnType.TEXT), None)
        return SheetCell(key, row.name if column is first else row.code, "head")
    cell = definition.cell(key)
    if row.type is RowType.HEADING or cell is None:
        return SheetCell(key, "", "none")
    if cell.source is Source.CLOSED:
        return SheetCell(key, CLOSED, "closed")
    return SheetCell(key, values.get(key, ""), cell.source.value)


def federal_xlsx(figures: FederalFigures, definition: EditionDefinition, mark: str) -> bytes:
    """Return the form as a workbook: the title page and a sheet a section, in the form's own rows and columns."""
    target = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(target, safe)
    book.set_properties({"title": figures.edition, "created": _MADE.replace(tzinfo=None)})
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet = book.add_worksheet("Титульный лист")
    head = [("Форма", figures.edition), ("ОКУД", figures.okud), ("Редакция", figures.edition_version)]
    head += [("Период", f"{figures.period} за {figures.year} г."), ("Отпечаток данных", mark)]
    for at, (name, value) in enumerate([*head, *((field.name, field.value) for field in figures.title)]):
        sheet.write_string(at, 0, name, bold)
        sheet.write_string(at, 1, value)
    sheet.set_column(0, 1, 50)
    values = {cell.key: cell.value for cell in figures.cells}
    for number, section in enumerate(definition.sections, 1):
        _section_sheet(book.add_worksheet(f"Раздел {number}"), definition, section, values, (bold, wrap))
    book.close()
    return target.getvalue()


def _section_sheet(
    sheet: Any,  # noqa: ANN401 - the library has no types
    definition: EditionDefinition,
    section: Section,
    values: Mapping[CellKey, str],
    looks: tuple[Any, Any],
) -> None:
    bold, wrap = looks
    sheet.write_string(0, 0, section.name, bold)
    for at, column in enumerate(section.columns):
        sheet.write_string(2, at, column.name, wrap)
        sheet.write_string(3, at, column.code, wrap)
    sheet.set_column(0, 0, 48)
    for line, row in enumerate(sheet_rows(definition, section, values), 4):
        for at, cell in enumerate(row.cells):
            if cell.text and cell.kind not in ("head", "closed") and not is_text(definition, cell.key):
                sheet.write_number(line, at, float(cell.text), wrap)
            else:
                sheet.write_string(line, at, cell.text, wrap)
    sheet.freeze_panes(4, 1)
