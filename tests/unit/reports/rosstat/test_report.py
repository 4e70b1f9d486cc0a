"""A report is written as the template wants it, or not at all."""

from decimal import Decimal

import pytest
from lxml import etree

from reports.editions.definition import CellKey, CellValue, EditionDefinition, row_key
from reports.rosstat import check_report, period_code, write_report
from tenants.errors import DomainError

Values = dict[CellKey, CellValue]
Title = dict[str, str]


def test_a_filled_report_passes_the_independent_check(
    template: bytes, definition: EditionDefinition, values: Values, title: Title
) -> None:
    report = write_report(definition, values, title, 2, 2026)

    messages = check_report(template, report)

    assert [(message.code, message.level) for message in messages] == [("4.5", 0)]
    assert "прошлого периода" in messages[0].text


def test_rows_and_columns_stand_in_the_order_of_the_template(
    definition: EditionDefinition, values: Values, title: Title
) -> None:
    root = etree.fromstring(write_report(definition, values, title, 2, 2026))

    rows = [(row.get("code"), row.get("s1"), row.get("s2")) for row in root.iterfind("sections/section/row")]
    assert rows == [
        ("101", None, None),
        ("102", None, None),
        ("103", None, None),
        ("201", "music", None),
        ("201", "music", "tt"),
        ("201", "sport", None),
        ("301", None, None),
        ("302", None, None),
        ("303", None, None),
    ]
    assert [section.get("code") for section in root.iterfind("sections/section")] == ["01", "2", "3"]
    sport = root.find("sections/section/row[@s1='sport']")
    assert sport is not None
    assert [(col.get("code"), col.text) for col in sport] == [("7", "Самбо & дзюдо"), ("3", "30")]
    assert dict(root.attrib) == {
        "code": "700100200", "form": "7", "shifr": "circles", "year": "2026", "period": "0402", "version": "01-09-2026",
    }  # fmt: skip


def test_equal_input_gives_equal_bytes(definition: EditionDefinition, values: Values, title: Title) -> None:
    backwards = dict(reversed(list(values.items())))

    assert write_report(definition, values, title, 2, 2026) == write_report(definition, backwards, title, "0402", 2026)


def test_numbers_are_written_without_idle_zeros_and_exponents(
    definition: EditionDefinition, values: Values, title: Title
) -> None:
    values["01", "101", "3"] = Decimal("1E+2")

    root = etree.fromstring(write_report(definition, values, title, 2, 2026))

    assert root.findtext("sections/section/row[@code='101']/col[@code='3']") == "100"
    assert root.findtext("sections/section/row[@code='101']/col[@code='5']") == "11.5"


def test_an_empty_section_still_stands_in_the_report(definition: EditionDefinition, title: Title) -> None:
    root = etree.fromstring(write_report(definition, {("1", "101", "3"): Decimal(0)}, title, 1, 2026))

    assert [len(section) for section in root.iterfind("sections/section")] == [1, 0, 0]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (("01", "101", "3"), None, "Не заполнены обязательные ячейки: раздел 01, строка 101, графа 3."),
        (("2", "201#sport", "3"), None, r"раздел 2, строка 201 \(sport\), графа 3"),
        (("01", "102", "5"), Decimal(1), "Раздел 01, строка 102, графа 5: эта ячейка не заполняется"),
        (("01", "100", "3"), Decimal(1), "Раздел 1, строка 100, графа 3: такой ячейки в форме нет"),
        (("9", "101", "3"), Decimal(1), "такой ячейки в форме нет"),
        (("01", "101", "4"), Decimal("1.5"), "без дробной части"),
        (("01", "101", "5"), Decimal("10.25"), "не больше 1 знаков после запятой"),
        (("01", "101", "4"), Decimal(10**9), "больше 9 знаков до запятой"),
        (("01", "101", "4"), Decimal("NaN"), "нужно число"),
        (("01", "101", "4"), "сорок", "нужно число"),
        (("2", "201#sport", "7"), "Гимнастика для всех", "текст длиннее 14 знаков"),
        (("2", "201#sport", "7"), "знак \x07", "недопустимый знак"),
        (("2", "201#chess", "3"), Decimal(1), "значения «chess» нет в справочнике"),
        (("3", "301", "3"), Decimal(3), "значение 3 не входит в список допустимых"),
        (("3", "302", "3"), "19", "значение 19 не входит"),
        (("3", "303", "3"), Decimal(4), "значение 4 не входит"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_place(
    definition: EditionDefinition, values: Values, title: Title, key: CellKey, value: CellValue, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        write_report(definition, values | {key: value}, title, 2, 2026)


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("phone", " ", "не заполнено поле «Телефон»"),
        ("okpo", "123456789", "ОКПО – это 8, 10 или 14 цифр"),
        ("okpo", "12345678a", "ОКПО"),
        ("name", "a\x00b", "Титульный лист, Организация: в тексте есть недопустимый знак"),
    ],
)
def test_the_title_page_must_be_complete(
    definition: EditionDefinition, values: Values, title: Title, field: str, text: str, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        write_report(definition, values, title | {field: text}, 2, 2026)


def test_an_empty_report_is_refused_where_the_form_says_so(definition: EditionDefinition, title: Title) -> None:
    with pytest.raises(DomainError, match="Отчёт пуст"):
        write_report(definition, {("1", "101", "3"): None}, title, 2, 2026)


def test_a_year_or_period_that_the_form_does_not_know_is_refused(
    definition: EditionDefinition, values: Values, title: Title
) -> None:
    with pytest.raises(DomainError, match="Год 2031"):
        write_report(definition, values, title, 2, 2031)
    with pytest.raises(DomainError, match="Период 5"):
        write_report(definition, values, title, 5, 2026)


@pytest.mark.parametrize(("idp", "terms", "period", "code"), [
    ("1", ["0101"], 1, "0101"),
    ("4", ["0401", "0403"], 3, "0403"),
    ("12", ["1201", "1203"], 3, "1203"),
    ("12", ["01", "02", "03"], 3, "03"),
    ("12", ["1", "2", "3"], "1203", "3"),
])  # fmt: skip
def test_a_period_is_written_as_the_dictionary_writes_it(
    definition: EditionDefinition, idp: str, terms: list[str], period: int | str, code: str
) -> None:
    described = definition.to_json()
    described["periodicity"] = {"1": "year", "4": "quarter", "12": "month"}[idp]
    described["dictionaries"] = [{"id": "s_mes", "terms": [{"id": term} for term in terms]}]

    assert period_code(EditionDefinition.from_json(described), period) == code


def test_a_row_key_of_one_row_may_carry_no_specifics(definition: EditionDefinition, title: Title) -> None:
    with pytest.raises(DomainError, match="специфики s1 в разделе нет"):
        write_report(definition, {("1", row_key("101", "x"), "3"): Decimal(1)}, title, 1, 2026)
