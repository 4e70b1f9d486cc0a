"""PDF to paragraphs and tables: ruled cells, lines joined into paragraphs, tables joined over page ends."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdftypes import resolve1
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import PdfminerException

from tenants.roadmaps.documents.errors import BROKEN, TOO_COMPLEX, DocumentError
from tenants.roadmaps.documents.lines import Line, Word, paragraphs, to_lines
from tenants.roadmaps.documents.model import MOST_TEXT, Block, Cell, Paragraph, Row, Table
from tenants.roadmaps.documents.unruled import unruled_blocks

MOST_PAGES = 80
MOST_SIGNS = 60_000
MOST_RULES = 30_000
LEAST_TEXT = 20
SHORTEST_RULE = 8.0
SAME = 3.0
"""Edges closer than this many points are one edge."""
FOOT = 0.12
"""Share of the page that can hold running heads and page numbers."""
FAULTS = (
    PSException, ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError,
    struct.error, zlib.error, RecursionError, OSError,
)  # fmt: skip
"""What the library raises on broken files, besides its own errors."""

PAGE_NUMBER = re.compile(r"[-–— ]*\d{1,3}[-–— ]*|[Сс]тр\D*\d+.*")
SCAN = "В PDF нет текста, только изображение: загрузите документ, из которого он сделан, или распознанный PDF."
LOCKED = "Файл защищён паролем: снимите защиту и загрузите ещё раз."
Box = tuple[float, float, float, float]
Page = Any
"""pdfplumber's page; the library ships no types."""


def read(path: Path) -> list[Block]:
    """Return the blocks of all pages in reading order.

    Raises:
        DocumentError: the file is locked, broken, too long, active, or a scan.

    """
    try:
        with pdfplumber.open(path) as pdf:
            return _read(pdf)
    except PdfminerException as error:
        locked = any(isinstance(cause, PDFPasswordIncorrect) for cause in error.args)
        raise DocumentError(LOCKED if locked else BROKEN) from error
    except FAULTS as error:
        raise DocumentError(BROKEN) from error


def _read(pdf: Any) -> list[Block]:  # noqa: ANN401 - pdfplumber ships no types
    if len(pdf.pages) > MOST_PAGES:
        raise DocumentError(f"В PDF больше {MOST_PAGES} страниц: оставьте в нём только дорожную карту.")
    _refuse_scripts(pdf.doc.catalog)
    blocks: list[Block] = []
    running: set[str] = set()
    letters = 0
    for page in pdf.pages:
        signs = len(page.chars)
        letters += signs
        if (
            signs > MOST_SIGNS
            or letters > MOST_TEXT
            or len(page.rects) + len(page.lines) + len(page.curves) > MOST_RULES
        ):
            raise DocumentError(TOO_COMPLEX)
        _join(blocks, _page_blocks(page, running))
        page.close()
    if letters < LEAST_TEXT:
        raise DocumentError(SCAN)
    return blocks


def _refuse_scripts(catalog: dict[str, Any]) -> None:
    names = resolve1(catalog.get("Names")) or {}
    action = resolve1(catalog.get("OpenAction"))
    kind = str(resolve1(action.get("S"))) if isinstance(action, dict) else ""
    if (isinstance(names, dict) and "JavaScript" in names) or "JavaScript" in kind or "Launch" in kind:
        raise DocumentError("В PDF есть программа: сохраните документ заново, без сценариев.")


def _page_blocks(page: Page, running: set[str]) -> list[Block]:
    """Return the blocks of a page; heads and feet that an earlier page had as well are left out."""
    words = [
        Word(word["text"], word["x0"], word["x1"], word["top"], word["bottom"])
        for word in page.extract_words(keep_blank_chars=False, x_tolerance=2)
    ]
    found = [table for table in page.find_tables(_settings(page)) if len(table.cells) > 1]
    if not found:
        return unruled_blocks(words)
    placed: list[tuple[float, Block]] = []
    for table in found:
        inside = [word for word in words if _inside(word, table.bbox)]
        words = [word for word in words if not _inside(word, table.bbox)]
        placed.append((table.bbox[1], _grid(table.cells, inside)))
    margins: set[str] = set()
    for line in to_lines(words):
        in_margin = line.top < FOOT * page.height or line.bottom > (1 - FOOT) * page.height
        bare = re.sub(r"\d+", "", line.text)
        if in_margin:
            margins.add(bare)
        if not (in_margin and (bare in running or PAGE_NUMBER.fullmatch(line.text))):
            placed.append((line.top, Paragraph(line.text)))
    running |= margins
    return [block for _, block in sorted(placed, key=lambda item: item[0])]


def _settings(page: Page) -> dict[str, Any]:
    """Close the rows that a page end left open: their upright rules go on beyond the last level one."""
    upright = [
        edge for edge in page.edges if edge["orientation"] == "v" and edge["bottom"] - edge["top"] > SHORTEST_RULE
    ]
    if not upright:
        return {}
    level = [edge["top"] for edge in page.edges if edge["orientation"] == "h"]
    ends = (min(edge["top"] for edge in upright), max(edge["bottom"] for edge in upright))
    missing = [end for end in ends if all(abs(end - other) > SAME for other in level)]
    return {"explicit_horizontal_lines": missing} if missing else {}


