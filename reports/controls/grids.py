"""Small tables of values that remember the cells they came from; an empty value follows the rules of the language."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Generic, TypeAlias, TypeVar

from reports.editions.parts import CellKey

NUMBERS = Context(prec=80)
"""Long enough for any sum of a form; a quotient is cut at eighty digits."""

One = TypeVar("One")
Other = TypeVar("Other")
Result = TypeVar("Result")


class NotApplicableError(Exception):
    """A control that does not concern this form or this report; published validators skip it as well."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A cell that was read."""

    key: CellKey
    value: Decimal | None
    previous: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A value and what it was made of."""

    value: Decimal | None
    parts: tuple["Item | Trace", ...] = ()

    def traces(self) -> Iterator[Trace]:
        """Yield the cells behind the value, in reading order, each once."""
        waiting: list[Item | Trace] = [self]
        seen: set[tuple[CellKey, bool]] = set()
        while waiting:
            part = waiting.pop()
            if isinstance(part, Item):
                waiting.extend(reversed(part.parts))
            elif (part.key, part.previous) not in seen:
                seen.add((part.key, part.previous))
                yield part


Amount: TypeAlias = Decimal | None


@dataclass(frozen=True)
class Grid(Generic[One]):
    """A rectangle, row by row; both sides are at least one."""

    lines: tuple[tuple[One, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Return the numbers of rows and of columns."""
        return len(self.lines), len(self.lines[0])

    def at(self, row: int, column: int) -> One:
        """Return an entry; a side of length one repeats."""
        height, width = self.shape
        return self.lines[row if height > 1 else 0][column if width > 1 else 0]

    def map(self, change: Callable[[One], Result]) -> "Grid[Result]":
        """Return the rectangle with every entry changed."""
        return Grid(tuple(tuple(change(entry) for entry in line) for line in self.lines))

    def fits(self, other: "Grid[Other]") -> bool:
        """Return whether the rectangles can be laid upon one another, with sides of length one repeated."""
        return all(a == b or 1 in (a, b) for a, b in zip(self.shape, other.shape, strict=True))

    def join(self, other: "Grid[Other]", change: Callable[[One, Other], Result]) -> "Grid[Result]":
        """Return what `change` makes of each pair of entries.

        Raises:
            NotApplicableError: the rectangles do not fit.

        """
        if not self.fits(other):
            raise NotApplicableError("размеры сравниваемых частей не совпадают")
        height, width = (max(a, b) for a, b in zip(self.shape, other.shape, strict=True))
        return Grid(
            tuple(
                tuple(change(self.at(row, column), other.at(row, column)) for column in range(width))
                for row in range(height)
            )
        )


def add(left: Amount, right: Amount) -> Amount:
    """Add; an empty side adds nothing, two empty sides stay empty."""
    if left is None or right is None:
        return right if left is None else left
    return NUMBERS.add(left, right)


def subtract(left: Amount, right: Amount) -> Amount:
    """Subtract; an empty side counts as nothing, two empty sides stay empty."""
    return add(left, None if right is None else -right)


def multiply(left: Amount, right: Amount) -> Amount:
    """Multiply; empty if a side is."""
    return None if left is None or right is None else NUMBERS.multiply(left, right)


def divide(left: Amount, right: Amount) -> Amount:
    """Divide; empty by zero and by an empty side; an empty dividend gives 0, as the published validator has it."""
    if right is None:
        return None
    if left is None:
        return Decimal(0)
    return None if right == 0 else NUMBERS.divide(left, right)


OPERATIONS: dict[str, Callable[[Amount, Amount], Amount]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
}


def rounded(value: Amount, digits: int) -> Amount:
    """Round half to even, as the published validator does; a number too long for it stays."""
    return _quantized(value, digits, ROUND_HALF_EVEN)


def truncated(value: Amount, digits: int) -> Amount:
    """Cut the digits behind, `round` with a third argument."""
    return _quantized(value, digits, ROUND_DOWN)


def _quantized(value: Amount, digits: int, rounding: str) -> Amount:
    if value is None:
        return None
    try:
        return value.quantize(Decimal(1).scaleb(-digits), rounding, NUMBERS)
    except InvalidOperation:
        return value


def total(items: Sequence[Item]) -> Item:
    """Return the sum of entries; empty where all are."""
    value: Amount = None
    for item in items:
        value = add(value, item.value)
    return Item(value, tuple(items))
