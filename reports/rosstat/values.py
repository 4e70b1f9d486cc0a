"""Writes one value as a template wants it, or says in Russian why it cannot be written."""

import re
from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from reports.editions.parts import CellValue, Check, Entry
from tenants.errors import InvalidError

_FORMAT = re.compile(r"([NC])\((\d+)(?:,(\d+))?\)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def written(value: CellValue, entry: Entry, terms: Collection[str], where: str) -> str:
    """Return the text of a value that is not empty; `terms` are the ids of the entry's dictionary, in lower case.

    Raises:
        InvalidError: the value does not fit the format, the dictionary, the range or the list of its place.

    """
    text = _formatted(value, entry, where)
    if not _permitted(text, entry, terms):
        raise InvalidError(f"{where}: значение {text} не входит в список допустимых.")
    return text


def clean_text(value: str, where: str) -> str:
    """Return a text without spaces around it.

    Raises:
        InvalidError: it holds a character that XML does not have.

    """
    if _FORBIDDEN.search(value):
        raise InvalidError(f"{where}: в тексте есть недопустимый знак.")
    return value.strip()


def _formatted(value: CellValue, entry: Entry, where: str) -> str:
    found = _FORMAT.fullmatch(entry.format)
    if found and found[1] == "C":
        text = clean_text(_plain(value) if isinstance(value, Decimal) else str(value), where)
        if len(text) > int(found[2]):
            raise InvalidError(f"{where}: текст длиннее {found[2]} знаков.")
        return text
    if not isinstance(value, Decimal):
        if found:
            raise InvalidError(f"{where}: здесь нужно число.")
        return clean_text(str(value), where)
    return _number(value, int(found[2]) if found else 30, int(found[3] or 0) if found else 30, where)


def _number(value: Decimal, whole: int, fraction: int, where: str) -> str:
    if not value.is_finite():
        raise InvalidError(f"{where}: здесь нужно число.")
    text = _plain(value)
    digits, _, behind = text.partition(".")
    if len(digits) > whole:
        raise InvalidError(f"{where}: в числе {text} больше {whole} знаков до запятой.")
    if len(behind) > fraction:
        allowed = "без дробной части" if fraction == 0 else f"не больше {fraction} знаков после запятой"
        raise InvalidError(f"{where}: число {text} должно быть записано {allowed}.")
    return text


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _permitted(text: str, entry: Entry, terms: Collection[str]) -> bool:
    match entry.check:
        case Check.DICTIONARY:
            return text.lower() in terms
        case Check.LIST:
            return text in [item.strip() for item in entry.against.split(",")]
        case Check.RANGE:
            return _in_range(text, entry.against)
        case _:
            return True


def _in_range(text: str, against: str) -> bool:
    first, _, last = against.partition("-")
    try:
        return Decimal(first) <= Decimal(text) <= Decimal(last)
    except InvalidOperation:
        return False
