"""Rows of a plan to stages and measures."""

from __future__ import annotations

from dataclasses import dataclass, field

from tenants.roadmaps import phrases
from tenants.roadmaps.documents.columns import Columns
from tenants.roadmaps.documents.headings import Role
from tenants.roadmaps.documents.model import Cell, Paragraph, Row
from tenants.roadmaps.documents.outline import (
    LIST_MARK,
    clean_number,
    is_entry,
    is_roman,
    names_a_part,
    split_number,
    strip_end,
    strip_mark,
)
from tenants.roadmaps.documents.reading import NO_PERIOD, Item, PlanTable, Stage
from tenants.roadmaps.documents.rows import RowFacts, facts_of
from tenants.roadmaps.phrases import PeriodKind, PeriodReading

FILLED = 0.5


@dataclass
class Builder:
    """Walks the rows of one table and keeps what they stand under."""

    columns: Columns
    year: str | None
    table: PlanTable
    stage: Stage | None = None
    groups: list[tuple[str | None, str]] = field(default_factory=list)
    """Subheadings that are open, the outermost first: number and title."""
    stage_cell: Cell | None = None
    by_stage: bool = False
    """There is a column of stages."""
    numbers_count_stages: bool = False
    tops_are_stages: bool = False
    """Rows numbered 1, 2 … head the rows 1.1, 1.2 …"""
    lonely_are_stages: bool = False
    item_styles: set[str | None] = field(default_factory=set)
    """How the measures are numbered: what is numbered in another way is no measure."""

    def build(self, rows: list[Row]) -> None:
        """Add the stages and measures of the rows to the table."""
        facts = facts_of(rows, self.columns)
        if self.columns.is_calendar:
            for fact in facts:
                self._calendar_row(fact)
            return
        self.by_stage = self.columns.has(Role.STAGE)
        self.numbers_count_stages = self.by_stage and _count_stages(facts, self.columns)
        self.tops_are_stages = any(fact.has_children and fact.depth == 1 for fact in facts)
        self.lonely_are_stages = self._lonely_are_stages(facts)
        self.item_styles = {_style(fact.number) for fact in facts if not fact.alone}
        for fact in facts:
            self._row(fact)
        while self.table.stages and not self.table.stages[-1].number and not self._used(self.table.stages[-1]):
            self.table.stages.pop()

    def open_heading(self, text: str) -> None:
        """Let a line between two tables head the rows that follow."""
        number, title = split_number(text)
        self.stage = Stage(title, number, table=self.table.place)
        self.groups = []
        self.table.stages.append(self.stage)

    def _used(self, stage: Stage) -> bool:
        return any(item.stage == stage.title for item in self.table.items)

    def _lonely_are_stages(self, facts: list[RowFacts]) -> bool:
        """Tell whether a row with one text is a heading: the other rows have their cells filled."""
        full = [fact for fact in facts if not fact.alone]
        return bool(full) and sum(fact.timed or bool(fact.result) for fact in full) >= FILLED * len(full)

    def _row(self, fact: RowFacts) -> None:
        if self._is_stage(fact):
            self._open_stage(fact)
        elif fact.has_children and not fact.timed:
            self._open_group(fact)
        elif self.by_stage and not fact.merged:
            self._stage_row(fact)
        elif not fact.measure.plain:
            self._continue_item(fact)
        else:
            self._close_groups(fact)
            if fact.depth == 1 and self.tops_are_stages and self.stage and self.stage.number:
                self.stage = None
            self._add_measures(fact)

    def _add_measures(self, fact: RowFacts) -> None:
        """Add the measure of a row, or each entry of a list where the plan does not number its rows."""
        entries = [] if self.columns.has(Role.NUMBER) else list_entries(fact.measure)
        if len(entries) > 1:
            for entry in entries:
                self._add(fact, entry, None)
            return
        self._add(fact, fact.title, fact.number)
        if fact.has_children:
            self.groups.append((fact.number, fact.title))

    def _is_stage(self, fact: RowFacts) -> bool:
        if self.by_stage and not fact.merged:
            return False
        if fact.depth > 1:
            return False
        if fact.has_children or fact.leads:
            return True
        if not fact.alone or fact.timed or fact.result:
            return False
        if fact.merged:
            return True
        apart = _style(fact.number) not in self.item_styles
        return self.lonely_are_stages and (
            fact.number is None or self.tops_are_stages or apart or names_a_part(fact.title)
        )

    def _open_stage(self, fact: RowFacts) -> None:
        title = " ".join(fact.title.split())
        self.stage = Stage(
            title, fact.number, fact.period, self._read(fact.period),
            fact.responsible, fact.result, fact.documents, self.table.place,
        )  # fmt: skip
        self.table.stages.append(self.stage)
        self.groups = []

    def _open_group(self, fact: RowFacts) -> None:
        self._close_groups(fact)
        self.groups.append((fact.number, " ".join(fact.title.split())))

    def _close_groups(self, fact: RowFacts) -> None:
        """Leave the subheadings that a row does not stand under; a row without a number stays where it is."""
        if fact.number is None:
            return
        while self.groups and not fact.number.startswith(f"{self.groups[-1][0]}."):
            self.groups.pop()

    def _calendar_row(self, fact: RowFacts) -> None:
        """Read a row whose measures stand in the columns of months or quarters."""
        cell = fact.stage_cell
        if cell is not None and cell.plain and cell is not self.stage_cell:
            self._stage_from(cell, fact)
        seen: list[Cell] = []
        for place in self.columns.places(Role.SLOT):
            work = fact.cells[place]
            if not work.plain or any(work is other for other in seen):
                continue
            seen.append(work)
            fact.period = self.columns.slots[place]
            for title in list_entries(work) or [work.text]:
                self._add(fact, title, None)

    # Tables with a column of stages

    def _stage_row(self, fact: RowFacts) -> None:
        cell = fact.stage_cell
        if cell is not None and cell.plain and cell is not self.stage_cell:
            self._stage_from(cell, fact)
        title = self.stage.title if self.stage else None
        entries = list_entries(fact.measure)
        number = None if self.numbers_count_stages or entries else fact.number
        if entries:
            for entry in entries:
                self._add(fact, entry, None)
        elif fact.measure.plain:
            self._add(fact, fact.title, number)
        elif title and (cell is None or cell.plain):
            self._add(fact, title, number)
        else:
            self._continue_item(fact)

    def _stage_from(self, cell: Cell, fact: RowFacts) -> None:
        self.stage_cell = cell
        number, title = split_number(cell.plain)
        if self.stage and title == self.stage.title:
            return
        own = fact.number if self.numbers_count_stages else None
        alone = bool(list_entries(fact.measure))
        self.stage = Stage(title, number or own, table=self.table.place)
        if alone or self.numbers_count_stages:
            self.stage.period_raw, self.stage.period = fact.period, self._read(fact.period)
            self.stage.responsible_raw, self.stage.result_raw = fact.responsible, fact.result
        self.table.stages.append(self.stage)

    # Measures

    def _add(self, fact: RowFacts, title: str, number: str | None) -> None:
        if fact.period is None and self.stage and not self.table.dated:
            fact.period = _time_in(self.stage.title)
        self.table.items.append(
            Item(
                title=title, number=number, stage=self.stage.title if self.stage else None,
                period_raw=fact.period, period=self._read(fact.period), responsible_raw=fact.responsible,
                result_raw=fact.result, documents_raw=fact.documents, details_raw=fact.details,
                group=self.groups[-1][1] if self.groups else None, table=self.table.place,
            )
        )  # fmt: skip

    def _continue_item(self, fact: RowFacts) -> None:
        """Add a row without a measure to the one above: a second responsible, the rest of a result."""
        if not self.table.items:
            return
        item = self.table.items[-1]
        item.responsible_raw = _with(item.responsible_raw, fact.responsible)
        item.result_raw = _with(item.result_raw, fact.result)
        item.documents_raw = _with(item.documents_raw, fact.documents)
        item.details_raw = _with(item.details_raw, fact.details)
        if fact.period and fact.period != item.period_raw:
            item.period_raw = _with(item.period_raw, fact.period)
            item.period = self._read(item.period_raw)

    def _read(self, raw: str | None) -> PeriodReading:
        return phrases.read(raw, self.year) if raw else NO_PERIOD


