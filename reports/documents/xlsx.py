"""Any list as a workbook: text stays text, so that no cell of a person's typing can run as a formula."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

_NARROWEST, _WIDEST = 8, 60
_LONGEST_CELL = 32_000
_SHEET_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

Cell = str | int | float | Decimal | date | datetime | None


def table_workbook(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, about: Mapping[str, str] | None = None
) -> bytes:
    """Return an XLSX file: the list on the first sheet, where it comes from on the second.

    The list has a frozen heading, a filter and widths by content. `about` holds lines such as
    {"Организация": "МБОУ СОШ № 12", "Составлен": "21.11.2026"}. Dates are dates, numbers numbers, None an empty cell.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title, "author": "Портал наставничества"})
        formats = {
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EEF2F7"}
            ),
            "text": book.add_format({"valign": "top", "text_wrap": True}),
            "day": book.add_format({"num_format": "dd.mm.yyyy", "valign": "top", "align": "left"}),
            "bold": book.add_format({"bold": True, "font_size": 13}),
        }
        sheet = book.add_worksheet(sheet_name(title))
        _write_list(sheet, columns, rows, formats)
        if about:
            _write_about(book.add_worksheet("О файле"), title, about, formats)
    return target.getvalue()


def sheet_name(title: str) -> str:
    """Return a name that Excel accepts."""
    return " ".join(title.translate(_FORBIDDEN).split())[:_SHEET_NAME].strip("'") or "Список"


def _write_list(
    sheet: Worksheet, columns: Sequence[str], rows: Iterable[Sequence[Cell]], formats: Mapping[str, object]
) -> None:
    widths = [len(name) for name in columns]
    for at, name in enumerate(columns):
        sheet.write_string(0, at, name, formats["head"])
    last = 0
    for last, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            widths[at] = max(widths[at], _write(sheet, last, at, cell, formats))
    for at, width in enumerate(widths):
        sheet.set_column(at, at, min(max(width + 2, _NARROWEST), _WIDEST))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(last, 1), max(len(columns) - 1, 0))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&R&P из &N")


def _write(sheet: Worksheet, row: int, at: int, cell: Cell, formats: Mapping[str, object]) -> int:
    """Write one cell and return how many signs wide it looks."""
    if cell is None or cell == "":
        return 0
    if isinstance(cell, date):
        sheet.write_datetime(row, at, _naive(cell), formats["day"])
        return len("00.00.0000")
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        sheet.write_number(row, at, cell)
        return len(str(cell))
    text = str(cell)[:_LONGEST_CELL]
    sheet.write_string(row, at, text, formats["text"])
    return max(len(line) for line in text.split("\n"))


def _naive(cell: date) -> date:
    return cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell


def _write_about(sheet: Worksheet, title: str, about: Mapping[str, str], formats: Mapping[str, object]) -> None:
    sheet.write_string(0, 0, title, formats["bold"])
    for row, (name, value) in enumerate(about.items(), 2):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, _WIDEST)
