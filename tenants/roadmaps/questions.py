"""Questions that a reading leaves open: the answers one may choose from, never chosen for the person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from tenants.errors import InvalidError
from tenants.periods import SchoolYear
from tenants.roadmaps import phrases
from tenants.roadmaps.models import Measure
from tenants.roadmaps.phrases import PeriodKind, PeriodReading
from tenants.roadmaps.wording import dates, describe, repetition

NO_DATE = "none"
OTHER = "other"
_MOST = 4
_ALTERNATIVE = re.compile(r",?\s+(?:или|либо)\s+")


@dataclass(frozen=True)
class Choice:
    """One answer to a question; `key` is stable for the same phrase and year."""

    key: str
    text: str
    reading: PeriodReading


def choices(phrase: str, school_year: int) -> tuple[Choice, ...]:
    """Return what a phrase may mean in a school year: at most four readings, then «срока в календаре нет»."""
    found: dict[str, Choice] = {}
    for reading in _readings(phrase, school_year):
        key = f"{reading.kind.value}|{reading.start or ''}|{reading.end or ''}|{reading.recurrence or ''}"
        text = _text(reading)
        if text and text not in {choice.text for choice in found.values()}:
            found.setdefault(key, Choice(key, text, reading))
    return (*list(found.values())[:_MOST], Choice(NO_DATE, "срока в календаре нет", _without_date(phrase)))


def chosen(phrase: str, school_year: int, key: str) -> Choice:
    """Return the choice with this key.

    Raises:
        InvalidError: no such choice; the phrase was changed meanwhile.

    """
    found = next((choice for choice in choices(phrase, school_year) if choice.key == key), None)
    if found is None:
        raise InvalidError("Выберите один из ответов или укажите срок.", field="choice")
    return found


def blocks_sending(measure: Measure) -> bool:
    """Return whether an open question leaves the measure without any time at all; other questions only warn."""
    timeless = (PeriodKind.CONTINUOUS, PeriodKind.RELATIVE, PeriodKind.ON_SCHEDULE)
    has_time = measure.period_end or measure.period_start or measure.recurrence or measure.period_kind in timeless
    return measure.asks and not has_time


def _readings(phrase: str, school_year: int) -> Iterator[PeriodReading]:
    """Read the phrase, its alternatives apart, in the school year and in each of its calendar years."""
    year = SchoolYear(school_year)
    for context in (str(year), str(year.begins), str(year.begins + 1)):
        for part in _ALTERNATIVE.split(phrase):
            yield from _parts(replace(phrases.read(part, context), question=None))


def _parts(reading: PeriodReading) -> Iterator[PeriodReading]:
    intervals = reading.intervals
    if len(intervals) > 1:
        for start, end in intervals:
            yield PeriodReading(PeriodKind.RANGE if start else PeriodKind.DEADLINE, _iso(start), _iso(end))
    elif reading.kind is PeriodKind.ON_SCHEDULE and reading.due:
        yield replace(reading, kind=PeriodKind.RANGE if reading.start else PeriodKind.DEADLINE, anchor=None)
    elif reading.kind is not PeriodKind.NONE:
        yield reading
        if reading.kind is PeriodKind.DEADLINE and reading.due and (reading.due.month, reading.due.day) == (12, 31):
            # «до 2027 г.» may end where that year begins.
            yield replace(reading, end=_iso(reading.due.replace(year=reading.due.year - 1)))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _text(reading: PeriodReading) -> str:
    if reading.recurrence:
        return repetition(reading.recurrence)
    start, end = reading.intervals[0] if reading.intervals else (None, None)
    return dates(start, end) or describe(_Shown(reading))


class _Shown:
    """A reading dressed as a period, for its words."""

    def __init__(self, reading: PeriodReading) -> None:
        self.period_kind = reading.kind
        self.period_start: date | None = None
        self.period_end: date | None = None
        self.recurrence = reading.recurrence
        self.anchor = reading.anchor


def _without_date(phrase: str) -> PeriodReading:
    return PeriodReading(PeriodKind.ON_SCHEDULE, anchor=phrase or None)
