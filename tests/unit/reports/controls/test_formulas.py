"""Cells computed from other cells of the same form."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.controls import fill_formulas
from reports.editions.definition import EditionDefinition, Source
from tenants.errors import DomainError
from tests.unit.reports.forms import form, numbers, section


def computed(formulas: dict[tuple[str, str], str]) -> EditionDefinition:
    definition = form(section("1", 3, 2))
    for (row, column), formula in formulas.items():
        cell = definition.cell(("1", row, column))
        assert cell
        definition = definition.with_cell(replace(cell, source=Source.FORMULA, formula=formula))
    return definition


def test_a_formula_is_computed_over_the_values_of_the_form() -> None:
    definition = computed({("01", "3"): "sum{[1][2,3][3]}"})

    assert fill_formulas(definition, numbers({"02": {3: 4}, "03": {3: "1.5"}})) == {("1", "01", "3"): Decimal("5.5")}


def test_formulas_that_need_one_another_are_computed_in_that_order() -> None:
    definition = computed(
        {("01", "3"): "{[1][2][3]} * 2", ("02", "3"): "{[1][3][3]} + 1", ("03", "4"): "{[1][1][3]} / {[1][3][3]}"}
    )

    filled = fill_formulas(definition, numbers({"03": {3: 4}}))

    assert filled == {("1", "02", "3"): 5, ("1", "01", "3"): 10, ("1", "03", "4"): Decimal("2.5")}


def test_a_share_of_nothing_is_empty() -> None:
    definition = computed({("01", "3"): "{[1][2][3]} * 100 / {[1][3][3]}"})

    assert fill_formulas(definition, numbers({"02": {3: 1}, "03": {3: 0}})) == {("1", "01", "3"): None}


@pytest.mark.parametrize(
    ("formulas", "sentence"),
    [
        ({("01", "3"): "{[1][2][3]}", ("02", "3"): "{[1][1][3]}"}, "Раздел 1, строка 01, графа 3: формула ссылается"),
        ({("01", "3"): "sum{[1][*][3]}"}, "ссылается сама на себя"),
        ({("01", "3"): "{[1][2][3]} > 1"}, "графа 3, формула: здесь нужно число"),
        ({("01", "3"): "{[1][2][3]} +"}, "формула: запись обрывается"),
        ({("01", "3"): "{[1][2,3][3]}"}, "формула даёт несколько чисел"),
        ({("01", "3"): "{[8][2][3]}"}, "раздела 8 в форме нет"),
        ({("01", "3"): "{{[1][2][3]}}"}, "нет отчёта за прошлый период"),
    ],
)
def test_a_formula_that_cannot_be_computed_is_named_with_its_cell(
    formulas: dict[tuple[str, str], str], sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        fill_formulas(computed(formulas), {})
