"""The course of a month beside the one before, as the chart of steps takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.context import actor
from portal.overview import words
from reports.overview.above import Course
from tenants import clock
from tenants.periods import Month
from tenants.submissions.queries import OpenWindow


@dataclass(frozen=True)
class Chart:
    """What components/step_chart.html draws, with the finding as its title."""

    title: str
    now: list[tuple[int, int]]
    past: list[tuple[int, int]]
    days: tuple[int, int]
    total: int
    due: int
    now_text: str
    past_text: str
    past_by_today: int | None
    """How many had handed in by the same day of the month before; None where nobody did then."""

    @property
    def empty(self) -> bool:
        """Return whether nobody has handed in, neither now nor then."""
        return not (self.now[-1][1] or self.past)


def chart(windows: Sequence[OpenWindow], runs: Mapping[int, Course], total: int) -> Chart:
    """Return the newest month beside the one before; `runs` by window."""
    newest = windows[0].window
    month = Month.of(newest.period_start)
    last = next((one.window for one in windows if Month.of(one.window.period_start) == month.previous), None)
    now = runs.get(newest.id, Course())
    past = runs.get(last.id, Course()) if last else Course()
    today = (clock.today(actor().organization.time_zone) - month.first).days + 1
    due = (newest.due_on - month.first).days + 1
    end = max(due, today, month.last.day)
    begin = _begin(now, past, today)
    return Chart(
        title=_finding(now.by(today), past.by(today) if past.points else None, month),
        now=_path(now, begin, today),
        past=_path(past, begin, end) if past.points else [],
        days=(begin, end),
        total=total,
        due=due,
        now_text=month.name,
        past_text=month.previous.name,
        past_by_today=past.by(today) if past.points else None,
    )


def _begin(now: Course, past: Course, today: int) -> int:
    """Return the day before the first that anybody handed in: the flat beginning says nothing."""
    first = min((run.points[0][0] for run in (now, past) if run.points), default=1)
    return max(1, min(first - 1, today - 1))


def _path(run: Course, begin: int, end: int) -> list[tuple[int, int]]:
    return [(day, run.by(day)) for day in range(begin, end + 1)]


def _finding(now: int, past: int | None, month: Month) -> str:
    if past is None:
        return f"Ход сдачи за {month.name}"
    before = words.in_month(month.previous)
    if now == past:
        return f"Сдают так же, как {before}"
    return f"Сдают быстрее, чем {before}" if now > past else f"Сдают медленнее, чем {before}"
