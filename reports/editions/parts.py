"""Parts of a form's definition: sections, columns, rows, cells, controls, dictionaries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

CellKey: TypeAlias = tuple[str, str, str]
"""Codes of section, row and column as the definition writes them; a multiplied row is written by `row_key`."""
CellValue: TypeAlias = Decimal | str | None
"""Numbers are Decimal; text stands in C(…) cells only; None and a missing key mean "empty"."""


class EditionKind(StrEnum):
    """What a form is for."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    FEDERAL = "federal"
    REQUEST = "request"


class Periodicity(StrEnum):
    """How often a form is handed in."""

    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"
    DECADE = "decade"
    WEEK = "week"


PERIOD_TYPES: Mapping[Periodicity, int] = {
    Periodicity.YEAR: 1,
    Periodicity.HALF_YEAR: 2,
    Periodicity.QUARTER: 4,
    Periodicity.MONTH: 12,
    Periodicity.DECADE: 36,
    Periodicity.WEEK: 56,
}
"""`idp` of Rosstat's templates. Source: формат ЭВФ, приказ Росстата 28.10.2010 № 372."""


class ColumnType(StrEnum):
    """Rosstat's letters for columns."""

    TEXT = "B"
    SPECIFIC = "S"
    SHOWN = "V"
    VALUE = "Z"


class RowType(StrEnum):
    """Rosstat's letters for rows."""

    HEADING = "C"
    FIXED = "F"
    MULTIPLIED = "M"


class Source(StrEnum):
    """Where the value of a cell comes from."""

    FIGURE = "figure"
    MANUAL = "manual"
    FORMULA = "formula"
    CLOSED = "closed"
    """Not filled; printed as X."""


class Level(StrEnum):
    """What a finding asks for: an error blocks sending, a query wants a correction or an explanation."""

    ERROR = "error"
    QUERY = "query"


class Check(StrEnum):
    """What a value is compared with when it is entered (`vldType` of a template)."""

    NONE = ""
    DICTIONARY = "1"
    RANGE = "2"
    LIST = "3"
    SPECIFIC = "4"
    RELATED_SPECIFIC = "5"


@dataclass(frozen=True)
class Entry:
    """What may be written into a place."""

    format: str = ""
    """`N(digits before the point, after it)`, `C(length)`, or empty for anything."""
    mandatory: bool = False
    closed: bool = False
    check: Check = Check.NONE
    against: str = ""
    """A range `1-5`, a list `1,2`, or the name of the dictionary of a specific."""
    dictionary: str = ""
    default: str = ""


@dataclass(frozen=True)
class Column:
    """A column; `entry` holds for every row that has no entry of its own for it."""

    code: str
    name: str
    type: ColumnType = ColumnType.VALUE
    entry: Entry = field(default_factory=Entry)
    specific: str = ""
    """s1, s2 or s3 for a column that is the key of multiplied rows."""
    kinds: tuple[str, ...] = ()
    """Kinds of organizations that see the column; empty means all."""
    names_by_kind: Mapping[str, str] = field(default_factory=dict)

    def name_for(self, kind: str | None) -> str:
        """Return the heading in the words of a kind of organization; may hold a line break."""
        return self.names_by_kind.get(kind or "", self.name)

    def serves(self, kind: str | None) -> bool:
        """Return whether a kind of organization has this column; None stands for all kinds together."""
        return kind is None or not self.kinds or kind in self.kinds


@dataclass(frozen=True)
class RowEntry:
    """What may be written into one column of one row, where it differs from the rest of the column."""

    column: str
    entry: Entry


@dataclass(frozen=True)
class Row:
    """A row of a section."""

    code: str
    name: str
    type: RowType = RowType.FIXED
    parent: str = ""
    """Code of the row that this one is a part of («из них»)."""
    indent: int = 0
    unit: str = ""
    """What is counted: people, programmes, pairs, groups, meetings; empty where nobody said."""
    key_specifics: str = ""
    """`grv` of a template: codes of the columns whose specifics tell rows of one code apart."""
    entries: tuple[RowEntry, ...] = ()

    @property
    def number(self) -> str:
        """Return the code as forms print it, in two digits at least."""
        return self.code.zfill(2)


@dataclass(frozen=True)
class Section:
    """A table of the form."""

    code: str
    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def columns_for(self, kind: str | None) -> tuple[Column, ...]:
        """Return the columns of a kind of organization, in their order; None gives all."""
        return tuple(column for column in self.columns if column.serves(kind))

    @cached_property
    def specific_columns(self) -> dict[str, Column]:
        """Return the columns of specifics by s1, s2, s3."""
        return {column.specific: column for column in self.columns if column.specific}


@dataclass(frozen=True)
class Cell:
    """Where the value of one cell comes from."""

    section: str
    row: str
    column: str
    source: Source = Source.MANUAL
    figure: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Keys of the figure that a record must have, for instance {"mentoring_form": "teacher_teacher"}."""
    formula: str = ""
    """An expression of the control language that gives a number."""
    additive: bool = False
    """Whether accepted values of several organizations may be added up; shares and averages may not."""

    @property
    def key(self) -> CellKey:
        """Return the codes of section, row and column."""
        return self.section, self.row, self.column


@dataclass(frozen=True)
class Control:
    """A rule over the cells, in the control language of Rosstat's templates."""

    id: str
    name: str
    rule: str
    condition: str = ""
    level: Level = Level.ERROR
    fault: Decimal = Decimal(0)
    precision: int = 2
    period_clause: str = ""
    message: str = ""
    """What a person reads; {left} {right} {difference} {row} {row_name} {column} {column_name} are filled in."""


@dataclass(frozen=True)
class Term:
    """A value of a dictionary; `links` tie it to terms of other dictionaries."""

    id: str
    name: str = ""
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dictionary:
    """A list of permitted values."""

    id: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class TitleField:
    """A field of the title page."""

    code: str
    name: str
    dictionary: str = ""


def place(key: CellKey) -> str:
    """Return how a person calls a cell."""
    code, *specifics = split_row_key(key[1])
    marks = "".join(f" ({value})" for value in specifics[0] if value) if specifics else ""
    return f"раздел {key[0]}, строка {code}{marks}, графа {key[2]}"


def place_first(key: CellKey) -> str:
    """Return the same for the beginning of a sentence."""
    words = place(key)
    return words[0].upper() + words[1:]


def row_key(code: str, *specifics: str) -> str:
    """Return the key of one instance of a multiplied row: code and specifics s1, s2, s3 joined by #."""
    return "#".join((code, *specifics)).rstrip("#")


def split_row_key(key: str) -> tuple[str, tuple[str, str, str]]:
    """Return code and the three specifics of a row key; a specific that is not given is empty."""
    code, *given = key.split("#")
    s1, s2, s3 = (*given, "", "", "")[:3]
    return code, (s1, s2, s3)
