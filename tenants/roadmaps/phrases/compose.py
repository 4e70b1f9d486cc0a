"""From the parts of a phrase to one reading; whatever does not fit together becomes a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tenants.roadmaps.phrases.neighbours import completed, one_year_for_all
from tenants.roadmaps.phrases.parts import Element, Part
from tenants.roadmaps.phrases.reading import PeriodKind, PeriodReading
from tenants.roadmaps.phrases.years import Day, DocumentYear, Settled, Span, UnreadableError, settle

DATED = (Part.SPAN, Part.DEADLINE)
UNCLEAR = "Срок понят не полностью. Уточните его."
UNREADABLE = "Срок не удалось прочитать. Укажите его датой или месяцем."


@dataclass
class Composer:
    """The parts of one phrase, sorted by what they say."""

    elements: Sequence[Element]
    context: DocumentYear
    doubts: list[str] = field(default_factory=list)

    def reading(self) -> PeriodReading:
        """Return the reading; the first doubt becomes its question."""
        self.elements = completed(self.elements, self.context)
        said = [
            element
            for element in self.elements
            if element.part not in (Part.SEPARATOR, Part.SILENT, Part.OR, Part.UNKNOWN)
        ]
        unknown = [element.text or "" for element in self.elements if element.part is Part.UNKNOWN]
        if not said:
            return PeriodReading(PeriodKind.NONE, question=UNREADABLE)
        if unknown:
            self.doubts.append(f"Не удалось разобрать слова «{_short(' '.join(unknown))}». Уточните срок.")
        try:
            reading = self._composed(self._without_then(said))
        except UnreadableError as error:
            return PeriodReading(PeriodKind.NONE, question=str(error))
        own = [element.doubt for element in self.elements if element.doubt]
        doubts = [*own, *self.doubts]
        return replace(reading, question=doubts[0] if doubts else None)

    def _composed(self, said: list[Element]) -> PeriodReading:
        parts = {element.part for element in said}
        for part, compose in self._order():
            if part in parts:
                return compose(said)
        return PeriodReading(PeriodKind.NONE)

    def _without_then(self, said: list[Element]) -> list[Element]:
        """Drop «далее»; ask where nothing says how the work goes on after the first time."""
        if not any(element.part is Part.THEN for element in said):
            return said
        rest = [element for element in said if element.part is not Part.THEN]
        if not any(element.part in (Part.EVERY, Part.CONTINUOUS) for element in rest):
            self._ask("Как работа идёт дальше?")
        return rest

    def _order(self) -> tuple[tuple[Part, Callable[[list[Element]], PeriodReading]], ...]:
        """Return which part decides the kind, the strongest first."""
        return (
            (Part.EVERY, self._recurring),
            (Part.SCHEDULE, self._on_schedule),
            (Part.RELATIVE, self._relative),
            (Part.CONTINUOUS, self._continuous),
            (Part.FROM, self._open),
            (Part.DEADLINE, self._deadlines),
            (Part.SPAN, self._spans),
            (Part.MONTH_DAY, self._bare_day),
            (Part.WEEKDAY, self._bare_day),
        )

    def _ask(self, question: str) -> None:
        self.doubts.append(question)

    def _settle(self, span: Span) -> Settled:
        settled = settle(span, self.context)
        if settled.doubt:
            self._ask(settled.doubt)
        return settled

    # Recurring

    def _recurring(self, said: list[Element]) -> PeriodReading:
        every = [element for element in said if element.part is Part.EVERY]
        rest = [element for element in said if element.part is not Part.EVERY]
        if said[0].part in DATED and Part.THEN in [element.part for element in self.elements]:
            return self._first_and_then(said[0], every, rest[1:])
        base = every[0].text
        if len(every) > 1:
            base = self._two_recurrences(every)
        if base is None:
            return PeriodReading(PeriodKind.RECURRING)
        rest = [element for element in rest if element.part is not Part.CONTINUOUS or element.text]
        spans = [span for element in every for span in element.spans]
        start, rest = self._first_time([element for element in rest if not self._whole_document(element)])
        recurrence, taken = self._detail(base, spans, rest)
        anchor, left = self._anchor([element for element in rest if element not in taken])
        if left:
            self._ask("Работа повторяется, но указан и другой срок. Как читать срок?")
        return PeriodReading(PeriodKind.RECURRING, self._start_of(recurrence, start), None, recurrence, anchor)

    def _first_and_then(self, first: Element, every: list[Element], rest: list[Element]) -> PeriodReading:
        """Read «сентябрь 2025 г., далее ежегодно»: the first time, and how it goes on."""
        span, base = first.spans[0], every[0].text
        settled = self._settle(span)
        start = settled.end if first.part is Part.DEADLINE else settled.start
        yearly = base is not None and base.partition("/")[0] == "yearly"
        if rest or len(every) > 1 or len(first.spans) > 1 or span.bare_year or (not yearly and not span.is_month):
            self._ask("Работа повторяется, но указан и другой срок. Как читать срок?")
        elif yearly:
            base = f"{base}:{self._each_year(span, [first])}"
        return PeriodReading(PeriodKind.RECURRING, _iso(start), None, base)

    def _whole_document(self, element: Element) -> bool:
        """Tell whether a part names the whole year of the document, which bounds every recurrence in it anyway."""
        return (
            element.part is Part.SPAN
            and len(element.spans) == 1
            and element.spans[0].doubt is None
            and self.context.is_whole(element.spans[0])
        )

    def _two_recurrences(self, every: list[Element]) -> str | None:
        """Merge «1 раз в месяц» with «последняя пятница месяца» and equal ones; ask about anything else."""
        texts = sorted({element.text or "" for element in every}, key=len)
        if len(texts) == 2 and texts[1].startswith(texts[0] + ":"):
            return texts[1]
        if len(texts) > 1:
            self._ask("Названо несколько повторений. Какое верно?")
        return every[0].text

    def _first_time(self, rest: list[Element]) -> tuple[Span | None, list[Element]]:
        """Take «с 2023 года» and «начиная с сентября 2026 г.» out: the first occurrence."""
        begun = [element for element in rest if element.part is Part.FROM]
        if len(begun) != 1 or not begun[0].spans[0].has_year:
            return None, rest
        return begun[0].spans[0], [element for element in rest if element is not begun[0]]

    def _start_of(self, recurrence: str | None, first: Span | None) -> str | None:
        if first is None:
            return None
        settled = self._settle(first)
        if settled.start is None:
            return None
        start = settled.start
        if recurrence and recurrence.startswith("yearly:") and first.bare_year:
            month, _, day = recurrence.removeprefix("yearly:").partition("..")[0].partition("-")
            start = date(start.year, int(month), int(day or 1))
        return start.isoformat()

    def _detail(self, base: str, spans: list[Span], rest: list[Element]) -> tuple[str, list[Element]]:
        """Add the day, weekday or month that the phrase names to the recurrence."""
        dated = [element for element in rest if element.part in (Part.SPAN, Part.DEADLINE)]
        spans = spans + [span for element in dated for span in element.spans]
        days = [element for element in rest if element.part is Part.MONTH_DAY]
        weekdays = [element for element in rest if element.part is Part.WEEKDAY]
        if len(spans) == 1 and base.partition("/")[0] == "yearly" and not days and _any_year(spans[0]):
            return f"{base}:{self._each_year(spans[0], dated)}", dated
        if len(days) == 1 and not spans and base in ("monthly", "quarterly"):
            return f"{base}:{days[0].text}", days
        if len(weekdays) == 1 and not spans and not days:
            return self._on_weekday(base, weekdays)
        return base, []

    def _on_weekday(self, base: str, weekdays: list[Element]) -> tuple[str, list[Element]]:
        text = weekdays[0].text or ""
        if base == "monthly" and "-" in text:
            return f"monthly:{text}", weekdays
        if base == "weekly" and "-" not in text:
            self._ask("Прочитано: каждую неделю в этот день. Верно?")
            return f"weekly:{text}", weekdays
        return base, []

    def _each_year(self, span: Span, dated: list[Element]) -> str:
        """Return the month, the day or the days of each year, without the year."""
        if span.doubt and not span.of_document:
            self._ask(span.doubt)
        deadline = any(element.part is Part.DEADLINE for element in dated)
        leap = 2024
        first, last = span.first.on(leap), span.last.on(leap)
        if span.last == Day(2, 0) and not span.is_month:
            self._ask("В феврале 28 или 29 дней. Назовите последний день срока.")
        if deadline:
            return f"{last:%m-%d}"
        if span.is_month:
            return f"{first:%m}"
        return f"{first:%m-%d}" if span.is_day else f"{first:%m-%d}..{last:%m-%d}"

    def _anchor(self, rest: list[Element]) -> tuple[str | None, list[Element]]:
        """Take the event that a recurrence is counted from, or the plan that names its days."""
        events = [element for element in rest if element.part in (Part.RELATIVE, Part.SCHEDULE)]
        if len(events) == 1 and len(rest) == 1 and events[0].hint is None:
            return events[0].text, []
        return None, rest

    # Set elsewhere, counted from an event, without an end

    def _on_schedule(self, said: list[Element]) -> PeriodReading:
        anchor = next(element.text for element in said if element.part is Part.SCHEDULE)
        rest = [element for element in said if element.part is not Part.SCHEDULE]
        offered = any(element.part is Part.OR for element in self.elements)
        if len(rest) == 1 and rest[0].part in (Part.SPAN, Part.DEADLINE) and len(rest[0].spans) == 1 and offered:
            settled = self._settle(rest[0].spans[0])
            return self._dated(PeriodKind.ON_SCHEDULE, settled, only_end=rest[0].part is Part.DEADLINE, anchor=anchor)
        if rest:
            self._ask("Указаны и график, и другой срок. Какой из них главный?")
        return PeriodReading(PeriodKind.ON_SCHEDULE, anchor=anchor)

    def _relative(self, said: list[Element]) -> PeriodReading:
        if len(said) > 1:
            self._ask("Указано несколько сроков. Какой из них верен?")
        return PeriodReading(
            PeriodKind.RELATIVE, anchor=next(element.text for element in said if element.part is Part.RELATIVE)
        )

    def _continuous(self, said: list[Element]) -> PeriodReading:
        anchors = [element.text for element in said if element.part is Part.CONTINUOUS and element.text]
        rest = [element for element in said if element.part is not Part.CONTINUOUS]
        begun = len(rest) == 1 and not anchors and len(rest[0].spans) == 1 and rest[0].part in (Part.FROM, Part.SPAN)
        if begun and (rest[0].part is Part.FROM or rest[0].spans[0].is_month or rest[0].spans[0].is_day):
            return self._dated(PeriodKind.CONTINUOUS, self._settle(rest[0].spans[0]), only_start=True)
        if rest or len(anchors) > 1:
            self._ask("Работа идёт постоянно, но указан и другой срок. Как читать срок?")
        if begun:
            settled = self._settle(rest[0].spans[0])
            return self._dated(rest[0].spans[0].kind, settled)
        return PeriodReading(PeriodKind.CONTINUOUS, anchor=anchors[0] if anchors else None)

    def _open(self, said: list[Element]) -> PeriodReading:
        """Read «с 1 сентября» without an end."""
        begun = [element.spans[0] for element in said if element.part is Part.FROM]
        deadlines = [span for element in said if element.part is Part.DEADLINE for span in element.spans]
        self._ask("Указано только начало. До какого дня срок?" if len(said) == 1 else UNCLEAR)
        start = self._settle(begun[0]).start
        end = self._settle(deadlines[0]).end if deadlines else None
        kind = PeriodKind.RANGE if end else PeriodKind.CONTINUOUS
        return PeriodReading(kind, _iso(start), _iso(end))

    # Calendar

    def _deadlines(self, said: list[Element]) -> PeriodReading:
        dated = [element for element in said if element.part is Part.DEADLINE]
        spans = [span for element in dated for span in element.spans]
        if len(dated) < len(said):
            self._ask("Указан и срок, и другое время. Какой день крайний?")
        if any(element.part is Part.OR for element in self.elements) or (len(dated) == 1 and len(spans) > 1):
            self._ask("Названо несколько дней. Какой из них крайний?")
        if len(spans) == 1:
            return self._dated(PeriodKind.DEADLINE, self._settle(spans[0]), only_end=True)
        return self._list(spans, only_end=True)

    def _spans(self, said: list[Element]) -> PeriodReading:
        spans = [span for element in said for span in element.spans]
        schedule = next(
            (element for element in said if element.spans and element.spans[0].kind is PeriodKind.ON_SCHEDULE), None
        )
        if schedule is not None:
            self._ask(schedule.spans[0].doubt or UNCLEAR)
            return PeriodReading(PeriodKind.ON_SCHEDULE, anchor=schedule.text)
        if len(said) > len([element for element in said if element.part is Part.SPAN]):
            self._ask(UNCLEAR)
        if any(element.part is Part.OR for element in self.elements):
            self._ask("Названо несколько сроков на выбор. Какой верен?")
        if len(spans) == 1:
            return self._dated(spans[0].kind, self._settle(spans[0]))
        return self._list(spans)

    def _list(self, spans: list[Span], *, only_end: bool = False) -> PeriodReading:
        if self._loosely_listed():
            self._ask("Это несколько сроков или один отрезок?")
        if any(span.bare_year for span in spans):
            self._ask("Годы перечислены. Назовите первый и последний день.")
        settled = [self._settle(span) for span in self._shared_year(spans)]
        if any(span.end is None for span in settled):
            return PeriodReading(PeriodKind.LIST)
        ends = [span.end for span in settled if span.end]
        if ends != sorted(set(ends)):
            self._ask("Сроки идут не по порядку. К каким годам они относятся?")
        start = None if only_end else ";".join(_iso(span.start) or "" for span in settled)
        return PeriodReading(PeriodKind.LIST, start, ";".join(end.isoformat() for end in ends))

    def _loosely_listed(self) -> bool:
        """Tell whether the parts are not plainly parted by commas, line ends or «и»."""
        dated = (Part.SPAN, Part.DEADLINE)
        for index, element in enumerate(self.elements):
            if element.part is Part.SEPARATOR and element.text in ("-", "/", "(", ":"):
                return True
            if index and element.part in dated and self.elements[index - 1].part in dated:
                return True
        return False

    def _shared_year(self, spans: list[Span]) -> list[Span]:
        """Give spans without a year the year of their neighbours."""
        filled = one_year_for_all(spans)
        if filled is None:
            self._ask("Год указан не у всех сроков. К какому году относятся остальные?")
        return filled or spans

    def _bare_day(self, said: list[Element]) -> PeriodReading:
        """Read «25 числа» without a month."""
        if len(said) == 1 and said[0].hint and said[0].text:
            if said[0].hint in ("monthly", "quarterly"):
                return PeriodReading(PeriodKind.RECURRING, recurrence=f"{said[0].hint}:{said[0].text}")
            self._ask("К какому месяцу относится день?")
            return PeriodReading(PeriodKind.RECURRING, recurrence=said[0].hint)
        self._ask("Указан день без месяца. Какого месяца, или это каждый месяц?")
        if said[0].part is Part.MONTH_DAY and len(said) == 1:
            return PeriodReading(PeriodKind.RECURRING, recurrence=f"monthly:{said[0].text}")
        return PeriodReading(PeriodKind.NONE)

    def _dated(
        self,
        kind: PeriodKind,
        settled: Settled,
        *,
        only_end: bool = False,
        only_start: bool = False,
        anchor: str | None = None,
    ) -> PeriodReading:
        start = None if only_end else _iso(settled.start)
        return PeriodReading(kind, start, None if only_start else _iso(settled.end), None, anchor)


def _any_year(span: Span) -> bool:
    """Tell whether a span can stand for the same days of each year."""
    return span.of_document or not span.has_year


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60].rsplit(" ", 1)[0] + "…"
