"""From a file to a reading: format, blocks, tables that are plans, what stands around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tenants.roadmaps.documents import docx, odt, pdf, titles, xlsx
from tenants.roadmaps.documents.columns import (
    LONGEST_HEADING,
    Columns,
    find_columns,
    guess_columns,
    header_at,
    same_heading,
)
from tenants.roadmaps.documents.container import Format, open_archive, recognise
from tenants.roadmaps.documents.errors import TOO_COMPLEX, DocumentError
from tenants.roadmaps.documents.headings import Role, clean_heading, heading
from tenants.roadmaps.documents.model import Block, Cell, Paragraph, Row, Table, distinct
from tenants.roadmaps.documents.plan import Builder
from tenants.roadmaps.documents.reading import PlanTable, RoadmapReading, Stage
from tenants.roadmaps.documents.targets import targets_in
from tenants.roadmaps.phrases import DocumentYear

READERS = {Format.DOCX: docx.read, Format.ODT: odt.read, Format.XLSX: xlsx.read}
MOST_ITEMS = 3000
LONGEST_READING = 6_000_000
NEAR = 14
NO_TABLE = "В документе нет ни одной таблицы, поэтому мероприятия не найдены."
NO_PLAN = "В документе нет таблицы с мероприятиями: проверьте, тот ли файл Вы выбрали."
EMPTY_PLAN = "Таблица плана найдена, но мероприятий в ней нет."


@dataclass
class Section:
    """One table of measures with the lines that stand above it."""

    table: Table
    columns: Columns
    end: int
    lines: list[str]
    first_row: int = 0
    more: list[Section] = field(default_factory=list)
    """Tables without a header that go on with this one."""


def blocks_of(path: Path) -> list[Block]:
    """Return paragraphs and tables of a file of any format that is read.

    Raises:
        DocumentError: the file cannot be read; the sentence says why.

    """
    if recognise(path) is Format.PDF:
        return pdf.read(path)
    kind, archive = open_archive(path)
    return READERS[kind](archive)


def read_document(path: Path, year: str | None = None, name: str | None = None) -> RoadmapReading:
    """Read a roadmap.

    `year` ("2026" or "2026/2027") goes before the year that the document names. `name` is the file's name as uploaded.

    Raises:
        DocumentError: the file cannot be read; the sentence says why. A readable file without a plan is no error.

    """
    try:
        return reading_of(blocks_of(path), year, name or path.name)
    except (MemoryError, RecursionError) as error:
        raise DocumentError(TOO_COMPLEX) from error


def reading_of(blocks: list[Block], year: str | None, name: str) -> RoadmapReading:
    """Find the plans among the blocks and read them."""
    reading = RoadmapReading(name)
    sections = _sections(blocks, year, reading)
    if not sections:
        found = any(isinstance(block, Table) and len(block.rows) > 1 for block in blocks)
        reading.message = NO_PLAN if found else NO_TABLE
        return reading
    _describe(reading, sections, blocks)
    known = year or reading.year_or_period
    for section in sections:
        _build(reading, section, known)
    reading.tables = [table for table in reading.tables if table.items]
    for place, table in enumerate(reading.tables, start=1):
        table.number(place)
    _stages_from_headings(reading)
    _refuse_flood(reading)
    reading.message = _message(reading, known)
    return reading


def _sections(blocks: list[Block], year: str | None, reading: RoadmapReading) -> list[Section]:
    """Return the tables that are plans; targets go to the reading on the way."""
    sections: list[Section] = []
    lines: list[str] = []
    unread: list[tuple[Table, list[str]]] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.shown)
            continue
        lines = [] if block.name else lines
        if _take_targets(block, lines, year, reading, sections) or _take_plan(block, lines, year, sections):
            lines = []
        else:
            unread.append((block, lines))
            lines = [*lines, "", *_text_of(block), ""]
    return sections or _guessed(unread)


def _take_plan(table: Table, lines: list[str], year: str | None, sections: list[Section]) -> bool:
    """Add what a table holds of plans; a table without a header can go on with the one before."""
    found = _plans_in(table, lines, year)
    if not found and sections and _goes_on(sections[-1], table, lines):
        sections[-1].more.append(Section(table, sections[-1].columns, len(table.rows), lines))
        return True
    sections.extend(found)
    return bool(found)


def _text_of(table: Table) -> list[str]:
    """Return the lines of a table that is no plan: approval blocks are often laid out as one."""
    if len(table.rows) > NEAR:
        return []
    return [line.shown for row in table.rows for cell in distinct(row) for line in cell.paragraphs]


def _guessed(tables: list[tuple[Table, list[str]]]) -> list[Section]:
    found = []
    for table, lines in tables:
        first = next((index for index, row in enumerate(table.rows) if len(_filled(row)) > 2), 0)
        body = Table(table.rows[first:], table.name)
        columns = guess_columns(body)
        if columns:
            found.append(Section(body, columns, len(body.rows), [*lines, *_lines_of(table, 0, first)]))
    return found


def _filled(row: Row) -> list[Cell]:
    return [cell for cell in distinct(row) if cell.plain]


def _take_targets(
    table: Table, lines: list[str], year: str | None, reading: RoadmapReading, sections: list[Section]
) -> bool:
    """Take the targets of a table, and the plan that stands above them on the same sheet."""
    index, targets = targets_in(table)
    if not targets:
        return False
    plans = _plans_in(Table(table.rows[:index], table.name), lines, year)
    sections.extend(plans)
    begin = _last_gap(table, index) if plans else 0
    above = [*([] if plans else lines), *_lines_of(table, begin, index)]
    for plan in plans[-1:]:
        plan.end = min(plan.end, max(begin, plan.columns.first_row))
    reading.targets.extend(targets)
    approval = titles.approval_of(above)
    rest = [line for line in above if line.strip() and not (approval and line.strip() in approval.raw)]
    reading.targets_title = reading.targets_title or " ".join(" ".join(rest).split()) or None
    reading.targets_approval = reading.targets_approval or approval
    return True


def _last_gap(table: Table, index: int) -> int:
    """Return the row after the last one above `index` that fills several cells: what follows are headings."""
    while index and len(_filled(table.rows[index - 1])) <= 1:
        index -= 1
    return index


def _lines_of(table: Table, begin: int, end: int) -> list[str]:
    """Return the lines of some rows; an empty row is an empty line."""
    lines: list[str] = []
    for row in table.rows[begin:end]:
        filled = _filled(row)
        lines.extend([line.shown for cell in filled for line in cell.paragraphs] if filled else [""])
    return lines


def _plans_in(table: Table, lines: list[str], year: str | None) -> list[Section]:
    """Return the plans of a table: a second header in it begins a new one."""
    columns = find_columns(table, 0, year)
    if columns is None:
        return []
    sections = [Section(table, columns, len(table.rows), [*lines, *_lines_of(table, 0, columns.row)])]
    for index in range(columns.first_row, len(table.rows)):
        last = sections[-1]
        other = _another_header(table, index, last.columns, year)
        if other is not None:
            last.end = min(last.end, index)
            sections.append(Section(table, other, len(table.rows), []))
        elif last.end > index and _foreign_header(table, index, last.columns):
            last.end = _last_gap(table, index)
    return sections


def _foreign_header(table: Table, index: int, columns: Columns) -> bool:
    """Tell whether the header of another table, which is no plan, stands below a gap on the same sheet."""
    cells = _filled(table.rows[index])
    if len(cells) < 2 or len(_filled(table.rows[index - 1])) > 1 or same_heading(table.rows[index], columns):
        return False
    roles = [heading(clean_heading(cell.plain)).role for cell in cells]
    short = all(len(cell.plain) <= LONGEST_HEADING for cell in cells)
    return short and (roles[0] is Role.NUMBER or (roles[0] is Role.OTHER and Role.UNKNOWN not in roles))


def _another_header(table: Table, index: int, columns: Columns, year: str | None) -> Columns | None:
    row = table.rows[index]
    filled = [cell for cell in distinct(row) if cell.plain]
    if len(filled) < 3 or same_heading(row, columns) or filled[0].plain[:1].isdigit():
        return None
    found = header_at(table, index, year)
    if found is None:
        return None
    known = [role for role, cell in zip(found.roles, row, strict=True) if cell.plain and role is not Role.UNKNOWN]
    return found if len(known) >= len(filled) and found.roles != columns.roles else None


def _goes_on(section: Section, table: Table, lines: list[str]) -> bool:
    """Tell whether a table without a header goes on with the plan above it."""
    between = [line for line in lines if line.strip()]
    return table.width == section.table.width and len(between) <= 1


def _describe(reading: RoadmapReading, sections: list[Section], blocks: list[Block]) -> None:
    """Read title, year, organisation and approval from the lines above the main plan, else from the whole document."""
    main = max(
        sections,
        key=lambda item: (
            item.columns.has(Role.PERIOD, Role.SLOT, Role.BEGIN),
            item.columns.has(Role.RESPONSIBLE),
            item.end,
        ),
    )
    read = [section.table for section in sections]
    everything = [
        line
        for block in blocks
        if block not in read
        for line in ([block.shown] if isinstance(block, Paragraph) else _text_of(block) if block.name else [])
    ]
    near = main.lines[-NEAR:]
    reading.title = (
        titles.title_of(near)
        or titles.title_of(everything[:NEAR])
        or titles.title_of(everything)
        or titles.title_of(main.lines)
    )
    reading.approval = titles.approval_of(near) or titles.approval_of(everything[:NEAR])
    reading.organisation = titles.organisation_of(near, reading.title, reading.approval)
    if reading.organisation is None:
        reading.organisation = titles.territory_in(" ".join(everything[:NEAR]))
    reading.year_or_period = titles.years_in(reading.title)
    if reading.year_or_period is None:
        above = [line for line in near if not (reading.approval and line.strip() in reading.approval.raw)]
        named = {found for line in above if (found := titles.years_in(line)) and len(line) < 200}
        spans = {found for found in named if "уч" in found.lower()}
        reading.year_or_period = next(iter(spans)) if len(spans) == 1 else titles.years_of_period(above)
    if reading.year_or_period is None:
        reading.year_or_period = titles.years_in(titles.title_of(everything))


def _build(reading: RoadmapReading, section: Section, year: str | None) -> None:
    heading = titles.heading_of(section.lines[-NEAR:]) or section.table.name or None
    dated = section.columns.has(Role.PERIOD, Role.BEGIN, Role.SLOT)
    table = PlanTable(
        heading, section.columns.headings, section.table.name, guessed=section.columns.guessed, dated=dated
    )
    builder = Builder(section.columns, year, table)
    rows = section.table.rows[section.columns.first_row : section.end]
    if heading and heading != reading.title and _headed_anew(rows, section.columns):
        builder.open_heading(heading)
    builder.build(rows)
    for more in section.more:
        named = [line.strip() for line in more.lines if line.strip()]
        if named:
            builder.open_heading(named[-1])
        builder.build(more.table.rows)
    reading.tables.append(table)


def _headed_anew(rows: list[Row], columns: Columns) -> bool:
    """Tell whether the header is repeated below a heading: then the first rows have theirs above the header."""
    return any(
        same_heading(row, columns) and len(_filled(above)) == 1 for above, row in pairwise(rows)
    )  # fmt: skip


def _stages_from_headings(reading: RoadmapReading) -> None:
    """Where each stage has a table of its own, its heading is the stage."""
    tables = reading.tables
    if len(tables) < 2 or len({table.columns for table in tables}) > 1 or any(table.stages for table in tables):
        return
    for table in tables:
        title = table.sheet if table.sheet and table.heading == reading.title else table.heading or table.sheet
        title = title.removeprefix(reading.title or "\0").strip()
        if title:
            table.stages.append(Stage(title, table=table.place))
            for item in table.items:
                item.stage = title


def _refuse_flood(reading: RoadmapReading) -> None:
    if len(reading.items) > MOST_ITEMS or sum(item.letters for item in reading.items) > LONGEST_READING:
        raise DocumentError(TOO_COMPLEX)


def _message(reading: RoadmapReading, year: str | None) -> str | None:
    if not reading.items:
        return EMPTY_PLAN
    said = []
    if any(table.guessed for table in reading.tables):
        said.append("У таблицы нет заголовков: столбцы определены по содержанию, проверьте их.")
    if not any(table.dated or any(item.period_raw for item in table.items) for table in reading.tables):
        said.append("В таблице нет столбца со сроками: укажите срок каждого мероприятия.")
    named = DocumentYear.parse(reading.year_or_period)
    if named.known and not named.touches(DocumentYear.parse(year)):
        said.append(f"В документе указан другой год ({reading.year_or_period}): проверьте сроки без года.")
    if not DocumentYear.parse(year).known and any("год" in (item.period.question or "") for item in reading.items):
        said.append("Год плана в документе не найден: укажите его, и сроки будут прочитаны заново.")
    asked = sum(item.period.question is not None for item in reading.items)
    if asked:
        said.append(f"Сроков под вопросом: {asked}.")
    return " ".join(said) or None
