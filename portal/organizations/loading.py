"""Organizations from an XLSX table: every good row is taken over, every refused row is named with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tenants.db import REGISTRY, ScopedSession, transaction
from tenants.errors import DomainError
from tenants.organizations import codes
from tenants.organizations.commands import CARD_LABELS, create_organization
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.queries import organization_by_code

HEADINGS = {"код": "code", "вид": "kind", "код подчинения": "parent"} | {
    label.lower(): name for name, label in CARD_LABELS.items()
}
"""Headings of the table, in any order and case, with the field each one fills."""
_KINDS = {kind.label: kind for kind in OrganizationKind if kind is not OrganizationKind.REGION}
_REQUIRED = ("code", "kind", "name_short")
_MAX_ROWS = 20_000


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken over."""

    number: int
    """Number of the row in the table, as the table shows it."""
    reason: str


@dataclass
class Loading:
    """What became of the rows."""

    created: int = 0
    updated: int = 0
    refused: list[Refusal] = field(default_factory=list)


def load(path: str, *, region_code: str) -> Loading:
    """Take over a table of organizations of one region; loading it again updates instead of doubling.

    Raises:
        DomainError: the file is no table, or a heading is missing.

    """
    # Districts come first, so that their schools find them whatever the order of the table.
    rows = sorted(_rows(path), key=lambda row: row[1]["kind"].lower() != OrganizationKind.DISTRICT.label)
    result = Loading()
    for number, row in rows:
        try:
            with transaction(REGISTRY) as session:
                _take(session, region_code, row, result)
        except DomainError as error:
            result.refused.append(Refusal(number, str(error)))
    result.refused.sort(key=lambda refusal: refusal.number)
    return result


def _rows(path: str) -> list[tuple[int, Mapping[str, str]]]:
    try:
        sheet = CalamineWorkbook.from_path(str(Path(path))).get_sheet_by_index(0)
    except Exception as error:
        raise DomainError("Не получилось прочитать файл. Нужна таблица XLSX.") from error
    table = [[_text(cell) for cell in row] for row in sheet.to_python(nrows=_MAX_ROWS + 1)]
    names = [HEADINGS.get(heading.strip().lower(), "") for heading in (table[0] if table else [])]
    lacking = [heading for heading, name in HEADINGS.items() if name in _REQUIRED and name not in names]
    if lacking:
        raise DomainError(f"В первой строке таблицы нет столбцов: {', '.join(lacking)}.")
    found: list[tuple[int, Mapping[str, str]]] = []
    for number, row in enumerate(table[1:], start=2):
        values = {name: cell for name, cell in zip(names, row, strict=False) if name}
        if any(values.values()):
            found.append((number, values))
    return found


def _take(session: ScopedSession, region_code: str, row: Mapping[str, str], result: Loading) -> None:
    kind = _KINDS.get(row["kind"].lower())
    if kind is None:
        raise DomainError(f"Вид «{row['kind']}» неизвестен. Допустимы: {', '.join(_KINDS)}.")
    region = organization_by_code(session, region_code)
    parent = organization_by_code(session, row.get("parent") or region_code)
    if parent.region_id != region.id:
        raise DomainError(f"Организация с кодом «{row['parent']}» из другого региона.")
    known = session.scalars(select(Organization).where(Organization.code == row["code"])).one_or_none()
    if known is None:
        values = {"name": row["name_short"]} | {name: value for name, value in row.items() if value}
        create_organization(session, parent, kind, values)
        result.created += 1
        return
    if known.region_id != region.id:
        raise DomainError(f"Код «{row['code']}» уже занят.")
    for name, value in codes.checked_card({n: v for n, v in row.items() if n in CARD_LABELS and v}).items():
        setattr(known, name, value)
    result.updated += 1


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
