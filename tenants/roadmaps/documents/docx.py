"""DOCX to paragraphs and tables: merged cells, automatic numbers, content controls, tracked changes."""

from __future__ import annotations

from collections.abc import Iterator

from tenants.roadmaps.documents import markup
from tenants.roadmaps.documents.container import Archive
from tenants.roadmaps.documents.errors import BROKEN, TOO_COMPLEX, DocumentError
from tenants.roadmaps.documents.markup import Element
from tenants.roadmaps.documents.model import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TEXT,
    Block,
    Cell,
    Paragraph,
    Row,
    Table,
    square,
)
from tenants.roadmaps.documents.numbering import Numbering

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
WRAPPERS = {W + name for name in ("sdt", "sdtContent", "ins", "smartTag", "customXml", "moveTo")}
SKIPPED = {W + name for name in ("del", "moveFrom", "footnoteReference", "endnoteReference", "instrText", "pPr", "rPr")}
SKIPPED.add(FALLBACK)
BREAKS = {W + "br", W + "cr"}
SIGNS = {W + "tab": " ", W + "noBreakHyphen": "-", W + "softHyphen": ""}


def read(archive: Archive) -> list[Block]:
    """Return the blocks of the document's body."""
    return _Reader(archive).blocks()


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.body = markup.parse(self._part(archive, "word/document.xml")).find(W + "body")
        if self.body is None:
            raise DocumentError(BROKEN)
        self.numbering = Numbering(
            markup.parse(self._part(archive, "word/numbering.xml", b"<none/>")),
            markup.parse(self._part(archive, "word/styles.xml", b"<none/>")),
        )
        self.letters = 0

    def _part(self, archive: Archive, name: str, default: bytes = b"") -> bytes:
        return (archive.part(name) or default).replace(STRICT, TRANSITIONAL)

    def blocks(self) -> list[Block]:
        blocks: list[Block] = []
        for element in _unwrapped(self.body):
            if element.tag == W + "p":
                blocks.extend(self._paragraphs(element))
            elif element.tag == W + "tbl":
                blocks.append(self._table(element))
        return blocks

    def _paragraphs(self, element: Element) -> list[Paragraph]:
        """Return the lines of a paragraph; only the first carries the automatic mark."""
        pieces: list[str] = []
        _collect(element, pieces)
        text = "".join(pieces)
        self.letters += len(text)
        if self.letters > MOST_TEXT:
            raise DocumentError(TOO_COMPLEX)
        mark = self.numbering.mark(element) if text.strip() or _in_cell(element) else ""
        lines = [" ".join(line.split()) for line in text.split("\n")]
        return [Paragraph(line, mark if index == 0 else "") for index, line in enumerate(lines)]

    def _table(self, element: Element) -> Table:
        rows: list[Row] = []
        for row in _unwrapped(element):
            if row.tag == W + "tr" and not _deleted(row):
                rows.append(self._row(row, rows[-1] if rows else []))
            if len(rows) > MOST_ROWS:
                raise DocumentError(TOO_COMPLEX)
        return Table(square(rows))

    def _row(self, element: Element, above: Row) -> Row:
        row: Row = [Cell() for _ in range(_property(element, "trPr", "gridBefore", 0))]
        for cell in _unwrapped(element):
            if cell.tag != W + "tc":
                continue
            column = len(row)
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            continues = merge is not None and merge.get(W + "val", "continue") == "continue"
            found = above[column] if continues and column < len(above) else Cell(tuple(self._lines(cell)))
            row.extend([found] * max(1, _property(cell, "tcPr", "gridSpan", 1)))
            if len(row) > MOST_COLUMNS:
                raise DocumentError(TOO_COMPLEX)
        return row

    def _lines(self, cell: Element) -> Iterator[Paragraph]:
        """Return the lines of a cell, those of a table inside it as well."""
        for element in cell.iter(W + "p"):
            yield from self._paragraphs(element)


def _unwrapped(parent: Element) -> Iterator[Element]:
    """Yield children, those of content controls and accepted changes in their place."""
    for child in parent:
        if child.tag in WRAPPERS:
            yield from _unwrapped(child)
        else:
            yield child


def _collect(element: Element, pieces: list[str]) -> None:
    for child in element:
        tag = child.tag
        if tag == W + "t":
            pieces.append(child.text or "")
        elif tag in BREAKS:
            pieces.append("\n")
        elif tag in SIGNS:
            pieces.append(SIGNS[tag])
        elif tag not in SKIPPED:
            _collect(child, pieces)


def _in_cell(element: Element) -> bool:
    return bool(element.getparent() is not None and element.getparent().tag == W + "tc")


def _deleted(row: Element) -> bool:
    return row.find(f"{W}trPr/{W}del") is not None


def _property(element: Element, group: str, name: str, default: int) -> int:
    found = element.find(f"{W}{group}/{W}{name}")
    return default if found is None else markup.number(found.get(W + "val"), default, MOST_COLUMNS + 1)
