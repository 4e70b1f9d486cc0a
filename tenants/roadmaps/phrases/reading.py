"""What a period phrase was read as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PeriodKind(StrEnum):
    """Shapes a period can have; the words stand in the JSON of readings."""

    DEADLINE = "deadline"
    RANGE = "range"
    MONTH = "month"
    MONTH_RANGE = "month_range"
    ACADEMIC_YEAR = "academic_year"
    RECURRING = "recurring"
    CONTINUOUS = "continuous"
    RELATIVE = "relative"
    ON_SCHEDULE = "on_schedule"
    LIST = "list"
    NONE = "none"


@dataclass(frozen=True)
class PeriodReading:
    """A phrase turned into dates, a recurrence or an anchor. Days are included on both sides."""

    kind: PeriodKind
    start: str | None = None
    """First day as YYYY-MM-DD; for a list several of them, parted by ";"."""
    end: str | None = None
    """Last day, in the same notation."""
    recurrence: str | None = None
    """Such as `monthly:25`, `quarterly`, `yearly/3:05-01`."""
    anchor: str | None = None
    """The words, as written, that the period hangs on."""
    question: str | None = None
    """A Russian sentence that asks what is unsure; None where nothing is."""

    @property
    def intervals(self) -> tuple[tuple[date | None, date | None], ...]:
        """Return the first and last day of each period, in the order of the phrase; empty where no day is known."""
        starts, ends = _days(self.start), _days(self.end)
        size = max(len(starts), len(ends))
        starts += (None,) * (size - len(starts))
        ends += (None,) * (size - len(ends))
        return tuple(zip(starts, ends, strict=True))

    @property
    def due(self) -> date | None:
        """Return the latest last day, which is the day to check the work; None where no last day is known."""
        return max((end for _, end in self.intervals if end is not None), default=None)

    def as_json(self) -> dict[str, str | None]:
        """Return the five keys of a `period`; the question stands beside it, not in it."""
        return {
            "kind": self.kind.value,
            "start": self.start,
            "end": self.end,
            "recurrence": self.recurrence,
            "anchor": self.anchor,
        }


def _days(text: str | None) -> tuple[date | None, ...]:
    if text is None:
        return ()
    return tuple(date.fromisoformat(part) if part else None for part in text.split(";"))
