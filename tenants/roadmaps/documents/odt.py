"""ODT to paragraphs and tables: spanned and repeated cells, lists, line breaks."""

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
from tenants.roadmaps.documents.numbering import bullet, in_form

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
PARAGRAPHS = {TEXT + "p", TEXT + "h"}
ROW_GROUPS = {TABLE + name for name in ("table-header-rows", "table-rows", "table-row-group")}
SKIPPED = {TEXT + "note", TEXT + "tracked-changes", OFFICE + "annotation", TEXT + "sequence-decls"}
DEEPEST = 10


def read(archive: Archive) -> list[Block]:
    """Return the blocks of the document's body."""
    root = markup.parse(archive.part("content.xml") or b"")
    body = root.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise DocumentError(BROKEN)
    styles = archive.part("styles.xml")
    roots = [root] if styles is None else [markup.parse(styles), root]
    return _Reader(roots).blocks(body)


class _Reader:
    def __init__(self, roots: list[Element]) -> None:
        self.lists = {style.get(STYLE + "name"): style for root in roots for style in root.iter(TEXT + "list-style")}
        self.counters: dict[tuple[str, int], int] = {}
        self.letters = 0

    def blocks(self, parent: Element) -> list[Block]:
        blocks: list[Block] = []
        for child in parent:
            if child.tag == TABLE + "table":
                blocks.append(self._table(child))
            elif child.tag == TEXT + "section":
                blocks.extend(self.blocks(child))
            else:
                blocks.extend(self._lines(child))
        return blocks

    def _lines(self, element: Element, style: str = "", depth: int = 0) -> Iterator[Paragraph]:
        """Yield the lines of a paragraph, a list or anything that holds them."""
        if element.tag in PARAGRAPHS:
            yield from self._paragraph(element, "")
        elif element.tag == TEXT + "list" and depth < DEEPEST:
            yield from self._list(element, style, depth)
        elif element.tag not in SKIPPED:
            for child in element:
                yield from self._lines(child, style, depth)

    def _paragraph(self, element: Element, mark: str) -> Iterator[Paragraph]:
        pieces: list[str] = []
        _collect(element, pieces)
        text = "".join(pieces)
        self.letters += len(text)
        if self.letters > MOST_TEXT:
            raise DocumentError(TOO_COMPLEX)
        for index, line in enumerate(text.split("\n")):
            yield Paragraph(" ".join(line.split()), mark if index == 0 else "")

    def _list(self, element: Element, style: str, depth: int) -> Iterator[Paragraph]:
        name = element.get(TEXT + "style-name") or style
        if element.get(TEXT + "continue-numbering") != "true" and element.get(TEXT + "continue-list") is None:
            self.counters.pop((name, depth), None)
        for item in element:
            start = item.get(TEXT + "start-value")
            if start is not None:
                self.counters[name, depth] = markup.number(start, 1, 100_000) - 1
            first = item.tag == TEXT + "list-item"
            for child in item:
                if child.tag in PARAGRAPHS:
                    yield from self._paragraph(child, self._mark(name, depth) if first else "")
                    first = False
                else:
                    yield from self._lines(child, name, depth + 1)

    def _mark(self, name: str, depth: int) -> str:
        count = self.counters.get((name, depth), 0) + 1
        self.counters[name, depth] = count
        style = self.lists.get(name)
        for level in style if style is not None else ():
            if level.get(TEXT + "level") != str(depth + 1):
                continue
            if level.tag == TEXT + "list-level-style-number":
                form = level.get(STYLE + "num-format", "1")
                shown = in_form(count, form) if form else ""
                return f"{level.get(STYLE + 'num-prefix', '')}{shown}{level.get(STYLE + 'num-suffix', '')}"
            return bullet(level.get(TEXT + "bullet-char", "•"))
        return "•"

    def _table(self, element: Element) -> Table:
        rows: list[Row] = []
        covered: dict[tuple[int, int], Cell] = {}
        for row in _rows(element):
            cells = self._row(row, len(rows), covered)
            times = markup.number(row.get(TABLE + "number-rows-repeated"), 1, MOST_ROWS)
            kept = max(1, times) if any(cell.text for cell in cells) else 1
            rows.extend([cells] * kept)
            if len(rows) > MOST_ROWS:
                raise DocumentError(TOO_COMPLEX)
        return Table(square(rows))

    def _row(self, element: Element, index: int, covered: dict[tuple[int, int], Cell]) -> Row:
        row: Row = []
        for item in element:
            if item.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                continue
            times = max(1, markup.number(item.get(TABLE + "number-columns-repeated"), 1, MOST_COLUMNS + 1))
            if len(row) + times > MOST_COLUMNS:
                raise DocumentError(TOO_COMPLEX)
            for _ in range(times):
                place = (index, len(row))
                row.append(covered.pop(place) if place in covered else self._cell(item, place, covered))
        return row

    def _cell(self, item: Element, place: tuple[int, int], covered: dict[tuple[int, int], Cell]) -> Cell:
        cell = Cell(tuple(line for child in item for line in self._lines(child)))
        down = max(1, markup.number(item.get(TABLE + "number-rows-spanned"), 1, MOST_ROWS))
        across = max(1, markup.number(item.get(TABLE + "number-columns-spanned"), 1, MOST_COLUMNS))
        if down * across + len(covered) > MOST_ROWS * 10:
            raise DocumentError(TOO_COMPLEX)
        for row in range(place[0], place[0] + down):
            for column in range(place[1], place[1] + across):
                covered[row, column] = cell
        covered.pop(place, None)
        return cell


def _rows(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag == TABLE + "table-row":
            yield child
        elif child.tag in ROW_GROUPS:
            yield from _rows(child)


def _collect(element: Element, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        if child.tag == TEXT + "line-break":
            pieces.append("\n")
        elif child.tag in (TEXT + "s", TEXT + "tab"):
            pieces.append(" ")
        elif child.tag not in SKIPPED:
            _collect(child, pieces)
        pieces.append(child.tail or "")
