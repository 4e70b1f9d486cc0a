"""The values of an organization's card, checked in one place for card, form, import and command line.

A message names the field, tells a wrong length from a wrong digit, and says which last digit is expected.

Source: check digits of ИНН and ОГРН by python-stdnum; of ОКПО by the weights 1…10, then 3…; ОКТМО and КПП have none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

from tenants.errors import InvalidError

CARD_LABELS = {
    "name": "Полное наименование",
    "name_short": "Краткое наименование",
    "inn": "ИНН",
    "kpp": "КПП",
    "ogrn": "ОГРН",
    "okpo": "ОКПО",
    "oktmo": "ОКТМО",
    "address": "Почтовый адрес",
    "site": "Сайт",
    "head_post": "Должность руководителя",
    "head_name": "Руководитель",
    "responsible_post": "Должность ответственного",
    "responsible_name": "Ответственный за данные",
    "responsible_phone": "Телефон ответственного",
    "responsible_email": "Почта ответственного",
    "time_zone": "Часовой пояс",
}
"""Every field of a card with its label; the title pages of forms are filled from these."""
LENGTHS = {
    "name": 500,
    "name_short": 120,
    "inn": 20,
    "kpp": 20,
    "ogrn": 20,
    "okpo": 20,
    "oktmo": 20,
    "address": 300,
    "site": 200,
    "head_post": 150,
    "head_name": 150,
    "responsible_post": 150,
    "responsible_name": 150,
    "responsible_phone": 40,
    "responsible_email": 200,
    "time_zone": 60,
}
"""The most signs a field of the card may have."""
_REQUIRED = {"name": "полное наименование", "name_short": "краткое наименование"}
_INN, _INN_OF_PERSON, _OGRN, _KPP, _TAX_OFFICE = 10, 12, 13, 9, 4
_OKPO, _OKPO_BRANCH, _OKTMO = (8, 10, 14), 14, (8, 11)


@dataclass(frozen=True)
class Card:
    """A card that was read: its values, and for each field at fault what to do about it."""

    values: dict[str, str | None]
    """Trimmed; None for an empty one. A value at fault stands as it was typed."""
    faults: dict[str, str]


def read_card(values: Mapping[str, str | None]) -> Card:
    """Read every field of a card and say everything that is wrong with it."""
    card: dict[str, str | None] = {name: (value or "").strip() or None for name, value in values.items()}
    faults: dict[str, str] = {}
    for name, value in card.items():
        try:
            card[name] = _checked(name, value)
        except InvalidError as error:
            faults[name] = str(error)
    return Card(card, faults)


def checked_card(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the card's values trimmed, with None for an empty one.

    Raises:
        InvalidError: with the name of the first field at fault.

    """
    card = read_card(values)
    for name, message in card.faults.items():
        raise InvalidError(message, field=name)
    return card.values


def doubt(card: Mapping[str, str | None]) -> str:
    """Return what is unusual about a card and may yet be right; mostly empty."""
    inn, kpp = card.get("inn"), card.get("kpp")
    if not inn or not kpp or inn[:_TAX_OFFICE] == kpp[:_TAX_OFFICE]:
        return ""
    return (
        f"КПП начинается с {kpp[:_TAX_OFFICE]}, а ИНН – с {inn[:_TAX_OFFICE]}: так бывает у филиалов и после переезда."
        " Проверьте, что это не опечатка."
    )


def check_inn(value: str) -> str:
    """Return an ИНН of ten digits."""
    digits = _digits("ИНН", value)
    if len(digits) == _INN_OF_PERSON:
        raise InvalidError("ИНН: 12 цифр бывает у человека или предпринимателя, у организации их 10.", field="inn")
    _need_length("ИНН", digits, (_INN,), "inn")
    return _need_digit("ИНН", digits, stdnum_inn.calc_company_check_digit(digits), "inn")


def check_ogrn(value: str) -> str:
    """Return an ОГРН of thirteen digits."""
    digits = _digits("ОГРН", value)
    _need_length("ОГРН", digits, (_OGRN,), "ogrn")
    return _need_digit("ОГРН", digits, stdnum_ogrn.calc_check_digit(digits), "ogrn")


def check_kpp(value: str) -> str:
    """Return a КПП: four digits, two digits or Latin letters, three digits."""
    text = re.sub(r"[\s\-]", "", value).upper()
    _need_length("КПП", text, (_KPP,), "kpp", ("знака", "знаков", "знак"))
    for at, sign in enumerate(text, start=1):
        fits = "0" <= sign <= "9" or (at in (5, 6) and "A" <= sign <= "Z")
        if not fits:
            raise InvalidError(f"КПП: знак {at} – «{sign}», а нужна цифра. Пример: 770101001.", field="kpp")
    return text


