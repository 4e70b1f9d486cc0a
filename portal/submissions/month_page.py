"""The month as a grid: rows and cells with their faces, findings above it, what is written in the head and the bar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask import url_for

from portal.submissions.words import number_text, typed_number
from reports.editions.definition import Cell, Source
from reports.editions.parts import Column, ColumnType, Row, RowType, Section
from reports.months import Sheet
from tenants.submissions.commands import OpenFinding
from tenants.submissions.models import Face, Place, RevisionCell, SubmissionCell
from tenants.submissions.queries import Said

AnyCell = SubmissionCell | RevisionCell


@dataclass(frozen=True)
class GridCell:
    """One number of the grid."""

    id: str
    place: Place
    url: str
    text: str
    classes: str
    icon: str
    spoken: str
    """What a screen reader hears before the number."""
    typed: str = ""
    version: int = 0
    entry_url: str = ""
    """Where a number by hand is saved; empty for a cell that is not typed in the grid."""
    closed: bool = False
    only_wide: bool = True


@dataclass(frozen=True)
class GridRow:
    """One line of the form."""

    number: str
    name: str
    indent: int
    cells: tuple[GridCell, ...]
    previous: Decimal | None
    spark: tuple[Decimal | None, ...]
    remarks: tuple[Said, ...] = ()


@dataclass(frozen=True)
class FindingLine:
    """A finding as the list above the grid draws it."""

    kind: str
    word: str
    text: str
    url: str
    action: str


@dataclass
class Marks:
    """What concerns each cell: findings, remarks, the cell whose origin is open."""

    errors: set[Place] = field(default_factory=set)
    questions: set[Place] = field(default_factory=set)
    remarks: dict[Place, list[Said]] = field(default_factory=dict)
    opened: Place | None = None

    @classmethod
    def of(cls, findings: Iterable[OpenFinding], remarks: Iterable[Said], opened: Place | None) -> "Marks":
        """Gather the marks; a finding is shown at its first cell."""
        marks = cls(opened=opened)
        for finding in findings:
            if finding.level == "error":
                marks.errors.add(finding.cells[0])
            elif not finding.explanation:
                marks.questions.add(finding.cells[0])
        for said in remarks:
            marks.remarks.setdefault(said.remark.place, []).append(said)
        return marks


def address(submission_id: int, place: Place, **more: object) -> str:
    """Return the page «Откуда число» of a cell."""
    section, row, column = place
    return url_for(
        "submissions.cell", submission_id=submission_id, section=section, row=row, column=column, **more  # type: ignore[arg-type]  # values of an address
    )  # fmt: skip


def finding_lines(shown: Sheet) -> list[FindingLine]:
    """Return the findings: errors, open questions, answered ones."""
    order = {"error": 0, "question": 1, "ok": 2}
    lines = [_line(shown, finding) for finding in shown.findings]
    return sorted(lines, key=lambda line: order[line.kind])


def _line(shown: Sheet, finding: OpenFinding) -> FindingLine:
    url = address(shown.submission.id, finding.cells[0])
    if finding.level == "error":
        return FindingLine("error", "Ошибка", finding.message, url, "К ячейке")
    if finding.explanation:
        return FindingLine("ok", "Объяснено", f"{finding.message}. Ответ: «{finding.explanation}»", url, "К ячейке")
    return FindingLine("question", "Вопрос", finding.message, url, "Ответить")


def value_columns(section: Section, kind: str) -> list[Column]:
    """Return the columns that hold numbers; the first is «Всего»."""
    return [column for column in section.columns_for(kind) if column.type is ColumnType.VALUE]


def grid_rows(
    shown: Sheet, section: Section, marks: Marks, history: Mapping[Place, Sequence[Decimal | None]], *, editable: bool
) -> list[GridRow]:
    """Return the lines of a section."""
    columns = value_columns(section, shown.kind)
    rows = []
    for row in section.rows:
        if row.type is RowType.HEADING:
            continue
        places = [(section.code, row.code, column.code) for column in columns]
        total = shown.cells.get(places[0])
        now = total.value if total else None
        past = history.get(places[0], [None] * 11)
        rows.append(
            GridRow(
                row.number,
                row.name,
                row.indent,
                tuple(_cells(shown, places, marks, editable=editable)),
                shown.previous.get(places[0]),
                (*past, now),
                tuple(said for place in places for said in marks.remarks.get(place, ())),
            )
        )
    return rows


def _cells(shown: Sheet, places: Sequence[Place], marks: Marks, *, editable: bool) -> Iterable[GridCell]:
    for at, place in enumerate(places):
        stored, bound = shown.cells.get(place), shown.definition.cell(place)
        # On a phone only «Всего» is seen: it carries the mark of its row.
        hidden_error = at == 0 and place not in marks.errors and any(one in marks.errors for one in places[1:])
        if bound is None or bound.source is Source.CLOSED or stored is None:
            yield GridCell(
                _id(place), place, "", "×" if bound else "", "num cell dim", "", "", closed=True, only_wide=at > 0
            )
            continue
        yield _cell(shown, place, stored, bound, marks, at=at, hidden_error=hidden_error, editable=editable)


def _id(place: Place) -> str:
    return "c" + "-".join(part.replace("#", "_") for part in place)


def _cell(  # noqa: PLR0913 - a cell and everything that marks it
    shown: Sheet,
    place: Place,
    stored: AnyCell,
    bound: Cell,
    marks: Marks,
    *,
    at: int,
    hidden_error: bool,
    editable: bool,
) -> GridCell:
    value = stored.text_value if stored.value is None else stored.value
    classes, icon, spoken = _face(stored, place, marks, hidden_error=hidden_error)
    by_hand = editable and bound.source is Source.MANUAL and shown.state.opens(place)
    look = ["num cell", "tot" if at == 0 else "", "zero" if value == 0 else "", classes]
    return GridCell(
        _id(place),
        place,
        address(shown.submission.id, place),
        number_text(value),
        " ".join(filter(None, look)),
        icon,
        spoken,
        typed_number(value),
        getattr(stored, "version", 0),
        _entry_address(shown.submission.id, place) if by_hand else "",
        only_wide=at > 0,
    )


def _face(stored: AnyCell, place: Place, marks: Marks, *, hidden_error: bool) -> tuple[str, str, str]:
    """Return classes, icon and spoken words; what is worse wins."""
    faces = (
        (place in marks.errors, "f-err", "s-err", "ошибка: "),
        (place in marks.questions, "f-q", "s-q", "вопрос: "),
        (stored.face is Face.ADJUSTED, "f-adj", "delta", f"с поправкой, в учёте {number_text(stored.computed)}: "),
        (stored.face is Face.MANUAL, "f-hand", "pencil", "введено вручную: "),
        (place in marks.remarks, "", "pin", "с замечанием: "),
        (hidden_error, "", "narrow", "ошибка в одной из форм: "),
    )
    _, look, icon, spoken = next((face for face in faces if face[0]), (True, "", "", ""))
    return (f"{look} f-open".strip() if marks.opened == place else look), icon, spoken


def _entry_address(submission_id: int, place: Place) -> str:
    section, row, column = place
    return url_for("submissions.enter", submission_id=submission_id, section=section, row=row, column=column)


def face_counts(cells: Iterable[AnyCell]) -> dict[str, int]:
    """Return how many numbers have each face."""
    counts = {face.value: 0 for face in Face}
    for cell in cells:
        if cell.value is not None or cell.text_value is not None:
            counts[cell.face.value] += 1
    return counts


def rows_of_interest(rows: Sequence[GridRow], shown: Sheet, before: Mapping[Place, AnyCell]) -> list[GridRow]:
    """Return what a returned month is about: rows with a remark, a finding, an open cell, or a change since sending."""
    open_cells = {tuple(place) for place in shown.state.open_cells or ()}
    found = []
    for row in rows:
        marked = any("f-err" in cell.classes or "f-q" in cell.classes for cell in row.cells)
        moved = any(_value(shown.cells.get(cell.place)) != _value(before.get(cell.place)) for cell in row.cells)
        if row.remarks or marked or moved or any(cell.place in open_cells for cell in row.cells):
            found.append(row)
    return found


def _value(cell: AnyCell | None) -> Decimal | str | None:
    if cell is None:
        return None
    return cell.text_value if cell.value is None else cell.value


def narrow_cells(row: Row, section: Section, shown: Sheet, opened: Place) -> list[tuple[str, str, str, bool]]:
    """Return the numbers of one row by form, for a phone: heading, number, address, whether it is the open one."""
    found = []
    for column in value_columns(section, shown.kind):
        place = (section.code, row.code, column.code)
        stored = shown.cells.get(place)
        if stored is not None:
            words = " ".join(column.name_for(shown.kind).split())
            found.append((words, number_text(_value(stored)), address(shown.submission.id, place), place == opened))
    return found
