"""Russian formats for pages: numbers, dates, counted nouns."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask, g

from tenants.periods import MONTHS, MONTHS_GENITIVE, Month

_NBSP = "\N{NO-BREAK SPACE}"
_SEPARATORS = str.maketrans({",": _NBSP, ".": ","})
_TEENS = range(11, 15)
_FEW = range(2, 5)


def number(value: Decimal | float | None, digits: int = 0) -> str:
    """Return "12 345,6"; an en dash where there is no value, since empty is not zero."""
    if value is None:
        return "–"
    # A page of a region shows hundreds of numbers; babel reads its pattern anew for each of them.
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return f"{exact:,.{digits}f}".translate(_SEPARATORS)


def signed(value: int) -> str:
    """Return "+7" or "−3" with a real minus."""
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"


def plural(count: int, one: str, few: str, many: str) -> str:
    """Return the noun that agrees with a count: 1 пара, 2 пары, 5 пар, 21 пара."""
    rest, tens = abs(count) % 10, abs(count) % 100
    if rest == 1 and tens not in _TEENS:
        return one
    return few if rest in _FEW and tens not in _TEENS else many


def counted(count: int, one: str, few: str, many: str) -> str:
    """Return "5 пар" with a no-break space."""
    return f"{number(count)}{_NBSP}{plural(count, one, few, many)}"


def day(value: date | datetime | None) -> str:
    """Return "25.11.2026"; an instant is shown in the actor's zone."""
    return "–" if value is None else f"{_local(value):%d.%m.%Y}"


def short_day(value: date | datetime | None) -> str:
    """Return "25.11"."""
    return "–" if value is None else f"{_local(value):%d.%m}"


def long_day(value: date | datetime) -> str:
    """Return "25 ноября 2026 г."."""
    local = _local(value)
    return f"{local.day}{_NBSP}{MONTHS_GENITIVE[local.month - 1]} {local.year}{_NBSP}г."


def moment(value: datetime | None) -> str:
    """Return "25.11.2026, 14:40" in the actor's zone."""
    return "–" if value is None else f"{_local(value):%d.%m.%Y, %H:%M}"


def short_moment(value: datetime | None) -> str:
    """Return "25.11, 14:40" in the actor's zone."""
    return "–" if value is None else f"{_local(value):%d.%m, %H:%M}"


def month_name(value: Month | date) -> str:
    """Return "ноябрь"."""
    return MONTHS[value.month - 1]


def month_title(value: Month | date) -> str:
    """Return "Ноябрь 2026"."""
    return f"{MONTHS[value.month - 1].capitalize()}{_NBSP}{value.year}"


def _local(value: date | datetime) -> date | datetime:
    if not isinstance(value, datetime):
        return value
    actor = g.get("actor")
    return value.astimezone(ZoneInfo(actor.organization.time_zone if actor else "Europe/Moscow"))


def install(app: Flask) -> None:
    """Give the templates these formats as filters, and `counted` and `plural` as functions too."""
    for name in (number, signed, day, short_day, long_day, moment, short_moment, month_name, month_title):
        app.jinja_env.filters[name.__name__] = name
    app.jinja_env.globals.update(counted=counted, plural=plural)
