"""Whether the parts of a definition fit together: codes are unique, cells lie in the table, formats can be read."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from reports.editions.parts import (
    Cell,
    CellKey,
    ColumnType,
    Control,
    Dictionary,
    Entry,
    RowType,
    Section,
    Source,
    TitleField,
    place_first,
)
from tenants.errors import InvalidError

MAX_CELLS = 100_000
MAX_CONTROLS = 5_000
MAX_PRECISION = 10

_FORMAT = re.compile(r"N\(\d{1,2}(,\d{1,2})?\)|C\(\d{1,5}\)")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Structure(Protocol):
    """What is looked at; `EditionDefinition` has it all."""

    @property
    def code(self) -> str: ...  # noqa: D102 - the definition says what its fields mean
    @property
    def title(self) -> str: ...  # noqa: D102 - the same
    @property
    def version(self) -> str: ...  # noqa: D102 - the same
    @property
    def sections(self) -> tuple[Section, ...]: ...  # noqa: D102 - the same
    @property
    def cells(self) -> tuple[Cell, ...]: ...  # noqa: D102 - the same
    @property
    def controls(self) -> tuple[Control, ...]: ...  # noqa: D102 - the same
    @property
    def dictionaries(self) -> tuple[Dictionary, ...]: ...  # noqa: D102 - the same
    @property
    def title_fields(self) -> tuple[TitleField, ...]: ...  # noqa: D102 - the same
    @property
    def key_field(self) -> str: ...  # noqa: D102 - the same
    @property
    def valid_from(self) -> date | None: ...  # noqa: D102 - the same
    @property
    def valid_to(self) -> date | None: ...  # noqa: D102 - the same


def number_of(code: str) -> str:
    """Return a code as sections, rows and columns are compared: "01" is "1", "А" stays."""
    return str(int(code)) if code.isascii() and code.isdigit() else code


def check_structure(form: Structure) -> None:
    """Look at everything but the rules of controls.

    Raises:
        InvalidError: the first thing that does not fit, with its place.

    """
    _check_head(form)
    _unique("Форма", "раздел", (section.code for section in form.sections))
    for section in form.sections:
        _check_section(section)
    _check_cells(form.sections, form.cells)
    _unique("Форма", "контроль", (control.id for control in form.controls))
    for control in form.controls:
        if not 0 <= control.precision <= MAX_PRECISION:
            raise InvalidError(f"Контроль {control.id}: точность бывает от 0 до {MAX_PRECISION}.")
    _unique("Форма", "справочник", (item.id for item in form.dictionaries))


def _check_head(form: Structure) -> None:
    for value, what in ((form.code, "кода"), (form.title, "названия"), (form.version, "версии")):
        if not value.strip():
            raise InvalidError(f"У формы нет {what}.")
    if form.valid_from and form.valid_to and form.valid_to < form.valid_from:
        raise InvalidError("Форма: срок действия кончается раньше, чем начинается.")
    if not form.sections:
        raise InvalidError("В форме нет ни одного раздела.")
    if len(form.cells) > MAX_CELLS or len(form.controls) > MAX_CONTROLS:
        raise InvalidError(f"Форма слишком велика: не больше {MAX_CELLS} ячеек и {MAX_CONTROLS} контролей.")
    codes = [field.code for field in form.title_fields]
    _unique("Титульный лист", "поле", codes)
    if form.key_field and form.key_field not in codes:
        raise InvalidError(f"Титульный лист: ключевого поля «{form.key_field}» среди полей нет.")


def _check_section(section: Section) -> None:
    where = f"Раздел {section.code}"
    _unique(where, "графа", (column.code for column in section.columns))
    _unique(where, "строка", (row.code for row in section.rows))
    columns = {column.code for column in section.columns}
    rows = {row.code for row in section.rows}
    for column in section.columns:
        _check_entry(f"{where}, графа {column.code}", column.entry)
        if (column.type is ColumnType.SPECIFIC) != (column.specific in ("s1", "s2", "s3")):
            raise InvalidError(f"{where}, графа {column.code}: у специфики, и только у неё, есть ключ s1, s2 или s3.")
    for row in section.rows:
        if row.parent and row.parent not in rows:
            raise InvalidError(f"{where}, строка {row.code}: строки {row.parent}, частью которой она названа, нет.")
        for item in row.entries:
            if item.column not in columns:
                raise InvalidError(f"{where}, строка {row.code}: графы {item.column} в разделе нет.")
            _check_entry(f"{where}, строка {row.code}, графа {item.column}", item.entry)


def _check_entry(where: str, entry: Entry) -> None:
    if entry.format and not _FORMAT.fullmatch(entry.format):
        raise InvalidError(f"{where}: формат «{entry.format[:40]}» не понят. Примеры: N(9,0), C(250).")


def _check_cells(sections: Sequence[Section], cells: Sequence[Cell]) -> None:
    columns = {(section.code, column.code): column for section in sections for column in section.columns}
    rows = {(section.code, row.code): row for section in sections for row in section.rows}
    seen: set[CellKey] = set()
    for cell in cells:
        where = place_first(cell.key)
        row, column = rows.get((cell.section, cell.row)), columns.get((cell.section, cell.column))
        if row is None or column is None:
            raise InvalidError(f"{where}: такого места в форме нет.")
        if cell.key in seen:
            raise InvalidError(f"{where}: ячейка описана дважды.")
        if row.type is RowType.HEADING or column.type not in (ColumnType.VALUE, ColumnType.SHOWN):
            raise InvalidError(f"{where}: это заголовок, ячейки здесь нет.")
        _check_source(where, cell)
        seen.add(cell.key)


def _check_source(where: str, cell: Cell) -> None:
    if (cell.source is Source.FIGURE) != bool(cell.figure) or (cell.source is Source.FORMULA) != bool(cell.formula):
        raise InvalidError(f"{where}: источник ячейки и его описание расходятся.")
    if cell.filters and not cell.figure:
        raise InvalidError(f"{where}: отбор указан без показателя.")
    for name in (cell.figure, *cell.filters):
        if name and not _NAME.fullmatch(name):
            raise InvalidError(f"{where}: имя «{name[:60]}» пишется строчными латинскими буквами.")


def _unique(where: str, what: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if not code or "#" in code:
            raise InvalidError(f"{where}: {what} без кода или со знаком # в коде.")
        if number_of(code) in seen:
            raise InvalidError(f"{where}: {what} {code} повторяется.")
        seen.add(number_of(code))
