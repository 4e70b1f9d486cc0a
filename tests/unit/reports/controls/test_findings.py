"""A finding says in Russian what is wrong, where, and remembers the numbers it was made of."""

from dataclasses import replace
from decimal import Decimal

from reports.controls import check, controls_needing_previous
from reports.editions.definition import Level, row_key
from tests.unit.reports.forms import control, form, numbers, section

TABLE = section("1", 3, 3)


def test_a_rule_over_several_columns_is_checked_column_by_column() -> None:
    definition = form(TABLE, controls=(control("{[1][1][3,4,5]} = sum{[1][2,3][3,4,5]}", name="Стр. 01 = 02 + 03"),))

    findings = check(definition, numbers({"01": {3: 11, 4: 7, 5: 1}, "02": {3: 7, 4: 7}, "03": {3: 3}}))

    assert [finding.cells[0] for finding in findings] == [("1", "01", "3"), ("1", "01", "5")]
    assert findings[0].cells == (("1", "01", "3"), ("1", "02", "3"), ("1", "03", "3"))
    assert findings[0].message == "Стр. 01 = 02 + 03 (строка 01, графа 3): слева 11, справа 10, разница 1"
    assert (findings[0].left, findings[0].right, findings[0].difference) == (11, 10, 1)


def test_a_message_is_filled_with_numbers_and_places() -> None:
    rule = control(
        "{[1][2][*]} <= {[1][1][*]}",
        level=Level.QUERY,
        message="Стр. {row} «{row_name}», {column_name}: {left} больше {right} на {difference} {unknown}",
    )

    (finding,) = check(form(TABLE, controls=(rule,)), numbers({"01": {4: 1}, "02": {4: "2.5"}}))

    assert finding.message == "Стр. 02 «Показатель 2», Графа 4: 2,5 больше 1 на 1,5 {unknown}"
    assert finding.level is Level.QUERY


def test_a_message_cannot_reach_into_the_program() -> None:
    rule = control("1 = 2", message="{left.__class__} {0} %s {left}")

    (finding,) = check(form(TABLE, controls=(rule,)), {})

    assert finding.message == "{left.__class__} {0} %s 1"


def test_alternatives_are_told_without_a_right_side() -> None:
    rule = control("{[1][1][3]} = 1 or {[1][1][3]} = 2", name="Код – 1 или 2")

    (finding,) = check(form(TABLE, controls=(rule,)), numbers({"01": {3: 5}}))

    assert finding.message == "Код – 1 или 2: стоит 5"
    assert finding.right is None
    assert finding.cells == (("1", "01", "3"),)


def test_the_condition_key_stays_with_equal_numbers_and_changes_with_any_number() -> None:
    definition = form(TABLE, controls=(control("{[1][1][3]} = sum{[1][2,3][3]}"),))

    def key(*column: str | int) -> str:
        values = numbers({f"0{row}": {3: value} for row, value in enumerate(column, 1)})
        return check(definition, values)[0].condition_key

    assert key(5, 1, 2) == key("5.00", "1.0", 2)
    assert len({key(5, 1, 2), key(6, 1, 2), key(5, 2, 1), key(5, 2, 2)}) == 4


def test_the_condition_key_changes_with_the_previous_period() -> None:
    definition = form(TABLE, controls=(control("{[1][1][3]} <= {{[1][1][3]}}"),))
    values = numbers({"01": {3: 5}})

    keys = {check(definition, values, numbers({"01": {3: before}}))[0].condition_key for before in (1, 2)}

    assert len(keys) == 2


def test_cells_of_the_previous_period_are_not_cells_of_this_report() -> None:
    definition = form(TABLE, controls=(control("{{[1][2][3]}} >= {[1][1][3]}"),))

    (finding,) = check(definition, numbers({"01": {3: 5}}), {})

    assert finding.cells == (("1", "01", "3"),)


def test_controls_of_the_previous_period_wait_for_it() -> None:
    definition = form(
        TABLE,
        controls=(
            control("{[1][1][3]} = {{[1][1][3]}}", id="7"),
            control("1 = 2", id="8", condition="{{[1][1][3]}} = 0"),
        ),
    )

    assert check(definition, numbers({"01": {3: 5}})) == []
    assert len(check(definition, numbers({"01": {3: 5}}), {})) == 2
    assert controls_needing_previous(definition) == ("7", "8")


def test_a_period_clause_limits_a_control_to_its_periods() -> None:
    definition = form(TABLE, controls=(control("1 = 2", period_clause="&NP in (3, 06) or &np = 12"),))

    found = {period: len(check(definition, {}, period=period)) for period in (1, 3, 6, 12)}

    assert found == {1: 0, 3: 1, 6: 1, 12: 1}
    assert len(check(definition, {})) == 1


def test_codes_compare_as_numbers_and_cells_keep_the_forms_own_codes() -> None:
    definition = form(TABLE, controls=(control("{[01][001][3]} = 0"),))

    (finding,) = check(definition, {("1", "1", "3"): Decimal(4)})

    assert finding.cells == (("1", "01", "3"),)


def test_columns_of_another_kind_of_organization_are_left_out() -> None:
    columns = tuple(replace(column, kinds=("college",)) if column.code == "5" else column for column in TABLE.columns)
    definition = form(replace(TABLE, columns=columns), controls=(control("{[1][1][*]} > 0"),))

    assert [finding.cells for finding in check(definition, {}, kind="school")] == [
        (("1", "01", "3"),),
        (("1", "01", "4"),),
    ]
    assert len(check(definition, {}, kind="college")) == 3


def test_a_row_key_carries_its_specifics() -> None:
    assert row_key("03", "77", "", "ru") == "03#77##ru"
    assert row_key("03") == "03"
