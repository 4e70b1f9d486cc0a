"""Grammar of years: calendar years, school years, and years that are named by their place beside this one."""

from __future__ import annotations

from dataclasses import replace

from tenants.roadmaps.phrases.lexicon import YEAR
from tenants.roadmaps.phrases.reading import PeriodKind
from tenants.roadmaps.phrases.words import Word
from tenants.roadmaps.phrases.years import DocumentYear, Span

MARK = Word("", 0, 0)
CENTURY = 2000
YEAR_DIGITS = 4
Years = tuple[str, int, str | None]
"""("calendar" or "school", year or 0 where it is unknown, doubt)."""


class YearGrammar:
    """Reads years; each method takes a place among the words and returns what it read with the place after."""

    def __init__(self, words: list[Word], context: DocumentYear) -> None:
        self.words = words
        self.context = context

    def at(self, place: int) -> Word:
        """Return the word at a place; an empty mark beyond the end."""
        return self.words[place] if 0 <= place < len(self.words) else MARK

    def _in_years(self, span: Span, years: Years) -> Span:
        kind, year, doubt = years
        placed = span.in_year(year) if kind == "calendar" else span.in_school_year(year)
        return replace(placed, doubt=span.doubt or doubt)

    def year(self, place: int) -> tuple[Years, int] | None:
        """Read the year that follows a day or a month, «г.» and «года» included; a school year too."""
        word = self.at(place)
        school = self._school_pair(place)
        if school and school[1]:
            return ("school", school[0][0], None), school[2]
        if word.digits == YEAR_DIGITS and full_year(word):
            return ("calendar", full_year(word) or 0, None), self._after_year_word(place + 1)
        if word.digits == 2 and self.at(place + 1).unit == YEAR:
            return ("calendar", CENTURY + (word.number or 0), None), place + 2
        return self._year_by_word(place)

    def _year_by_word(self, place: int) -> tuple[Years, int] | None:
        """Read «текущего года», «следующего года», «года, следующего за отчетным»."""
        if self.at(place).text in ("т", "с") and self.at(place + 1).text == "г":
            return self._shifted(0), place + 2
        here = (
            place + 1
            if self.at(place).among(
                "этот", "данный", "текущий", "отчетный", "следующий", "будущий", "предыдущий", "прошлый"
            )
            else place
        )
        school = here > place and self.at(here).among("учебный", "уч")
        if self.at(here + school).unit != YEAR or self.at(here + school).digits:
            return None
        if here == place:
            return self._year_after(place)
        shift = (
            1
            if self.at(place).among("следующий", "будущий")
            else -1
            if self.at(place).among("предыдущий", "прошлый")
            else 0
        )
        return self._shifted_school(shift) if school else self._shifted(shift), here + 1 + school

    def _shifted_school(self, shift: int) -> Years:
        if self.context.school is None:
            year = self.context.calendar
            return "school", 0 if year is None else year + shift, "О каком учебном годе речь?"
        return "school", self.context.school + shift, None

    def _year_after(self, place: int) -> tuple[Years, int] | None:
        here = place + 2 if self.at(place + 1).text == "," else place + 1
        if (
            self.at(here).among("следующий")
            and self.at(here + 1).text == "за"
            and self.at(here + 2).among("отчетный", "текущий")
        ):
            after = here + 4 if self.at(here + 3).unit == YEAR else here + 3
            return self._shifted(1), after
        return None

    def _shifted(self, shift: int) -> Years:
        if self.context.calendar is not None:
            return "calendar", self.context.calendar + shift, None
        if self.context.school is not None:
            return "school", self.context.school + shift, "О каком календарном годе речь?"
        return "calendar", 0, "О каком годе речь?"

    def _with_year(self, span: Span, place: int) -> tuple[Span, int]:
        found = self.year(place)
        if not found:
            return span, place
        kind, year, doubt = found[0]
        named = replace(span, of_document=not self.at(place).digits)
        if not year:
            return replace(named, doubt=doubt), found[1]
        return self._in_years(named, (kind, year, doubt)), found[1]

    def _after_year_word(self, place: int) -> int:
        return place + 1 if self.at(place).unit == YEAR else place

    def _school_pair(self, place: int) -> tuple[tuple[int, int], bool, int] | None:
        """Read «2025/2026 [учебный год]»: the two years, whether a school year was said, the place after."""
        first, sign, second = self.at(place), self.at(place + 1), self.at(place + 2)
        if sign.text == "." or (sign.unit == YEAR and not sign.digits):
            return None
        begins, ends = full_year(first), full_year(second)
        if sign.text not in ("-", "/", "\\") or begins is None or ends is None:
            return None
        here = place + 3
        if self.at(here).among("учебный", "уч", "у"):
            return (begins, ends), True, self._after_year_word(here + 1)
        return (begins, ends), False, here

    def _years(self, place: int) -> tuple[Span, int] | None:
        """Read «2026 год», «2025/2026 учебный год», «2026–2028 годы», «2021/2022 гг.»."""
        pair = self._school_pair(place)
        if pair:
            return self._year_pair(place, pair)
        word = self.at(place)
        if word.digits == YEAR_DIGITS and full_year(word):
            if self.at(place + 1).among("учебный", "уч"):
                return Span.school_year(
                    full_year(word), doubt="Назван один год. Какой это учебный год?"
                ), self._after_year_word(place + 2)
            return Span.one_year(full_year(word)), self._after_year_word(place + 1)
        if word.digits == 2 and self.at(place + 1).unit == YEAR:
            return Span.one_year(CENTURY + (word.number or 0)), place + 2
        return None

    def _year_pair(self, place: int, pair: tuple[tuple[int, int], bool, int]) -> tuple[Span, int] | None:
        (begins, ends), school, after = pair
        if school and begins < ends:
            return Span.school_year(begins, ends), after
        if self.at(place).digits != YEAR_DIGITS or begins >= ends:
            return None
        said = self.at(after).unit == YEAR
        if not said and ends == begins + 1 and self.context.school == begins:
            return Span.school_year(begins, ends), after
        if self.at(place + 2).digits != YEAR_DIGITS and (said or ends > begins + 1):
            return None
        span = join(Span.one_year(begins), Span.one_year(ends))
        if not said and ends == begins + 1:
            return Span.school_year(begins, ends, "Это учебный год или два календарных?"), after
        return span, after + said

    def _year_in_words(self, place: int) -> tuple[Span, int] | None:
        """Read «учебный год», «следующий учебный год», «текущий год», «год»."""
        words = (
            "текущий",
            "отчетный",
            "этот",
            "данный",
            "следующий",
            "будущий",
            "предыдущий",
            "прошлый",
            "новый",
            "календарный",
        )
        here = place
        shift = 0
        while self.at(here).among(*words):
            shift = (
                1
                if self.at(here).among("следующий", "будущий", "новый")
                else -1
                if self.at(here).among("предыдущий", "прошлый")
                else shift
            )
            here += 1
        school = self.at(here).among("учебный", "уч")
        here += school
        if self.at(here).unit != YEAR or self.at(here).text == "лет":
            return None
        return self._said_year(shift, school=school, bare=here == place), here + 1

    def _said_year(self, shift: int, *, school: bool, bare: bool) -> Span:
        if school:
            begins = self.context.school
            if begins is not None:
                return replace(Span.school_year(begins + shift), of_document=True)
            year = self.context.calendar
            return Span.school_year(None if year is None else year + shift, doubt="Какой это учебный год?")
        if self.context.calendar is not None:
            return replace(Span.one_year(self.context.calendar + shift), of_document=True)
        if self.context.school is not None:
            doubt = None if bare else "Год учебный или календарный? Прочитано как учебный."
            return replace(Span.school_year(self.context.school + shift, doubt=doubt), of_document=True)
        return Span.one_year(None, "О каком годе речь?")


def full_year(word: Word) -> int | None:
    """Return a year written with four digits or two, if it is one of our time."""
    if word.number is None or word.ordinal:
        return None
    if word.digits == 2:
        return CENTURY + word.number
    return word.number if word.digits == YEAR_DIGITS and 1990 <= word.number <= 2100 else None


def join(first: Span, second: Span) -> Span:
    """Return the stretch from the beginning of one to the end of the other."""
    doubt = first.doubt or second.doubt
    if first.bare_year != second.bare_year:
        doubt = doubt or "С одной стороны назван только год. Назовите первый и последний день."
    if first.is_month and second.is_month:
        kind = PeriodKind.MONTH_RANGE
    elif first.kind is second.kind is PeriodKind.ACADEMIC_YEAR:
        kind = PeriodKind.ACADEMIC_YEAR
    else:
        kind = PeriodKind.RANGE
    whole = first.whole and second.whole
    return Span(kind, first.first, second.last, doubt, whole=whole, bare_year=first.bare_year and second.bare_year)
