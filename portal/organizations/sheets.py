"""Tables of organizations as workbooks, in the shape that the import reads."""

from collections.abc import Iterable, Mapping, Sequence

from reports.documents.xlsx import Cell, table_workbook
from tenants.organizations.codes import CARD_LABELS
from tenants.organizations.intake_rows import Row
from tenants.organizations.intake_sheet import LABELS, kind_word
from tenants.organizations.listing import Line
from tenants.organizations.models import OrganizationKind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEND = "Что исправить"
_TITLE = "Организации"


def export_workbook(lines: Iterable[Line]) -> bytes:
    """Return organizations as the import reads them; a regional center is no row of the import."""
    rows = [_cells(line) for line in lines if line.place.kind is not OrganizationKind.REGION]
    return table_workbook(_TITLE, list(LABELS.values()), rows)


def _cells(line: Line) -> Sequence[Cell]:
    place = line.place
    return (place.code, kind_word(place.kind), line.parent_code, *(getattr(place, name) for name in CARD_LABELS))


def refused_workbook(
    headings: Sequence[str], cells: Iterable[tuple[int, list[str]]], fields: Sequence[str], rows: Mapping[int, Row]
) -> bytes:
    """Return the rows that were not loaded as they were typed, each with what to mend."""
    shown = [heading or (LABELS.get(field, "")) for heading, field in zip(headings, fields, strict=True)]
    table: list[Sequence[Cell]] = [
        (*(row[at] if at < len(row) else "" for at in range(len(shown))), mend_words(rows[number]))
        for number, row in cells
        if number in rows
    ]
    return table_workbook("Исправить", [*shown, MEND], table)


def mend_words(row: Row) -> str:
    """Return what to mend in a row, in one line."""
    return " ".join([*(_named(name, text) for name, text in row.errors.items()), *filter(None, [row.question])])


def _named(field: str, text: str) -> str:
    # A check of a code names its field itself.
    label = LABELS.get(field, field)
    return text if label in text else f"{label}: {text}"


def changes_words(row: Row) -> str:
    """Return what a row changes, in one line: «; ИНН: было → стало»; empty where it changes nothing."""
    return "".join(f"; {LABELS[name]}: {was or 'пусто'} → {will}" for name, was, will in row.changes)


def sample_workbook() -> bytes:
    """Return the table to fill in, with a district and its school as an example."""
    district = ("lesnoy", kind_word(OrganizationKind.DISTRICT), "", "Отдел образования Лесного района", "Лесной район")
    school = ("lesnoy-sosh-1", kind_word(OrganizationKind.SCHOOL), "lesnoy", "МБОУ «СОШ № 1» Лесного района", "СОШ № 1")
    rest = len(LABELS) - len(district)
    return table_workbook(_TITLE, list(LABELS.values()), [(*district, *[""] * rest), (*school, *[""] * rest)])
