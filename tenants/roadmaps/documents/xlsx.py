"""XLSX to paragraphs and tables, in one streaming pass: dates as dates, numbers as they show, merged cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO

from lxml import etree

from tenants.roadmaps.documents import markup
from tenants.roadmaps.documents.container import Archive
from tenants.roadmaps.documents.errors import BROKEN, TOO_COMPLEX, DocumentError
from tenants.roadmaps.documents.markup import Element
from tenants.roadmaps.documents.model import MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Block, Cell, Paragraph, Row, Table

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", S[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
)
"""Names of the strict form of the format and the usual ones."""
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Numbers of the formats for dates that every workbook has."""
MONTHS_ONLY = {17}
BEGIN, BEGIN_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - day numbers have no zone
LATEST_DAY = 80_000
MOST_SHEETS = 50
MOST_MERGES = 5000
MOST_COVERED = 1_000_000


def read(archive: Archive) -> list[Block]:
    """Return each visible sheet as one table."""
    return list(_Reader(archive).tables())


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.letters = 0
        workbook = markup.parse(self._part("xl/workbook.xml"))
        settings = workbook.find(S + "workbookPr")
        self.begin = BEGIN_1904 if settings is not None and settings.get("date1904") in ("1", "true") else BEGIN
        self.sheets = [sheet for sheet in workbook.iter(S + "sheet") if sheet.get("state") in (None, "visible")]
        self.formats = self._formats()
        self.strings = self._strings()

    def _part(self, name: str, default: bytes = b"<none/>") -> bytes:
        data = self.archive.part(name) or default
        for strict, transitional in STRICT:
            data = data.replace(strict, transitional)
        return data

    def tables(self) -> Iterator[Table]:
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in markup.parse(self._part("xl/_rels/workbook.xml.rels"))
        }
        for sheet in self.sheets[:MOST_SHEETS]:
            target = targets.get(sheet.get(R + "id"), "")
            name = target.lstrip("/") if target.startswith("/") else "xl/" + target
            if self.archive.part(name):
                yield self._sheet(name, sheet.get("name") or "")

    def _formats(self) -> list[tuple[int, str]]:
        """Return number and code of the format of each cell style."""
        root = markup.parse(self._part("xl/styles.xml"))
        codes = {item.get("numFmtId"): item.get("formatCode", "") for item in root.iter(S + "numFmt")}
        styles = root.find(S + "cellXfs")
        return [
            (markup.number(style.get("numFmtId"), 0, 100_000), codes.get(style.get("numFmtId"), ""))
            for style in (styles if styles is not None else ())
        ]

    def _strings(self) -> list[str]:
        strings = []
        for _, item in _stream(self._part("xl/sharedStrings.xml"), S + "si"):
            strings.append(_rich(item))
            self._count(strings[-1])
            item.clear()
        return strings

    def _count(self, text: str) -> None:
        self.letters += len(text)
        if self.letters > MOST_TEXT:
            raise DocumentError(TOO_COMPLEX)

    def _sheet(self, name: str, title: str) -> Table:
        found: dict[int, dict[int, str]] = {}
        merges: list[tuple[int, int, int, int]] = []
        row = -1
        for tag, element in _stream(self._part(name), S + "row", S + "mergeCell"):
            if tag == S + "mergeCell":
                merges.extend(_area(element.get("ref", "")))
            else:
                row = markup.number(element.get("r"), row + 2, 2_000_000) - 1
                cells = dict(self._cells(element))
                if cells:
                    found[row] = cells
            element.clear()
            if len(found) > MOST_ROWS or len(merges) > MOST_MERGES:
                raise DocumentError(TOO_COMPLEX)
        return Table(_grid(found, merges), title)

    def _cells(self, row: Element) -> Iterator[tuple[int, str]]:
        column = -1
        for element in row.iterfind(S + "c"):
            place = _place(element.get("r", ""))
            column = place[1] if place else column + 1
            text = self._value(element).strip()
            if text:
                if column >= MOST_COLUMNS:
                    raise DocumentError(TOO_COMPLEX)
                self._count(text)
                yield column, text

    def _value(self, cell: Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(S + "is")
            return "" if inline is None else _rich(inline)
        value = (cell.findtext(S + "v") or "").strip()
        if kind == "s":
            index = markup.number(value, -1, 10_000_000)
            return self.strings[index] if 0 <= index < len(self.strings) else ""
        if kind in ("str", "d", "b"):
            return value[:10] if kind == "d" else value
        return "" if kind == "e" else self._number(value, markup.number(cell.get("s"), 0, 1_000_000))

    def _number(self, value: str, style: int) -> str:
        """Return a number as the cell shows it: a date as DD.MM.YYYY, 1.0 as «1»."""
        try:
            amount = float(value)
        except ValueError:
            return value
        number, code = self.formats[style] if style < len(self.formats) else (0, "")
        if 0 < amount < LATEST_DAY and (number in DATE_FORMATS or _is_date(code)):
            day = self.begin + timedelta(days=int(amount))
            months = number in MONTHS_ONLY or (code and not re.search(r"[dд]", _bare(code)))
            return f"{day:%m.%Y}" if months else f"{day:%d.%m.%Y}"
        decimals = re.fullmatch(r"0\.(0+)", code)
        if decimals or number == 2:
            return f"{amount:.{len(decimals[1]) if decimals else 2}f}"
        if number in (9, 10) or code.endswith("%"):
            return f"{amount * 100:g}%"
        return str(int(amount)) if amount == int(amount) and abs(amount) < 1e15 else f"{amount:.10g}"


def _stream(data: bytes, *tags: str) -> Iterator[tuple[str, Element]]:
    try:
        events = etree.iterparse(
            BytesIO(data), events=("end",), tag=tags,
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        )  # fmt: skip
        for _, element in events:
            yield element.tag, element
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise DocumentError(BROKEN) from error


def _rich(element: Element) -> str:
    """Return the text of a string; phonetic hints are no part of it."""
    return "".join(
        part.text or "" for part in element.iter(S + "t") if part.getparent().tag != S + "rPh"
    )  # fmt: skip


def _bare(code: str) -> str:
    """Return a format without quoted words, colours and languages."""
    return re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code[:200]).lower()


