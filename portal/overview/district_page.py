"""The home page of a district: what waits for it, who has not handed in, how the month runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from portal import formats
from portal.context import actor, db
from portal.overview import words
from portal.overview.addresses import matrix_link, queue_link
from portal.overview.course import Chart, chart
from portal.overview.queues import queues_of_actor, requests_for_names
from portal.overview.words import Link, Todo
from portal.submissions.matrix_page import meter
from portal.submissions.words import Word, standing_word
from reports.month_views.matrix import MatrixLine
from reports.overview.above import courses, school_lines, waiting_by_month
from reports.overview.sums import TREND_MONTHS, key_figures
from tenants import clock
from tenants.accounts.queries import Colleague, curators_of
from tenants.db import REGISTRY, transaction
from tenants.periods import Month
from tenants.roadmaps.queries import QueueCounts
from tenants.submissions import queries
from tenants.submissions.queries import OpenWindow

_SHOWN = 12


@dataclass(frozen=True)
class MissingSchool:
    """A school that has not handed in, with whom to call."""

    name: str
    url: str
    state: Word
    curator: Colleague | None

    @property
    def phone_url(self) -> str:
        """Return the address that dials the number."""
        digits = "".join(sign for sign in (self.curator.phone if self.curator else "") if sign.isdigit() or sign == "+")
        return f"tel:{digits}"


@dataclass(frozen=True)
class MonthOfDistrict:
    """How the newest month stands in the district."""

    month: Month
    handed_in: int
    total: int
    meter: list[tuple[str, int, str]]
    line: str
    then: str
    """How many had handed in by the same day of the month before; empty where nobody did then."""
    review: Link | None
    """The way to the months that wait; None where none does."""
    missing: list[MissingSchool]
    missing_count: int
    all_missing: Link
    chart: Chart


def begun_windows() -> list[OpenWindow]:
    """Return the windows of the last months that have begun, the newest first. One statement."""
    today = clock.today(actor().organization.time_zone)
    found = queries.windows(db(), limit=TREND_MONTHS + 2)
    return [one for one in found if one.window.opens_on <= today]


def district_page() -> dict[str, object]:
    """Return what the page shows; at most eight statements."""
    windows = begun_windows()
    today = clock.today(actor().organization.time_zone)
    lines = school_lines(db(), windows[0]) if windows else []
    runs = courses(db(), windows, actor().organization.time_zone) if windows else {}
    waiting = waiting_by_month(windows, runs)
    plans, requests = queues_of_actor()
    figures = key_figures(db(), windows)
    return {
        "today_words": words.today_words(today),
        "school_count": words.schools(len(lines)) if lines else "",
        "month": _month(windows, lines, chart(windows, runs, len(lines)), waiting) if windows else None,
        "todo": [
            *requests_for_names(requests, narrow=True),
            *older_months(waiting, windows),
            *_plans(plans, len(lines)),
        ],
        "figures": figures,
        "before_dative": words.dative(figures.month.previous) if figures else "",
    }


def _month(
    windows: Sequence[OpenWindow], lines: Sequence[MatrixLine], drawn: Chart, waiting: dict[Month, int]
) -> MonthOfDistrict:
    window = windows[0].window
    month = Month.of(window.period_start)
    today = clock.today(actor().organization.time_zone)
    mine = waiting.get(month, 0)
    missing = [line for line in lines if not line.standing.handed_in]
    return MonthOfDistrict(
        month=month,
        handed_in=len(lines) - len(missing),
        total=len(lines),
        meter=[part for part in meter(lines) if part[1]],
        line=f"{words.until_words(window.due_on)} · {words.left(window.due_on, today).lower()}",
        then=f"к этому дню {words.in_month(month.previous)} сдали {drawn.past_by_today}"
        if drawn.past_by_today is not None
        else "",
        review=queue_link(f"Проверить {words.reports(mine)}", month) if mine else None,
        missing=_missing(missing[:_SHOWN]),
        missing_count=len(missing),
        all_missing=matrix_link(f"Все {len(missing)}", month, tab="missing"),
        chart=drawn,
    )


def _missing(lines: Sequence[MatrixLine]) -> list[MissingSchool]:
    """Return the schools with their curators: accounts belong to the installation, hence the other scope."""
    if not lines:
        return []
    with transaction(REGISTRY.reading()) as registry:
        curators = curators_of(registry, [line.place.id for line in lines])
    return [
        MissingSchool(
            line.place.name_short,
            url_for("organizations.card", organization_id=line.place.id),
            standing_word(line),
            curators.get(line.place.id),
        )
        for line in lines
    ]


def older_months(waiting: dict[Month, int], windows: Sequence[OpenWindow]) -> list[Todo]:
    """Return the months before the newest that wait for the acting reviewer, the oldest first."""
    newest = Month.of(windows[0].window.period_start) if windows else None
    return [
        Todo(
            "sent",
            "проверить",
            f"За {month.title} ждут проверки: {words.reports(count)}",
            queue_link("Проверить", month),
        )
        for month, count in waiting.items()
        if month != newest
    ]


def _plans(counts: QueueCounts, total: int) -> list[Todo]:
    link = Link("Открыть", url_for("roadmaps.queue"))
    found = []
    if counts.waiting:
        verb = formats.plural(counts.waiting, "ждёт", "ждут", "ждут")
        text = f"{words.plans(counts.waiting)} {verb} согласования"
        found.append(Todo("sent", "согласовать", text, Link("Согласовать", link.url)))
    if counts.returned:
        found.append(Todo("returned", "у школ", f"На доработке: {words.plans(counts.returned)}", link))
    absent = total - counts.waiting - counts.returned - counts.approved
    if absent > 0:
        text = f"{words.schools(absent)} {formats.plural(absent, 'не прислала', 'не прислали', 'не прислали')} карту"
        found.append(Todo("none", "нет карты", text, link))
    return found
