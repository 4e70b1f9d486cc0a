"""What the columns of a table mean: by their headings, and by their content where a heading is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tenants.roadmaps import phrases
from tenants.roadmaps.documents.headings import GROUPING, TELLING, Heading, Role, clean_heading, heading
from tenants.roadmaps.documents.model import Cell, Row, Table, distinct
from tenants.roadmaps.phrases import PeriodKind

LONGEST_HEADING = 160
DEEPEST_HEADER = 60
SAMPLE = 25
ENOUGH = 0.6
NUMBER_CELL = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,4}[.)]?|[IVXІХ]{1,6}[.)]?")
PEOPLE = re.compile(
    r"[А-ЯЁ][а-яё-]+\s+[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.)?|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё-]+"
    r"|\b(?:директор|зам|заместител|куратор|руководител|педагог|учител|методист|администраци|завуч|специалист|наставник|психолог"
    r"|классн|председател|начальник|координатор|рабочая групп|социальн|уо|оо|мнц|рцн|мо)\w*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Columns:
    """The header of a table of measures."""

    roles: tuple[Role, ...]
    headings: tuple[str, ...]
    first_row: int
    """Row after the header."""
    row: int = 0
    """First row of the header."""
    guessed: bool = False
    """The header is missing; the roles come from the content."""
    shared: bool = False
    """The column of periods holds the responsible as well."""
    slots: tuple[str, ...] = ()
    """Lowest heading of each column: the name of a month or quarter that is one."""

    def places(self, role: Role) -> list[int]:
        """Return the columns with a role, from the left."""
        return [place for place, found in enumerate(self.roles) if found is role]

    def has(self, *roles: Role) -> bool:
        """Tell whether any of the roles is there."""
        return any(role in self.roles for role in roles)

    @property
    def is_plan(self) -> bool:
        """Tell whether these are the columns of a plan: work, and when, by whom, or with what result."""
        about = (
            Role.PERIOD,
            Role.BEGIN,
            Role.END,
            Role.SLOT,
            Role.RESPONSIBLE,
            Role.RESULT,
            Role.DOCUMENTS,
            Role.DETAILS,
        )
        return (self.has(Role.MEASURE) and self.has(*about)) or self.is_calendar

    @property
    def is_calendar(self) -> bool:
        """Tell whether the measures stand in the columns of months or quarters themselves."""
        return self.has(Role.SLOT) and self.has(Role.STAGE) and not self.has(Role.MEASURE)


def find_columns(table: Table, begin: int, year: str | None) -> Columns | None:
    """Find the next header at or below a row; None where no row reads as one."""
    for index in range(begin, min(len(table.rows), begin + DEEPEST_HEADER)):
        found = header_at(table, index, year)
        if found:
            return found
    return None


def header_at(table: Table, index: int, year: str | None) -> Columns | None:
    """Read one row, with the rows of sub-headings below it, as the header of a plan."""
    row = table.rows[index]
    cells = [cell for cell in distinct(row) if cell.plain]
    if len(cells) < 2 or any(len(cell.plain) > LONGEST_HEADING for cell in cells):
        return None
    if sum(_tells(cell, year) for cell in cells) < 2:
        return None
    end = _header_end(table, index)
    columns = _assign(table, index, end, year)
    return columns if columns.is_plan else None


def _tells(cell: Cell, year: str | None) -> bool:
    text = clean_heading(cell.plain)
    return heading(text).role not in (Role.UNKNOWN, Role.OTHER) or _is_slot(text, year)


def _is_slot(text: str, year: str | None) -> bool:
    """Tell whether a heading is the name of a month, a quarter, a term or a year."""
    kinds = (PeriodKind.MONTH, PeriodKind.RANGE, PeriodKind.MONTH_RANGE, PeriodKind.ON_SCHEDULE)
    short = 0 < len(text) <= 40 and not re.fullmatch(r"(?!20\d\d$)[\d.\s]+", text)
    return short and phrases.read(text, year or "2026").kind in kinds


def _header_end(table: Table, index: int) -> int:
    """Return the row after the header: sub-headings share merged cells with the row above, or fill a wide one."""
    end = index + 1
    while end < len(table.rows) and end < index + 3:
        above, row = table.rows[index], table.rows[end]
        shared = any(cell is other and cell.plain for cell, other in zip(above, row, strict=True))
        wide = {id(cell) for cell in above if above.count(cell) > 1}
        under = [cell for cell, other in zip(row, above, strict=True) if cell is not other and cell.plain]
        below_wide = all(
            id(other) in wide for cell, other in zip(row, above, strict=True) if cell is not other and cell.plain
        )
        if not under or not below_wide or not (shared or wide) or any(len(cell.plain) > 40 for cell in under):
            break
        end += 1
    return end


def _assign(table: Table, index: int, end: int, year: str | None) -> Columns:
    texts = [_column_text(table, index, end, column) for column in range(table.width)]
    found = [heading(text) for text in texts]
    roles = [item.role for item in found]
    lowest = [clean_heading(table.rows[end - 1][column].plain) for column in range(table.width)]
    _mark_slots(roles, lowest, year)
    _mark_ends(roles, texts)
    _split_measures(roles, found)
    _measures_in_slots(table, end, roles, found)
    _single(roles, texts)
    _fill_unknown(table, end, roles, texts)
    shown = [text for place, text in enumerate(texts) if place == 0 or text != texts[place - 1] or not text]
    shared = Role.RESPONSIBLE not in roles and any(
        role is Role.PERIOD and re.search(r"ответств|исполнител", text, re.IGNORECASE)
        for role, text in zip(roles, texts, strict=True)
    )
    headings = tuple(text for text in shown if text)
    return Columns(tuple(roles), headings, end, index, shared=shared, slots=tuple(lowest))


def _column_text(table: Table, index: int, end: int, column: int) -> str:
    parts: list[str] = []
    for row in table.rows[index:end]:
        text = clean_heading(row[column].plain)
        if text and text not in parts:
            parts.append(text)
    return " ".join(parts)


def _mark_slots(roles: list[Role], lowest: list[str], year: str | None) -> None:
    """Mark columns headed by months, quarters or terms, if there are several."""
    free = (Role.UNKNOWN, Role.PERIOD)
    slots = [place for place, text in enumerate(lowest) if roles[place] in free and _is_slot(text, year)]
    if len(slots) > 1:
        for place in slots:
            roles[place] = Role.SLOT


def _measures_in_slots(table: Table, end: int, roles: list[Role], found: list[Heading]) -> None:
    """Where the columns of months hold sentences, not marks, the column before them only groups."""
    slots = [place for place, role in enumerate(roles) if role is Role.SLOT]
    works = [place for place, role in enumerate(roles) if role in (Role.MEASURE, Role.STAGE)]
    body = table.rows[end : end + SAMPLE]
    telling = [share(body, place, lambda text: len(text) > 3 and not _is_period(text)) for place in slots]
    if slots and works and sum(telling) > ENOUGH * len(slots) and all(found[place].weight < TELLING for place in works):
        for place in works:
            roles[place] = Role.STAGE if place == works[0] else Role.OTHER


def _mark_ends(roles: list[Role], texts: list[str]) -> None:
    for place, text in enumerate(texts):
        if roles[place] in (Role.PERIOD, Role.UNKNOWN):
            low = text.lower()
            if re.search(r"\bначал", low):
                roles[place] = Role.BEGIN
            elif re.search(r"\b(?:оконча|заверш|конец)", low):
                roles[place] = Role.END
    if (Role.BEGIN in roles) != (Role.END in roles):
        for place, role in enumerate(roles):
            if role in (Role.BEGIN, Role.END):
                roles[place] = Role.PERIOD


def _split_measures(roles: list[Role], found: list[Heading]) -> None:
    """Keep one column of measures; columns of work left of it group, columns right of it spell out."""
    works = [place for place, role in enumerate(roles) if role is Role.MEASURE]
    if not works:
        _promote_stage(roles, found)
        return
    best = max(works, key=lambda place: (found[place].weight, -place))
    for place in works:
        if found[place].text != found[best].text:
            groups = found[place].weight == 1 and found[place].text.lower().startswith(GROUPING)
            grouping = place < best and (groups or Role.STAGE not in roles)
            roles[place] = Role.STAGE if grouping else Role.DETAILS
    for place, role in enumerate(roles):
        if role is Role.STAGE and place > best:
            roles[place] = Role.OTHER


def _promote_stage(roles: list[Role], found: list[Heading]) -> None:
    """Read the column of stages as the measures where there is no other."""
    stages = [place for place, role in enumerate(roles) if role is Role.STAGE]
    for place in stages:
        if found[place] == found[stages[0]]:
            roles[place] = Role.MEASURE


def _single(roles: list[Role], texts: list[str]) -> None:
    """Keep one column of each kind; a second result is a document, any other second is left aside."""
    if Role.RESULT not in roles:
        _rename(roles, Role.DOCUMENTS, Role.RESULT)
    for role in (Role.NUMBER, Role.STAGE, Role.MEASURE, Role.PERIOD, Role.RESPONSIBLE, Role.RESULT, Role.DOCUMENTS):
        _keep_first(roles, texts, role)
    if Role.SLOT in roles:
        _rename(roles, Role.PERIOD, Role.OTHER)


def _rename(roles: list[Role], role: Role, other: Role) -> None:
    for place, found in enumerate(roles):
        if found is role:
            roles[place] = other


def _keep_first(roles: list[Role], texts: list[str], role: Role) -> None:
    places = [place for place, found in enumerate(roles) if found is role]
    for place in places[1:]:
        if texts[place] == texts[places[0]] and role in (Role.MEASURE, Role.STAGE):
            continue
        roles[place] = Role.DOCUMENTS if role is Role.RESULT and Role.DOCUMENTS not in roles else Role.OTHER


def _fill_unknown(table: Table, end: int, roles: list[Role], texts: list[str]) -> None:
    """Give columns without a telling heading a role by what stands in them."""
    body = table.rows[end : end + SAMPLE]
    for place in range(len(roles)):
        numbered = share(body, place, lambda text: bool(NUMBER_CELL.fullmatch(text))) >= ENOUGH
        doubled = roles[place] is Role.MEASURE and roles.count(Role.MEASURE) > 1 and roles.index(Role.MEASURE) == place
        if Role.NUMBER not in roles and numbered and (doubled or (not texts[place] and place == 0)):
            roles[place] = Role.NUMBER
    wanted = [
        (Role.PERIOD, _is_period, (Role.PERIOD, Role.BEGIN, Role.SLOT)),
        (Role.RESPONSIBLE, lambda text: bool(PEOPLE.search(text)) and len(text) < 150, (Role.RESPONSIBLE,)),
    ]
    for role, test, present in wanted:
        if not any(item in roles for item in present):
            best = [
                place
                for place, found in enumerate(roles)
                if found is Role.UNKNOWN and share(body, place, test) >= ENOUGH
            ]
            if best:
                roles[best[0]] = role


def share(body: Sequence[Row], place: int, test: object) -> float:
    """Return which share of the filled cells of a column passes a test."""
    texts = [row[place].plain for row in body if row[place].plain and not _wide(row, place)]
    return sum(bool(test(text)) for text in texts) / len(texts) if texts and callable(test) else 0.0


def _wide(row: Row, place: int) -> bool:
    neighbour = row[place + 1] if place + 1 < len(row) else row[place - 1]
    return len(row) > 1 and neighbour is row[place]


def _is_period(text: str) -> bool:
    if len(text) > 100:
        return False
    return phrases.read(text, "2026").kind is not PeriodKind.NONE


def guess_columns(table: Table) -> Columns | None:
    """Guess the roles of a table without a header from its content; None where it does not look like a plan."""
    if table.width < 3 or len(table.rows) < 3:
        return None
    body = table.rows[:SAMPLE]
    roles = [Role.UNKNOWN] * table.width
    tests = (
        (Role.NUMBER, lambda text: bool(NUMBER_CELL.fullmatch(text))),
        (Role.PERIOD, _is_period),
        (Role.RESPONSIBLE, lambda text: bool(PEOPLE.search(text)) and len(text) < 120),
    )
    for role, test in tests:
        places = [place for place, found in enumerate(roles) if found is Role.UNKNOWN]
        shares = {place: share(body, place, test) for place in places}
        best = max(shares, key=lambda place: shares[place], default=None)
        if best is not None and shares[best] >= ENOUGH:
            roles[best] = role
    if Role.PERIOD not in roles:
        return None
    rest = [place for place, found in enumerate(roles) if found is Role.UNKNOWN]
    if not rest:
        return None
    measure = next((place for place in rest if _mean(body, place) > 12), None)
    if measure is None:
        return None
    roles[measure] = Role.MEASURE
    after = [place for place in rest if place > measure and _mean(body, place) > 0]
    if after:
        roles[after[0]] = Role.RESULT
    return Columns(tuple(roles), (), 0, guessed=True)


def _mean(body: Sequence[Row], place: int) -> float:
    lengths = [len(row[place].plain) for row in body if row[place].plain and not _wide(row, place)]
    return sum(lengths) / len(lengths) if lengths else 0.0


def is_numbers_row(row: Row) -> bool:
    """Tell whether a row only counts the columns."""
    texts = [cell.plain.strip(" .") for cell in distinct(row) if cell.plain]
    return len(texts) > 1 and texts in (
        [str(number) for number in range(first, first + len(texts))] for first in (0, 1)
    )


def same_heading(row: Row, columns: Columns) -> bool:
    """Tell whether a row repeats the header, if only in its meaning: «Сроки» above and «Срок» below."""
    texts = [clean_heading(cell.plain) for cell in distinct(row) if cell.plain]
    if len(texts) > 1 and all(text in columns.headings for text in texts):
        return True
    named = [
        heading(clean_heading(cell.plain)).role is role
        for role, cell in zip(columns.roles, row, strict=True)
        if cell.plain and role is not Role.UNKNOWN
    ]
    return len(texts) > 2 and len(named) > 2 and all(named)


def cell_of(row: Row, columns: Columns, role: Role) -> Cell | None:
    """Return the cell of a row in the first column with a role."""
    places = columns.places(role)
    return row[places[0]] if places else None
