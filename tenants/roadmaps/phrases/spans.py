"""Grammar of stretches of the calendar: days, months, quarters, years and ranges of them.

Each method takes a place among the words and returns what it read with the place after it, or None.
"""

from __future__ import annotations

from dataclasses import replace

from tenants.roadmaps.phrases import lexicon
from tenants.roadmaps.phrases.lexicon import DECADE, HALF, MONTH, QUARTER, TERM, TRIMESTER, WEEK, YEAR
from tenants.roadmaps.phrases.reading import PeriodKind
from tenants.roadmaps.phrases.words import Word
from tenants.roadmaps.phrases.years import Day, Span
from tenants.roadmaps.phrases.yearwords import CENTURY, YEAR_DIGITS, YearGrammar, Years, full_year, join

DAYS = 31
PAIR = 2
DECEMBER = 12


class SpanGrammar(YearGrammar):
    """Recursive descent over the words of one phrase."""

    def spans(self, place: int) -> tuple[tuple[Span, ...], int] | None:
        """Read one stretch, a range of two, or several that share a unit («I и III квартал», «1, 15 мая»)."""
        shared = self._shared_units(place)
        if shared and len(shared[0]) > 1:
            return shared
        return self._shared_days(place) or self._range(place)

    def _range(self, place: int) -> tuple[tuple[Span, ...], int] | None:
        found = self._day_to_day(place) or self._parts_of_month(place) or self.one(place)
        if not found:
            return None
        span, after = found
        if self.at(after).text == "-":
            second = self.one(after + 1)
            if second:
                return (join(span, second[0]),), second[1]
        return (span,), after

    def _parts_of_month(self, place: int) -> tuple[Span, int] | None:
        """Read «1-2 неделя сентября», «I–II декада ноября»."""
        if self.at(place).number is None or self.at(place + 1).text != "-":
            return None
        first, second = self.at(place), self._part_of_month(place + 2)
        unit = self.at(place + 3)
        if not second or unit.unit not in (WEEK, DECADE):
            return None
        begins = part_of(second[0], unit, first.number or 0)
        return join(begins, second[0]), second[1]

    def _day_to_day(self, place: int) -> tuple[Span, int] | None:
        """Read «1-15 сентября 2026» and «01-15.09.2026»."""
        word = self.at(place)
        if not self._is_day(word) or self.at(place + 1).text != "-":
            return None
        second = self.day(place + 2)
        if not second:
            return None
        last = second[0].last
        return replace(second[0], first=Day(last.month, word.number or 0, last.year)), second[1]

    def _shared_days(self, place: int) -> tuple[tuple[Span, ...], int] | None:
        """Read «1, 10 и 15 сентября»."""
        numbers: list[int] = []
        here = place
        while self._is_day(self.at(here)) and self.at(here + 1).text in (",", "и"):
            numbers.append(self.at(here).number or 0)
            here += 2
        last = self.day(here) if numbers else None
        if not last or not last[0].is_day:
            return None
        days = [
            replace(last[0], first=replace(last[0].first, day=day), last=replace(last[0].last, day=day))
            for day in numbers
        ]
        return (*days, last[0]), last[1]

    def _is_day(self, word: Word) -> bool:
        return word.number is not None and 1 <= word.number <= DAYS and not word.roman

    def one(self, place: int) -> tuple[Span, int] | None:
        """Read a single stretch."""
        return (
            self.day(place)
            or self._named_weekday(place)
            or self._part_of_month(place)
            or self._unit(place)
            or self.month(place)
            or self._years(place)
            or self._year_in_words(place)
            or self._season(place)
        )

    # Days

    def day(self, place: int) -> tuple[Span, int] | None:
        """Read a day: «25.09.2026», «2026-09-25», «25 сентября [2026 года]»."""
        return self._numeric_day(place) or self._iso_day(place) or self._worded_day(place)

    def _numeric_day(self, place: int) -> tuple[Span, int] | None:
        day, sign, month = self.at(place), self.at(place + 1), self.at(place + 2)
        if not (self._is_day(day) and day.digits in (1, 2) and sign.text in (".", "/") and month.digits in (1, 2)):
            return None
        if self.at(place + 3).text != sign.text or not self.at(place + 4).digits:
            return self._day_without_year(place)
        year, after = self.at(place + 4), place + 5
        value = full_year(year)
        if value is None:
            return None
        return Span.one_day(month.number or 0, day.number or 0, value), self._after_year_word(after)

    def _day_without_year(self, place: int) -> tuple[Span, int] | None:
        day, month = self.at(place), self.at(place + 2)
        if self.at(place + 1).text != "." or not 1 <= (month.number or 0) <= 12:
            return None
        return self._with_year(Span.one_day(month.number or 0, day.number or 0), place + 3)

    def _iso_day(self, place: int) -> tuple[Span, int] | None:
        year, month, day = self.at(place), self.at(place + 2), self.at(place + 4)
        marks = {self.at(place + 1).text, self.at(place + 3).text}
        if year.digits == YEAR_DIGITS and month.digits == day.digits == 2 and marks in ({"-"}, {"."}):
            return Span.one_day(month.number or 0, day.number or 0, year.number), place + 5
        if day.digits == YEAR_DIGITS and month.digits == year.digits == 2 and marks == {"-"}:
            return Span.one_day(month.number or 0, year.number or 0, day.number), self._after_year_word(place + 5)
        return None

    def _worded_day(self, place: int) -> tuple[Span, int] | None:
        word, here = self.at(place), place + 1
        if not self._is_day(word) or (not word.digits and not word.ordinal):
            return None
        if self.at(here).among("число"):
            here += 1
        month = self.at(here).month
        if self.at(here).roman and self.at(here + 1).digits == YEAR_DIGITS:
            month = self.at(here).number
        if month is None:
            return None
        return self._with_year(Span.one_day(month, word.number or 0), here + 1)

    # Months and their parts

    def month(self, place: int) -> tuple[Span, int] | None:
        """Read «сентябрь [2026]», «месяц сентябрь», «09.2026»."""
        word, year = self.at(place), self.at(place + 2)
        if word.digits in (1, 2) and self.at(place + 1).text in (".", "/") and year.digits == YEAR_DIGITS:
            if 1 <= (word.number or 0) <= 12 and full_year(year):
                return Span.one_month(word.number or 0, full_year(year)), self._after_year_word(place + 3)
            return None
        here = place + 1 if word.unit == MONTH and self.at(place + 1).month else place
        month = self.at(here).month
        if month is None:
            return None
        here += 1
        if self._clipped_year(here):
            return Span.one_month(month, CENTURY + (self.at(here).number or 0)), here + 1
        if self.at(here).unit == MONTH and not self.at(here + 1).among("следующий"):
            here += 1
        return self._with_year(Span.one_month(month), here)

    def _clipped_year(self, place: int) -> bool:
        """Tell whether «25» in «ноя.25», as spreadsheets write it, is the year of the document and no day."""
        word = self.at(place)
        return word.digits == 2 and self.context.names(CENTURY + (word.number or 0)) and not self.at(place + 1).unit

    def _part_of_month(self, place: int) -> tuple[Span, int] | None:
        """Read «первая декада октября», «1-я неделя сентября», «вторая половина мая», «конец июня»."""
        word, unit = self.at(place), self.at(place + 1)
        which = 0 if word.among("последний") else word.number
        if which is not None and (unit.unit in (WEEK, DECADE) or unit.among("половина")):
            found = self.month(place + 2)
            return (part_of(found[0], unit, which), found[1]) if found else None
        return self._month_and_part(place) or self._vague_part(place)

    def _month_and_part(self, place: int) -> tuple[Span, int] | None:
        """Read «октябрь, II декада» and «сентябрь (1 неделя)»."""
        found = self.month(place)
        if not found or self.at(found[1]).text not in (",", "("):
            return None
        here = found[1] + 1
        which, unit = self.at(here), self.at(here + 1)
        last = which.among("последний")
        if (which.number is None and not last) or unit.unit not in (WEEK, DECADE) or self.at(here + 2).month:
            return None
        return part_of(found[0], unit, 0 if last else which.number or 0), here + 2

    def _vague_part(self, place: int) -> tuple[Span, int] | None:
        word = self.at(place)
        days = {"начало": (1, 10), "середина": (11, 20), "конец": (21, 0)}.get(
            next(iter(word.lemmas & {"начало", "середина", "конец"}), "")
        )
        found = self.month(place + 1) if days else None
        if not found or not days:
            return None
        first, last = found[0].first, found[0].last
        span = Span(
            PeriodKind.RANGE, replace(first, day=days[0]), replace(last, day=days[1]),
            "Часть месяца указана примерно. Назовите точные даты.",
        )  # fmt: skip
        return span, found[1]

    def _named_weekday(self, place: int) -> tuple[Span, int] | None:
        """Read «последняя пятница сентября»: one day, once the year is known."""
        found = self.weekday(place)
        month = self.month(found[1]) if found else None
        if not found or not month:
            return None
        which, name = found[0]
        span = month[0]
        year = span.first.year or self.context.of_month(span.first.month)
        if year is None:
            return replace(span, doubt="Не указан год, поэтому день недели не превращён в дату. Какой это год?"), month[
                1
            ]
        day = nth_weekday(year, span.first.month, which, name)
        if day is None:
            return replace(span, doubt="Такого дня недели в этом месяце нет. Назовите дату."), month[1]
        return Span.one_day(span.first.month, day, year), month[1]

    def weekday(self, place: int) -> tuple[tuple[int, str], int] | None:
        """Read «первый понедельник» and «последняя пятница»; the last one is 0."""
        word, name = self.at(place), self.at(place + 1).weekday
        which = 0 if word.among("последний") else word.number if word.ordinal else None
        if name is None or which is None or which > 5:
            return None
        return (which, name), place + 2

    # Quarters, half-years, terms

    def _unit(self, place: int) -> tuple[Span, int] | None:
        found = self._shared_units(place)
        return (found[0][0], found[1]) if found and len(found[0]) == 1 else None

    def _shared_units(self, place: int) -> tuple[tuple[Span, ...], int] | None:
        """Read «II квартал», «I и III кварталы», «I–II кварталы», «первое полугодие», «3 четверть»."""
        numbers: list[int] = []
        here, ranged = place, False
        while self._is_unit_number(self.at(here)):
            numbers.append(self.at(here).number or 0)
            if self.at(here + 1).text in (",", "и", "-") and self._is_unit_number(self.at(here + 2)):
                ranged = ranged or self.at(here + 1).text == "-"
                here += 1
            here += 1
        unit, here = self._unit_word(here) if numbers else (None, here)
        if unit is None or not _is_count(unit, numbers):
            return None
        spans = [self._of_unit(unit, number) for number in numbers]
        if ranged and len(spans) > 1:
            whole = join(spans[0], spans[-1])
            spans = [replace(whole, doubt=SEVERAL) if len(spans) > PAIR else whole]
        years = self.year(here)
        if years:
            spans = [self._in_years(span, years[0]) for span in spans]
        return tuple(self._checked(span, unit, years) for span in spans), years[1] if years else here

    def _is_unit_number(self, word: Word) -> bool:
        return word.number is not None and 1 <= word.number <= 4 and word.digits < 2

    def _unit_word(self, place: int) -> tuple[str | None, int]:
        here = place + 1 if self.at(place).among("учебный", "календарный", "уч") else place
        unit = self.at(here).unit
        if unit == TERM and self.at(here + 1).unit == YEAR and not self.at(here + 1).digits:
            unit = TERM
        return (unit, here + 1) if unit in (QUARTER, HALF, TERM, TRIMESTER) else (None, here)

    def _of_unit(self, unit: str, number: int) -> Span:
        size = {QUARTER: 3, HALF: 6, TERM: 3, TRIMESTER: 3}[unit]
        if unit in (TERM, TRIMESTER):
            return Span(
                PeriodKind.ON_SCHEDULE,
                Day(9, 1),
                Day(5, 31),
                "Даты учебных четвертей у школ разные. Назовите первый и последний день.",
            )
        first = (number - 1) * size + 1
        return Span.months(PeriodKind.RANGE, first, first + size - 1)

    def _checked(self, span: Span, unit: str, years: tuple[Years, int] | None) -> Span:
        """Ask where a school counts half-years and quarters in its own way."""
        school = (years[0][0] == "school") if years else self.context.school is not None
        if school and unit == HALF:
            return self._school_half(span, years)
        if years and school and unit == QUARTER:
            return replace(span, doubt="Квартал календарный или учебный? Прочитано как календарный.")
        if school and unit == QUARTER and span.first.month < 9 <= span.last.month:
            return replace(span, doubt="Квартал лежит в двух учебных годах. Какой это год?")
        return span

    def _school_half(self, span: Span, years: tuple[Years, int] | None) -> Span:
        begins = years[0][1] if years else self.context.school
        doubt = "Полугодие учебное или календарное? Прочитано как учебное."
        if begins is None:
            return replace(span, doubt=doubt)
        first, last = (Day(9, 1, begins), Day(12, 31, begins)), (Day(1, 1, begins + 1), Day(5, 31, begins + 1))
        begins_early, ends_late = span.first.month == 1, span.last.month == DECEMBER
        start = first[0] if begins_early else last[0]
        return replace(span, first=start, last=last[1] if ends_late else first[1], doubt=doubt)

    # Seasons

    def _season(self, place: int) -> tuple[Span, int] | None:
        word = self.at(place)
        name = lexicon.SEASON_ADVERBS.get(word.text) or next(iter(word.lemmas & lexicon.SEASONS.keys()), None)
        if name is None and self.at(place + 1).among("период", "время", "сезон"):
            name = word.name(lexicon.SEASON_ADJECTIVES)
            place += 1
        if name is None:
            return None
        first, last = lexicon.SEASONS[name]
        span = replace(
            Span.months(PeriodKind.MONTH_RANGE, first, last),
            doubt="Время года прочитано по месяцам. Назовите месяцы или даты.",
        )
        pair = self._school_pair(place + 1)
        if pair and pair[0][1] == pair[0][0] + 1:
            return self._in_years(span, ("school", pair[0][0], None)), pair[2]
        return self._with_year(span, place + 1)


