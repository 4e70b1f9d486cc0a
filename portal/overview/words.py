"""Words of the home pages: lines of things to do, days, what is left of a month."""

from dataclasses import dataclass
from datetime import date

from portal import formats
from tenants.periods import MONTHS_GENITIVE, Month

_WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_WEEKDAYS_GENITIVE = ("понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья")
_SHORT_MONTHS = ("янв", "фев", "марта", "апр", "мая", "июня", "июля", "авг", "сент", "окт", "нояб", "дек")
_NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Link:
    """A word that leads somewhere."""

    text: str
    url: str


@dataclass(frozen=True)
class Todo:
    """One thing to do: how it stands, what it is, where to do it."""

    kind: str
    """A kind of components/state.html."""
    word: str
    text: str
    link: Link | None = None


def today_words(today: date) -> str:
    """Return «Суббота, 21 ноября 2026 г.»."""
    return f"{_WEEKDAYS[today.weekday()].capitalize()}, {formats.long_day(today)}"


def until_words(day: date) -> str:
    """Return «до среды, 25 ноября, 23:59»."""
    return f"до {_WEEKDAYS_GENITIVE[day.weekday()]}, {day_words(day)}, 23:59"


def day_words(day: date) -> str:
    """Return «25 ноября»."""
    return f"{day.day}{_NBSP}{MONTHS_GENITIVE[day.month - 1]}"


def short_month(day: date) -> str:
    """Return the month as it stands beside a day in a list: «нояб»."""
    return _SHORT_MONTHS[day.month - 1]


def since(month: Month) -> str:
    """Return «октября», as in «с октября» and «к концу октября»."""
    return MONTHS_GENITIVE[month.month - 1]


def days(count: int) -> str:
    """Return «4 дня»."""
    return formats.counted(count, "день", "дня", "дней")


def left(due_on: date, today: date) -> str:
    """Return «Осталось 4 дня», or by how much the day is missed."""
    count = (due_on - today).days
    if count > 0:
        return f"{formats.plural(count, 'Остался', 'Осталось', 'Осталось')} {days(count)}"
    return "Сегодня последний день" if count == 0 else f"Срок прошёл {days(-count)} назад"


def schools(count: int) -> str:
    """Return «5 школ»."""
    return formats.counted(count, "школа", "школы", "школ")


def organizations(count: int) -> str:
    """Return «5 организаций»."""
    return formats.counted(count, "организация", "организации", "организаций")


def reports(count: int) -> str:
    """Return «5 отчётов»."""
    return formats.counted(count, "отчёт", "отчёта", "отчётов")


def plans(count: int) -> str:
    """Return «5 дорожных карт»."""
    return formats.counted(count, "дорожная карта", "дорожные карты", "дорожных карт")


def without(count: int, *, direct: bool = False) -> str:
    """Return «без 3 школ»; what stands directly under a region is not called so."""
    if direct:
        return f"без {formats.counted(count, 'организации', 'организаций', 'организаций')}"
    return f"без {formats.counted(count, 'школы', 'школ', 'школ')}"


def in_month(month: Month) -> str:
    """Return «в октябре»."""
    return f"в {month.name.rstrip('ьй')}е"


def dative(month: Month) -> str:
    """Return «октябрю», as in «к октябрю»."""
    name = month.name
    return name[:-1] + "ю" if name[-1] in "ьй" else name + "у"
