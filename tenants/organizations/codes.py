"""Codes of an organization's card, checked digit by digit where the code has a check digit.

Source: ИНН and ОГРН by python-stdnum; ОКПО (8, 10 or 14 digits) by the weights 1…10, then 3…; ОКТМО has none in use.
"""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

from tenants.errors import InvalidError

_OKPO_LENGTHS = (8, 10)
_OKPO_BRANCH = 14
_REQUIRED = {"name": "полное наименование", "name_short": "краткое наименование"}


def checked_card(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the card's values trimmed, with None for an empty one.

    Raises:
        InvalidError: with the name of the field at fault.

    """
    card = {name: (value or "").strip() or None for name, value in values.items()}
    for name, label in _REQUIRED.items():
        if name in card and card[name] is None:
            raise InvalidError(f"Укажите {label}.", field=name)
    for name, check in _CHECKS.items():
        value = card.get(name)
        if value is not None:
            card[name] = check(value)
    return card


def check_inn(value: str) -> str:
    """Return an ИНН of ten digits."""
    digits = _digits(value)
    if len(digits) != 10 or not stdnum_inn.is_valid(digits):  # noqa: PLR2004 - an organization's ИНН has ten digits
        raise InvalidError("ИНН организации — 10 цифр; проверьте контрольную цифру.", field="inn")
    return digits


def check_ogrn(value: str) -> str:
    """Return an ОГРН of thirteen digits."""
    digits = _digits(value)
    if len(digits) != 13 or not stdnum_ogrn.is_valid(digits):  # noqa: PLR2004 - an organization's ОГРН has thirteen
        raise InvalidError("ОГРН — 13 цифр; проверьте контрольную цифру.", field="ogrn")
    return digits


def check_kpp(value: str) -> str:
    """Return a КПП: four digits, two digits or Latin letters, three digits."""
    text = value.replace(" ", "").upper()
    if not re.fullmatch(r"\d{4}[0-9A-Z]{2}\d{3}", text):
        raise InvalidError("КПП — 9 знаков, например 770101001.", field="kpp")
    return text


def check_okpo(value: str) -> str:
    """Return an ОКПО: 8 digits for a legal entity, 10 for an entrepreneur, 14 for a branch."""
    digits = _digits(value)
    if len(digits) == _OKPO_BRANCH:
        return digits
    if len(digits) not in _OKPO_LENGTHS or _okpo_digit(digits[:-1]) != int(digits[-1]):
        raise InvalidError("ОКПО — 8, 10 или 14 цифр; проверьте контрольную цифру.", field="okpo")
    return digits


def check_oktmo(value: str) -> str:
    """Return an ОКТМО: 8 digits for a municipality, 11 for a settlement."""
    digits = _digits(value)
    if len(digits) not in (8, 11):
        raise InvalidError("ОКТМО — 8 или 11 цифр.", field="oktmo")
    return digits


def check_time_zone(value: str) -> str:
    """Return the name of a known zone."""
    if value not in available_timezones():
        raise InvalidError("Такого часового пояса нет. Пример: Asia/Yekaterinburg.", field="time_zone")
    return ZoneInfo(value).key


def check_email(value: str) -> str:
    """Return an e-mail address that has both halves."""
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}", value):
        raise InvalidError("Адрес почты указан неверно. Пример: school12@edu.ru.", field="responsible_email")
    return value


def _okpo_digit(body: str) -> int:
    for shift in (0, 2):
        rest = sum(int(digit) * ((i + shift) % 10 + 1) for i, digit in enumerate(body)) % 11
        if rest < 10:  # noqa: PLR2004 - a rest of ten asks for the second row of weights
            return rest
    return 0


def _digits(value: str) -> str:
    return re.sub(r"[\s\-]", "", value)


_CHECKS = {
    "inn": check_inn,
    "kpp": check_kpp,
    "ogrn": check_ogrn,
    "okpo": check_okpo,
    "oktmo": check_oktmo,
    "time_zone": check_time_zone,
    "responsible_email": check_email,
}
