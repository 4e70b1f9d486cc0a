"""A form as data: sections of rows and columns, the source of each cell, controls, dictionaries."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from reports.editions import codec, validation
from reports.editions.parts import (
    PERIOD_TYPES,
    Cell,
    CellKey,
    CellValue,
    Check,
    Column,
    ColumnType,
    Control,
    Dictionary,
    EditionKind,
    Entry,
    Level,
    Periodicity,
    Row,
    RowEntry,
    RowType,
    Section,
    Source,
    Term,
    TitleField,
    place,
    row_key,
    split_row_key,
)
from tenants.errors import NotFoundError

__all__ = [
    "PERIOD_TYPES", "Cell", "CellKey", "CellValue", "Check", "Column", "ColumnType", "Control", "Dictionary",
    "EditionDefinition", "EditionKind", "Entry", "Level", "Periodicity", "Row", "RowEntry", "RowType", "Section",
    "Source", "Term", "TitleField", "place", "row_key", "split_row_key",
]  # fmt: skip


@dataclass(frozen=True)
class EditionDefinition:
    """One edition of a form. A published edition is never edited: a change is a new version."""

    code: str
    title: str
    version: str
    kind: EditionKind
    periodicity: Periodicity
    sections: tuple[Section, ...]
    cells: tuple[Cell, ...]
    controls: tuple[Control, ...] = ()
    dictionaries: tuple[Dictionary, ...] = ()
    title_fields: tuple[TitleField, ...] = ()
    okud: str = ""
    source_act: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day of validity, included; None while nobody has said."""
    kinds: tuple[str, ...] = ()
    """Kinds of organizations that hand the form in; empty means all."""
    key_field: str = ""
    """Title field that names the organization (`obj` of a template)."""
    form_number: str = ""
    """`idf` of a template; the report repeats it as `form`."""
    cipher: str = ""
    """`shifr` of a template."""
    may_be_empty: bool = True

    @property
    def period_type(self) -> int:
        """Return Rosstat's `idp`."""
        return PERIOD_TYPES[self.periodicity]

    def section(self, code: str) -> Section:
        """Return a section by its code.

        Raises:
            NotFoundError: the form has no such section.

        """
        for section in self.sections:
            if section.code == code:
                return section
        raise NotFoundError(f"Раздела {code} в форме нет.")

    @cached_property
    def _cells_by_key(self) -> dict[CellKey, Cell]:
        return {cell.key: cell for cell in self.cells}

    @cached_property
    def _entries(self) -> dict[CellKey, Entry]:
        found: dict[CellKey, Entry] = {}
        for section in self.sections:
            for row in section.rows:
                own = {item.column: item.entry for item in row.entries}
                for column in section.columns:
                    found[section.code, row.code, column.code] = own.get(column.code, column.entry)
        return found

    @cached_property
    def terms(self) -> dict[str, dict[str, Term]]:
        """Return the terms of all dictionaries, by dictionary and by id in lower case."""
        return {item.id: {term.id.lower(): term for term in item.terms} for item in self.dictionaries}

    def cell(self, key: CellKey) -> Cell | None:
        """Return the cell with this key, also for one instance of a multiplied row; None where there is none."""
        return self._cells_by_key.get((key[0], split_row_key(key[1])[0], key[2]))

    def entry(self, key: CellKey) -> Entry:
        """Return what may be written at a place of the form."""
        return self._entries.get((key[0], split_row_key(key[1])[0], key[2]), Entry())

    def cells_for(self, kind: str | None) -> tuple[Cell, ...]:
        """Return the cells of a kind of organization, row by row; None gives all."""
        served = {(section.code, column.code) for section in self.sections for column in section.columns_for(kind)}
        return tuple(cell for cell in self.cells if (cell.section, cell.column) in served)

    def with_cell(self, cell: Cell) -> "EditionDefinition":
        """Return a copy in which one cell has another source: this is how a loaded form is bound to figures.

        Raises:
            NotFoundError: the form has no such cell.

        """
        if cell.key not in self._cells_by_key:
            raise NotFoundError(f"Ячейки {place(cell.key)} в форме нет.")
        return replace(self, cells=tuple(cell if known.key == cell.key else known for known in self.cells))

    def to_json(self) -> dict[str, object]:
        """Return plain values that `from_json` reads back to an equal definition."""
        return codec.encode_fields(self)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "EditionDefinition":
        """Read what `to_json` gives, and check that codes fit together; controls are checked by `reports.controls`.

        Raises:
            InvalidError: something does not fit; the sentence names the place.

        """
        definition = codec.decode(cls, data, "Форма")
        validation.check_structure(definition)
        return definition
