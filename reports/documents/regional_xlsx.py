"""The regional summary as a workbook: numbers are numbers, words are words, nothing is a formula."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from reports.documents import findings
from reports.documents.regional import Stamp, branch_rows, missing_rows, roadmap_rows
from reports.documents.regional_figures import RegionalFigures

_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
# A workbook carries its making; a fixed moment keeps equal figures equal in bytes.
_MADE = datetime(2026, 1, 1, tzinfo=UTC)
Cell = str | int | Decimal | None


def regional_xlsx(figures: RegionalFigures, stamp: Stamp) -> bytes:
    """Return the summary as XLSX: the month, districts, organizations, plans, and who is missing."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _SAFE)
    book.set_properties({"title": f"Сводный отчёт за {figures.period.title}", "created": _MADE.replace(tzinfo=None)})
    sheets = _Sheets(book, figures, stamp)
    sheets.month()
    sheets.branches()
    sheets.organizations()
    sheets.roadmaps()
    sheets.missing()
    book.close()
    return target.getvalue()


class _Sheets:
    """Writes the sheets one by one."""

    def __init__(self, book: Any, figures: RegionalFigures, stamp: Stamp) -> None:  # noqa: ANN401 - the library has no types
        self.book, self.figures, self.stamp = book, figures, stamp
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.quiet = book.add_format({"font_color": "#465164"})
        self.number = book.add_format({"num_format": "#,##0"})
        self.average = book.add_format({"num_format": "0.0"})
        self.sum = book.add_format({"num_format": "#,##0", "bold": True, "top": 1})

    def month(self) -> None:
        """Write the rows of the form over the whole region."""
        before = self.figures.before_exists
        head = ["Показатель", "Всего", "Разных людей"]
        head += [*(["Месяцем ранее", "Разница"] if before else []), *self.figures.form_names]
        rows: list[list[Cell]] = []
        for line in self.figures.lines:
            compared: list[Cell] = [line.total.before, line.total.change] if before else []
            rows.append(["   " * line.indent + line.name, line.total.now, line.people, *compared, *line.by_form])
        self._sheet("Показатели", head, rows, widths=[34])

    def branches(self) -> None:
        """Write the table by districts, all rows of the form."""
        names = [line.name for line in self.figures.lines]
        head = [self.figures.words.part, "Организаций", "Принято", *names, "Встреч на пару или группу"]
        rows: list[list[Cell]] = []
        averages = [row.meetings for row in branch_rows(self.figures)]
        for branch, average in zip(self.figures.branches, averages, strict=False):
            amounts = [amount.now for amount in branch.amounts]
            rows.append([branch.name, branch.expected, branch.accepted, *amounts, _rounded(average)])
        whole = [line.total.now for line in self.figures.lines]
        rows.append(
            [self.figures.words.whole, self.figures.expected, self.figures.accepted, *whole, _rounded(averages[-1])]
        )
        self._sheet("Свод", head, rows, widths=[34], last_is_sum=True)

    def organizations(self) -> None:
        """Write every organization with its totals."""
        names = {branch.id: branch.name for branch in self.figures.branches}
        head = ["Организация", "Район", "Отчёт", *(line.name for line in self.figures.lines)]
        empty = (None,) * len(self.figures.lines)
        rows: list[list[Cell]] = [
            [place.name, names.get(place.branch_id, ""), place.state, *(place.amounts or empty)]
            for place in self.figures.places
        ]
        self._sheet("Организации", head, rows, widths=[40, 30, 26])

    def roadmaps(self) -> None:
        """Write how the plans stand, where they are part of the summary."""
        rows: list[list[Cell]] = [
            [row.name, row.maps.expected, row.maps.approved, row.maps.measures, row.maps.done, row.maps.overdue]
            for row in roadmap_rows(self.figures)
        ]
        if rows:
            head = [self.figures.words.part, "Организаций", "Карт утверждено", "Мероприятий", "Выполнено", "Просрочено"]
            self._sheet("Дорожные карты", head, rows, widths=[34], last_is_sum=True)

    def missing(self) -> None:
        """Write whose reports are not in the sums."""
        rows: list[list[Cell]] = [[row.name, row.branch, row.state] for row in missing_rows(self.figures)]
        if rows:
            self._sheet("Нет в своде", ["Организация", "Район", "Как стоит отчёт"], rows, widths=[40, 30, 30])

    def _sheet(
        self, name: str, head: list[str], rows: list[list[Cell]], *, widths: list[int], last_is_sum: bool = False
    ) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, f"{name}: {self.figures.region}, {self.figures.period.title}", self.title)
        sheet.write_string(1, 0, self._made(), self.quiet)
        for column, words in enumerate(head):
            sheet.write_string(3, column, words, self.head)
        for at, row in enumerate(rows):
            look = self.sum if last_is_sum and at == len(rows) - 1 else self.number
            for column, value in enumerate(row):
                self._write(sheet, 4 + at, column, value, look)
        for column in range(len(head)):
            sheet.set_column(column, column, widths[column] if column < len(widths) else 13)
        sheet.freeze_panes(4, 1)
        sheet.repeat_rows(3)

    def _write(self, sheet: Any, row: int, column: int, value: Cell, look: Any) -> None:  # noqa: ANN401 - the same
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value, self.sum if look is self.sum else None)
        elif value == int(value):
            sheet.write_number(row, column, int(value), look)
        else:
            sheet.write_number(row, column, float(value), self.average)

    def _made(self) -> str:
        found = findings.find(self.figures)
        bounds = f"{self.figures.bounds_words.capitalize()}. " if self.figures.bounds_words else ""
        return (
            f"{bounds}Запуск {self.stamp.number}, снимок данных {self.stamp.made_at}, отпечаток {self.stamp.mark}. "
            f"{found[0].lead if found else ''}"
        )


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.1"))
