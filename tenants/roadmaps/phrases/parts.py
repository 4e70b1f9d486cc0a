"""Parts of a phrase: what the grammar hands to the composer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from tenants.roadmaps.phrases.years import Span


class Part(Enum):
    """What a part of the phrase says."""

    SPAN = auto()
    DEADLINE = auto()
    FROM = auto()
    EVERY = auto()
    MONTH_DAY = auto()
    WEEKDAY = auto()
    CONTINUOUS = auto()
    RELATIVE = auto()
    SCHEDULE = auto()
    SEPARATOR = auto()
    THEN = auto()
    OR = auto()
    SILENT = auto()
    UNKNOWN = auto()


@dataclass(frozen=True)
class Element:
    """One part of the phrase."""

    part: Part
    spans: tuple[Span, ...] = ()
    text: str | None = None
    """Recurrence of EVERY, day of MONTH_DAY, weekday of WEEKDAY, anchor of the rest; the words of UNKNOWN."""
    doubt: str | None = None
    hint: str | None = None
    """Recurrence that a MONTH_DAY implies by itself: «10 числа месяца, следующего за отчетным»; "ordinal" marks a
    RELATIVE such as «первая неделя», which is no event."""


Found = tuple[Element, int] | None
