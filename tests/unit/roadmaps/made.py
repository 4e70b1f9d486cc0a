"""Writes one invented document as DOCX, ODT, XLSX and PDF, so that every layout is tried in every format."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@dataclass(frozen=True)
class C:
    """A cell that reaches over several columns or rows."""

    text: str
    across: int = 1
    down: int = 1


Spec = list[list["str | C"]]


@dataclass
class Made:
    """Lines above, tables with lines between them, lines below."""

    lines: list[str]
    tables: list[Spec]
    between: list[list[str]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def blocks(self) -> Iterator[list[str] | Spec]:
        yield self.lines
        for index, table in enumerate(self.tables):
            if index and index <= len(self.between):
                yield self.between[index - 1]
            yield table
        yield self.after


def cell(item: str | C) -> C:
    return item if isinstance(item, C) else C(item)


def placed(table: Spec) -> tuple[int, list[tuple[int, int, C]]]:
    """Return the width and each cell with its row and column."""
    taken: set[tuple[int, int]] = set()
    found = []
    for row, items in enumerate(table):
        column = 0
        for item in map(cell, items):
            while (row, column) in taken:
                column += 1
            found.append((row, column, item))
            taken |= {(row + down, column + across) for down in range(item.down) for across in range(item.across)}
            column += item.across
    return max(column for _, column in taken) + 1, found


def is_table(block: list[str] | Spec) -> bool:
    return bool(block) and isinstance(block[0], list)


def write_docx(made: Made, path: Path) -> None:
    document = docx.Document()
    for block in made.blocks():
        if not is_table(block):
            for line in block:
                document.add_paragraph(str(line))
            continue
        width, cells = placed(block)  # type: ignore[arg-type]  # is_table has told them apart
        table = document.add_table(len(block), width)
        for row, column, item in cells:
            spot = table.cell(row, column)
            if item.across > 1 or item.down > 1:
                spot = spot.merge(table.cell(row + item.down - 1, column + item.across - 1))
            first, *rest = item.text.split("\n")
            spot.paragraphs[0].text = first
            for line in rest:
                spot.add_paragraph(line)
    document.save(str(path))


def write_xlsx(made: Made, path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("План")
    top = 0
    for block in made.blocks():
        if not is_table(block):
            for line in block:
                sheet.write_string(top, 0, str(line))
                top += 1
            continue
        _, cells = placed(block)  # type: ignore[arg-type]  # is_table has told them apart
        for row, column, item in cells:
            if item.across > 1 or item.down > 1:
                sheet.merge_range(top + row, column, top + row + item.down - 1, column + item.across - 1, item.text)
            elif item.text.isdigit():
                sheet.write_number(top + row, column, int(item.text))
            else:
                sheet.write_string(top + row, column, item.text)
        top += len(block) + 1
    book.close()


def write_odt(made: Made, path: Path) -> None:
    body = "".join(
        _odt_table(block) if is_table(block) else "".join(_odt_line(str(line)) for line in block)
        for block in made.blocks()
    )  # type: ignore[arg-type]  # is_table has told them apart
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "style")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:text>'
        f"{body}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)


def _odt_line(line: str) -> str:
    return f"<text:p>{escape(line)}</text:p>"


def _odt_table(table: Spec) -> str:
    width, cells = placed(table)
    owners = {
        (row + down, column + across): (row, column, item)
        for row, column, item in cells
        for down in range(item.down)
        for across in range(item.across)
    }
    rows = []
    for row in range(len(table)):
        parts = []
        for column in range(width):
            top, left, item = owners[row, column]
            if (top, left) == (row, column):
                spans = f' table:number-columns-spanned="{item.across}" table:number-rows-spanned="{item.down}"'
                parts.append(
                    f"<table:table-cell{spans}>{''.join(map(_odt_line, item.text.split(chr(10))))}</table:table-cell>"
                )
            else:
                parts.append("<table:covered-table-cell/>")
        rows.append(f"<table:table-row>{''.join(parts)}</table:table-row>")
    return f"<table:table>{''.join(rows)}</table:table>"


def write_pdf(made: Made, path: Path) -> None:
    if "DejaVu" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("DejaVu", str(FONT)))
    style = ParagraphStyle("cell", fontName="DejaVu", fontSize=8, leading=10)
    story: list[object] = []
    for block in made.blocks():
        if not is_table(block):
            story.extend(Paragraph(escape(str(line)), style) for line in block)
            continue
        width, cells = placed(block)  # type: ignore[arg-type]  # is_table has told them apart
        grid: list[list[object]] = [[""] * width for _ in block]
        styles: list[tuple[object, ...]] = [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
        for row, column, item in cells:
            grid[row][column] = [Paragraph(escape(line), style) for line in item.text.split("\n")]
            if item.across > 1 or item.down > 1:
                styles.append(("SPAN", (column, row), (column + item.across - 1, row + item.down - 1)))
        story.extend(
            [
                Spacer(1, 8),
                Table(grid, style=TableStyle(styles), repeatRows=1, colWidths=_widths(block, width)),
                Spacer(1, 8),
            ]
        )  # type: ignore[arg-type]  # is_table has told them apart
    SimpleDocTemplate(str(path), pagesize=landscape(A4), leftMargin=30, rightMargin=30).build(story)


def _widths(table: Spec, width: int) -> list[float]:
    """Give columns room by the length of what stands in them."""
    longest = [4.0] * width
    for _, column, item in placed(table)[1]:
        if item.across == 1:
            longest[column] = max(
                longest[column], min(40.0, float(len(item.text))), float(max(map(len, item.text.split() or [""])) + 2)
            )
    total = sum(longest)
    return [780 * size / total for size in longest]


WRITERS: dict[str, Callable[[Made, Path], None]] = {
    "docx": write_docx,
    "odt": write_odt,
    "xlsx": write_xlsx,
    "pdf": write_pdf,
}