def _is_date(code: str) -> bool:
    return bool(re.search(r"[dyдг]", _bare(code))) and "0" not in _bare(code).replace("00", "")


def _place(reference: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})", reference)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def _area(reference: str) -> list[tuple[int, int, int, int]]:
    first, _, last = reference.partition(":")
    begin, end = _place(first), _place(last or first)
    return [(*begin, *end)] if begin and end else []


def _grid(found: dict[int, dict[int, str]], merges: list[tuple[int, int, int, int]]) -> list[Row]:
    """Return the used part of the sheet; merged areas outside of it are cut off."""
    if not found:
        return []
    width = max(max(cells) for cells in found.values()) + 1
    known = sorted(found)
    index = {row: place for place, row in enumerate(_with_gaps(known))}
    rows = [_row(found.get(row, {}), width) for row in index]
    covered = 0
    for top, left, bottom, right in merges:
        if top not in index or left >= width:
            continue
        cell = rows[index[top]][left]
        down = range(index[top], min(bottom - top + index[top] + 1, len(rows)))
        across = range(left, min(right + 1, width))
        covered += len(down) * len(across)
        if covered > MOST_COVERED:
            raise DocumentError(TOO_COMPLEX)
        for row in down:
            rows[row][across.start : across.stop] = [cell] * len(across)
    return rows


def _row(cells: dict[int, str], width: int) -> Row:
    empty = Cell()
    return [_cell(cells[column]) if column in cells else empty for column in range(width)]


def _with_gaps(known: list[int]) -> list[int]:
    """Return the rows with at most one empty row kept between two used ones, unless a merged area needs it."""
    rows: list[int] = []
    for row in known:
        if rows and row - rows[-1] > 1:
            rows.extend(range(rows[-1] + 1, min(row, rows[-1] + 60)))
        rows.append(row)
    return rows


def _cell(text: str) -> Cell:
    return Cell(tuple(Paragraph(" ".join(line.split())) for line in text.splitlines()))
