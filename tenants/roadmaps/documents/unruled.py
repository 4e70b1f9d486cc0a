"""Tables that are set without rules: columns are the gaps that run down the page under a header."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from tenants.roadmaps.documents.headings import Role, heading
from tenants.roadmaps.documents.lines import Word, paragraphs, to_lines
from tenants.roadmaps.documents.model import Block, Cell, Paragraph, Row, Table

NARROWEST_GAP = 5.0
WORD_GAP = 8.0
CROSSED = 0.15
"""Share of the lines that may cross a gap: headings over the whole width do."""
WIDER = 1.5
LEAST_COLUMNS = 3


def unruled_blocks(words: list[Word]) -> list[Block]:
    """Return the lines of a page, and a table where a header and gaps show one."""
    lines = _word_lines(words)
    header = next((index for index, line in enumerate(lines) if _is_header(line)), None)
    gaps = _gaps(lines[header:]) if header is not None else []
    if header is None or len(gaps) + 1 < LEAST_COLUMNS:
        return [Paragraph(line.text) for line in to_lines(words)]
    above = [Paragraph(_text(line)) for line in lines[:header]]
    return [*above, Table(_rows(lines[header:], gaps))]


def _word_lines(words: list[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda item: ((item.top + item.bottom) / 2, item.left)):
        last = lines[-1] if lines else None
        if last and last[0].top <= (word.top + word.bottom) / 2 <= last[0].bottom:
            last.append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda item: item.left) for line in lines]


def _text(line: list[Word]) -> str:
    return " ".join(word.text for word in line)


def _segments(line: list[Word]) -> list[str]:
    segments = [line[0].text]
    for before, word in pairwise(line):
        if word.left - before.right > WORD_GAP:
            segments.append(word.text)
        else:
            segments[-1] += f" {word.text}"
    return segments


def _is_header(line: list[Word]) -> bool:
    roles = {heading(segment).role for segment in _segments(line)} - {Role.UNKNOWN, Role.OTHER}
    return len(roles) >= LEAST_COLUMNS and Role.MEASURE in roles


def _gaps(lines: list[list[Word]]) -> list[float]:
    """Return the middles of the white columns that nearly no line crosses."""
    left = min(word.left for line in lines for word in line)
    right = max(word.right for line in lines for word in line)
    crossed = [0] * (int(right - left) + 2)
    for line in lines:
        covered = {spot for word in line for spot in range(int(word.left - left), int(word.right - left) + 1)}
        for spot in covered:
            crossed[spot] += 1
    gaps: list[float] = []
    begin: int | None = None
    for spot, count in enumerate(crossed):
        free = count <= CROSSED * len(lines)
        if free and begin is None:
            begin = spot
        elif not free and begin is not None:
            if spot - begin >= NARROWEST_GAP and begin > 0:
                gaps.append(left + (begin + spot) / 2)
            begin = None
    return gaps


def _rows(lines: list[list[Word]], gaps: list[float]) -> list[Row]:
    """Begin a row where the space between lines is wide; where it never is, where the first column has a number."""
    height = median(word.bottom - word.top for line in lines for word in line)
    spaced = [_top(line) - _top(before) > WIDER * height for before, line in pairwise(lines)]
    begins = [True, *(spaced if any(spaced[1:]) else [_numbered(line, gaps) for line in lines[1:]])]
    groups: list[list[list[Word]]] = []
    for line, first in zip(lines, begins, strict=True):
        if first:
            groups.append([])
        groups[-1].append(line)
    return [_row(group, gaps) for group in groups]


def _top(line: list[Word]) -> float:
    return min(word.top for word in line)


def _numbered(line: list[Word], gaps: list[float]) -> bool:
    return line[0].right < gaps[0] and line[0].text.strip(".)").replace(".", "").isdigit()


def _row(group: list[list[Word]], gaps: list[float]) -> Row:
    wide = [line for line in group if _crosses(line, gaps)]
    if len(wide) == len(group):
        cell = Cell((Paragraph(" ".join(_text(line) for line in group)),))
        return [cell] * (len(gaps) + 1)
    edges = [float("-inf"), *gaps, float("inf")]
    row = []
    for left, right in pairwise(edges):
        inside = [word for line in group for word in line if left <= (word.left + word.right) / 2 < right]
        row.append(
            Cell(tuple(Paragraph(text) for text in paragraphs(to_lines(inside), max(word.right for word in inside))))
            if inside
            else Cell()
        )
    return row


def _crosses(line: list[Word], gaps: list[float]) -> bool:
    return any(word.left < gap < word.right for word in line for gap in gaps) or any(
        before.right < gap < word.left and word.left - before.right < WORD_GAP
        for before, word in pairwise(line)
        for gap in gaps
    )
