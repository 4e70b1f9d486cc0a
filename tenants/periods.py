"""Periods of time as values: month, quarter, year, school year. All are ordered and know their first and last day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tenants.errors import InvalidError

MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
MONTHS_GENITIVE = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 2000 <= self.year <= 2100):  # noqa: PLR2004 - months of a year, sane years
            raise InvalidError("Месяц указан неверно. Пример: 2026-10.")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2026-10"."""
        found = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
        if not found:
            raise InvalidError("Месяц указан неверно. Пример: 2026-10.")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month of a day."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Return the first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Return the last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Month:
        """Return the month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> Month:
        """Return the month before."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def day(self, number: int) -> date:
        """Return the day with this number, or the last day where the month is shorter."""
        return min(self.first + timedelta(days=number - 1), self.last)

    @property
    def name(self) -> str:
        """Return "ноябрь"."""
        return MONTHS[self.month - 1]

    @property
    def title(self) -> str:
        """Return "ноябрь 2026 г."."""
        return f"{self.name} {self.year}\N{NO-BREAK SPACE}г."

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


@dataclass(frozen=True, order=True)
class SchoolYear:
    """A school year, 1 September to 31 August; `begins` is the calendar year it starts in."""

    begins: int

    @classmethod
    def of(cls, day: date) -> SchoolYear:
        """Return the school year a day falls in."""
        return cls(day.year if day.month >= 9 else day.year - 1)  # noqa: PLR2004 - school years begin in September

    @property
    def first(self) -> date:
        """Return 1 September."""
        return date(self.begins, 9, 1)

    @property
    def last(self) -> date:
        """Return 31 August."""
        return date(self.begins + 1, 8, 31)

    @property
    def title(self) -> str:
        """Return "2026/2027 учебный год"."""
        return f"{self.begins}/{self.begins + 1} учебный год"

    def __str__(self) -> str:
        return f"{self.begins}/{self.begins + 1}"


@dataclass(frozen=True)
class Cut:
    """The reporting days of a month: stocks are taken at the end of `on`, flows run from the day `after` + 1 to `on`.

    For a cut on the 25th the October flows run from 26.09 to 25.10.
    """

    month: Month
    after: date
    on: date

    @classmethod
    def of(cls, month: Month, cut_day: int) -> Cut:
        """Return the cut of a month for a region's cut day (25; 31 means the month's last day)."""
        return cls(month, month.previous.day(cut_day), month.day(cut_day))


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last instant of a day in a zone, as an aware datetime: a deadline includes its day."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=ZoneInfo(zone))
