"""Parts of a phrase that complete each other: a year beside a month, a weekday beside its date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tenants.roadmaps.phrases import lexicon
from tenants.roadmaps.phrases.parts import Element, Part
from tenants.roadmaps.phrases.reading import PeriodKind
from tenants.roadmaps.phrases.years import DocumentYear, Span, UnreadableError, settle

DATED = (Part.SPAN, Part.DEADLINE)


def completed(elements: Sequence[Element], context: DocumentYear) -> list[Element]:
    """Return the elements with what belongs together merged; the rest stays as it is, in order."""
    kept = _weekdays_checked(list(elements), context)
    return kept if any(element.part is Part.EVERY for element in kept) else _year_given(kept)


def _year_given(elements: list[Element]) -> list[Element]:
    """Give the year that stands apart to the others: «май, 2026 г.», «2026 год, I квартал», «октябрь (2026 год)»."""
    dated = [element for element in elements if element.part in DATED]
    years = [element for element in dated if _is_year(element)]
    others = [element for element in dated if element not in years]
    alone = len(years) == 1 and others and years[0] in (dated[0], dated[-1])
    if not alone or any(span.has_year for element in others for span in element.spans):
        return elements
    year = years[0].spans[0]
    return [
        replace(element, spans=tuple(_within(span, year) for span in element.spans)) if element in others else element
        for element in elements
        if element is not years[0] and not _is_mark(element)
    ]


def _is_mark(element: Element) -> bool:
    """Tell whether a mark stands around the year and means nothing without it."""
    return element.part is Part.SEPARATOR and element.text in ("(", ")", "\n", ":")


def _is_year(element: Element) -> bool:
    """Tell whether nothing but one year is named, in figures."""
    if element.part is not Part.SPAN or len(element.spans) != 1:
        return False
    span = element.spans[0]
    first, last = span.first.year, span.last.year
    if first is None or last is None or span.of_document:
        return False
    return (span.bare_year and first == last) or (span.kind is PeriodKind.ACADEMIC_YEAR and last == first + 1)


def _within(span: Span, year: Span) -> Span:
    first = year.first.year or 0
    return span.in_year(first) if year.bare_year else span.in_school_year(first)


def _weekdays_checked(elements: list[Element], context: DocumentYear) -> list[Element]:
    """Drop the weekday that a date names beside itself, if it is the right one: «15.10.2025 (среда)»."""
    dated = [element for element in elements if element.part is not Part.SEPARATOR]
    if len(dated) != 2 or {element.part for element in dated} not in ({Part.WEEKDAY, part} for part in DATED):
        return elements
    day, weekday = sorted(dated, key=lambda element: element.part is Part.WEEKDAY)
    if len(day.spans) == 1 and day.spans[0].is_day and _weekday_of(day.spans[0], context) == weekday.text:
        return [day]
    return elements


def _weekday_of(span: Span, context: DocumentYear) -> str | None:
    try:
        day = settle(span, context).start
    except UnreadableError:
        return None
    return None if day is None else lexicon.WEEKDAY_ORDER[day.weekday()]


def one_year_for_all(spans: list[Span]) -> list[Span] | None:
    """Return the spans with the years that the named ones imply; None where that is not sure.

    «сентябрь, октябрь 2026 г.» takes the year from the last; «ноябрь 2025 г., февраль, апрель 2026 г.» is sure only
    because no other year keeps the order.
    """
    named = [span for span in spans if span.has_year]
    if len(named) == len(spans) or not named:
        return spans
    if any(span.bare_year for span in named):
        return None
    orders = [filled for filled in (_filled(spans, forward=False), _filled(spans, forward=True)) if filled]
    rising = [filled for filled in orders if _rises(filled)]
    return rising[0] if rising and all(filled == rising[0] for filled in rising) else None


def _filled(spans: list[Span], *, forward: bool) -> list[Span] | None:
    """Give each span without a year that of the next named one, or of the one before; None where one gets no year."""
    year: int | None = None
    filled: list[Span] = []
    for span in spans if forward else reversed(spans):
        year = ((span.last.year if forward else span.first.year) or span.last.year) if span.has_year else year
        if year is None:
            return None
        filled.append(span if span.has_year else span.in_year(year))
    return filled if forward else filled[::-1]


def _rises(spans: list[Span]) -> bool:
    places = [(span.first.year or span.last.year or 0, span.first.month, span.first.day) for span in spans]
    return places == sorted(set(places))