SEVERAL = "Перечислено несколько отрезков. Назовите даты."


def _is_count(unit: str, numbers: list[int]) -> bool:
    limit = {QUARTER: 4, HALF: 2, TERM: 4, TRIMESTER: 3}[unit]
    return bool(numbers) and all(number <= limit for number in numbers) and numbers == sorted(set(numbers))


def part_of(month: Span, unit: Word, which: int) -> Span:
    """Return a ten-day part, a week or a half of a month; which is 0 for the last."""
    if unit.unit == WEEK:
        first = 29 if which > 4 else (which or 4) * 7 - 6
        days, doubt = (
            (first, 0 if which in (0, 5) else which * 7),
            "Неделя месяца прочитана по числам. Назовите точные даты.",
        )
        if which == 0:
            days = (24, 0)
    elif unit.among("половина"):
        days, doubt = ((1, 15) if which == 1 else (16, 0)), None
    else:
        days, doubt = {1: (1, 10), 2: (11, 20)}.get(which, (21, 0)), None
    limit = 2 if unit.among("половина") else 3
    if unit.unit != WEEK and which > limit:
        doubt = "Такой части у месяца нет. Назовите даты."
    return Span(
        PeriodKind.RANGE, replace(month.first, day=days[0]), replace(month.last, day=days[1]), month.doubt or doubt
    )  # fmt: skip


def nth_weekday(year: int, month: int, which: int, name: str) -> int | None:
    """Return the day of the month of its first (1) … fifth (5) or last (0) such weekday, None where there is none."""
    index = lexicon.WEEKDAY_ORDER.index(name)
    first = Day(month, 1).on(year)
    days = [1 + (index - first.weekday()) % 7 + week * 7 for week in range(5)]
    last = Day(month, 0).on(year).day
    within = [day for day in days if day <= last]
    if which == 0:
        return within[-1]
    return within[which - 1] if which <= len(within) else None
