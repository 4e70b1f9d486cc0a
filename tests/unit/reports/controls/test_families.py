"""Every family of controls that the acts write can be said in the language, and is checked."""

from collections.abc import Mapping

import pytest

from reports.controls import check
from reports.editions.definition import Section
from tests.unit.reports.forms import control, form, numbers, section

Table = Mapping[str, Mapping[int, str | int | None]]

TABLE = section("1", 8, 6)
"""Rows 01–08, columns 3–8."""


def holds(
    rule: str,
    table: Table,
    *,
    condition: str = "",
    previous: Table | None = None,
    sections: tuple[Section, ...] = (TABLE,),
    other: Table | None = None,
) -> bool:
    values = numbers(table) | (numbers(other, "2") if other else {})
    before = None if previous is None else numbers(previous)
    return check(form(*sections, controls=(control(rule, condition=condition),)), values, before) == []


def test_a_total_row_is_the_sum_of_rows() -> None:
    rule = "{[1][1][3,4]} = sum{[1][2,5][3,4]}"

    assert holds(rule, {"01": {3: 7, 4: 2}, "02": {3: 4, 4: 2}, "05": {3: 3}})
    assert not holds(rule, {"01": {3: 7, 4: 3}, "02": {3: 4, 4: 2}, "05": {3: 3}})


def test_a_total_column_is_the_sum_of_columns() -> None:
    rule = "{[1][*][3]} = sum{[1][*][4-8]}"

    assert holds(rule, {"01": {3: 15, 4: 5, 8: 10}, "02": {3: 1, 5: 1}})
    assert not holds(rule, {"01": {3: 15, 4: 5, 8: 10}, "02": {3: 2, 5: 1}})


def test_a_column_is_not_less_than_another_by_rows() -> None:
    rule = "{[1][1-8][3]} >= {[1][1-8][4]}"

    assert holds(rule, {"01": {3: 2, 4: 2}, "08": {3: 5, 4: 1}})
    assert not holds(rule, {"01": {3: 2, 4: 2}, "08": {3: 0, 4: 1}})


def test_a_column_is_not_less_than_a_sum_of_columns() -> None:
    rule = "{[1][1-8][3]} >= sum{[1][1-8][5,7]}"

    assert holds(rule, {"03": {3: 5, 5: 2, 7: 3}})
    assert not holds(rule, {"03": {3: 4, 5: 2, 7: 3}})


def test_sums_of_columns_meet_the_rows_of_another_section() -> None:
    rule = "sum{[2][1-8][4-8]} = {[1][1-8][3]}"
    sections = (TABLE, section("2", 8, 6))

    assert holds(rule, {"02": {3: 6}}, other={"02": {4: 1, 8: 5}}, sections=sections)
    assert not holds(rule, {"02": {3: 6}}, other={"03": {4: 1, 8: 5}}, sections=sections)


def test_a_row_is_not_less_than_another_by_columns() -> None:
    rule = "{[1][1][4-8]} >= {[1][2][4-8]}"

    assert holds(rule, {"01": {4: 3, 5: 3}, "02": {4: 3, 5: 2}})
    assert not holds(rule, {"01": {4: 3, 5: 3}, "02": {4: 3, 5: 4}})


def test_a_condition_is_asked_row_by_row() -> None:
    condition, rule = "{[1][*][6]} <> 0", "{[1][*][5]} <> 0"

    assert holds(rule, {"01": {5: 1, 6: 1}, "02": {}}, condition=condition)
    assert not holds(rule, {"01": {5: 1, 6: 1}, "02": {6: 3}}, condition=condition)


def test_a_condition_on_one_column_is_asked_for_every_column_of_its_row() -> None:
    condition, rule = "{[1][1-2][3]} = 1", "{[1][1-2][4,5]} > 0"

    assert holds(rule, {"01": {3: 1, 4: 1, 5: 1}, "02": {3: 0}}, condition=condition)
    assert not holds(rule, {"01": {3: 1, 4: 1, 5: 0}, "02": {3: 0}}, condition=condition)


