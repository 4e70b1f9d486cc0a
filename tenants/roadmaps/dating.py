"""Days of a plan: month-days of a template, lengths counted from an event, due days of a recurrence."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from tenants.periods import Month, SchoolYear

_SEPTEMBER = 9
_QUARTER = 3
_SATURDAY = 5
_ORDINAL_ENDINGS = ("ого", "ей", "ья", "ьего", "ый", "ой")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {
    "дн": (1, 0), "ден": (1, 0), "сут": (1, 0), "недел": (7, 0), "месяц": (0, 1), "квартал": (0, 3),
    "полугод": (0, 6), "год": (0, 12), "лет": (0, 12),
}  # fmt: skip
"""Beginning of a word → the length it names, in days and months."""
_JOINED = re.compile(r"([а-яё]+?|\d+)(дневн|недельн|месячн)[а-яё]+")
_JOINED_UNITS = {"дневн": "дн", "недельн": "недел", "месячн": "месяц"}
_COUNTS = {
    "одн": 1, "перв": 1, "дв": 2, "втор": 2, "тр": 3, "трет": 3, "четыр": 4, "четв": 4, "пят": 5, "шест": 6,
    "сем": 7, "седьм": 7, "восьм": 8, "девят": 9, "десят": 10, "пятнадцат": 15, "двадцат": 20,
    "тридцат": 30, "полутор": 1,
}  # fmt: skip
_WORD = re.compile(r"[а-яё]+|\d+", re.IGNORECASE)


def day_of(school_year: int, day: str) -> date:
    """Turn "10-25" of a template into the date of a school year; 29 February becomes the month's last day."""
    month, number = int(day[:2]), int(day[3:])
    year = school_year if month >= _SEPTEMBER else school_year + 1
    return date(year, month, min(number, calendar.monthrange(year, month)[1]))


def month_day(day: date) -> str:
    """Return "10-25": a date as a template keeps it."""
    return f"{day:%m-%d}"


def span_from(phrase: str, happened_on: date) -> tuple[date, date] | None:
    """Return the days of «в течение двух недель после …» once the event has happened; None where no length is named.

    "первого-второго месяца" counts months from the event: its first day to the last day of the second month.
    Working days leave Saturdays and Sundays out, holidays not.
    """
    words = [part for word in _WORD.findall(phrase) for part in _parted(word.lower())]
    for place, word in enumerate(words):
        unit = next((unit for stem, unit in _UNITS.items() if word.startswith(stem)), None)
        if unit is None:
            continue
        numbers = _numbers_before(words, place)
        if numbers and words[place - 1].endswith(_ORDINAL_ENDINGS):
            return _later(happened_on, unit, min(numbers) - 1), _later(happened_on, unit, max(numbers)) - timedelta(1)
        count = numbers[-1] if numbers else 1
        if unit == (1, 0) and any(one.startswith("рабоч") for one in words[:place]):
            return happened_on, _working_days_later(happened_on, count)
        return happened_on, _later(happened_on, unit, count)
    return None


def _parted(word: str) -> tuple[str, ...]:
    """Part "десятидневный" into a number and a unit."""
    found = _JOINED.fullmatch(word)
    return (found[1], _JOINED_UNITS[found[2]]) if found and _number(found[1]) else (word,)


def _working_days_later(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day


def _numbers_before(words: list[str], place: int) -> list[int]:
    found: list[int] = []
    while place > 0:
        place -= 1
        if words[place].startswith(("рабоч", "календарн")):
            continue
        number = _number(words[place])
        if number is None:
            break
        found.insert(0, number)
    return found


def _number(word: str) -> int | None:
    if word.isdigit():
        return int(word) if int(word) <= 366 else None  # noqa: PLR2004 - a length in days of at most a year
    fitting = [stem for stem in _COUNTS if word.startswith(stem)]
    return _COUNTS[max(fitting, key=len)] if fitting else None


def _later(day: date, unit: tuple[int, int], count: int) -> date:
    months = day.month - 1 + count * unit[1]
    month = Month(day.year + months // 12, months % 12 + 1)
    return month.day(day.day) + timedelta(days=count * unit[0])


def due_days(recurrence: str | None, school_year: int, start: date | None = None) -> tuple[date, ...]:
    """Return the due days of a recurrence within a school year, from `start` on, in order.

    Empty for a recurrence that names no day of the calendar: every week, every term, three times a year.
    """
    if not recurrence:
        return ()
    year = SchoolYear(school_year)
    base, _, tail = recurrence.partition(":")
    days = (day for day in _days(base, tail, year) if year.first <= day <= year.last)
    return tuple(sorted(day for day in days if start is None or day >= start))


def _months(year: SchoolYear) -> Iterator[Month]:
    month = Month.of(year.first)
    while month.first <= year.last:
        yield month
        month = month.next


def _days(base: str, tail: str, year: SchoolYear) -> Iterator[date]:
    if base == "yearly" and tail:
        yield from _yearly(tail, year)
        return
    every = {"monthly": 1, "quarterly": _QUARTER, "half_yearly": 6}.get(base)
    if every is None:
        return
    for month in _months(year):
        if month.month % every == 0:
            day = _day_in(month, tail)
            if day is not None:
                yield day


def _yearly(tail: str, year: SchoolYear) -> Iterator[date]:
    last = tail.rsplit("..", maxsplit=1)[-1]
    for calendar_year in (year.begins, year.begins + 1):
        month = Month(calendar_year, int(last[:2]))
        yield month.day(int(last[3:])) if len(last) > 2 else month.last  # noqa: PLR2004 - "05" names a month, "05-15" a day


def _day_in(month: Month, tail: str) -> date | None:
    if not tail:
        return month.last
    if tail.isdigit():
        return month.day(int(tail))
    which, _, weekday = tail.partition("-")
    if weekday not in _WEEKDAYS:
        return None
    days = [month.day(n) for n in range(1, month.last.day + 1) if month.day(n).weekday() == _WEEKDAYS.index(weekday)]
    if which == "last":
        return days[-1]
    return days[int(which) - 1] if which.isdigit() and 0 < int(which) <= len(days) else None
