"""Grammar of recurrence: how often, and on which day of the month or week."""

from __future__ import annotations

from tenants.roadmaps.phrases import lexicon
from tenants.roadmaps.phrases.lexicon import DAY, HALF, MONTH, QUARTER, UNIT_RECURRENCE, YEAR
from tenants.roadmaps.phrases.parts import Element, Found, Part
from tenants.roadmaps.phrases.spans import SpanGrammar
from tenants.roadmaps.phrases.years import Span


class RecurrenceGrammar(SpanGrammar):
    """Recursive descent over words that say how often."""

    text: str = ""

    def _every(self, place: int) -> Found:
        return (
            self._every_adverb(place)
            or self._times_per(place)
            or self._each(place)
            or self._by_unit(place)
            or self._edge_of_each(place)
        )

    def _every_adverb(self, place: int) -> Found:
        word = self.at(place)
        name = word.name(lexicon.EVERY) or self._every_stem(word.text)
        if name is None:
            return None
        doubt = "Срок прочитан как «каждый день». Верно?" if name == "daily" else None
        return Element(Part.EVERY, text=name, doubt=doubt), place + 1

    def _every_stem(self, text: str) -> str | None:
        """Read adverbs made on the spot, such as «ежечетвертно»."""
        stem = text.removeprefix("еже")
        named = (UNIT_RECURRENCE[unit] for root, unit in lexicon.UNIT_ROOTS.items() if stem.startswith(root))
        return next(named, None) if stem != text else None

    def _times_per(self, place: int) -> Found:
        """Read «не реже одного раза в месяц», «2 раза в год», «раз в три года», «дважды в полугодие»."""
        here, most = self._at_least(place)
        count = lexicon.TIMES.get(self.at(here).text)
        if count is None:
            if self._is_count(here) and self.at(here + 1).text == "-" and self._is_count(here + 2):
                here, most = here + 2, "Число раз названо неточно. Сколько раз ждать выполнения?"
            count = (self.at(here).number or 1) if self._is_count(here) else 1
            here += self._is_count(here)
            if not (self.at(here).among("раз") or (self.at(here).text == "р" and here > place)):
                return None
        here += 1
        if self.at(here).text not in ("в", "за", "на", "/"):
            return None
        here += self.at(here + 1).among("течение", "протяжение")
        unit = self._counted_unit(here + 1)
        if not unit:
            return None
        return self._recurrence_of(count, unit[0], unit[1], most), unit[2]

    def _is_count(self, place: int) -> bool:
        return self.at(place).number is not None and not self.at(place).ordinal

    def _at_least(self, place: int) -> tuple[int, str | None]:
        """Pass «не реже» and «не менее»; «не чаще» and «не более» give a limit only."""
        if self.at(place).text == "минимум":
            return place + 1, None
        if self.at(place).text != "не":
            return place, None
        if self.at(place + 1).text in ("реже", "менее", "меньше"):
            return place + 2 + (self.at(place + 2).text == "чем"), None
        if self.at(place + 1).text in ("чаще", "более", "больше"):
            return place + 2, "Указано только, как часто не больше. Как часто ждать выполнения?"
        return place, None

    def _counted_unit(self, place: int) -> tuple[int, str, int] | None:
        """Read «год», «три года», «2 недели», «учебную четверть»."""
        word, here, size = self.at(place), place, 1
        if word.number is not None and word.number and not word.ordinal:
            size, here = word.number, place + 1
        if self.at(here).among("учебный", "календарный", "уч"):
            here += 1
        unit = self.at(here).unit
        return (size, unit, here + 1) if unit else None

    def _recurrence_of(self, count: int, size: int, unit: str, doubt: str | None) -> Element:
        base = UNIT_RECURRENCE.get(unit)
        if base is None or count < 1 or (count > 1 and size > 1):
            return Element(Part.EVERY, doubt="Как часто повторяется работа?")
        if unit == DAY:
            doubt = doubt or "Срок прочитан как повторяющийся по дням. Верно?"
        if unit == MONTH and size in (3, 6, 12):
            doubt = doubt or f"Прочитано: раз в несколько месяцев ({size}). Это каждый квартал, полугодие или год?"
        return Element(
            Part.EVERY, text=base + (f"/{size}" if size > 1 else "") + (f"*{count}" if count > 1 else ""), doubt=doubt
        )

    def _each(self, place: int) -> Found:
        """Read «каждый месяц», «каждые две недели», «каждую вторую среду месяца», «каждое 5 число»."""
        here = place + 1 if self.at(place).text == "в" else place
        if not self.at(here).among("каждый", "всякий"):
            return None
        here += 1
        weekday = self.weekday(here)
        if weekday:
            return self._weekday_of_month(weekday[0], weekday[1])
        name = self.at(here).weekday
        if name:
            return weekly_on(name), here + 1
        month = self.at(here).month
        if month:
            return Element(Part.EVERY, spans=(Span.one_month(month),), text="yearly"), here + 1
        day = self._month_day(here)
        if day:
            return Element(Part.EVERY, text=f"monthly:{day[0].text}"), day[1] + (self.at(day[1]).unit == MONTH)
        unit = self._counted_unit(here)
        return (self._recurrence_of(1, unit[0], unit[1], None), unit[2]) if unit else None

    def _weekday_of_month(self, which: tuple[int, str], place: int) -> Found:
        """Read what follows «первый понедельник»: «месяца», «каждого месяца» or nothing."""
        here = place
        while self.at(here).among("каждый", "всякий", "календарный", "учебный"):
            here += 1
        text = f"{which[0] or 'last'}-{which[1]}"
        if self.at(here).unit == MONTH:
            return Element(Part.EVERY, text=f"monthly:{text}"), here + 1
        return Element(Part.WEEKDAY, text=text), place

    def _by_unit(self, place: int) -> Found:
        """Read «по понедельникам», «по кварталам», «по четвертям»."""
        word = self.at(place + 1)
        if self.at(place).text != "по" or not word.text.endswith(("ам", "ям")):
            return None
        if word.weekday:
            return weekly_on(word.weekday), place + 2
        base = UNIT_RECURRENCE.get(word.unit or "")
        return (Element(Part.EVERY, text=base), place + 2) if base else None

    def _edge_of_each(self, place: int) -> Found:
        """Read «в конце каждой четверти», «по итогам каждого квартала»."""
        edge = ("конец", "начало", "итог", "окончание", "завершение", "истечение", "результат")
        if self.at(place).text not in ("в", "к", "по", "на") or not self.at(place + 1).among(*edge):
            return None
        return self._each(place + 2) if self.at(place + 2).among("каждый") else None

    def _month_day(self, place: int) -> Found:
        """Read «25 числа», «5-го числа», «числа 5»."""
        word = self.at(place)
        if not self._is_day(word) or not self.at(place + 1).among("число") or self.at(place + 2).month:
            return None
        after, hint = self._after_reporting(place + 2)
        return Element(Part.MONTH_DAY, text=f"{word.number:02d}", hint=hint), after

    def _after_reporting(self, place: int) -> tuple[int, str | None]:
        """Pass «(первого) месяца, следующего за отчетным [кварталом]» after a day of the month."""
        here = place
        while self.at(here).unit == MONTH or self.at(here).text == "," or self.at(here).among("следующий"):
            here += 1
        if here > place and self.at(here).text == "за" and self.at(here + 1).among("отчетный", "истекший", "прошедший"):
            unit = self.at(here + 2).unit
            hint = UNIT_RECURRENCE[unit] if unit in (QUARTER, HALF, YEAR) else "monthly"
            return here + 2 + (unit is not None or self.at(here + 2).among("период")), hint
        return place, None


def weekly_on(name: str) -> Element:
    """Return a weekly recurrence on a weekday."""
    return Element(Part.EVERY, text=f"weekly:{name}", doubt="Прочитано: каждую неделю в этот день. Верно?")
