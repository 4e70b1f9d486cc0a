"""The control language: text to a tree. Nothing is evaluated here and nothing of the text is ever run as a program."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

from tenants.errors import DomainError

MAX_LENGTH = 20_000
MAX_DEPTH = 40
MAX_DIGITS = 10

_PARSER = Lark.open("grammar.lark", rel_to=__file__, parser="lalr", maybe_placeholders=True)


class ExpressionError(DomainError):
    """An expression that cannot be read; the sentence says where, the caller says in which control."""


@dataclass(frozen=True)
class Span:
    """One code or a range of codes, both ends included; None in `first` stands for all (`*`)."""

    first: str | None
    last: str | None = None


Axis: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True)
class Number:
    """A number as it stands in the text."""

    value: Decimal


@dataclass(frozen=True)
class Element:
    """A rectangle of cells, of this report or of the one for the previous period."""

    section: str
    rows: Axis
    columns: Axis
    specifics: tuple[Axis | None, Axis | None, Axis | None] = (None, None, None)
    previous: bool = False


@dataclass(frozen=True)
class Negative:
    """The opposite number."""

    operand: "Value"


@dataclass(frozen=True)
class Total:
    """`sum`: along the rows, along the columns or over all, as the other side of the comparison asks."""

    operand: "Value"


@dataclass(frozen=True)
class Call:
    """A function."""

    name: str
    arguments: tuple["Value", ...]


@dataclass(frozen=True)
class Arithmetic:
    """Operations of one rank, from the left; flat, so that a long sum is not a deep tree."""

    first: "Value"
    rest: tuple[tuple[str, "Value"], ...]


@dataclass(frozen=True)
class Chain:
    """Comparisons that all must hold: `a <= b <= c`."""

    first: "Value"
    rest: tuple[tuple[str, "Value"], ...]


@dataclass(frozen=True)
class Logical:
    """Statements joined by and, or; from the left."""

    first: "Statement"
    rest: tuple[tuple[str, "Statement"], ...]


Value: TypeAlias = Number | Element | Negative | Total | Call | Arithmetic
Statement: TypeAlias = Chain | Logical
Node: TypeAlias = Value | Statement

_ARGUMENTS = {"abs": (1, 1), "floor": (1, 1), "coalesce": (1, 50), "isnull": (2, 2), "nullif": (2, 2), "round": (2, 3)}


@lru_cache(maxsize=4096)
def parse_statement(text: str) -> Statement:
    """Read a rule or a condition.

    Raises:
        ExpressionError: the text is not of the language, or says a number where a comparison is due.

    """
    tree = _parse(text)
    if not isinstance(tree, Chain | Logical):
        raise ExpressionError("здесь нужно сравнение, а записано число")
    return tree


@lru_cache(maxsize=4096)
def parse_formula(text: str) -> Value:
    """Read an expression that gives a number.

    Raises:
        ExpressionError: the text is not of the language, or says a comparison where a number is due.

    """
    return _value(_parse(text))


def elements(node: Node, *, outside_sums: bool = False) -> Iterator[Element]:
    """Yield the elements of a tree in the order of the text."""
    if isinstance(node, Element):
        yield node
    elif isinstance(node, Negative) or (isinstance(node, Total) and not outside_sums):
        yield from elements(node.operand, outside_sums=outside_sums)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from elements(argument, outside_sums=outside_sums)
    elif isinstance(node, Arithmetic | Chain | Logical):
        for operand in (node.first, *(operand for _, operand in node.rest)):
            yield from elements(operand, outside_sums=outside_sums)


def totals(node: Node) -> Iterator[Total]:
    """Yield the outermost sums of a tree."""
    if isinstance(node, Total):
        yield node
    elif isinstance(node, Negative):
        yield from totals(node.operand)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from totals(argument)
    elif isinstance(node, Arithmetic | Chain | Logical):
        for operand in (node.first, *(operand for _, operand in node.rest)):
            yield from totals(operand)


def needs_previous(node: Node) -> bool:
    """Return whether a tree takes figures of the previous period."""
    return any(element.previous for element in elements(node))


def _parse(text: str) -> Node:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"запись длиннее {MAX_LENGTH} знаков")
    if _depth(text) > MAX_DEPTH:
        raise ExpressionError(f"скобки вложены глубже {MAX_DEPTH} раз")
    try:
        tree: Node = _Builder().transform(_PARSER.parse(text.lower()))
    except UnexpectedInput as error:
        raise ExpressionError(_describe(text, error)) from error
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from error
        raise
    return tree


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


def _describe(text: str, error: UnexpectedInput) -> str:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return "запись обрывается"
    position: int = getattr(error, "pos_in_stream", None) or 0
    return f"не понято место {position + 1}, «{text[position : position + 20]}»"


def _value(node: Node) -> Value:
    if isinstance(node, Chain | Logical):
        raise ExpressionError("здесь нужно число, а записано сравнение")
    return node


def _statement(node: Node) -> Statement:
    if not isinstance(node, Chain | Logical):
        raise ExpressionError("and и or соединяют сравнения, а здесь число")
    return node


Children: TypeAlias = list[Any]
"""What lark hands over: nodes, tokens and None, as the grammar orders them."""


def _pairs(children: Children) -> list[tuple[str, Node]]:
    return [(str(sign), node) for sign, node in zip(children[1::2], children[2::2], strict=True)]


class _Builder(Transformer[Token, Node]):
    """Turns lark's tree into ours; the method names are the names in the grammar."""

    def start(self, children: Children) -> Node:
        node: Node = children[0]
        return node

    group = start
    current = start

    def logical(self, children: Children) -> Node:
        first: Node = children[0]
        rest = tuple((sign, _statement(node)) for sign, node in _pairs(children))
        return Logical(_statement(first), rest) if rest else first

    def chain(self, children: Children) -> Node:
        first: Node = children[0]
        rest = tuple((sign, _value(node)) for sign, node in _pairs(children))
        if isinstance(first, Chain):
            return Chain(first.first, first.rest + rest)
        return Chain(_value(first), rest) if rest else first

    def arithmetic(self, children: Children) -> Node:
        first: Node = children[0]
        rest = tuple((sign, _value(node)) for sign, node in _pairs(children))
        return Arithmetic(_value(first), rest) if rest else first

    def negative(self, children: Children) -> Node:
        operand = _value(children[0])
        return Number(-operand.value) if isinstance(operand, Number) else Negative(operand)

    def number(self, children: Children) -> Node:
        return Number(Decimal(children[0]))

    def total(self, children: Children) -> Node:
        return Total(_value(children[0]))

    def call(self, children: Children) -> Node:
        name, arguments = str(children[0]), tuple(_value(node) for node in children[1:])
        least, most = _ARGUMENTS[name]
        if not least <= len(arguments) <= most:
            raise ExpressionError(f"у функции {name} другое число аргументов")
        if name == "round" and not all(_is_digits(argument) for argument in arguments[1:]):
            raise ExpressionError(f"у функции round число знаков – целое, не больше {MAX_DIGITS}")
        return Call(name, arguments)

    def previous(self, children: Children) -> Node:
        found: Element = children[0]
        return replace(found, previous=True)

    def coordinates(self, children: Children) -> Node:
        section, rows, columns, *specifics = children
        s1, s2, s3 = (*specifics, None, None, None)[:3]
        return Element(str(int(section)), rows, columns, (s1, s2, s3))

    def axis(self, children: Children) -> Axis:
        return tuple(children)

    specific = axis

    def all_codes(self, _children: Children) -> Span:
        return Span(None)

    all_values = all_codes

    def code_range(self, children: Children) -> Span:
        first, last = (None if child is None else str(int(child)) for child in children)
        return Span(first, last)

    def value_range(self, children: Children) -> Span:
        first, last = (None if child is None else str(child) for child in children)
        return Span(first, last)


def _is_digits(node: Value) -> bool:
    return isinstance(node, Number) and node.value == int(node.value) and abs(node.value) <= MAX_DIGITS
