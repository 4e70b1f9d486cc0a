"""Frozen dataclasses to plain JSON values and back; every mistake is named by its place, in Russian."""

import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from tenants.errors import InvalidError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record")

MAX_TEXT = 20_000
MAX_ITEMS = 200_000


def encode_fields(record: "DataclassInstance") -> dict[str, object]:
    """Return a dataclass as plain JSON values; fields that hold their default are left out."""
    return {
        field.name: _encode(getattr(record, field.name))
        for field in fields(record)
        if getattr(record, field.name) != _default(field)
    }


def _encode(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return encode_fields(value)
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_encode(item) for item in value]
    if isinstance(value, Decimal | date):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value


def decode(kind: type[Record], data: object, where: str) -> Record:
    """Return `data` (as `encode_fields` gives it) as a dataclass; `where` names the place in messages.

    Raises:
        InvalidError: something is missing, superfluous or of another kind; the sentence names the place.

    """
    if not isinstance(data, Mapping):
        raise InvalidError(f"{where}: здесь нужен объект с полями.")
    known = {field.name: field for field in fields(typing.cast("typing.Any", kind))}
    for name in data:
        if name not in known:
            raise InvalidError(f"{where}: лишнее поле «{str(name)[:60]}».")
    hints = _hints(typing.cast("Hashable", kind))
    values: dict[str, object] = {}
    for name, field in known.items():
        if name in data:
            values[name] = _read(hints[name], data[name], f"{where}, {name}")
        elif _default(field) is MISSING:
            raise InvalidError(f"{where}: не хватает поля «{name}».")
    return kind(**values)


@cache
def _hints(kind: Hashable) -> dict[str, object]:
    return typing.get_type_hints(kind)


def _default(field: Field[object]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _read(hint: object, data: object, where: str) -> object:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        inner = next(kind for kind in arguments if kind is not type(None))
        return None if data is None else _read(inner, data, where)
    if origin is tuple:
        return _read_list(arguments[0], data, where)
    if origin is not None:
        return _read_mapping(data, where)
    if isinstance(hint, type) and is_dataclass(hint):
        return decode(hint, data, where)
    return _read_plain(hint, data, where)


def _read_list(hint: object, data: object, where: str) -> tuple[object, ...]:
    if not isinstance(data, list | tuple) or len(data) > MAX_ITEMS:
        raise InvalidError(f"{where}: здесь нужен список, не длиннее {MAX_ITEMS}.")
    return tuple(_read(hint, item, f"{where} {number}") for number, item in enumerate(data, 1))


def _read_mapping(data: object, where: str) -> dict[str, str]:
    if not isinstance(data, Mapping):
        raise InvalidError(f"{where}: здесь нужны пары «имя – значение».")
    return {_text(key, where): _text(item, where) for key, item in data.items()}


def _text(data: object, where: str) -> str:
    if not isinstance(data, str) or len(data) > MAX_TEXT:
        raise InvalidError(f"{where}: здесь нужен текст, не длиннее {MAX_TEXT} знаков.")
    return data


def _whole(data: object, where: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise InvalidError(f"{where}: здесь нужно целое число.")
    return data


def _flag(data: object, where: str) -> bool:
    if not isinstance(data, bool):
        raise InvalidError(f"{where}: здесь нужно «да» или «нет» (true, false).")
    return data


def _number(data: object, where: str) -> Decimal:
    try:
        number = Decimal(str(data) if isinstance(data, int) else _text(data, where))
    except InvalidOperation as error:
        raise InvalidError(f"{where}: здесь нужно число.") from error
    if not number.is_finite():
        raise InvalidError(f"{where}: здесь нужно число.")
    return number


def _day(data: object, where: str) -> date:
    if isinstance(data, date):
        return data
    try:
        return date.fromisoformat(_text(data, where))
    except ValueError as error:
        raise InvalidError(f"{where}: здесь нужна дата. Пример: 2026-09-01.") from error


_READERS: Mapping[object, Callable[[object, str], object]] = {
    str: _text,
    int: _whole,
    bool: _flag,
    Decimal: _number,
    date: _day,
}


def _read_plain(hint: object, data: object, where: str) -> object:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        allowed = [member.value for member in hint]
        if data not in allowed:
            raise InvalidError(f"{where}: допустимы значения {', '.join(allowed)}.")
        return hint(data)
    return _READERS[hint](data, where)
