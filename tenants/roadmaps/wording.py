"""A period in the words a person reads: beside the original phrase, in answers to a question, in deviations."""

import re
from datetime import date
from typing import Protocol

from tenants.periods import MONTHS, MONTHS_GENITIVE
from tenants.roadmaps.phrases import PeriodKind

_REPEATS = {
    "weekly": "каждую неделю",
    "monthly": "каждый месяц",
    "quarterly": "каждый квартал",
    "half_yearly": "каждое полугодие",
    "school_term": "каждую четверть",
    "yearly": "каждый год",
}
_WEEKDAYS = {"mon": "пн", "tue": "вт", "wed": "ср", "thu": "чт", "fri": "пт", "sat": "сб", "sun": "вс"}


class Period(Protocol):
    """Anything that carries a period: a measure, its frozen version."""

    @property
    def period_kind(self) -> PeriodKind:
        """Its shape."""

    @property
    def period_start(self) -> date | None:
        """First day."""

    @property
    def period_end(self) -> date | None:
        """Last day."""

    @property
    def recurrence(self) -> str | None:
        """How it repeats."""

    @property
    def anchor(self) -> str | None:
        """What it hangs on."""


def dates(start: date | None, end: date | None) -> str:
    """Return «до 10.09.2026», «16.09–30.09.2026», «28.05.2026», «с 01.09.2026» or nothing."""
    if start and end:
        if start == end:
            return f"{end:%d.%m.%Y}"
        return f"{start:%d.%m}–{end:%d.%m.%Y}" if start.year == end.year else f"{start:%d.%m.%Y}–{end:%d.%m.%Y}"
    if end:
        return f"до {end:%d.%m.%Y}"
    return f"с {start:%d.%m.%Y}" if start else ""


def repetition(recurrence: str) -> str:
    """Return «25-го, каждый месяц» for monthly:25; an unknown notation is shown as it is."""
    base, _, tail = recurrence.partition(":")
    if found := re.fullmatch(r"yearly\*(\d+)", base):
        return f"{found[1]} раза в год"
    if found := re.fullmatch(r"yearly/(\d+)", base):
        return f"раз в {found[1]} года" + (f", {_of_year(tail)}" if tail else "")
    words = _REPEATS.get(base, recurrence)
    if not tail:
        return words
    if base == "yearly":
        return f"каждый год, {_of_year(tail)}"
    if tail.isdigit():
        return f"{int(tail)}-го, {words}"
    which, _, weekday = tail.partition("-")
    return f"{'последний' if which == 'last' else which + '-й'} {_WEEKDAYS.get(weekday, weekday)}, {words}"


def _of_year(tail: str) -> str:
    month, _, day = tail.rsplit("..", maxsplit=1)[-1].partition("-")
    return f"до {int(day)} {MONTHS_GENITIVE[int(month) - 1]}" if day else MONTHS[int(month) - 1]


def describe(period: Period) -> str:
    """Return what was read, as a chip beside the phrase."""
    kind = period.period_kind
    if kind is PeriodKind.RECURRING:
        return repetition(period.recurrence or "")
    if known := dates(period.period_start, period.period_end):
        return known if kind is not PeriodKind.CONTINUOUS else f"{known}, постоянно"
    if kind is PeriodKind.CONTINUOUS:
        return "весь период, отметки"
    if kind is PeriodKind.RELATIVE:
        return f"ждёт: {period.anchor}" if period.anchor else "ждёт даты события"
    return "по другому графику" if kind is PeriodKind.ON_SCHEDULE else "срока нет"


def sign(period: Period) -> str:
    """Return how the chip is drawn: sure, repeat, or relative while it waits for an event."""
    if period.period_kind in (PeriodKind.RECURRING, PeriodKind.CONTINUOUS):
        return "repeat"
    waits = period.period_kind in (PeriodKind.RELATIVE, PeriodKind.ON_SCHEDULE) and period.period_end is None
    return "relative" if waits else "sure"