def _inside(word: Word, box: Box) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


@dataclass
class Grid(Table):
    """A table of one page, with what is needed to tell whether it goes on over the page end."""

    edges: tuple[float, ...] = ()


def _edges(values: list[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > SAME:
            edges.append(value)
    return edges


def _grid(boxes: list[Box], words: list[Word]) -> Grid:
    """Put cells into a grid; a cell that covers several places is the same object in each."""
    across = _edges([edge for box in boxes for edge in (box[0], box[2])])
    down = _edges([edge for box in boxes for edge in (box[1], box[3])])
    if (len(across) - 1) * (len(down) - 1) > MOST_RULES:
        raise DocumentError(TOO_COMPLEX)
    cells = {box: _cell(box, words) for box in boxes}
    rows: list[Row] = []
    for top, bottom in pairwise(down):
        row: Row = []
        for left, right in pairwise(across):
            x, y = (left + right) / 2, (top + bottom) / 2
            box = next((box for box in boxes if box[0] <= x <= box[2] and box[1] <= y <= box[3]), None)
            row.append(cells[box] if box else Cell())
        rows.append(row)
    return Grid(rows, edges=tuple(across))


def _cell(box: Box, words: list[Word]) -> Cell:
    inside = [word for word in words if _inside_cell(word, box)]
    return Cell(tuple(Paragraph(text) for text in paragraphs(to_lines(inside), box[2])))


def _inside_cell(word: Word, box: Box) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def _join(blocks: list[Block], page: list[Block]) -> None:
    """Add a page; a table at its top that has the columns of the last one goes on with it."""
    last = blocks[-1] if blocks else None
    first = page[0] if page else None
    if isinstance(last, Grid) and isinstance(first, Grid) and _on_one_grid(last, first):
        rows = first.rows
        if rows and last.rows and _texts(rows[0]) == _texts(last.rows[0]):
            rows = rows[1:]
        if rows and last.rows and _continues(last.rows[-1], rows[0]):
            last.rows[-1] = _merged(last.rows[-1], rows[0])
            rows = rows[1:]
        last.rows.extend(rows)
        page = page[1:]
    blocks.extend(page)


def _on_one_grid(one: Grid, other: Grid) -> bool:
    """Put two tables on the edges of the one that has more; False where their edges do not match."""
    fine, coarse = (one, other) if len(one.edges) >= len(other.edges) else (other, one)
    if not coarse.edges or abs(fine.edges[0] - coarse.edges[0]) > SAME or abs(fine.edges[-1] - coarse.edges[-1]) > SAME:
        return False
    if not all(any(abs(edge - found) <= SAME for found in fine.edges) for edge in coarse.edges):
        return False
    middles = [(left + right) / 2 for left, right in pairwise(fine.edges)]
    places = [sum(edge < middle for edge in coarse.edges) - 1 for middle in middles]
    coarse.rows = [[row[place] for place in places] for row in coarse.rows]
    coarse.edges = fine.edges
    return True


def _texts(row: Row) -> list[str]:
    return [cell.plain for cell in row]


def _continues(above: Row, row: Row) -> bool:
    """Tell whether a row is the rest of the one above, which the page end cut."""
    texts = _texts(row)
    filled = [(text, cell.plain) for text, cell in zip(texts, above, strict=True) if text]
    if not filled or (texts[0] and re.fullmatch(r"[\dIVX.)]+", texts[0])):
        return False
    if len({id(cell) for cell in row}) == 1 and len(row) > 1:
        return False
    goes_on = len(filled) == 1 or any(_goes_on(before, text) for text, before in filled)
    return goes_on and not (texts[0] and above[0].plain and not _goes_on(above[0].plain, texts[0]))


def _goes_on(before: str, text: str) -> bool:
    """Tell whether a text is the rest of another: it begins small, or the other breaks off."""
    small = text[:1].islower() or text[:1] in "(,;:)»"
    return small or before.endswith((",", "-", "–", "("))


def _merged(above: Row, row: Row) -> Row:
    """Return the two parts of a row as one; a paragraph that the page end cut is one again."""
    joined: dict[tuple[int, int], Cell] = {}
    merged: Row = []
    for one, other in zip(above, row, strict=True):
        key = (id(one), id(other))
        if key not in joined:
            joined[key] = one if not other.paragraphs else Cell(_joined(one.paragraphs, other.paragraphs))
        merged.append(joined[key])
    return merged


def _joined(above: tuple[Paragraph, ...], below: tuple[Paragraph, ...]) -> tuple[Paragraph, ...]:
    if not above or not below:
        return above or below
    lines = [Line(above[-1].text, 0, 1e6, 0, 0, 0), Line(below[0].text, 0, 1e6, 0, 0, 1e6)]
    return (*above[:-1], *(Paragraph(text) for text in paragraphs(lines, 0)), *below[1:])
