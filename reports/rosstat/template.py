"""Reads a template (`metaForm`) of a Rosstat form into a definition."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from lxml import etree

from reports.editions.definition import EditionDefinition
from reports.editions.parts import (
    PERIOD_TYPES,
    Cell,
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
)
from reports.editions.validation import check_structure
from reports.rosstat.xml import read_xml
from tenants.errors import InvalidError

Member = TypeVar("Member", bound=StrEnum)

MANDATORY, NO_INPUT = "1", "0"

_PERIODICITIES: Mapping[int, Periodicity] = MappingProxyType({idp: name for name, idp in PERIOD_TYPES.items()})
_NOT_ADDITIVE = re.compile(r"%|\bдол[яи]\b|\bсредн|\bпроцент|\bудельн", re.IGNORECASE)
_LARGEST = 10**9
_CODED = (Check.DICTIONARY, Check.LIST)


def read_template(xml: bytes) -> EditionDefinition:
    """Read a template. Every cell that takes input is entered by hand until somebody binds it to a figure.

    A number may be added up over organizations unless it is a coded answer or its row or column speaks of a share or
    an average: templates do not say which numbers are additive.

    Raises:
        InvalidError: the file is not a template, or something in it cannot be used; the sentence names the place.

    """
    root = read_xml(xml, root="metaForm", what="шаблон")
    sections = tuple(_section(item) for item in root.iterfind("sections/section"))
    definition = EditionDefinition(
        code=_needed(root, "code", "Шаблон"),
        title=_needed(root, "name", "Шаблон"),
        version=_needed(root, "version", "Шаблон"),
        kind=EditionKind.FEDERAL,
        periodicity=_periodicity(root),
        sections=sections,
        cells=tuple(cell for section in sections for cell in _cells(section)),
        controls=tuple(_control(item) for item in root.iterfind("controls/control")),
        dictionaries=tuple(_dictionary(item) for item in root.iterfind("dics/dic")),
        title_fields=tuple(_title_field(item) for item in root.iterfind("title/item")),
        okud=root.get("OKUD", ""),
        key_field=_needed(root, "obj", "Шаблон"),
        form_number=root.get("idf", ""),
        cipher=root.get("shifr", ""),
        may_be_empty=(root.findtext("settings/notEmpty") or "").strip().lower() != "true",
    )
    check_structure(definition)
    _check_periods(definition)
    return definition


def _needed(item: etree._Element, name: str, where: str) -> str:
    value = item.get(name)
    if value is None or not value.strip():
        raise InvalidError(f"{where}: нет атрибута «{name}».")
    return value.strip()


def _periodicity(root: etree._Element) -> Periodicity:
    text = _needed(root, "idp", "Шаблон")
    if not text.isdecimal() or int(text) not in _PERIODICITIES:
        raise InvalidError(f"Шаблон: тип периода «{text[:20]}» неизвестен; бывают 1, 2, 4, 12, 36 и 56.")
    return _PERIODICITIES[int(text)]


def _check_periods(definition: EditionDefinition) -> None:
    names = {dictionary.id for dictionary in definition.dictionaries if dictionary.terms}
    for first, second, what in (("s_year", "s_god", "годов"), ("s_time", "s_mes", "периодов")):
        if not names & {first, second}:
            raise InvalidError(f"Шаблон: нет справочника {what} ({first} или {second}).")


def _section(item: etree._Element) -> Section:
    code = _needed(item, "code", "Раздел")
    where = f"Раздел {code}"
    return Section(
        code=code,
        name=item.get("name", ""),
        columns=tuple(_column(column, where) for column in item.iterfind("columns/column")),
        rows=tuple(_row(row, where) for row in item.iterfind("rows/row")),
    )


def _column(item: etree._Element, where: str) -> Column:
    code = _needed(item, "code", f"{where}, графа")
    where = f"{where}, графа {code}"
    kind = _member(ColumnType, _needed(item, "type", where), where)
    default = item.find("default-cell")
    return Column(
        code=code,
        name=item.get("name", ""),
        type=kind,
        entry=Entry() if default is None else _entry(default, where),
        specific=item.get("fld", "").strip().lower() if kind is ColumnType.SPECIFIC else "",
    )


def _row(item: etree._Element, where: str) -> Row:
    code = _needed(item, "code", f"{where}, строка")
    where = f"{where}, строка {code}"
    return Row(
        code=code,
        name=item.get("name", ""),
        type=_member(RowType, item.get("type", "F"), where),
        key_specifics=item.get("grv", ""),
        entries=tuple(RowEntry(_needed(cell, "column", where), _entry(cell, where)) for cell in item.iterfind("cell")),
    )


def _entry(item: etree._Element, where: str) -> Entry:
    return Entry(
        format=item.get("format", "").replace(" ", ""),
        mandatory=item.get("inputType") == MANDATORY,
        closed=item.get("inputType") == NO_INPUT,
        check=_member(Check, _check_code(item), where),
        against=item.get("vld") or "",
        dictionary=item.get("dic") or "",
        default=item.get("default") or "",
    )


def _check_code(item: etree._Element) -> str:
    code = (item.get("vldType") or "").strip()
    return "" if code == "0" else code


def _member(kind: type[Member], text: str, where: str) -> Member:
    try:
        return kind(text)
    except ValueError as error:
        raise InvalidError(f"{where}: значение «{text[:20]}» неизвестно.") from error


def _cells(section: Section) -> Iterator[Cell]:
    for row in section.rows:
        own = {item.column: item.entry for item in row.entries}
        for column in section.columns:
            entry = own.get(column.code, column.entry)
            if row.type is RowType.HEADING or not _takes_input(column, entry):
                continue
            source = Source.CLOSED if entry.closed else Source.MANUAL
            additive = source is Source.MANUAL and _is_additive(row, column, entry)
            yield Cell(section.code, row.code, column.code, source=source, additive=additive)


def _takes_input(column: Column, entry: Entry) -> bool:
    return column.type is ColumnType.VALUE or (column.type is ColumnType.SHOWN and not entry.closed)


def _is_additive(row: Row, column: Column, entry: Entry) -> bool:
    if not entry.format.startswith("N") or entry.check in _CODED:
        return False
    return not _NOT_ADDITIVE.search(f"{row.name} {column.name}")


def _control(item: etree._Element) -> Control:
    code = _needed(item, "id", "Контроль")
    where = f"Контроль {code}"
    return Control(
        id=code,
        name=item.get("name", "").strip() or where,
        rule=_needed(item, "rule", where),
        condition=item.get("condition", "").strip(),
        level=Level.QUERY if item.get("tip", "1").strip() == "0" else Level.ERROR,
        fault=_decimal(item.get("fault"), "0", where),
        precision=int(_decimal(item.get("precision"), "2", where)),
        period_clause=item.get("periodClause", "").strip(),
    )


def _decimal(text: str | None, default: str, where: str) -> Decimal:
    try:
        number = Decimal((text or "").strip() or default)
    except InvalidOperation as error:
        raise InvalidError(f"{where}: «{(text or '')[:40]}» – не число.") from error
    if not number.is_finite() or abs(number) > _LARGEST:
        raise InvalidError(f"{where}: погрешность или точность вне пределов.")
    return number


def _dictionary(item: etree._Element) -> Dictionary:
    code = _needed(item, "id", "Справочник")
    return Dictionary(code, tuple(_term(term, f"Справочник {code}") for term in item.iterfind("term")))


def _term(item: etree._Element, where: str) -> Term:
    """Read a term; one id may stand several times, each time with other links."""
    links = {str(name): str(value) for name, value in item.items() if name not in ("id", "name")}
    return Term(_needed(item, "id", where), item.get("name", ""), links)


def _title_field(item: etree._Element) -> TitleField:
    return TitleField(_needed(item, "field", "Титульный лист"), item.get("name", ""), item.get("dic", ""))