def test_a_cell_is_not_filled() -> None:
    rule = "isnull({[1][6][6]}, -1) = -1"

    assert holds(rule, {"06": {5: 4}})
    assert not holds(rule, {"06": {6: 0}})


def test_a_code_is_one_of_a_list() -> None:
    rule = "{[1][1][4]} = 1 or {[1][1][4]} = 2"

    assert holds(rule, {"01": {4: 2}})
    assert not holds(rule, {"01": {4: 3}})


def test_a_code_is_one_of_a_range_of_whole_numbers() -> None:
    rule = "1 <= {[1][1][6]} <= 7 and floor({[1][1][6]}) = {[1][1][6]}"

    assert holds(rule, {"01": {6: 7}})
    assert not holds(rule, {"01": {6: 8}})
    assert not holds(rule, {"01": {6: "2.5"}})


def test_a_value_lies_in_a_range() -> None:
    rule = "0.1 <= {[1][1][7]} <= 65"

    assert holds(rule, {"01": {7: "0.1"}})
    assert not holds(rule, {"01": {7: "65.01"}})
    assert not holds(rule, {"01": {7: 0}})


def test_a_ratio_has_a_lower_bound() -> None:
    rule = "{[1][1][4]} * 1000 / {[1][1][3]} >= 4611"

    assert holds(rule, {"01": {3: 1000, 4: 4611}})
    assert not holds(rule, {"01": {3: 1000, 4: 4610}})


def test_another_table_of_the_same_report_is_compared() -> None:
    rule = "{[1][3][5]} = {[2][7][3]}"
    sections = (TABLE, section("2", 8, 1))

    assert holds(rule, {"03": {5: 4}}, other={"07": {3: 4}}, sections=sections)
    assert not holds(rule, {"03": {5: 4}}, other={"07": {3: 5}}, sections=sections)


def test_the_previous_period_is_compared() -> None:
    rule = "{[1][1][3]} = {{[1][1][3]}} + {[1][2][3]} - {[1][3][3]}"

    assert holds(rule, {"01": {3: 6}, "02": {3: 2}, "03": {3: 1}}, previous={"01": {3: 5}})
    assert not holds(rule, {"01": {3: 6}, "02": {3: 2}, "03": {3: 1}}, previous={"01": {3: 4}})


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("abs({[1][1][3]}) = 5", -5, True),
        ("round({[1][1][3]}, 1) = 2.3", "2.34", True),
        ("round({[1][1][3]}, 1, 1) = 2.3", "2.39", True),
        ("floor({[1][1][3]}) = -3", "-2.1", True),
        ("coalesce({[1][1][4]}, {[1][1][3]}, 7) = 9", 9, True),
        ("coalesce({[1][1][4]}, {[1][1][5]}, 7) = 7", 9, True),
        ("isnull(nullif({[1][1][3]}, 9), 4) = 4", 9, True),
        ("isnull(nullif({[1][1][3]}, 9), 4) = 8", 8, True),
        ("sum({[1][1][3]} + 1) = 4", 3, True),
        ("sum{[1][1-3][3]} / 2 > 1", 3, True),
        ("-{[1][1][3]} * 2 < -5", 3, True),
        ("{[1][1][3]} - 1 - 1 = 1", 3, True),
        ("{[1][1][3]} / 0 = 0", 3, True),
        ("{[1][1][3]} <> 3", 3, False),
    ],
)
def test_functions_and_arithmetic_follow_the_language(rule: str, value: str | int, *, expected: bool) -> None:
    assert holds(rule, {"01": {3: value}}) is expected


def test_empty_cells_count_as_zero_where_they_are_compared() -> None:
    assert holds("{[1][1][3]} = 0 and {[1][1][3]} >= {[1][2][3]}", {})
    assert not holds("{[1][1][3]} > 0", {})
