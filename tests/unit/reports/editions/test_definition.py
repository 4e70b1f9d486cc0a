"""A definition survives JSON, and what does not fit is told with its place."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reports.editions.definition import (
    Cell,
    Check,
    Column,
    ColumnType,
    Control,
    Dictionary,
    EditionDefinition,
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
    split_row_key,
)
from tenants.errors import DomainError, NotFoundError


@pytest.fixture
def definition() -> EditionDefinition:
    columns = (
        Column("А", "Показатель", ColumnType.TEXT, Entry("C(250)", closed=True)),
        Column("Б", "Код", ColumnType.SPECIFIC, Entry(check=Check.SPECIFIC, against="d"), specific="s1"),
        Column("3", "Всего", entry=Entry("N(9,0)"), kinds=("school",), names_by_kind={"school": "Итого"}),
        Column("4", "Доля", entry=Entry("N(5,2)")),
    )
    rows = (
        Row("100", "Люди", RowType.HEADING),
        Row("101", "Наставники", unit="people", entries=(RowEntry("4", Entry("N(5,2)", closed=True)),)),
        Row("102", "из них обучены", parent="101", indent=1),
        Row("103", "Предприятия", RowType.MULTIPLIED, key_specifics="Б"),
    )
    cells = (
        Cell("1", "101", "3", Source.FIGURE, "mentors", {"mentoring_form": "teacher_teacher"}, additive=True),
        Cell("1", "101", "4", Source.CLOSED),
        Cell("1", "102", "3", Source.MANUAL, additive=True),
        Cell("1", "102", "4", Source.FORMULA, formula="{[1][102][3]} * 100 / {[1][101][3]}"),
        Cell("1", "103", "3"),
    )
    return EditionDefinition(
        code="request-7",
        title="Запрос",
        version="1",
        kind=EditionKind.REQUEST,
        periodicity=Periodicity.MONTH,
        sections=(Section("1", "Раздел", columns, rows),),
        cells=cells,
        controls=(Control("1", "К", "{[1][102][3]} <= {[1][101][3]}", level=Level.QUERY, fault=Decimal("0.5")),),
        dictionaries=(Dictionary("d", (Term("a", "А", {"e": "1"}), Term("b"))),),
        title_fields=(TitleField("okpo", "ОКПО", "s_okpo"),),
        okud="0609999",
        source_act="Приказ",
        valid_from=date(2026, 9, 1),
        valid_to=date(2027, 8, 31),
        key_field="okpo",
        may_be_empty=False,
    )


def test_a_definition_survives_json(definition: EditionDefinition) -> None:
    assert EditionDefinition.from_json(definition.to_json()) == definition


def test_json_is_made_of_plain_values_and_leaves_defaults_out(definition: EditionDefinition) -> None:
    described = definition.to_json()

    assert described["valid_from"] == "2026-09-01"
    assert described["controls"] == [
        {"id": "1", "name": "К", "rule": "{[1][102][3]} <= {[1][101][3]}", "level": "query", "fault": "0.5"}
    ]


def test_cells_are_found_also_for_one_instance_of_a_multiplied_row(definition: EditionDefinition) -> None:
    assert definition.cell(("1", "103#a", "3")) == Cell("1", "103", "3")
    assert definition.cell(("1", "101", "9")) is None
    assert definition.entry(("1", "101", "4")).closed
    assert not definition.entry(("1", "102", "4")).closed


def test_columns_cells_and_headings_depend_on_the_kind_of_organization(definition: EditionDefinition) -> None:
    section = definition.section("1")

    assert [column.code for column in section.columns_for("college")] == ["А", "Б", "4"]
    assert [cell.key for cell in definition.cells_for("college")] == [("1", "101", "4"), ("1", "102", "4")]
    assert len(definition.cells_for("school")) == len(definition.cells_for(None)) == 5
    assert section.columns[2].name_for("school") == "Итого"
    assert section.columns[2].name_for(None) == "Всего"


def test_a_cell_is_bound_to_a_figure_in_a_copy(definition: EditionDefinition) -> None:
    bound = definition.with_cell(Cell("1", "102", "3", Source.FIGURE, "mentors_trained"))

    cell = bound.cell(("1", "102", "3"))
    assert cell
    assert cell.figure == "mentors_trained"
    assert definition.cell(("1", "102", "3")) != cell
    with pytest.raises(NotFoundError):
        definition.with_cell(Cell("1", "999", "3"))


def test_a_place_is_told_in_words() -> None:
    assert place(("1", "03#77#ru", "4")) == "раздел 1, строка 03 (77) (ru), графа 4"
    assert split_row_key("03##ru") == ("03", ("", "ru", ""))


Change = Callable[[dict[str, Any]], object]
FIRST = "Раздел 1, строка 102, графа 3"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda form: form.pop("code"), r"^Форма: не хватает поля «code»\.$"),
        (lambda form: form.update(colour="red"), "Форма: лишнее поле «colour»"),
        (lambda form: form.update(code=5), "Форма, code: здесь нужен текст"),
        (lambda form: form.update(title="  "), "У формы нет названия"),
        (lambda form: form.update(kind="weekly"), "Форма, kind: допустимы значения monthly, quarterly"),
        (lambda form: form.update(valid_from="1.9.2026"), "valid_from: здесь нужна дата"),
        (lambda form: form.update(valid_to="2020-01-01"), "срок действия кончается раньше"),
        (lambda form: form.update(may_be_empty="no"), "may_be_empty: здесь нужно «да» или «нет»"),
        (lambda form: form.update(sections=[]), "нет ни одного раздела"),
        (lambda form: form.update(sections={}), "Форма, sections: здесь нужен список"),
        (lambda form: form.update(key_field="inn"), "ключевого поля «inn»"),
        (lambda form: form["sections"].append(form["sections"][0]), "раздел 1 повторяется"),
        (lambda form: form["sections"][0]["rows"][1].update(code="0102"), "Раздел 1: строка 102 повторяется"),
        (lambda form: form["sections"][0]["rows"][1].update(code="1#2"), "строка без кода или со знаком #"),
        (lambda form: form["sections"][0]["rows"][2].update(parent="777"), "строки 777, частью которой"),
        (lambda form: form["sections"][0]["rows"][2].update(indent="1"), "rows 3, indent: здесь нужно целое число"),
        (lambda form: form["sections"][0]["rows"][1]["entries"][0].update(column="9"), "графы 9 в разделе нет"),
        (lambda form: form["sections"][0]["columns"][2].update(entry={"format": "9,0"}), "формат «9,0» не понят"),
        (lambda form: form["sections"][0]["columns"][2].update(specific="s1"), "у специфики, и только у неё"),
        (lambda form: form["cells"].append(form["cells"][2]), f"{FIRST}: ячейка описана дважды"),
        (lambda form: form["cells"][2].update(row="999"), "такого места в форме нет"),
        (lambda form: form["cells"][2].update(row="100"), "это заголовок"),
        (lambda form: form["cells"][2].update(source="figure"), f"{FIRST}: источник ячейки"),
        (lambda form: form["cells"][2].update(filters={"a": "b"}), f"{FIRST}: отбор указан без показателя"),
        (lambda form: form["cells"][0].update(figure="Drop Table"), "имя «Drop Table» пишется"),
        (lambda form: form["cells"][0].update(filters={"mentoring_form": 5}), "filters: здесь нужен текст"),
        (lambda form: form["controls"].append(form["controls"][0]), "контроль 1 повторяется"),
        (lambda form: form["controls"][0].update(precision=99), "Контроль 1: точность бывает от 0 до 10"),
        (lambda form: form["controls"][0].update(fault="много"), "controls 1, fault: здесь нужно число"),
        (lambda form: form["controls"][0].update(fault="Infinity"), "fault: здесь нужно число"),
        (lambda form: form.update(controls=["x"]), "controls 1: здесь нужен объект"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(definition: EditionDefinition, change: Change, sentence: str) -> None:
    described = definition.to_json()
    change(described)

    with pytest.raises(DomainError, match=sentence):
        EditionDefinition.from_json(described)
