"""Evaluates a tree of the control language over the values of a report: in decimal numbers, position by position."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from functools import partial

from reports.controls.coordinates import Rectangle, Report
from reports.controls.expressions import (
    Arithmetic,
    Call,
    Chain,
    Element,
    Logical,
    Negative,
    Number,
    Statement,
    Total,
    Value,
    elements,
    totals,
)
from reports.controls.grids import (
    NUMBERS,
    OPERATIONS,
    Amount,
    Grid,
    Item,
    NotApplicableError,
    rounded,
    total,
    truncated,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement says at one position; the sides are those of the comparison that failed, or of the last one."""

    holds: bool
    left: Item
    right: Item | None
    """None where alternatives were tried and no single right side can be named."""


@dataclass(frozen=True)
class Evaluation:
    """One report, and the one before it, ready to be asked."""

    report: Report
    previous: Report | None = None
    precision: int = 2
    fault: Decimal = field(default=Decimal(0))

    def statement(self, node: Statement) -> Grid[Outcome]:
        """Return what a rule or a condition says at each position.

        Raises:
            NotApplicableError: it speaks of places that this form or report does not have.

        """
        return self._logical(node) if isinstance(node, Logical) else self._chain(node)

    def formula(self, node: Value) -> Amount:
        """Return the number that a formula gives; None when it is empty.

        Raises:
            NotApplicableError: it speaks of places that are not there, or gives several numbers.

        """
        grid = self._value(node, self._frames(Chain(node, ())))
        if grid.shape != (1, 1):
            raise NotApplicableError("формула даёт несколько чисел")
        return grid.at(0, 0).value

    def _logical(self, node: Logical) -> Grid[Outcome]:
        found = self.statement(node.first)
        for sign, operand in node.rest:
            found = found.join(self.statement(operand), _both if sign == "and" else _either)
        return found

    def _chain(self, node: Chain) -> Grid[Outcome]:
        frames = self._frames(node)
        left = self._rounded(self._value(node.first, frames))
        found: Grid[Outcome] | None = None
        for sign, operand in node.rest:
            right = self._rounded(self._value(operand, frames))
            step = left.join(right, partial(self._compare, sign))
            found = step if found is None else found.join(step, _both)
            left = right
        if found is None:
            raise NotApplicableError("сравнивать не с чем")
        return found

    def _compare(self, sign: str, left: Item, right: Item) -> Outcome:
        return Outcome(compare(sign, left.value, right.value, self.fault), left, right)

    def _rounded(self, grid: Grid[Item]) -> Grid[Item]:
        return grid.map(lambda item: Item(rounded(item.value, self.precision), (item,)))

    def _frames(self, node: Chain) -> Mapping[int, tuple[Rectangle, ...]]:
        """Say for each sum, by identity, which rectangles decide along which side it adds.

        These are the elements that stand outside of sums; where there are none, the elements of the other sums.
        """
        free = tuple(self._rectangle(element) for element in elements(node, outside_sums=True))
        inner = {id(item): tuple(self._rectangle(element) for element in elements(item)) for item in totals(node)}
        return {
            own: free or tuple(rectangle for other, many in inner.items() if other != own for rectangle in many)
            for own in inner
        }

    def _rectangle(self, element: Element) -> Rectangle:
        return self._source(element).rectangle(element)

    def _source(self, element: Element) -> Report:
        if not element.previous:
            return self.report
        if self.previous is None:
            raise NotApplicableError("нет отчёта за прошлый период")
        return self.previous

    def _value(self, node: Value, frames: Mapping[int, tuple[Rectangle, ...]]) -> Grid[Item]:
        match node:
            case Number():
                return Grid(((Item(node.value),),))
            case Element():
                return self._source(node).read(node)
            case Negative():
                return self._value(node.operand, frames).map(
                    lambda item: Item(None if item.value is None else -item.value, (item,))
                )
            case Total():
                return self._total(node, frames)
            case Call():
                return _call(node, [self._value(argument, frames) for argument in node.arguments])
            case Arithmetic():
                return self._arithmetic(node, frames)

    def _arithmetic(self, node: Arithmetic, frames: Mapping[int, tuple[Rectangle, ...]]) -> Grid[Item]:
        found = self._value(node.first, frames)
        for sign, operand in node.rest:
            found = found.join(self._value(operand, frames), partial(_operate, OPERATIONS[sign]))
        return found

    def _total(self, node: Total, frames: Mapping[int, tuple[Rectangle, ...]]) -> Grid[Item]:
        grid = self._value(node.operand, {})
        own = next((self._rectangle(element) for element in elements(node.operand)), None)
        around = frames.get(id(node), ())
        if own and any(own.columns == other.columns for other in around):
            return Grid((tuple(total(column) for column in zip(*grid.lines, strict=True)),))
        if own and any(own.rows == other.rows for other in around):
            return Grid(tuple((total(line),) for line in grid.lines))
        return Grid(((total([item for line in grid.lines for item in line]),),))


def compare(sign: str, left: Amount, right: Amount, fault: Decimal = Decimal(0)) -> bool:
    """Compare two values; an empty one counts as 0, but two empty ones also count as different.

    `fault` is the permitted difference; it does not soften < and >.
    """
    if sign == "<>" and left is None and right is None:
        return True
    one, other = left or Decimal(0), right or Decimal(0)
    near = one == other or abs(one - other) <= fault
    return {
        "=": near,
        "<>": not near,
        "<=": one < other or near,
        ">=": one > other or near,
        "<": one < other,
        ">": one > other,
    }[sign]


def _operate(operation: Callable[[Amount, Amount], Amount], one: Item, other: Item) -> Item:
    return Item(operation(one.value, other.value), (one, other))


def _both(one: Outcome, other: Outcome) -> Outcome:
    return other if one.holds else one


def _either(one: Outcome, other: Outcome) -> Outcome:
    if one.holds or other.holds:
        return one if one.holds else other
    seen = Item(
        one.left.value,
        (one.left, other.left, *((one.right,) if one.right else ()), *((other.right,) if other.right else ())),
    )
    return Outcome(holds=False, left=seen, right=None)


def _call(node: Call, arguments: list[Grid[Item]]) -> Grid[Item]:
    first = arguments[0]
    match node.name:
        case "abs":
            return first.map(lambda item: Item(None if item.value is None else abs(item.value), (item,)))
        case "floor":
            return first.map(lambda item: Item(_floor(item.value), (item,)))
        case "nullif":
            return first.join(
                arguments[1], lambda one, other: Item(None if one.value == other.value else one.value, (one, other))
            )
        case "round":
            return _round(node, first)
    for other in arguments[1:]:
        first = first.join(other, lambda one, two: Item(two.value if one.value is None else one.value, (one, two)))
    return first


def _floor(value: Amount) -> Amount:
    return None if value is None else value.to_integral_value(ROUND_FLOOR, NUMBERS)


def _round(node: Call, grid: Grid[Item]) -> Grid[Item]:
    digits, *cut = (int(argument.value) for argument in node.arguments[1:] if isinstance(argument, Number))
    change = truncated if any(cut) else rounded
    return grid.map(lambda item: Item(change(item.value, digits), (item,)))
