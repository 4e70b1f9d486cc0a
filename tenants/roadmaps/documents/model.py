"""What every format is turned into: paragraphs and tables, in the order of the document."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_TEXT = 4_000_000
"""Characters of text in one document; a plan has a hundredth of that."""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, or one line of a cell."""

    text: str
    mark: str = ""
    """Number or bullet that the editor sets by itself, as it shows on the page."""

    @property
    def shown(self) -> str:
        """Return the text with its automatic mark."""
        return f"{self.mark} {self.text}".strip()


@dataclass(eq=False)
class Cell:
    """A cell of a table; a merged cell is the same object in every place it covers."""

    paragraphs: tuple[Paragraph, ...] = ()

    @cached_property
    def text(self) -> str:
        """Return the lines with their marks."""
        return "\n".join(paragraph.shown for paragraph in self.paragraphs if paragraph.shown)

    @cached_property
    def plain(self) -> str:
        """Return the words on one line, without automatic marks."""
        return " ".join(" ".join(paragraph.text for paragraph in self.paragraphs).split())


Row = list[Cell]


@dataclass
class Table:
    """A grid of cells; every row has the same length."""

    rows: list[Row]
    name: str = ""
    """Name of the sheet, empty in other formats."""
    cut: set[int] = field(default_factory=set)
    """Rows that may continue the row before them, because a page ended there."""

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.rows[0]) if self.rows else 0


Block = Paragraph | Table


def square(rows: list[Row]) -> list[Row]:
    """Fill short rows with empty cells."""
    width = max((len(row) for row in rows), default=0)
    return [row + [Cell() for _ in range(width - len(row))] for row in rows]


def distinct(row: Row) -> list[Cell]:
    """Return the cells of a row, a merged one once."""
    seen: set[int] = set()
    cells = []
    for cell in row:
        if id(cell) not in seen:
            seen.add(id(cell))
            cells.append(cell)
    return cells