def check_okpo(value: str) -> str:
    """Return an ОКПО: 8 digits for a legal entity, 10 for an entrepreneur, 14 for a branch."""
    digits = _digits("ОКПО", value)
    _need_length("ОКПО", digits, _OKPO, "okpo")
    if len(digits) == _OKPO_BRANCH:
        return digits
    return _need_digit("ОКПО", digits, str(_okpo_digit(digits[:-1])), "okpo")


def check_oktmo(value: str) -> str:
    """Return an ОКТМО: 8 digits for a municipality, 11 for a settlement."""
    digits = _digits("ОКТМО", value)
    _need_length("ОКТМО", digits, _OKTMO, "oktmo")
    return digits


def check_time_zone(value: str) -> str:
    """Return the name of a known zone."""
    if value not in _zones():
        raise InvalidError("Такого часового пояса нет. Пример: Asia/Yekaterinburg.", field="time_zone")
    return value


def check_email(value: str) -> str:
    """Return an e-mail address that has both halves."""
    if not _EMAIL.fullmatch(value):
        raise InvalidError("Адрес почты указан неверно. Пример: school12@edu.ru.", field="responsible_email")
    return value


_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")
_CHECKS: dict[str, Callable[[str], str]] = {
    "inn": check_inn,
    "kpp": check_kpp,
    "ogrn": check_ogrn,
    "okpo": check_okpo,
    "oktmo": check_oktmo,
    "time_zone": check_time_zone,
    "responsible_email": check_email,
}


def _checked(name: str, value: str | None) -> str | None:
    if value is None:
        if name in _REQUIRED:
            raise InvalidError(f"Укажите {_REQUIRED[name]}.", field=name)
        return None
    most = LENGTHS.get(name)
    if most is not None and len(value) > most:
        raise InvalidError(f"Не длиннее {most} знаков, сейчас {len(value)}.", field=name)
    check = _CHECKS.get(name)
    return check(value) if check else value


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _digits(label: str, value: str) -> str:
    digits = re.sub(r"[\s\-]", "", value)
    for at, sign in enumerate(digits, start=1):
        if not "0" <= sign <= "9":
            raise InvalidError(f"{label}: знак {at} – «{sign}», а нужны только цифры.", field=_FIELDS[label])
    return digits


_FIELDS = {"ИНН": "inn", "ОГРН": "ogrn", "ОКПО": "okpo", "ОКТМО": "oktmo"}


def _need_length(
    label: str, text: str, right: tuple[int, ...], field: str, words: tuple[str, str, str] = ("цифры", "цифр", "цифра")
) -> None:
    """Say how many signs are lacking or too many; `words`: two of them, five of them, one."""
    if len(text) in right:
        return
    if len(right) > 1:
        *first, last = map(str, right)
        raise InvalidError(
            f"{label}: {_counted(len(text), words)}, а нужно {', '.join(first)} или {last}.", field=field
        )
    lacking = right[0] - len(text)
    if lacking > 0:
        zero = " Если он начинается с нуля, Excel мог убрать ноль." if lacking == 1 else ""
        message = f"{label}: не хватает {lacking} {words[0] if lacking == 1 else words[1]}, нужно {right[0]}.{zero}"
    else:
        message = f"{label}: {words[1]} больше, чем нужно, на {-lacking}; должно быть {right[0]}."
    raise InvalidError(message, field=field)


def _counted(n: int, words: tuple[str, str, str]) -> str:
    """Return a number with its noun; `words`: two of them, five of them, one."""
    few, many, one = words
    if n % 100 in range(11, 15):
        return f"{n} {many}"
    return f"{n} {one if n % 10 == 1 else few if n % 10 in (2, 3, 4) else many}"


def _need_digit(label: str, digits: str, expected: str, field: str) -> str:
    if digits[-1] != expected:
        raise InvalidError(
            f"{label}: последняя цифра не сходится, ожидается {expected}; проверьте цифры 1–{len(digits) - 1}.",
            field=field,
        )
    return digits


def _okpo_digit(body: str) -> int:
    for shift in (0, 2):
        rest = sum(int(digit) * ((i + shift) % 10 + 1) for i, digit in enumerate(body)) % 11
        if rest < 10:  # noqa: PLR2004 - a rest of ten asks for the second row of weights
            return rest
    return 0
