"""Days that lack a year, and the year of the document that completes them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date

from tenants.roadmaps.phrases.reading import PeriodKind

SEPTEMBER = 9
EARLIEST, LATEST = 1990, 2100
FAR = 12
"""A year further than this from the document's is asked about: it is probably a slip of the pen."""


class UnreadableError(Exception):
    """The words look like a date and cannot be one; `str(error)` is the question to ask."""


@dataclass(frozen=True)
class DocumentYear:
    """The year a document is for: a calendar year, a school year, or unknown (both None)."""

    calendar: int | None = None
    school: int | None = None
    """Year in which the school year begins."""

    @classmethod
    def parse(cls, text: str | None) -> DocumentYear:
        """Read "2026", "2026/2027" or a phrase with such years; anything else, and longer spans, are unknown."""
        numbers = [int(found) for found in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", (text or "")[:200])]
        short = re.search(r"(?<!\d)(20\d\d)\s*[-/–—]\s*(\d\d)(?!\d)", (text or "")[:200])
        if short:
            numbers = [int(short[1]), int(short[1]) // 100 * 100 + int(short[2])]
        numbers = sorted(set(numbers))
        if len(numbers) == 1:
            return cls(calendar=numbers[0])
        if len(numbers) == 2 and numbers[1] == numbers[0] + 1:
            return cls(school=numbers[0])
        return cls()

    @property
    def known(self) -> bool:
        """Tell whether a bare month can be completed."""
        return self.calendar is not None or self.school is not None

    @property
    def first(self) -> int | None:
        """Return the calendar year the document begins in."""
        return self.calendar if self.calendar is not None else self.school

    def is_whole(self, span: Span) -> bool:
        """Tell whether a span is the year of the document, no more and no less."""
        first, last = span.first.year, span.last.year
        if span.kind is PeriodKind.ACADEMIC_YEAR:
            return first is not None and first == self.school and last == first + 1
        return span.bare_year and first is not None and first == last == self.calendar

    def names(self, year: int) -> bool:
        """Tell whether a calendar year is one of the document's."""
        return year in self._years

    def touches(self, other: DocumentYear) -> bool:
        """Tell whether the two have a calendar year in common."""
        return bool(self._years & other._years)

    @property
    def _years(self) -> set[int]:
        if self.school is not None:
            return {self.school, self.school + 1}
        return set() if self.calendar is None else {self.calendar}

    def of_month(self, month: int) -> int | None:
        """Return the calendar year a bare month falls in."""
        if self.calendar is not None:
            return self.calendar
        if self.school is None:
            return None
        return self.school if month >= SEPTEMBER else self.school + 1


@dataclass(frozen=True)
class Day:
    """A day whose year can be unknown; day 0 is the last of its month."""

    month: int
    day: int
    year: int | None = None

    def on(self, year: int) -> date:
        """Return the date in a year.

        Raises:
            UnreadableError: the month is too short, or there is no such month.

        """
        if not (1 <= self.month <= 12 and EARLIEST <= year <= LATEST):
            raise UnreadableError("Такой даты нет. Укажите срок датой.")
        last = calendar.monthrange(year, self.month)[1]
        if self.day > last:
            raise UnreadableError(f"Даты {self.day:02d}.{self.month:02d}.{year} нет. Какая дата верна?")
        return date(year, self.month, self.day or last)


@dataclass(frozen=True)
class Span:
    """A stretch of the calendar as the words give it."""

    kind: PeriodKind
    first: Day
    last: Day
    doubt: str | None = None
    whole: bool = False
    """A month, quarter or year was named, not days: «до» such a stretch can mean its beginning or its end."""
    bare_year: bool = False
    """Nothing but a calendar year was named."""
    of_document: bool = False
    """The year was taken from the document by a word such as «текущий»."""

    @classmethod
    def one_day(cls, month: int, day: int, year: int | None = None) -> Span:
        """Return a single day."""
        return cls(PeriodKind.RANGE, Day(month, day, year), Day(month, day, year))

    @classmethod
    def one_month(cls, month: int, year: int | None = None) -> Span:
        """Return a whole month."""
        return cls(PeriodKind.MONTH, Day(month, 1, year), Day(month, 0, year), whole=True)

    @classmethod
    def months(cls, kind: PeriodKind, first: int, last: int, year: int | None = None) -> Span:
        """Return whole months from the first to the last; a last one that comes earlier lies in the next year."""
        after = year if year is None or last >= first else year + 1
        return cls(kind, Day(first, 1, year), Day(last, 0, after), whole=True)

    @classmethod
    def one_year(cls, year: int | None, doubt: str | None = None) -> Span:
        """Return a calendar year."""
        return cls(PeriodKind.RANGE, Day(1, 1, year), Day(12, 0, year), doubt, whole=True, bare_year=True)

    @classmethod
    def school_year(cls, begins: int | None, ends: int | None = None, doubt: str | None = None) -> Span:
        """Return a school year, or several in a row."""
        after = ends if ends is not None else None if begins is None else begins + 1
        return cls(PeriodKind.ACADEMIC_YEAR, Day(9, 1, begins), Day(8, 31, after), doubt, whole=True)

    @property
    def has_year(self) -> bool:
        """Tell whether the words name a year."""
        return self.first.year is not None or self.last.year is not None

    @property
    def is_month(self) -> bool:
        """Tell whether one whole month is named."""
        return self.kind is PeriodKind.MONTH

    @property
    def is_day(self) -> bool:
        """Tell whether one day is named."""
        return self.first == self.last

    def in_year(self, year: int) -> Span:
        """Return the same days with the first one in a year."""
        wraps = (self.last.month, self.last.day or 31) < (self.first.month, self.first.day)
        return replace(self, first=replace(self.first, year=year), last=replace(self.last, year=year + wraps))

    def in_school_year(self, begins: int) -> Span:
        """Return the same days within a school year."""
        return self.in_year(begins if self.first.month >= SEPTEMBER else begins + 1)


NO_YEAR = "Не указан год, и у документа года нет. Какой это год?"


@dataclass(frozen=True)
class Settled:
    """A span with its dates, both None where no year is known."""

    start: date | None
    end: date | None
    doubt: str | None = None


def settle(span: Span, context: DocumentYear) -> Settled:
    """Complete the years of a span from each other or from the document.

    Raises:
        UnreadableError: one of the days does not exist.

    """
    span, doubt = _with_years(span, context)
    if span.first.year is None or span.last.year is None:
        return Settled(None, None, doubt)
    start, end = span.first.on(span.first.year), span.last.on(span.last.year)
    if end < start:
        raise UnreadableError("Конец срока раньше начала. Какие даты верны?")
    return Settled(start, end, doubt or _far(start, end, context))


def _with_years(span: Span, context: DocumentYear) -> tuple[Span, str | None]:
    first, last = span.first, span.last
    earlier = (last.month, last.day or 31) < (first.month, first.day)
    if first.year is not None and last.year is not None:
        return span, span.doubt
    if last.year is not None:
        unsure = earlier and context.calendar == last.year
        doubt = "Начало срока в прошлом или в этом году?" if unsure else None
        return replace(span, first=replace(first, year=last.year - earlier)), span.doubt or doubt
    if first.year is not None:
        return replace(span, last=replace(last, year=first.year + earlier)), span.doubt
    return _from_document(span, context)


def _from_document(span: Span, context: DocumentYear) -> tuple[Span, str | None]:
    year = context.of_month(span.first.month)
    if year is None:
        return span, span.doubt or NO_YEAR
    whole = span.in_year(year)
    doubt = span.doubt
    if context.school is not None and (whole.last.year or 0, whole.last.month) >= (context.school + 1, SEPTEMBER):
        doubt = doubt or "Срок выходит за учебный год документа. Какого года эти месяцы?"
    return whole, doubt


def _far(start: date, end: date, context: DocumentYear) -> str | None:
    year = context.first
    if year is not None and max(abs(start.year - year), abs(end.year - year)) > FAR:
        return f"Год срока далёк от года документа ({year}). Верно ли указан год?"
    return None
