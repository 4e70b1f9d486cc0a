"""Rows of a plan as facts: number, heading or measure, what is filled, what stands under what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tenants.roadmaps import phrases
from tenants.roadmaps.documents.columns import Columns, cell_of, is_numbers_row, same_heading
from tenants.roadmaps.documents.headings import Role
from tenants.roadmaps.documents.model import Cell, Row, distinct
from tenants.roadmaps.documents.outline import clean_number, depth, mend, names_a_part, split_number, under
from tenants.roadmaps.phrases import PeriodKind

LONGEST_VALUE = 20_000
MOST_CUTS = 12
BLANK = re.compile(r"[_\s./]*_{3,}[_\s./]*")
INITIALS = re.compile(r"\b[А-ЯЁ]\.\s?[А-ЯЁ]\.")
TOTAL = re.compile(r"\W*(?:итого|всего)\b", re.IGNORECASE)
MARKS = re.compile(r"[+хxvХXV✓✔☑*●•■√]+|да", re.IGNORECASE)


@dataclass(eq=False)
class RowFacts:
    """One row below the header."""

    cells: Row
    number: str | None = None
    title: str = ""
    """Words of the heading or of the measure, without a typed number."""
    merged: bool = False
    """The measure cell reaches over other columns: a heading."""
    alone: bool = False
    """Nothing but a number and one text."""
    period: str | None = None
    responsible: str | None = None
    result: str | None = None
    documents: str | None = None
    details: str | None = None
    stage_cell: Cell | None = None
    measure: Cell = field(default_factory=Cell)
    has_children: bool = False
    leads: bool = False
    """A heading that has a period of its own: it takes the place of the number or counts a part of the plan."""

    @property
    def depth(self) -> int:
        """Return how deep the number lies, 0 without one."""
        return depth(self.number)

    @property
    def timed(self) -> bool:
        """Tell whether the row has a period or a responsible of its own."""
        return self.period is not None or self.responsible is not None


def facts_of(rows: list[Row], columns: Columns) -> list[RowFacts]:
    """Return the facts of the rows that say something, in order."""
    facts: list[RowFacts] = []
    seen: list[str] = []
    for row in rows:
        if not any(cell.plain for cell in row) or is_numbers_row(row) or same_heading(row, columns):
            continue
        fact = _fact(row, columns)
        if _is_footer(fact):
            continue
        fact.number = mend(fact.number, seen)
        if fact.number:
            seen.append(fact.number)
        facts.append(fact)
    _mark_parents(facts)
    _mark_leaders(facts, columns)
    return facts


def _mark_leaders(facts: list[RowFacts], columns: Columns) -> None:
    """Mark rows without a number, among numbered ones, that stand for a part and are followed by its measures."""
    numbers = columns.places(Role.NUMBER)
    if not numbers or sum(fact.number is not None for fact in facts) * 2 < len(facts):
        return
    heads = [
        fact.number is None
        and fact.measure.plain
        and (fact.cells[numbers[0]] is fact.measure or names_a_part(fact.measure.plain))
        for fact in facts
    ]
    for index, fact in enumerate(facts[:-1]):
        fact.leads = bool(heads[index]) and not heads[index + 1]


def _is_footer(fact: RowFacts) -> bool:
    """Tell whether a row without a number closes the table: a total, or a blank line for a signature."""
    if fact.number is not None:
        return False
    signed = any(BLANK.fullmatch(cell.plain) for cell in fact.cells) and any(
        (cell is fact.measure and BLANK.fullmatch(cell.plain)) or INITIALS.search(cell.plain) for cell in fact.cells
    )
    return signed or bool(TOTAL.match(fact.title))


def _mark_parents(facts: list[RowFacts]) -> None:
    """Mark rows with a number under which others are numbered."""
    prefixes: set[str] = set()
    for fact in facts:
        parts = (fact.number or "").split(".")
        prefixes.update(".".join(parts[:size]) for size in range(1, len(parts)))
    for index, fact in enumerate(facts):
        fact.has_children = fact.number in prefixes and any(
            under(later.number, fact.number) for later in facts[index + 1 :][:400]
        )


def _fact(row: Row, columns: Columns) -> RowFacts:
    number_cell = cell_of(row, columns, Role.NUMBER)
    filled = [cell for cell in distinct(row) if cell.plain or cell.text]
    heading = _heading_cell(row, columns, filled, number_cell)
    measure = heading or cell_of(row, columns, Role.MEASURE) or Cell()
    number = clean_number(number_cell.text) if number_cell is not None and number_cell is not measure else None
    fact = RowFacts(row, number, measure=measure, merged=heading is not None)
    fact.title = measure.text
    if number is None:
        _number_from_text(fact)
    if not fact.merged:
        _values(fact, row, columns)
    rest = [cell for cell in filled if cell is not number_cell]
    fact.alone = fact.merged or len(rest) == 1
    if fact.alone and not fact.measure.plain and rest and rest[0].plain:
        fact.title, fact.measure = rest[0].text, rest[0]
    return fact


def _heading_cell(row: Row, columns: Columns, filled: list[Cell], number_cell: Cell | None) -> Cell | None:
    """Return the cell of a heading that reaches over columns of different roles."""
    rest = [cell for cell in filled if cell is not number_cell or len(filled) == 1]
    if len(rest) != 1:
        return None
    cell = rest[0]
    covered = {role for role, other in zip(columns.roles, row, strict=True) if other is cell}
    covered -= {Role.NUMBER, Role.UNKNOWN}
    if len(covered) > 1 or (
        len(covered) == 1 and Role.MEASURE in covered and row.count(cell) > columns.roles.count(Role.MEASURE) + 1
    ):
        return cell
    lone_number = cell is number_cell and clean_number(cell.text) is None
    return cell if lone_number else None


def _number_from_text(fact: RowFacts) -> None:
    """Take a number that is typed, or set by the editor, in front of the words."""
    lines = [line for line in fact.measure.paragraphs if line.shown]
    if not lines:
        return
    if lines[0].mark and len(lines) == 1:
        number = clean_number(lines[0].mark)
        if number or lines[0].text:
            fact.number, fact.title = number, lines[0].text
        return
    number, rest = split_number(lines[0].text)
    if number:
        fact.number = number
        fact.title = "\n".join([rest, *(line.shown for line in lines[1:])])


def _values(fact: RowFacts, row: Row, columns: Columns) -> None:
    fact.period = _period(row, columns)
    fact.responsible = _text(cell_of(row, columns, Role.RESPONSIBLE))
    if columns.shared and fact.period:
        fact.period, fact.responsible = _parted(fact.period)
    fact.result = _text(cell_of(row, columns, Role.RESULT))
    fact.documents = _text(cell_of(row, columns, Role.DOCUMENTS))
    details = [_text(row[place]) for place in columns.places(Role.DETAILS)]
    fact.details = "\n".join(dict.fromkeys(text for text in details if text)) or None
    stages = [row[place] for place in columns.places(Role.STAGE)]
    fact.stage_cell = stages[0] if stages else None


def _text(cell: Cell | None) -> str | None:
    """Return the lines of a cell; a dash stands for nothing."""
    if cell is None:
        return None
    text = cell.text.strip()[:LONGEST_VALUE]
    return None if not text or text in "-–—" else text


def _period(row: Row, columns: Columns) -> str | None:
    if columns.has(Role.SLOT):
        return _marked_slots(row, columns)
    begin, end = _text(cell_of(row, columns, Role.BEGIN)), _text(cell_of(row, columns, Role.END))
    if begin and end:
        return begin if begin == end else f"{begin} – {end}"
    if end:
        return f"до {end}" if end[0].isdigit() else end
    return begin or _text(cell_of(row, columns, Role.PERIOD))


def _parted(text: str) -> tuple[str | None, str | None]:
    """Part «январь 2026, директор»: the longest beginning that reads as a period, and the rest."""
    cuts = [found.start() for found in re.finditer(r"[,;\n(]|\s[-–—]\s", text)]
    for cut in reversed(cuts[:MOST_CUTS]):
        period, rest = text[:cut].strip(), text[cut:].strip(" ,;\n()-–—")
        reading = phrases.read(period, "2026")
        if reading.kind is not PeriodKind.NONE and reading.question is None:
            return period, rest or None
    return text, None


def _marked_slots(row: Row, columns: Columns) -> str | None:
    """Return the headings of the marked columns, or the words that stand in them."""
    said: list[str] = []
    seen: list[Cell] = []
    for place in columns.places(Role.SLOT):
        cell = row[place]
        text = _text(cell)
        if not text:
            continue
        if MARKS.fullmatch(text):
            said.append(columns.slots[place])
        elif not any(cell is other for other in seen):
            said.append(text)
        seen.append(cell)
    return ", ".join(said) or None
