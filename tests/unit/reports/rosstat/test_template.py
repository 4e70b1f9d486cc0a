"""A template becomes a definition; what cannot be trusted is refused in one sentence."""

import pytest

from reports.controls import validate_controls
from reports.editions.definition import (
    Check,
    ColumnType,
    EditionDefinition,
    EditionKind,
    Level,
    Periodicity,
    RowType,
    Source,
)
from reports.rosstat import read_template
from tenants.errors import DomainError


def test_the_head_of_a_template_is_read(definition: EditionDefinition) -> None:
    assert (definition.code, definition.title, definition.version) == ("700100200", "Сведения о кружках", "01-09-2026")
    assert (definition.kind, definition.periodicity) == (EditionKind.FEDERAL, Periodicity.QUARTER)
    assert (definition.okud, definition.cipher, definition.form_number) == ("0700100", "circles", "7")
    assert [field.code for field in definition.title_fields][-1] == "email"
    assert not definition.may_be_empty


def test_columns_and_rows_keep_their_order_codes_and_kinds(definition: EditionDefinition) -> None:
    first, second, _ = definition.sections

    assert [(column.code, column.type) for column in second.columns] == [
        ("1", ColumnType.TEXT),
        ("2", ColumnType.SPECIFIC),
        ("6", ColumnType.SPECIFIC),
        ("7", ColumnType.SHOWN),
        ("3", ColumnType.VALUE),
        ("4", ColumnType.VALUE),
    ]
    assert {name: column.code for name, column in second.specific_columns.items()} == {"s1": "2", "s2": "6"}
    assert [(row.code, row.type) for row in first.rows[:2]] == [("100", RowType.HEADING), ("101", RowType.FIXED)]
    assert (second.rows[0].type, second.rows[0].key_specifics) == (RowType.MULTIPLIED, "2,6")


def test_headings_have_no_cells_and_closed_cells_are_known(definition: EditionDefinition) -> None:
    assert definition.cell(("01", "100", "3")) is None
    assert definition.cell(("01", "101", "А")) is None
    closed = definition.cell(("01", "102", "5"))
    assert closed
    assert closed.source is Source.CLOSED
    assert definition.cell(("2", "201#sport", "7")) is not None


def test_entries_of_a_row_replace_those_of_the_column(definition: EditionDefinition) -> None:
    assert definition.entry(("01", "101", "3")).mandatory
    assert not definition.entry(("01", "102", "3")).mandatory
    assert definition.entry(("3", "302", "3")).check is Check.DICTIONARY
    assert definition.entry(("3", "301", "3")).against == "1,2"


def test_shares_averages_and_codes_are_not_additive(definition: EditionDefinition) -> None:
    additive = {cell.key for cell in definition.cells if cell.additive}

    assert ("01", "101", "3") in additive
    assert ("01", "101", "5") not in additive
    assert ("01", "103", "3") not in additive
    assert ("3", "301", "3") not in additive
    assert ("2", "201", "7") not in additive


def test_controls_are_read_with_their_levels(definition: EditionDefinition) -> None:
    validate_controls(definition, strict=True)
    assert [control.level for control in definition.controls][:3] == [Level.ERROR, Level.ERROR, Level.QUERY]
    assert definition.controls[5].period_clause == "&NP = 4"


def test_a_template_survives_json(definition: EditionDefinition) -> None:
    assert EditionDefinition.from_json(definition.to_json()) == definition


BOMB = b"""<?xml version="1.0"?><!DOCTYPE metaForm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<metaForm code="&b;"/>"""
THIEF = (
    b"""<?xml version="1.0"?><!DOCTYPE metaForm [<!ENTITY x SYSTEM "file:///etc/passwd">]><metaForm>&x;</metaForm>"""
)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Файл пуст"),
        (b"PK\x03\x04", "не читается как XML"),
        (b"<metaForm", "не читается как XML"),
        (b"<report/>", "корневой элемент «report»"),
        (b"<metaForm/>", "нет атрибута «code»"),
        (BOMB, "DOCTYPE"),
        (THIEF, "DOCTYPE"),
        (b"<metaForm>" * 5000, "не читается как XML"),
        (b"x" * 11_000_000, "больше 10 МБ"),
    ],
)
def test_other_files_are_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        read_template(data)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('idp="4"', 'idp="5"', "тип периода «5» неизвестен"),
        ('code="101"', 'code="0102"', "строка 102 повторяется"),
        ('type="M"', 'type="Q"', "Раздел 2, строка 201: значение «Q» неизвестно"),
        ('fld="s1"', 'fld="s9"', "графа 2: у специфики"),
        ('format="N(3,1)"', 'format="M(3)"', "формат «M\\(3\\)» не понят"),
        ('precision="1"', 'precision="x"', "Контроль 6: «x» – не число"),
        ('precision="1"', 'precision="1e99"', "Контроль 6: погрешность или точность вне пределов"),
        ('id="s_god"', 'id="other"', "нет справочника годов"),
        ('obj="okpo"', 'obj="inn"', "ключевого поля «inn»"),
        ('<control id="2" ', '<control id="1" ', "контроль 1 повторяется"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(template: bytes, old: str, new: str, sentence: str) -> None:
    broken = template.decode("windows-1251").replace(old, new, 1).encode("windows-1251")

    with pytest.raises(DomainError, match=sentence):
        read_template(broken)
