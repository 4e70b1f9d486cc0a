"""Automatic numbers and bullets of Word, as they show on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tenants.roadmaps.documents import markup
from tenants.roadmaps.documents.markup import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DEEPEST = 9
MOST_STYLES = 20
RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass
class Level:
    """How one level of a list is numbered."""

    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass
class ListStyle:
    """The levels of a list and where its counting stands."""

    levels: dict[int, Level] = field(default_factory=dict)
    counters: dict[int, int] = field(default_factory=dict)

    def next(self, depth: int) -> str:
        """Count one entry on a level and return its mark."""
        level = self.levels.get(depth, Level())
        self.counters[depth] = self.counters.get(depth, level.start - 1) + 1
        for deeper in [other for other in self.counters if other > depth]:
            del self.counters[deeper]
        if level.form == "bullet":
            return bullet(level.text)
        if level.form == "none":
            return ""
        return re.sub(r"%(\d)", lambda found: self._shown(int(found[1]) - 1), level.text)

    def _shown(self, depth: int) -> str:
        level = self.levels.get(depth, Level())
        return in_form(self.counters.get(depth, level.start), level.form)


def bullet(text: str) -> str:
    """Return a bullet; signs of symbol fonts, which have no meaning elsewhere, become a dot."""
    sign = text[:1]
    return "•" if not sign.strip() or "\ue000" <= sign <= "\uf8ff" or sign in "o§" else sign


def in_form(number: int, form: str) -> str:
    """Return a number as letters, Roman or decimal."""
    if form in ("lowerLetter", "upperLetter", "russianLower", "russianUpper", "a", "A"):
        letters = RUSSIAN if form.startswith("russian") else LATIN
        letter = letters[(number - 1) % len(letters)]
        return letter.upper() if form in ("upperLetter", "russianUpper", "A") else letter
    if form in ("lowerRoman", "upperRoman", "i", "I"):
        shown = roman(number)
        return shown.lower() if form in ("lowerRoman", "i") else shown
    return f"{number:02d}" if form == "decimalZero" else str(number)


def roman(number: int) -> str:
    """Return a Roman number; from 400 on the decimal one, since no list goes there."""
    if not 0 < number < 400:
        return str(number)
    signs = ""
    for value, sign in ROMAN:
        signs += sign * (number // value)
        number %= value
    return signs


class Numbering:
    """Marks of the paragraphs of one document, in the order they are asked for."""

    def __init__(self, numbering: Element, styles: Element) -> None:
        abstract = {item.get(W + "abstractNumId"): _levels(item) for item in numbering.iterfind(W + "abstractNum")}
        self.lists: dict[str, ListStyle] = {}
        shared: dict[str, ListStyle] = {}
        for item in numbering.iterfind(W + "num"):
            key = _value(item.find(W + "abstractNumId")) or ""
            style = shared.setdefault(key, ListStyle(abstract.get(key, {})))
            if item.find(W + "lvlOverride") is not None:
                style = ListStyle({**style.levels, **_overrides(item)})
            self.lists[item.get(W + "numId") or ""] = style
        self.styles = {style.get(W + "styleId"): style for style in styles.iterfind(W + "style")}

    def mark(self, paragraph: Element) -> str:
        """Return the mark of a paragraph, empty where it is no list entry; counts it."""
        properties = paragraph.find(W + "pPr")
        if properties is None:
            return ""
        found = properties.find(W + "numPr")
        if found is None:
            found = self._from_style(_value(properties.find(W + "pStyle")))
        style = self.lists.get(_value(found.find(W + "numId")) or "") if found is not None else None
        if style is None or found is None:
            return ""
        return style.next(markup.number(_value(found.find(W + "ilvl")), 0, DEEPEST))

    def _from_style(self, name: str | None) -> Element | None:
        for _ in range(MOST_STYLES):
            style = self.styles.get(name)
            if style is None:
                return None
            found = style.find(f"{W}pPr/{W}numPr")
            if found is not None:
                return found
            name = _value(style.find(W + "basedOn"))
        return None


def _value(element: Element | None) -> str | None:
    return None if element is None else element.get(W + "val")


def _levels(element: Element) -> dict[int, Level]:
    levels = {}
    for level in element.iterfind(W + "lvl"):
        depth = markup.number(level.get(W + "ilvl"), 0, DEEPEST)
        levels[depth] = Level(
            _value(level.find(W + "numFmt")) or "decimal",
            _value(level.find(W + "lvlText")) or "",
            markup.number(_value(level.find(W + "start")), 1, 100_000),
        )
    return levels


def _overrides(element: Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for override in element.iterfind(W + "lvlOverride"):
        levels |= _levels(override)
    return levels
