"""Writes the report of one organization and period in Rosstat's XML; equal input gives equal bytes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from reports.editions.definition import EditionDefinition
from reports.editions.parts import (
    CellKey,
    CellValue,
    Check,
    ColumnType,
    Row,
    RowType,
    Section,
    place,
    place_first,
    split_row_key,
)
from reports.editions.validation import number_of
from reports.rosstat.values import clean_text, written
from tenants.errors import InvalidError

_OKPO = re.compile(r"\d{8}|\d{10}|\d{14}")
_SHOWN_PLACES = 5


def write_report(
    definition: EditionDefinition,
    values: Mapping[CellKey, CellValue],
    title: Mapping[str, str],
    period: int | str,
    year: int,
) -> bytes:
    """Return the report; sections, rows and columns stand in the template's order, empty rows are left out.

    `title` holds the title page by field code; what the template does not ask is ignored. `period` is the number of
    the period within the year, or a code from the template's dictionary. Rows of a multiplied row are written in the
    order of their specifics.

    Raises:
        InvalidError: something mandatory is empty or a value does not fit the template; the sentence names the place.

    """
    filled: dict[CellKey, CellValue] = {
        _plain(key): value for key, value in values.items() if value is not None and value != ""
    }
    if not filled and not definition.may_be_empty:
        raise InvalidError("Отчёт пуст, а форма требует хотя бы одного значения.")
    root = etree.Element("report", _head(definition, period, year))
    heading = etree.SubElement(root, "title")
    for name, text in _title(definition, title).items():
        etree.SubElement(heading, "item", {"name": name, "value": text})
    body = etree.SubElement(root, "sections")
    writer = _Writer(definition, filled)
    for section in definition.sections:
        writer.write(section, body)
    writer.finish()
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def period_code(definition: EditionDefinition, period: int | str) -> str:
    """Return the period as the template's dictionary writes it: 3 is "1203" in a monthly form, 1 is "0101" in a yearly.

    Raises:
        InvalidError: the template has no such period.

    """
    text = str(period).strip()
    if text.isdecimal():
        own = {int(term): term for term in _ids(definition, "s_time", "s_mes") if term.isdecimal()}
        number = int(text)
        full, bare = definition.period_type * 100 + number, number - definition.period_type * 100
        for candidate in (full, number, bare):
            if candidate in own:
                return own[candidate]
    raise InvalidError(f"Период {text[:20]} в этой форме не предусмотрен.", field="period")


def _ids(definition: EditionDefinition, *names: str) -> list[str]:
    for name in names:
        for dictionary in definition.dictionaries:
            if dictionary.id == name and dictionary.terms:
                return [term.id for term in dictionary.terms]
    return []


def _head(definition: EditionDefinition, period: int | str, year: int) -> dict[str, str]:
    if str(year) not in _ids(definition, "s_year", "s_god"):
        raise InvalidError(f"Год {year} в этой форме не предусмотрен.", field="year")
    return {
        "code": definition.code,
        "form": definition.form_number,
        "shifr": definition.cipher,
        "year": str(year),
        "period": period_code(definition, period),
        "version": definition.version,
    }


def _title(definition: EditionDefinition, title: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in definition.title_fields:
        text = clean_text(title.get(field.code, ""), f"Титульный лист, {field.name or field.code}")
        if not text:
            raise InvalidError(f"Титульный лист: не заполнено поле «{field.name or field.code}».", field=field.code)
        found[field.code] = text
    key = definition.key_field
    if key in found and not (_OKPO.fullmatch(found[key]) and found[key].isascii()):
        raise InvalidError("Титульный лист: код ОКПО – это 8, 10 или 14 цифр.", field=key)
    return found


def _plain(key: CellKey) -> CellKey:
    section, row, column = key
    code, mark, specifics = row.partition("#")
    return number_of(section), number_of(code) + mark + specifics, number_of(column)


@dataclass
class _Writer:
    """Writes section after section and keeps account of what was written."""

    definition: EditionDefinition
    values: dict[CellKey, CellValue]

    def __post_init__(self) -> None:
        self._written: set[CellKey] = set()
        self._missing: list[str] = []
        self._keys: dict[tuple[str, str], set[str]] = {}
        for section, row, _ in self.values:
            self._keys.setdefault((section, split_row_key(row)[0]), set()).add(row)

    def write(self, section: Section, body: etree._Element) -> None:
        """Write one section; it must stand in the report even without rows."""
        target = etree.SubElement(body, "section", {"code": section.code})
        for row in section.rows:
            if row.type is RowType.HEADING:
                continue
            code = number_of(row.code)
            keys = sorted(self._keys.get((number_of(section.code), code), ()))
            if not keys and row.type is RowType.FIXED:
                keys = [code]
            for key in keys:
                self._write_row(section, row, key, target)

    def finish(self) -> None:
        """Complain of what was left: mandatory cells without a value, values without a place."""
        for key in self.values:
            if key not in self._written:
                raise InvalidError(f"{place_first(key)}: такой ячейки в форме нет.")
        if self._missing:
            shown = "; ".join(self._missing[:_SHOWN_PLACES])
            more = len(self._missing) - _SHOWN_PLACES
            rest = f" и ещё {more}" if more > 0 else ""
            raise InvalidError(f"Не заполнены обязательные ячейки: {shown}{rest}.")

    def _write_row(self, section: Section, row: Row, key: str, target: etree._Element) -> None:
        cells = {}
        for column in section.columns:
            if column.type not in (ColumnType.VALUE, ColumnType.SHOWN):
                continue
            text = self._cell((section.code, row.code, column.code), (number_of(section.code), key, column.code))
            if text is not None:
                cells[column.code] = text
        if not cells:
            return
        line = etree.SubElement(target, "row", {"code": row.code} | self._specifics(section, row, key))
        for code, text in cells.items():
            etree.SubElement(line, "col", {"code": code}).text = text

    def _cell(self, spot: CellKey, key: CellKey) -> str | None:
        key = (key[0], key[1], number_of(key[2]))
        cell, entry = self.definition.cell(spot), self.definition.entry(spot)
        value = self.values.get(key)
        if value is None:
            if cell is not None and entry.mandatory:
                self._missing.append(place((spot[0], spot[1] + "".join(key[1].partition("#")[1:]), spot[2])))
            return None
        where = place_first(spot)
        if cell is None or entry.closed:
            raise InvalidError(f"{where}: эта ячейка не заполняется.")
        self._written.add(key)
        return written(value, entry, self.definition.terms.get(entry.dictionary, {}), where)

    def _specifics(self, section: Section, row: Row, key: str) -> dict[str, str]:
        given = dict(zip(("s1", "s2", "s3"), split_row_key(key)[1], strict=True))
        for name, value in given.items():
            column = section.specific_columns.get(name)
            if column is None:
                if value:
                    raise InvalidError(f"Раздел {section.code}, строка {row.code}: специфики {name} в разделе нет.")
                continue
            entry = self.definition.entry((section.code, row.code, column.code))
            terms = self.definition.terms.get(entry.against, {})
            if entry.check is Check.SPECIFIC and value.lower() not in terms:
                raise InvalidError(
                    f"Раздел {section.code}, строка {row.code}, графа {column.code}: "
                    f"значения «{value[:40]}» нет в справочнике."
                )
        return {name: clean_text(value, f"Строка {row.code}") for name, value in given.items() if value}
