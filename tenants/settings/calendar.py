"""When a month is handed in: reporting days, days without work, and how a due day moves off them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from holidays.countries.russia import Russia

from tenants.errors import InvalidError
from tenants.periods import Cut, Month
from tenants.settings.models import SettingKind
from tenants.settings.values import Setting

_WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_SATURDAY = 5
_LAST_DAY = 31
_MOST_OFF = 200
_LONGEST_NAME = 120


class Shift(StrEnum):
    """Where a due day goes that falls on a day without work."""

    NEXT = "next"
    PREVIOUS = "previous"
    NONE = "none"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return {
            Shift.NEXT: "на следующий рабочий день",
            Shift.PREVIOUS: "на предыдущий рабочий день",
            Shift.NONE: "не переносится",
        }[self]


@dataclass(frozen=True)
class Calendar(Setting):
    """The reporting days of a month; 31 is the last day of any month."""

    kind: ClassVar = SettingKind.CALENDAR

    cut_day: int = 25
    """Stocks are taken at the end of this day."""
    due_day: int = 25
    """In the month itself, or in the next one where it would lie before the cut."""
    open_day: int = 1
    """The window of a month opens on this day of it."""
    shift: Shift = Shift.NONE

    def plain(self) -> dict[str, Any]:
        """Return the days by name."""
        return {"cut_day": self.cut_day, "due_day": self.due_day, "open_day": self.open_day, "shift": self.shift.value}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the calendar; one without a shift does not move."""
        return cls(plain["cut_day"], plain["due_day"], plain["open_day"], Shift(plain.get("shift", Shift.NONE)))

    def check(self) -> None:
        """Look whether a window can open before it is due."""
        for name in ("cut_day", "due_day", "open_day"):
            if not 1 <= getattr(self, name) <= _LAST_DAY:
                raise InvalidError("Число месяца – от 1 до 31.", field=name)
        earliest = self.cut_day if self.shift is Shift.PREVIOUS else self.due_day
        if self.due_day >= self.cut_day and self.open_day > earliest:
            raise InvalidError(f"Сдача должна открыться не позже срока: не позже {earliest} числа.", field="open_day")


@dataclass(frozen=True)
class DaysOff(Setting):
    """The days of one year that differ from the week: free days, and weekend days on which people work."""

    kind: ClassVar = SettingKind.DAYS_OFF

    year: int = 2026
    off: Mapping[date, str] = field(default_factory=dict)
    """Free days with the name of each."""
    working: tuple[date, ...] = ()
    """Saturdays and Sundays that the Government made working days."""

    @classmethod
    def usual(cls, year: int) -> Self:
        """Return the holidays of the Labour Code with the Government's transfers as far as they were known.

        Source: the `holidays` package, which travels with the portal; nothing is asked over the network.
        """
        known = Russia(years=year, language="ru")  # type: ignore[no-untyped-call]  # the package types its results, not this call
        off = {day: name for day, name in sorted(known.items()) if day.year == year}
        return cls(year, off, tuple(sorted(day for day in known.weekend_workdays if day.year == year)))

    def plain(self) -> dict[str, Any]:
        """Return days as ISO text, in order."""
        off = {day.isoformat(): name for day, name in sorted(self.off.items())}
        return {"year": self.year, "off": off, "working": [day.isoformat() for day in self.working]}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the table of the year."""
        off = {date.fromisoformat(day): name for day, name in sorted(plain["off"].items())}
        return cls(plain["year"], off, tuple(date.fromisoformat(day) for day in plain["working"]))

    def check(self) -> None:
        """Look whether every day belongs to the year and says one thing."""
        if len(self.off) > _MOST_OFF:
            raise InvalidError(f"Нерабочих дней больше {_MOST_OFF}. Проверьте список.", field="off")
        for name, days in (("off", tuple(self.off)), ("working", self.working)):
            if strange := next((day for day in days if day.year != self.year), None):
                raise InvalidError(f"{strange:%d.%m.%Y} – не {self.year} год.", field=name)
        if strange := next((day for day in self.working if day.weekday() < _SATURDAY), None):
            raise InvalidError(
                f"{strange:%d.%m} и так рабочий день: это {_WEEKDAYS[strange.weekday()]}.", field="working"
            )
        if strange := next((day for day in self.working if day in self.off), None):
            raise InvalidError(f"{strange:%d.%m} записан и нерабочим, и рабочим.", field="working")
        if any(len(name) > _LONGEST_NAME for name in self.off.values()):
            raise InvalidError(f"Название дня – не длиннее {_LONGEST_NAME} знаков.", field="off")

    def why_free(self, day: date) -> str:
        """Return why nobody works on a day («воскресенье», «День России»); empty for a working day."""
        if day in self.off:
            return self.off[day]
        weekend = day.weekday() >= _SATURDAY and day not in self.working
        return _WEEKDAYS[day.weekday()] if weekend else ""


Table = Callable[[int], DaysOff]
"""Gives the days off of a year."""


@dataclass(frozen=True)
class DueDay:
    """A due day and where it comes from."""

    asked: date
    """The day by its number, before any shift."""
    day: date
    why: str
    """Why `asked` is not a working day, «25.10 – воскресенье»; also where it was left in place. Empty: it is one."""


@dataclass(frozen=True)
class ReportingDays:
    """The days of one month under the rules in force for it."""

    month: Month
    cut: Cut
    opens_on: date
    due: DueDay


def reporting_days(calendar: Calendar, month: Month, table: Table) -> ReportingDays:
    """Return the days of a month; the due day never lies before the cut, whatever the shift."""
    cut = Cut.of(month, calendar.cut_day)
    asked = month.day(calendar.due_day)
    asked = asked if asked >= cut.on else month.next.day(calendar.due_day)
    due = _shifted(asked, calendar.shift, cut.on, table)
    return ReportingDays(month, cut, month.day(calendar.open_day), due)


def _shifted(asked: date, shift: Shift, cut_on: date, table: Table) -> DueDay:
    why = table(asked.year).why_free(asked)
    if not why:
        return DueDay(asked, asked, "")
    reason = f"{asked:%d.%m} – {why}"
    if shift is Shift.NONE:
        return DueDay(asked, asked, reason)
    day = _working(asked, -1 if shift is Shift.PREVIOUS else 1, table)
    # What is to be counted at the cut cannot be handed in before it.
    return DueDay(asked, day if day >= cut_on else _working(asked, 1, table), reason)


def _working(day: date, step: int, table: Table) -> date:
    while table(day.year).why_free(day):
        day += timedelta(days=step)
    return day