def _style(number: str | None) -> str | None:
    return None if number is None else "roman" if is_roman(number) else "figures"


def _time_in(heading: str) -> str | None:
    """Return a heading that is nothing but a time, such as a month: the plan has no column for it."""
    times = (PeriodKind.MONTH, PeriodKind.MONTH_RANGE, PeriodKind.RANGE, PeriodKind.LIST)
    reading = phrases.read(heading, "2026")
    return heading if reading.kind in times and reading.question is None else None


def _with(text: str | None, more: str | None) -> str | None:
    if not more or more == text:
        return text
    return f"{text}\n{more}" if text else more


def _count_stages(facts: list[RowFacts], columns: Columns) -> bool:
    """Tell whether the numbers count the stages, not the measures."""
    if any("этап" in text.lower() and text.startswith("№") for text in columns.headings):
        return True
    runs: list[set[str]] = []
    sizes: list[int] = []
    last: Cell | None = None
    for fact in facts:
        cell = fact.stage_cell
        if cell is not None and cell.plain and cell is not last:
            last = cell
            runs.append(set())
            sizes.append(0)
        if runs:
            sizes[-1] += 1
            if fact.number:
                runs[-1].add(fact.number)
    deep = any(fact.depth > 1 for fact in facts)
    return not deep and any(size > 1 for size in sizes) and all(len(numbers) <= 1 for numbers in runs)


def list_entries(cell: Cell) -> list[str]:
    """Return the entries of a cell that is a list and nothing else; empty where a sentence leads it in."""
    lines = [line for line in cell.paragraphs if line.shown]
    if len(lines) < 2 and not (lines and lines[0].mark):
        return []
    if not all(_listed(line) for line in lines):
        return []
    return [strip_end(line.text) if line.mark else strip_mark(line.text) for line in lines]


def _listed(line: Paragraph) -> bool:
    return bool(line.mark and LIST_MARK.search(line.mark)) or is_entry(line.text) or clean_number(line.mark) is not None
