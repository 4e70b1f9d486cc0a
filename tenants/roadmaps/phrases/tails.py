"""Grammar of free words: how far they reach, and what in them belongs to the calendar."""

from __future__ import annotations

from tenants.roadmaps.phrases import lexicon
from tenants.roadmaps.phrases.lexicon import YEAR
from tenants.roadmaps.phrases.recurrences import RecurrenceGrammar


class TailGrammar(RecurrenceGrammar):
    """Free words end where the next time begins."""

    def _tail(self, place: int) -> tuple[int, str | None]:
        """Return where free words end, and a doubt if they hold a time of their own."""
        here, doubt = place, None
        while self.at(here).text and not self._tail_ends(here):
            if self._names_time(here) and not self._describes(here):
                doubt = "В словах о событии есть ещё один срок. Какой из них верен?"
            here += 1
        return here, doubt

    def _tail_ends(self, place: int) -> bool:
        word = self.at(place)
        if word.text in ("или", "либо"):
            return self._begins_time(place + 1)
        return word.text in (",", ";", "\n", "(", "и", "-") and self._begins_time(place + 1)

    def _begins_time(self, place: int) -> bool:
        word, after = self.at(place), self.at(place + 1)
        if word.text in ("но", "а", "далее", "затем"):
            return self._begins_time(place + 1)
        if word.text in ("до", "с", "к", "в", "по", "не", "на"):
            return (
                self._names_time(place + 1)
                or after.text in ("позднее", "позже", "реже", "менее")
                or after.among("график", "план")
            )
        return self._names_time(place)

    def _names_time(self, place: int) -> bool:
        word = self.at(place)
        if word.month or word.name(lexicon.EVERY) or word.text in lexicon.CONTINUOUS_ADVERBS or word.among("каждый"):
            return True
        if word.weekday or word.roman or word.among("учебный", "раз", "понедельник"):
            return not word.among("среда") or self.at(place - 1).text in ("в", "по")
        return word.digits > 0 and not self._counts_a_thing(place)

    def _counts_a_thing(self, place: int) -> bool:
        """Tell «школы № 5» and «приказа 145-р» from a day or a year."""
        return self.at(place - 1).text in ("no", "n") and self.at(place).digits < 4

    def _describes(self, place: int) -> bool:
        """Tell whether the time belongs to a plan or an act: «плана на 2026 год», «приказа от 01.09.2026»."""
        back = place
        while (
            self.at(back - 1).digits
            or self.at(back - 1).text in (".", "-", "/")
            or self.at(back - 1).unit == YEAR
            or self.at(back - 1).month
        ):
            back -= 1
        back -= self.at(back - 1).among("учебный")
        if self.at(back - 1).among(*lexicon.EDGES):
            return self.at(back - 3).text not in ("и", ",")
        named = self.at(back - 1).text in ("на", "от") or (
            self.at(place).among("учебный") and self.at(back - 1).text == "на"
        )
        return named and back > 1

    def _words(self, begin: int, end: int) -> str:
        """Return the words as written, on one line, without marks that close them."""
        written = self.text[self.at(begin).begin : self.at(end - 1).end]
        return " ".join(written.split()).rstrip(" ,;.)(")

    def _neutral_lead(self, place: int) -> int:
        """Return how many words only lead in a stretch: «в», «на», «в течение», «по состоянию на», «в срок»."""
        word, after = self.at(place), self.at(place + 1)
        if word.text in ("в", "во", "на", "за"):
            return self._preposition(place)
        if word.text == "по" and after.among("состояние"):
            return 3
        named = word.among("период", "срок") and (self._a_date(place + 1) or after.text in ("с", "до", "по", "на"))
        return 1 if named or word.text == "втечение" else 0

    def _preposition(self, place: int) -> int:
        after = self.at(place + 1)
        if after.among("течение", "протяжение", "продолжение"):
            return 2
        dated = self._a_date(place + 2) or self.at(place + 2).text in ("с", "со", "до")
        return 2 if after.among("период", "срок", "месяц") and dated else 1

    def _a_date(self, place: int) -> bool:
        return self.at(place).digits > 0 or self.at(place).month is not None or self.at(place).number is not None

    def _is_calendar(self, place: int) -> bool:
        word = self.at(place)
        if word.unit is not None or word.among(
            "учебный", "календарный", "текущий", "этот", "весь", "следующий", "отчетный"
        ):
            return True
        return self._a_date(place) or bool(word.lemmas & lexicon.SEASONS.keys())
