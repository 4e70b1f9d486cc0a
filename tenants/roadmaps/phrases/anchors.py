"""Grammar of periods without dates: set elsewhere, counted from an event, or without an end."""

from __future__ import annotations

from tenants.roadmaps.phrases import lexicon
from tenants.roadmaps.phrases.lexicon import DAY, MONTH, WEEK, YEAR
from tenants.roadmaps.phrases.parts import Element, Found, Part
from tenants.roadmaps.phrases.tails import TailGrammar
from tenants.roadmaps.phrases.words import Word


class AnchorGrammar(TailGrammar):
    """Recursive descent over words that hang a period on something."""

    # A time that is set elsewhere

    def _schedule(self, place: int) -> Found:
        length, doubt = self._schedule_head(place)
        if not length:
            return None
        end, told = self._tail(place + length)
        return Element(Part.SCHEDULE, text=self._words(place, end), doubt=doubt or told), end

    def _schedule_head(self, place: int) -> tuple[int, str | None]:
        word, after = self.at(place), self.at(place + 1)
        if word.text == "согласно" or (word.text == "в" and after.among("соответствие")):
            return 2, None
        if word.text == "в" and after.text == "случае":
            return 2, None
        if word.text in ("в", "во") and self._set_elsewhere(place + 1):
            return 3, None
        if self._holidays(place):
            return 1, "Даты каникул у школ разные. Назовите первый и последний день."
        return self._by_plan(place)

    def _set_elsewhere(self, place: int) -> bool:
        """Tell «в установленные сроки» and «в сроки, установленные …»."""
        first, rest = self.at(place), self.words[place + 1 : place + 4]
        if first.among(*lexicon.SET_ELSEWHERE):
            return bool(rest) and rest[0].among("срок", "время", "период")
        return first.among("срок", "время") and any(word.among(*lexicon.SET_ELSEWHERE) for word in rest)

    def _holidays(self, place: int) -> bool:
        leads = self.at(place).text in ("в", "на", "во") or self.at(place).among(
            "осенний", "зимний", "весенний", "летний", "каникулы", "период", "школьный"
        )
        return leads and any(word.among("каникулы", "каникулярный") for word in self.words[place : place + 5])

    def _by_plan(self, place: int) -> tuple[int, str | None]:
        """Read «по [отдельному] графику», «по мере …», «при необходимости»; at most three words between."""
        head = self.at(place)
        if head.text in ("постоянно", "регулярно") and self.at(place + 1).text in ("по", "при"):
            return 0, None
        if head.text not in ("по", "при"):
            return 0, None
        for size in range(1, 5):
            word = self.at(place + size)
            if word.among(*(lexicon.SCHEDULE_NOUNS if head.text == "по" else lexicon.CONDITIONS)):
                return size + 1, None
            if (
                not word.lemmas
                or word.month
                or word.unit
                or word.weekday
                or word.among(*lexicon.BOUNDARY_EVENTS, "состояние")
            ):
                return 0, None
        return 0, None

    # Periods counted from an event

    def _relative(self, place: int) -> Found:
        return (
            self._within(place)
            or self._ordinal_period(place)
            or self._term_in_one_word(place)
            or self._bare_duration(place)
            or self._event(place)
        )

    def _within(self, place: int) -> Found:
        """Read «в течение двух недель [после …]», «через 10 дней», «за месяц до …», «не позднее 5 дней со дня …»."""
        lead, needs_event = self._duration_lead(place)
        duration = self._duration(place + lead) if lead else None
        if not duration:
            return None
        event = self._event(duration) or self._up_to(duration)
        if event:
            return event
        first = self.at(place + lead)
        anchor = self._words(place + lead, duration) if first.among("первый", "последний") else None
        return None if needs_event else (Element(Part.RELATIVE, text=anchor), duration)

    def _up_to(self, place: int) -> Found:
        """Read «до 1 сентября» and «до окончания года» after «за месяц»."""
        if self.at(place).text != "до":
            return None
        doubt = "Срок отсчитан назад от даты. Назовите саму дату." if self._a_date(place + 1) else None
        end, _ = self._tail(place + 2)
        return Element(Part.RELATIVE, text=self._words(place, end), doubt=doubt), end

    def _duration_lead(self, place: int) -> tuple[int, bool]:
        word, after = self.at(place), self.at(place + 1)
        if word.text == "втечение" or word.text in ("через", "спустя"):
            return 1, word.text != "втечение"
        if word.text in ("в", "на") and after.among("течение", "протяжение", "продолжение"):
            return 2, False
        if word.text == "не" and after.text in ("позднее", "позже", "ранее"):
            return 2 + (self.at(place + 2).text in ("чем", "через")) + (
                self.at(place + 3).text in ("за", "через")
            ), True
        if word.text in ("за", "в"):
            return 1, True
        return 0, False

    def _duration(self, place: int) -> int | None:
        """Return the place after «двух недель», «10 рабочих дней», «месяца»; «года» alone is the calendar's."""
        here, counted = place, False
        word = self.at(here)
        if word.among("полтора") or (word.number is not None and not word.ordinal and word.digits < 4):
            here, counted = here + 1, True
            if self.at(here).text in ("-", "до") and self.at(here + 1).number is not None:
                here += 2
            here += self._closing_bracket(here)
        elif word.among("первый", "последний") and self.at(here + 1).number and not self.at(here + 1).ordinal:
            here, counted = here + 2, True
        while self.at(here).among("рабочий", "календарный", "учебный", "банковский", "раб", "один"):
            here += 1
        unit = self.at(here).unit
        if unit is None or (not counted and unit not in (DAY, WEEK, MONTH) and self.at(here).text != "полугода"):
            return None
        if self.at(here + 1).digits or self.at(here + 1).month:
            return None
        return here + 1

    def _closing_bracket(self, place: int) -> int:
        """Pass «(десяти)» after «10»."""
        return (
            3
            if self.at(place).text == "(" and self.at(place + 1).number is not None and self.at(place + 2).text == ")"
            else 0
        )

    def _event(self, place: int) -> Found:
        """Read what is counted from or up to: «после …», «со дня …», «до начала …», «по окончании …»."""
        if self._counted_from(place):
            return self._event_words(place)
        word, after = self.at(place), self.at(place + 1)
        if word.text == "при" and self._is_event(place + 1):
            return self._event_words(place, "Срок привязан к событию. Назовите дату, если она известна.")
        if word.text != "по" or not after.among(*lexicon.BOUNDARY_EVENTS):
            return None
        year = self._years(place + 2) or self._year_in_words(place + 2)
        if year:
            return Element(Part.RELATIVE, text=self._words(place, year[1])), year[1]
        calendar = self._calendar_after(place + 2) or self.at(place + 2).number is not None
        return self._event_words(place, "Срок связан с концом отрезка. Назовите дату." if calendar else None)

    def _counted_from(self, place: int) -> bool:
        """Tell whether a preposition and an event begin here."""
        word, after = self.at(place), self.at(place + 1)
        if word.text in ("в", "во"):
            return after.among("день", "время", "момент") and self._is_event(place + 2)
        if word.text in ("после", "перед", "накануне"):
            return not self._a_date(place + 1)
        if word.text in ("с", "со", "от"):
            return after.among(*lexicon.EVENT_NOUNS) or (self._counted(place) and not self._a_date(place + 1))
        return word.text in ("до", "к") and bool(after.lemmas) and not self._calendar_after(place + 1)

    def _is_event(self, place: int) -> bool:
        """Tell whether a plain word stands here, not a time, a mark or a holiday."""
        word = self.at(place)
        return bool(word.lemmas) and not self._a_date(place) and word.unit is None and not word.among("каникулы")

    def _event_words(self, place: int, doubt: str | None = None) -> Found:
        end, told = self._tail(place + 2)
        return Element(Part.RELATIVE, text=self._words(place, end), doubt=doubt or told), end

    def _counted(self, place: int) -> bool:
        """Tell whether a length of time stands right before."""
        return place > 0 and self.at(place - 1).unit is not None

    def _calendar_after(self, place: int) -> bool:
        """Tell whether a boundary belongs to the calendar: «конца года», «начала сентября», «1 мая»."""
        word = self.at(place)
        if word.among(
            "конец",
            "начало",
            "середина",
            "окончание",
            "завершение",
            "этот",
            "текущий",
            "следующий",
            "учебный",
            "календарный",
            "отчетный",
        ):
            return self._calendar_after(place + 1)
        return self._a_date(place) or word.unit is not None or word.weekday is not None or word.text == "срок"

    def _ordinal_period(self, place: int) -> Found:
        """Read «в течение первого-второго месяца»: counted from the start of the work."""
        here = (
            place + 2
            if self.at(place + 1).among("течение", "протяжение")
            else place + 1
            if self.at(place).text in ("в", "за", "на")
            else place
        )
        if not self.at(here).ordinal or self.at(here).digits > 2:
            return None
        end = here + 1
        while self.at(end).text in ("-", ",", "и") and self.at(end + 1).number is not None:
            end += 2
        end += self.at(end).among("рабочий", "учебный", "календарный")
        if (
            self.at(end).unit not in (DAY, WEEK, MONTH, YEAR)
            or self.at(end + 1).month
            or self.at(end + 1).unit == MONTH
            or self.at(end + 1).digits
        ):
            return None
        if self.at(end + 1).among("каждый"):
            return None
        stop, doubt = self._tail(end + 1)
        return Element(Part.RELATIVE, text=self._words(here, stop), doubt=doubt, hint="ordinal"), stop

    def _term_in_one_word(self, place: int) -> Found:
        """Read «в трехмесячный срок», «в 10-дневный срок»."""
        if self.at(place).text != "в":
            return None
        here = place + 1
        if self.at(here).digits and self.at(here + 1).text == "-":
            here += 2
        if not self._compound_unit(self.at(here)) or not self.at(here + 1).among("срок", "период"):
            return None
        return self._event(here + 2) or (Element(Part.RELATIVE), here + 2)

    def _compound_unit(self, word: Word) -> bool:
        return any(
            form.endswith(ending) and form.removesuffix(ending) in lexicon.COMPOUND_NUMBERS
            for form in word.lemmas
            for ending, _ in lexicon.COMPOUND_UNITS
        )

    def _bare_duration(self, place: int) -> Found:
        """Read «2 недели»: a length without a beginning."""
        word = self.at(place)
        if word.number is None or word.ordinal or word.digits > 2 or self._counted(place):
            return None
        end = self._duration(place)
        if end and self.at(end - 1).unit not in (DAY, WEEK, MONTH, YEAR):
            return None
        if not end:
            return None
        return self._event(end) or (
            Element(Part.RELATIVE, doubt="Указана только длительность. С какого дня считать?"),
            end,
        )

    # Work without an end

    def _continuous(self, place: int) -> Found:
        word, after = self.at(place), self.at(place + 1)
        if word.text in lexicon.CONTINUOUS_ADVERBS:
            return Element(Part.CONTINUOUS), place + 1
        if word.text in lexicon.VAGUE_ADVERBS:
            return Element(Part.CONTINUOUS, doubt="Как часто или до какого дня это делается?"), place + 1
        if word.text in ("на", "в") and after.among("постоянный", "систематический", "непрерывный", "регулярный"):
            doubt = "Как часто это делается?" if after.among("регулярный") else None
            size = 3 if self.at(place + 2).among("основа", "режим", "порядок") else 0
            return (Element(Part.CONTINUOUS, doubt=doubt), place + size) if size else None
        return self._whole_period(place)

    def _whole_period(self, place: int) -> Found:
        """Read «в течение всего периода реализации …», «на всех этапах», «весь период»."""
        lead = self._neutral_lead(place)
        here = place + lead
        if self.at(here).among("весь"):
            if self._is_calendar(here + 1):
                return None
            end, doubt = self._tail(here + 1)
            return (Element(Part.CONTINUOUS, text=self._words(here, end), doubt=doubt), end) if end > here + 1 else None
        named = self.at(here)
        during = self.at(place + 1).among("течение", "протяжение")
        if named.among(*lexicon.PERIOD_NOUNS) and during:
            end, doubt = self._tail(here + 1)
            return Element(Part.CONTINUOUS, text=self._words(here, end), doubt=doubt), end
        if (
            (lead == 1 or place == 0)
            and named.among("период", "ход", "процесс", "рамка")
            and self.at(here + 1).lemmas
            and not self._is_calendar(here + 1)
            and self.at(here + 1).text not in ("с", "со", "до")
        ):
            end, told = self._tail(here + 1)
            asked = told if named.among("период") else "Назовите первый и последний день этой работы."
            return Element(Part.CONTINUOUS, text=self._words(here, end), doubt=asked), end
        if during and named.lemmas and not self._is_calendar(here) and not self._a_date(here):
            end, _ = self._tail(here + 1)
            return Element(
                Part.CONTINUOUS, text=self._words(here, end), doubt="Назовите первый и последний день этого времени."
            ), end
        return None
