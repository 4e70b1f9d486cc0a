"""Our evaluator and the published validator, written by others, say the same of generated forms and reports."""

import re
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from rosstat.report import Report
from rosstat.schema import Schema

from reports.controls import check
from reports.editions.definition import CellKey, CellValue, Control, EditionDefinition, Level
from reports.rosstat import read_template, write_report
from reports.rosstat.xml import read_xml
from tests.unit.reports.forms import form, section, template_xml

SECTION = ("1", "2")
ROWS, COLUMNS = 5, 4
NUMBERS = re.compile(r"; слева (\S+) (?:\S+) справа (\S+) разница (\S+)$")

Values = dict[CellKey, CellValue]
Said = tuple[str, int, Decimal | None, Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Shape:
    """How many rows and columns the parts of one rule have."""

    rows: int
    columns: int


def codes(count: int, first: int, last: int) -> st.SearchStrategy[str]:
    """A list of codes, or the same as a range."""
    starts = st.integers(first, last - count + 1)
    ranges = starts.map(lambda start: str(start) if count == 1 else f"{start}-{start + count - 1}")
    lists = st.lists(st.integers(first, last), min_size=count, max_size=count, unique=True).map(
        lambda chosen: ",".join(map(str, sorted(chosen)))
    )
    return st.one_of(ranges, lists)


def rectangle(shape: Shape) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(SECTION), codes(shape.rows, 1, ROWS), codes(shape.columns, 3, 2 + COLUMNS)).map(
        lambda place: "{[" + "][".join(place) + "]}"
    )


@st.composite
def operand(draw: st.DrawFn, shape: Shape) -> str:
    """A value of a shape: an element, a function of one, or arithmetic of two; sums have their own rules below."""
    element = draw(rectangle(shape))
    other = draw(rectangle(shape))
    return draw(
        st.sampled_from(
            [
                element,
                f"abs({element})",
                f"floor({element})",
                f"round({element}, 0)",
                f"isnull({element}, 2)",
                f"{element} + {other}",
                f"{element} - {other}",
                f"{element} * 3",
                f"{element} / {other}",
                f"({element} + {other}) * 2 - 1",
            ]
        )
    )


@st.composite
def comparison(draw: st.DrawFn, shape: Shape) -> str:
    sign = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
    return f"{draw(operand(shape))} {sign} {draw(st.one_of(operand(shape), st.sampled_from(['0', '3', '-2'])))}"


@st.composite
def total_rule(draw: st.DrawFn, shape: Shape) -> str:
    """An element on one side and a sum of more rows, or of more columns, on the other."""
    section_code, other = draw(st.sampled_from(SECTION)), draw(st.sampled_from(SECTION))
    rows, columns = draw(codes(shape.rows, 1, ROWS)), draw(codes(shape.columns, 3, 2 + COLUMNS))
    sign = draw(st.sampled_from(["=", "<=", ">="]))
    if draw(st.booleans()):
        more = draw(codes(draw(st.integers(1, ROWS)), 1, ROWS))
        total = f"sum{{[{other}][{more}][{columns}]}}"
        left = f"{{[{section_code}][{draw(codes(1, 1, ROWS))}][{columns}]}}"
    else:
        single = draw(codes(1, 3, 2 + COLUMNS))
        more = draw(codes(draw(st.integers(2, COLUMNS)), 3, 2 + COLUMNS))
        total = f"sum{{[{other}][{rows}][{more}]}}"
        left = f"{{[{section_code}][{rows}][{single}]}}"
    return f"{left} {sign} {total}" if draw(st.booleans()) else f"{total} {sign} {left}"


@st.composite
def controls(draw: st.DrawFn) -> Control:
    shape = Shape(draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    plain, total = draw(comparison(shape)), draw(total_rule(shape))
    rule = draw(st.sampled_from([plain, total]))
    condition = draw(st.one_of(st.just(""), comparison(shape) if rule == plain else comparison(Shape(1, 1))))
    return Control(
        id="1",
        name="Правило",
        rule=rule,
        condition=condition,
        level=draw(st.sampled_from(Level)),
        fault=draw(st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)])) if " = " in rule else Decimal(0),
        precision=draw(st.sampled_from([0, 1, 2])),
    )


TABLES = (section("1", ROWS, COLUMNS), section("2", ROWS, COLUMNS))
PLACES = [
    (table.code, row.code, str(column)) for table in TABLES for row in table.rows for column in range(3, 3 + COLUMNS)
]
VALUES = st.lists(
    st.one_of(st.none(), st.integers(-5, 20).map(Decimal)), min_size=len(PLACES), max_size=len(PLACES)
).map(lambda found: dict(zip(PLACES, found, strict=True)))


def messages(definition: EditionDefinition, values: Values) -> list[dict[str, str | int]]:
    template = template_xml(definition)
    report = write_report(read_template(template), values, {"okpo": "12345678"}, 1, 2026)
    schema = Schema(read_xml(template, root="metaForm", what="шаблон"))
    found: list[dict[str, str | int]] = schema.validate(Report(read_xml(report, root="report", what="отчёт")))
    assert all(str(message["code"]).startswith("4.") for message in found)
    return found


def theirs(definition: EditionDefinition, values: Values) -> list[Said]:
    return sorted(map(said, messages(definition, values)), key=str)


def said(message: dict[str, str | int]) -> Said:
    found = NUMBERS.search(str(message["description"]))
    assert found
    left, right, difference = (None if text == "nan" else Decimal(text) for text in found.groups())
    return str(message["code"]).split(".")[1], int(message["level"]), left, right, difference


def ours(definition: EditionDefinition, values: Values) -> list[Said]:
    found = [
        (
            item.control_id,
            int(item.level is Level.ERROR),
            as_float(item.left),
            as_float(item.right),
            as_float(item.difference),
        )
        for item in check(definition, values)
    ]
    return sorted(found, key=str)


def as_float(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(str(float(value)))


def rounded(found: list[Said]) -> list[tuple[str, int, float, float, float]]:
    """Numbers are compared to six digits: theirs are binary; an empty difference of two empty sides is 0."""
    return sorted(
        (code, level, *(round(float(number or 0), 6) + 0.0 for number in rest)) for code, level, *rest in found
    )


@settings(max_examples=200, deadline=None)
@given(control=controls(), values=VALUES)
def test_both_find_the_same_in_generated_reports(control: Control, values: Values) -> None:
    definition = form(*TABLES, controls=(control,))

    assert rounded(ours(definition, values)) == rounded(theirs(definition, values))


@st.composite
def statements(draw: st.DrawFn) -> Control:
    shape = Shape(draw(st.integers(1, 2)), draw(st.integers(1, 2)))
    parts = draw(st.lists(comparison(shape), min_size=2, max_size=3))
    sign = draw(st.sampled_from([" and ", " or "]))
    return Control(id="1", name="Правило", rule=sign.join(parts), precision=1)


@settings(max_examples=100, deadline=None)
@given(control=statements(), values=VALUES)
def test_both_give_the_same_verdict_on_joined_statements(control: Control, values: Values) -> None:
    definition = form(*TABLES, controls=(control,))

    assert bool(check(definition, values)) is bool(messages(definition, values))
