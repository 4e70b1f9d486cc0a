"""Words of a page to lines, and lines to paragraphs as the typesetter broke them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from tenants.roadmaps.phrases.words import lemmas_of, stands_in_dictionary

LIST_MARK = re.compile(r"(?:[-–—•●▪◦‣∙·➢✓*]\s+|[-–—•●▪](?=\S)|\d{1,2}[.)]\s*(?=\D)|[а-яa-z]\)\s)")
SLACK = 3.0
LONG = 6


@dataclass(frozen=True)
class Word:
    """A word with its box, in points from the top left corner."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Line:
    """Words that stand on one base line."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    first_word: float
    """Width of the first word."""


def to_lines(words: list[Word]) -> list[Line]:
    """Group words into lines, from top to bottom; a raised footnote mark stays on its line."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda item: ((item.top + item.bottom) / 2, item.left)):
        middle = (word.top + word.bottom) / 2
        last = lines[-1] if lines else None
        if last and last[0].top <= middle <= last[0].bottom:
            last.append(word)
        else:
            lines.append([word])
    return [_line(sorted(line, key=lambda item: item.left)) for line in lines]


def _line(words: list[Word]) -> Line:
    return Line(
        " ".join(word.text for word in words), words[0].left, max(word.right for word in words),
        min(word.top for word in words), max(word.bottom for word in words), words[0].right - words[0].left,
    )  # fmt: skip


def paragraphs(lines: list[Line], right: float) -> list[str]:
    """Join lines that were broken for want of room before the `right` edge; the others begin a paragraph."""
    if not lines:
        return []
    texts = [lines[0].text]
    padding = max(0.0, min(right - max(line.right for line in lines), 2 * LONG))
    for before, line in pairwise(lines):
        if _begins(before, line, right - padding):
            texts.append(line.text)
        else:
            texts[-1] = join(texts[-1], line.text)
    return texts


def _begins(before: Line, line: Line, right: float) -> bool:
    if LIST_MARK.match(line.text) and not before.text.endswith(("-", "№")):
        return True
    room = right - before.right
    if before.text.endswith(("-", ",")) or line.text[:1].islower():
        return False
    return room > line.first_word + SLACK


def join(before: str, text: str) -> str:
    """Join two lines; a hyphen set by the typesetter goes, one of the word stays."""
    if before.endswith("\u00ad"):
        return before[:-1] + text
    if not before.endswith("-") or before.endswith(" -") or not text[:1].isalpha():
        return f"{before} {text}"
    head = re.search(r"([а-яё]+)-$", before, re.IGNORECASE)
    tail = re.match(r"[а-яё]+", text, re.IGNORECASE)
    if head and tail and not _word(head[1]) and _word(head[1] + tail[0]):
        return before[:-1] + text
    return before + text


def _word(text: str) -> bool:
    low = text.lower().replace("ё", "е")
    return bool(lemmas_of(low)) and stands_in_dictionary(low)
