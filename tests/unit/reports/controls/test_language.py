"""What cannot be read is refused with the control's name and the place; nothing of it is ever run."""

from decimal import Decimal

import pytest

from reports.controls import check, parse_control, validate_controls
from reports.controls.expressions import MAX_DEPTH, MAX_LENGTH, ExpressionError, parse_formula, parse_statement
from tenants.errors import DomainError
from tests.unit.reports.forms import control, form, numbers, section


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{[1][1][3]}",
        "{[1][1][3]} = ",
        "{[1][1]} = 1",
        "{[1][1][3]} == 1",
        "{[1][x][3]} = 1",
        "{[1][1][3} = 1",
        "sum {[1][1][3]",
        "power({[1][1][3]}, 2) = 4",
        "abs({[1][1][3]}, 2) = 4",
        "round({[1][1][3]}, {[1][1][4]}) = 4",
        "round({[1][1][3]}, 99) = 4",
        "{[1][1][3]} + ({[1][1][4]} = 1) = 1",
        "1 and {[1][1][3]} = 1",
        "__import__('os').system('true') = 0",
        "{[1][1][3]} = 1; {[1][1][4]} = 1",
    ],
)
def test_a_malformed_rule_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_statement(text)


def test_the_refusal_names_the_control_and_the_place() -> None:
    with pytest.raises(DomainError, match=r"^Контроль 17, правило: не понято место 14, «= 1»\.$"):
        parse_control(control("{[1][1][3]} == 1", id="17"))


def test_the_refusal_says_when_the_text_ends_too_early() -> None:
    with pytest.raises(DomainError, match=r"^Контроль 3, условие: запись обрывается\.$"):
        parse_control(control("{[1][1][3]} = 1", id="3", condition="{[1][1][3]} ="))


def test_a_malformed_control_stops_the_check_with_its_name() -> None:
    with pytest.raises(DomainError, match="Контроль 2,"):
        check(form(section("1", 1, 1), controls=(control("1 = 1"), control("{", id="2"))), {})


def test_too_deep_and_too_long_rules_are_refused() -> None:
    with pytest.raises(ExpressionError, match="глубже"):
        parse_statement("(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1) + " = 1")
    with pytest.raises(ExpressionError, match="длиннее"):
        parse_statement("1 = 1 " + " " * MAX_LENGTH)


def test_a_rule_of_thousands_of_terms_is_read_and_evaluated() -> None:
    rule = "{[1][1][3]}" + "+{[1][1][3]}" * 1500 + " = 1501"

    assert check(form(section("1", 1, 1), controls=(control(rule),)), numbers({"01": {3: 1}})) == []


def test_deeply_nested_brackets_within_the_limit_are_evaluated() -> None:
    rule = "(" * MAX_DEPTH + "{[1][1][3]}" + ")" * MAX_DEPTH + " = 1"

    assert check(form(section("1", 1, 1), controls=(control(rule),)), numbers({"01": {3: 1}})) == []


def test_case_blanks_and_bars_do_not_matter() -> None:
    assert parse_statement("SUM{[1][ 01 , 2-3 ][*]} |=| {[1][4][*]} AND 1=1") == parse_statement(
        "sum{[1][1,2-3][*]}={[1][4][*]}and 1=1"
    )


def test_a_sum_of_a_long_list_is_exact_in_decimal_numbers() -> None:
    table = section("1", 3, 1, form="N(20,9)")
    values = numbers({"01": {3: "0.1"}, "02": {3: "0.2"}, "03": {3: "0.3"}})

    assert check(form(table, controls=(control("sum{[1][1,2][3]} = {[1][3][3]}", precision=9),)), values) == []


def test_a_formula_is_a_number_and_a_rule_is_a_comparison() -> None:
    assert parse_formula("{[1][1][3]} * 100") is not None
    with pytest.raises(ExpressionError, match="нужно число"):
        parse_formula("{[1][1][3]} = 1")


def test_a_strict_form_refuses_rules_about_places_it_does_not_have() -> None:
    table = section("1", 2, 2)
    for rule in (
        "{[2][1][3]} = 1",
        "{[1][9][3]} = 1",
        "{[1][1][9]} = 1",
        "{[1][1-2][3]} = {[1][1][3,4]} + {[1][1-2][3,4]} + sum{[1][1][3]}",
    ):
        definition = form(table, controls=(control(rule, id="5"),))
        validate_controls(definition)
        if "sum" not in rule:
            with pytest.raises(DomainError, match="Контроль 5: "):
                validate_controls(definition, strict=True)


def test_a_rule_about_places_the_form_does_not_have_is_skipped() -> None:
    assert check(form(section("1", 1, 1), controls=(control("{[7][1][3]} = 1"),)), {}) == []


def test_parts_of_different_size_are_not_compared() -> None:
    table = section("1", 3, 3)

    assert check(form(table, controls=(control("{[1][1-3][3]} = {[1][1-2][3]}"),)), numbers({"01": {3: 1}})) == []


def test_a_range_whose_end_is_a_heading_goes_by_numbers() -> None:
    table = section("1", 3, 1, first_row=2)

    findings = check(form(table, controls=(control("{[1][1-3][3]} = 0"),)), numbers({"02": {3: 1}, "04": {3: 1}}))

    assert [finding.cells for finding in findings] == [(("1", "02", "3"),)]


@pytest.mark.parametrize(
    ("sign", "left", "right", "fault", "expected"),
    [
        (">=", "1.5", "1.7", "0.2", True),
        ("=", "1.5", "1.7", "0.2", True),
        ("<=", "1.5", "1.3", "0.2", True),
        ("<=", "1.5", "1.6", "0.2", True),
        (">", "1.5", "1.4", "0.2", True),
        (">", "1.5", "1.6", "0.2", False),
        ("<", "1.5", "1.4", "0.2", False),
        ("<>", "1.5", "1.7", "0.2", False),
        ("<>", "1.5", "1.8", "0.2", True),
        ("=", "1.5", "1.6", "0", False),
        ("=", "1.5", "1.6", "-0.2", False),
    ],
)
def test_the_permitted_fault_softens_only_comparisons_with_equality(
    sign: str, left: str, right: str, fault: str, *, expected: bool
) -> None:
    rule = f"{{[1][1][3]}} {sign} {{[1][2][3]}}"
    definition = form(section("1", 2, 1), controls=(control(rule, fault=Decimal(fault)),))

    assert (check(definition, numbers({"01": {3: left}, "02": {3: right}})) == []) is expected


def test_a_condition_knows_no_fault() -> None:
    definition = form(
        section("1", 2, 1), controls=(control("1 = 2", condition="{[1][1][3]} = {[1][2][3]}", fault=Decimal("0.5")),)
    )

    assert check(definition, numbers({"01": {3: "1.5"}, "02": {3: "1.7"}})) == []


def test_digits_beyond_the_precision_are_not_compared() -> None:
    values = numbers({"01": {3: "1.54"}, "02": {3: "1.46"}})

    assert check(form(section("1", 2, 1), controls=(control("{[1][1][3]} = {[1][2][3]}", precision=1),)), values) == []
    assert check(form(section("1", 2, 1), controls=(control("{[1][1][3]} = {[1][2][3]}", precision=2),)), values) != []
