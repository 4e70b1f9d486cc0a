"""Grammar of a whole phrase: one part after another, deadlines and plain stretches among them."""

from __future__ import annotations

from dataclasses import replace

from tenants.roadmaps.phrases import lexicon
from tenants.roadmaps.phrases.anchors import AnchorGrammar
from tenants.roadmaps.phrases.lexicon import YEAR
from tenants.roadmaps.phrases.parts import Element, Found, Part
from tenants.roadmaps.phrases.reading import PeriodKind
from tenants.roadmaps.phrases.years import Day, Span
from tenants.roadmaps.phrases.yearwords import join

SEPARATORS = (",", ";", "\n", "и", "а", "но", "также", "(", ")", ":", "-", "/", "[", "]")


class ElementGrammar(AnchorGrammar):
    """Recursive descent: one element after another, the longest reading first."""

    def elements(self) -> list[Element]:
        """Read the whole phrase."""
        elements: list[Element] = []
        place = 0
        while place < len(self.words):
            element, place = self.element(place)
            elements.append(element)
        return elements

    def element(self, place: int) -> tuple[Element, int]:
        """Read the element that begins here; a word nobody knows is an UNKNOWN element."""
        found = (
            self._nothing(place)
            or self._every(place)
            or self._schedule(place)
            or self._relative(place)
            or self._continuous(place)
            or self._from_to(place)
            or self._deadline(place)
            or self._from(place)
            or self._neutral(place)
            or self._silent(place)
        )
        if found:
            return found
        word = self.at(place)
        return Element(Part.UNKNOWN, text=self.text[word.begin : word.end]), place + 1

    # Words that part or carry nothing

    def _nothing(self, place: int) -> Found:
        word = self.at(place)
        if word.text in SEPARATORS:
            return Element(Part.SEPARATOR, text=word.text), place + 1
        if word.text in ("или", "либо"):
            return Element(Part.OR), place + 1
        if word.among(*lexicon.AFTERWARDS):
            return Element(Part.THEN), place + 1
        if word.text == "в" and self.at(place + 1).among(*lexicon.AFTERWARDS):
            return Element(Part.THEN), place + 2
        if word.text in lexicon.ROUGHLY:
            return Element(Part.SILENT, doubt="Срок указан примерно. Назовите точный срок."), place + 1
        return None

    def _silent(self, place: int) -> Found:
        word = self.at(place)
        hour = place + (word.text == "в")
        if self._is_hour(hour):
            return Element(Part.SILENT), hour + 3 + self.at(hour + 3).among("ч", "час")
        if word.text == "включительно" or word.among(*lexicon.SILENT_VERBS):
            return Element(Part.SILENT), place + 1
        if word.among("срок", "период", "дата") and place == 0:
            return Element(Part.SILENT), self._after_heading(place + 1)
        return None

    def _is_hour(self, place: int) -> bool:
        """Tell «14:00», a time of day, which the day beside it does not need."""
        hour, sign, minute = self.at(place), self.at(place + 1), self.at(place + 2)
        figures = hour.digits in (1, 2) and minute.digits == 2
        return sign.text == ":" and figures and (hour.number or 0) < 24 and (minute.number or 0) < 60

    def _after_heading(self, place: int) -> int:
        """Pass «срок действия –» and «дата проведения:», at most three words before the mark."""
        for size in range(4):
            if self.at(place + size).text in ("-", ":"):
                return place + size + 1
        return place

    # Plain stretches

    def _neutral(self, place: int) -> Found:
        lead = self._neutral_lead(place)
        here = place + lead + self.at(place + lead).among("весь", "целый")
        weekday = self.weekday(here)
        spans = self.spans(here)
        if spans:
            return self._spans_element(place, here, spans)
        if weekday:
            return self._weekday_of_month(weekday[0], weekday[1])
        if lead and self.at(here).text in ("с", "со", "до"):
            return (Element(Part.SEPARATOR), here) if lead else None
        return self._month_day(here) or self._week_day(here)

    def _week_day(self, place: int) -> Found:
        name = self.at(place).weekday
        return (Element(Part.WEEKDAY, text=name), place + 1) if name else None

    def _spans_element(self, place: int, here: int, found: tuple[tuple[Span, ...], int]) -> Found:
        spans, end = found
        first = self.at(here)
        if here == place and first.unit == YEAR and not first.digits:
            spans = tuple(replace(span, doubt=span.doubt or "О каком годе речь?") for span in spans)
        text = self._words(place, end) if spans[0].kind is PeriodKind.ON_SCHEDULE else None
        return Element(Part.SPAN, spans=spans, text=text), end

    def _from_to(self, place: int) -> Found:
        """Read «с 1 по 15 сентября», «с сентября 2026 г. по май 2027 г.», «с 2024 по 2026 год»."""
        if self.at(place).text not in ("с", "со", "от"):
            return None
        here = place + 1 + (self.at(place + 1).among("начало") and self._a_date(place + 2))
        first = self.one(here)
        end = first[1] if first else here + 1
        if self.at(end).among("число"):
            end += 1
        if self.at(end).text == "г":
            end += 1
        if self.at(end).text not in ("по", "до"):
            return None
        last_place = end + 1 + self.at(end + 1).among("конец", "окончание")
        if first is None and self._is_day(self.at(here)):
            return self._days_of_month(here, last_place)
        second = self.one(last_place)
        if not first or not second:
            return None
        return Element(Part.SPAN, spans=(join(first[0], second[0]),)), second[1]

    def _days_of_month(self, first: int, last: int) -> Found:
        second = self.day(last)
        if second:
            span = second[0]
            return Element(
                Part.SPAN,
                spans=(replace(span, first=Day(span.last.month, self.at(first).number or 0, span.last.year)),),
            ), second[1]
        day = self._month_day(last)
        if day:
            return Element(
                Part.MONTH_DAY,
                text=day[0].text,
                doubt="Указаны дни месяца с первого по последний. Верно ли прочитан последний?",
            ), day[1]
        return None

    def _deadline(self, place: int) -> Found:
        lead, plain = self._deadline_lead(place)
        if not lead:
            return None
        here = place + lead
        day = self._month_day(here)
        if day:
            return day
        edge = self.at(here)
        if edge.among("конец", "окончание", "завершение", "истечение"):
            return self._to_the_end(here + 1)
        spans = self.spans(here)
        if not spans:
            return self._edge_of_span(here)
        plain = plain or self.at(spans[1]).text == "включительно"
        return Element(Part.DEADLINE, spans=tuple(self._before(span, plain=plain) for span in spans[0])), spans[1]

    def _deadline_lead(self, place: int) -> tuple[int, bool]:
        """Return the length of «до», «в срок до», «не позднее», «к», «по», and whether the last day surely counts."""
        here = place
        if self.at(here).text == "в" and self.at(here + 1).among("срок"):
            here += 2
        elif self.at(here).among("срок") and self.at(here + 1).text in ("до", "не"):
            here += 1
        word, after = self.at(here), self.at(here + 1)
        if word.text == "не" and after.text in ("позднее", "позже"):
            here += 2 + (self.at(here + 2).text == "чем")
            return here + (self.at(here).text == "до") - place, True
        if word.text in ("до", "к", "ко"):
            return here + 1 - place, False
        if word.text == "по" and self._is_calendar(here + 1):
            return here + 1 - place, True
        return 0, False

    def _before(self, span: Span, *, plain: bool) -> Span:
        """Ask where «до» a month, quarter or year can mean its beginning or its end."""
        if span.doubt or (not span.whole and span.is_day):
            return span
        if not span.whole:
            return replace(span, doubt="Указаны два дня. Какой из них крайний?")
        if plain:
            return span
        return replace(span, doubt="Срок – до начала этого времени или до его конца? Прочитано: до конца.")

    def _to_the_end(self, place: int) -> Found:
        spans = self.spans(place)
        if spans and len(spans[0]) == 1:
            return Element(Part.DEADLINE, spans=(self._end_of(spans[0][0]),)), spans[1]
        unit = self.at(place + self.at(place).among("этот", "текущий", "каждый", "отчетный"))
        if unit.unit is not None:
            return Element(
                Part.RELATIVE, text=self._words(place - 2, place + 1), doubt="О каком времени речь? Назовите дату."
            ), place + 1
        return None

    def _end_of(self, span: Span) -> Span:
        if span.kind is PeriodKind.ACADEMIC_YEAR:
            return replace(
                span, doubt=span.doubt or "Учебный год заканчивается 31 мая или 31 августа? Прочитано: 31 августа."
            )
        return span

    def _edge_of_span(self, place: int) -> Found:
        """Read «до начала сентября», «к началу учебного года», «до середины мая»."""
        if not self.at(place).among("начало", "середина"):
            return None
        spans = self.spans(place + 1)
        if not spans:
            return None
        span = spans[0][0]
        last = span.first if self.at(place).among("начало") else replace(span.first, day=15)
        doubt = "Срок указан через начало или середину. Назовите точную дату."
        return Element(Part.DEADLINE, spans=(Span(PeriodKind.RANGE, last, last, doubt),)), spans[1]

    def _from(self, place: int) -> Found:
        """Read «с 1 сентября», «начиная с 2026 года», «не ранее мая»."""
        here = place + self.at(place).among("начинать", "начиная")
        lead = 2 if self.at(here).text == "не" and self.at(here + 1).text in ("ранее", "раньше") else 1
        if lead == 1 and self.at(here).text not in ("с", "со", "после"):
            return None
        doubt = "Прочитано как начало срока. Верно?" if lead == 2 or self.at(here).text == "после" else None
        found = self.one(here + lead)
        if not found:
            return None
        return Element(Part.FROM, spans=(found[0],), doubt=doubt), found[1]
