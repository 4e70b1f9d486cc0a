"""The clause that limits a control to some periods: `&NP in (3,6)`. Read by a grammar, never run as a program."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from reports.controls.expressions import MAX_DEPTH, ExpressionError

MAX_LENGTH = 2_000

_PARSER = Lark.open("period.lark", rel_to=__file__, parser="lalr", maybe_placeholders=True)

Clause: TypeAlias = Callable[[int], bool]
"""Tells whether a control applies to the period with this number within its year."""

_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class _Operand:
    number: int | None

    def of(self, period: int) -> int:
        return period if self.number is None else self.number


@lru_cache(maxsize=512)
def parse_clause(text: str) -> Clause:
    """Read a clause; an empty one holds always.

    Raises:
        ExpressionError: the text is not a condition on &NP.

    """
    if not text.strip():
        return lambda _period: True
    if len(text) > MAX_LENGTH or text.count("(") + text.lower().count("not") > MAX_DEPTH:
        raise ExpressionError("условие на период слишком длинное")
    try:
        clause: Clause = _Builder().transform(_PARSER.parse(text.lower()))
    except UnexpectedInput as error:
        raise ExpressionError("условие на период не понято; пример: &NP in (3,6)") from error
    return clause


class _Builder(Transformer[Token, Clause]):
    """Turns the tree into a function; the method names are the names in the grammar."""

    def start(self, children: list[Clause]) -> Clause:
        return children[0]

    def period(self, _children: list[Token]) -> _Operand:
        return _Operand(None)

    def number(self, children: list[Token]) -> _Operand:
        return _Operand(int(children[0]))

    def compare(self, children: list[Any]) -> Clause:
        left, sign, right = children
        holds = _OPERATORS[str(sign)]
        return lambda period: holds(left.of(period), right.of(period))

    def among(self, children: list[Any]) -> Clause:
        operand, negated, *numbers = children
        allowed = {int(number) for number in numbers}
        return lambda period: (operand.of(period) in allowed) is (negated is None)

    def negate(self, children: list[Any]) -> Clause:
        inner: Clause = children[-1]
        return lambda period: not inner(period)

    def logical(self, children: list[Any]) -> Clause:
        first, *rest = children
        steps: list[tuple[Token, Clause]] = list(zip(rest[::2], rest[1::2], strict=True))

        def holds(period: int) -> bool:
            found: bool = first(period)
            for sign, clause in steps:
                found = (found and clause(period)) if sign == "and" else (found or clause(period))
            return found

        return holds
