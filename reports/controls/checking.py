"""Checks the values of a report against the controls of its edition; findings speak Russian and name the cells."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reports.controls.clauses import Clause, parse_clause
from reports.controls.coordinates import Report
from reports.controls.evaluation import Evaluation, Outcome
from reports.controls.expressions import ExpressionError, Statement, needs_previous, parse_statement
from reports.controls.grids import Grid, Item, NotApplicableError, Trace
from reports.editions.definition import EditionDefinition
from reports.editions.parts import CellKey, CellValue, Control, Level, split_row_key
from tenants.errors import InvalidError

_PLACEHOLDER = re.compile(r"\{(left|right|difference|row|row_name|column|column_name)\}")
_KEY_LENGTH = 32


@dataclass(frozen=True)
class Finding:
    """A control that does not hold at one position."""

    control_id: str
    level: Level
    message: str
    cells: tuple[CellKey, ...]
    """Cells of this report behind the numbers, those of the left side first; the first is the one to show."""
    condition_key: str
    """Changes when any number behind the finding changes: an explanation holds for the numbers it was given for."""
    left: Decimal | None
    right: Decimal | None
    """None also where the control offers alternatives and no single right side exists."""
    difference: Decimal | None


@dataclass(frozen=True)
class ParsedControl:
    """A control with its texts read."""

    control: Control
    rule: Statement
    condition: Statement | None
    applies: Clause

    @property
    def needs_previous(self) -> bool:
        """Return whether it takes figures of the previous period."""
        return any(needs_previous(node) for node in (self.rule, self.condition) if node is not None)


def parse_control(control: Control) -> ParsedControl:
    """Read rule, condition and period clause.

    Raises:
        InvalidError: one of them is malformed; the sentence names the control and the place.

    """
    step = "правило"
    try:
        rule = parse_statement(control.rule.strip())
        step = "условие"
        condition = parse_statement(control.condition.strip()) if control.condition.strip() else None
        step = "период"
        return ParsedControl(control, rule, condition, parse_clause(control.period_clause))
    except ExpressionError as error:
        raise InvalidError(f"Контроль {control.id}, {step}: {error}.") from error


def check(
    definition: EditionDefinition,
    values: Mapping[CellKey, CellValue],
    previous: Mapping[CellKey, CellValue] | None = None,
    *,
    period: int | None = None,
    kind: str | None = None,
) -> list[Finding]:
    """Return what does not hold, in the order of the controls, then row by row.

    `previous` are the values of the report before; without them the controls that need them are left out
    (`controls_needing_previous` names them). `period` is the number within the year; without it period clauses are
    not looked at. `kind` limits the columns to those of a kind of organization.

    Raises:
        InvalidError: a control is malformed; the sentence names it.

    """
    report = Report(definition, values, kind)
    before = None if previous is None else Report(definition, previous, kind)
    found: list[Finding] = []
    for control in definition.controls:
        parsed = parse_control(control)
        if (parsed.needs_previous and before is None) or (period is not None and not parsed.applies(period)):
            continue
        found.extend(_check_control(parsed, report, before))
    return found


def controls_needing_previous(definition: EditionDefinition) -> tuple[str, ...]:
    """Return the ids of the controls that cannot be checked without the previous report."""
    return tuple(control.id for control in definition.controls if parse_control(control).needs_previous)


def validate_controls(definition: EditionDefinition, *, strict: bool = False) -> None:
    """Look whether every control can be read, and with `strict` also whether it speaks of this form's places.

    Templates of others are read without `strict`: real ones hold controls that concern no row of theirs.

    Raises:
        InvalidError: the sentence names the control.

    """
    empty = Report(definition, {})
    for control in definition.controls:
        parsed = parse_control(control)
        if not strict:
            continue
        evaluation = Evaluation(empty, empty)
        try:
            for node in (parsed.rule, parsed.condition):
                if node is not None:
                    evaluation.statement(node)
        except NotApplicableError as error:
            raise InvalidError(f"Контроль {control.id}: {error}.") from error


def _check_control(parsed: ParsedControl, report: Report, before: Report | None) -> Iterable[Finding]:
    control = parsed.control
    try:
        asked = Evaluation(report, before, control.precision)
        condition = None if parsed.condition is None else asked.statement(parsed.condition)
        if condition is not None and not any(outcome.holds for line in condition.lines for outcome in line):
            return
        outcomes = Evaluation(report, before, control.precision, max(control.fault, Decimal(0))).statement(parsed.rule)
    except NotApplicableError:
        return
    single = outcomes.shape == (1, 1)
    for outcome in _failed(outcomes, condition):
        yield _finding(control, outcome, report, single=single)


def _failed(outcomes: Grid[Outcome], condition: Grid[Outcome] | None) -> Iterable[Outcome]:
    """Yield what fails where the condition holds; a condition of another shape lets the whole rule be checked."""
    height, width = outcomes.shape
    for row in range(height):
        for column in range(width):
            outcome = outcomes.at(row, column)
            asked = condition is None or not _lies_on(condition, outcomes) or condition.at(row, column).holds
            if asked and not outcome.holds:
                yield outcome


def _lies_on(condition: Grid[Outcome], outcomes: Grid[Outcome]) -> bool:
    return all(side in (1, whole) for side, whole in zip(condition.shape, outcomes.shape, strict=True))


def _finding(control: Control, outcome: Outcome, report: Report, *, single: bool) -> Finding:
    left, right = outcome.left, outcome.right
    traces = [*left.traces(), *(right.traces() if right else ())]
    cells = tuple(dict.fromkeys(trace.key for trace in traces if not trace.previous))
    difference = None if right is None else abs((left.value or Decimal(0)) - (right.value or Decimal(0)))
    return Finding(
        control_id=control.id,
        level=control.level,
        message=_message(control, outcome, difference, _focus(cells, report), single=single),
        cells=cells,
        condition_key=_condition_key(control, left, right, traces),
        left=left.value,
        right=right.value if right else None,
        difference=difference,
    )


def _condition_key(control: Control, left: Item, right: Item | None, traces: list[Trace]) -> str:
    numbers = [
        control.id,
        control.rule,
        _plain(left.value),
        "" if right is None else _plain(right.value),
        *sorted(f"{trace.previous}:{'/'.join(trace.key)}={_plain(trace.value)}" for trace in traces),
    ]
    return hashlib.sha256("\n".join(numbers).encode()).hexdigest()[:_KEY_LENGTH]


def _plain(value: Decimal | None) -> str:
    """Return one text for equal numbers: 5, 5.0 and 5.00 are one."""
    if not value:
        return "" if value is None else "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown(value: Decimal | None) -> str:
    return "0" if value is None else _plain(value).replace(".", ",").replace("-", "\N{MINUS SIGN}")


def _focus(cells: tuple[CellKey, ...], report: Report) -> dict[str, str]:
    """Return the words for the cell that a message speaks of: the first on the left side."""
    words = dict.fromkeys(("row", "row_name", "column", "column_name"), "")
    if not cells:
        return words
    section_code, row_key, column_code = cells[0]
    section = report.definition.section(section_code)
    code, specifics = split_row_key(row_key)
    row = next(row for row in section.rows if row.code == code)
    column = next(column for column in section.columns if column.code == column_code)
    marks = ", ".join(value for value in specifics if value)
    words["row"] = f"{row.number} ({marks})" if marks else row.number
    words["row_name"] = row.name
    words["column"] = column.code
    words["column_name"] = " ".join(column.name_for(report.kind).split())
    return words


def _message(
    control: Control, outcome: Outcome, difference: Decimal | None, words: dict[str, str], *, single: bool
) -> str:
    left, right = _shown(outcome.left.value), outcome.right
    if control.message:
        numbers = {
            "left": left,
            "right": _shown(right.value) if right else "",
            "difference": _shown(difference),
        }
        return _PLACEHOLDER.sub(lambda match: (words | numbers)[match[1]], control.message)
    where = "" if single or not words["row"] else f" (строка {words['row']}, графа {words['column']})"
    if right is None:
        return f"{control.name}{where}: стоит {left}"
    return f"{control.name}{where}: слева {left}, справа {_shown(right.value)}, разница {_shown(difference)}"
