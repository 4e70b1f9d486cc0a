"""The home page of a region: coverage and main sums, districts, how the month runs, what needs attention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import url_for

from portal import formats
from portal.context import actor, db
from portal.overview import words
from portal.overview.addresses import matrix_link, queue_link
from portal.overview.course import chart
from portal.overview.district_page import begun_windows
from portal.overview.queues import queues_of_actor, requests_for_names
from portal.overview.words import Link, Todo
from reports.overview.above import BranchStanding, branch_standings, courses, waiting_by_month
from reports.overview.sums import KeyFigures, key_figures
from reports.runs import policy
from reports.runs.models import Definition
from tenants import clock
from tenants.accounts import looking
from tenants.db import REGISTRY, transaction
from tenants.periods import Month, SchoolYear
from tenants.roadmaps.queries import QueueCounts
from tenants.roadmaps.queues import DistrictLine, district_lines
from tenants.submissions.queries import OpenWindow

_SHOWN = 6
_SOON = 5
_PART = 3
"""A district is behind before the due day when a third of its organizations has not begun."""
_SLOW = 5
"""Days after which a waiting month is worth a word."""
COLUMNS = ("Пары", "Наставники", "Наставляемые", "Встречи")


@dataclass(frozen=True)
class BranchRow:
    """A district in the table."""

    standing: BranchStanding
    url: str
    meter: list[tuple[str, int, str]]
    values: list[Decimal | None]
    note: str
    """«без 3 школ» while the sums of the shown month lack somebody."""


def region_page() -> dict[str, object]:
    """Return what the page shows; at most eight statements."""
    today = clock.today(actor().organization.time_zone)
    windows = begun_windows()
    if not windows:
        return {"windows": (), "attention": requests_for_names(queues_of_actor()[1])}
    rows = branch_standings(db(), windows[0])
    runs = courses(db(), windows, actor().organization.time_zone)
    figures = key_figures(db(), windows)
    waiting = waiting_by_month(windows, runs)
    expected = sum(one.expected for one in rows)
    newest = Month.of(windows[0].window.period_start)
    return {
        "windows": windows,
        "month": newest,
        "left": words.left(windows[0].window.due_on, today).lower(),
        "expected": expected,
        "handed_in": sum(one.handed_in for one in rows),
        "meter_parts": _meter(rows),
        "districts": formats.counted(sum(not one.direct for one in rows), "район", "района", "районов"),
        "organizations": words.organizations(expected),
        "figures": figures,
        "columns": COLUMNS,
        "rows": [_row(one, figures, newest) for one in sorted(rows, key=_worst_first)],
        "attention": _attention(windows, rows, waiting, figures, today),
        "chart": chart(windows, runs, expected),
        "may_ask": policy.may_ask(actor(), Definition.REGIONAL_SUMMARY),
    }


def _worst_first(one: BranchStanding) -> tuple[bool, float]:
    return one.direct, one.handed_in / one.expected


def _meter(rows: Sequence[BranchStanding]) -> list[tuple[str, int, str]]:
    parts = [
        ("ok", sum(one.accepted for one in rows), "принято"),
        ("sent", sum(one.waiting for one in rows), "на проверке"),
        ("returned", sum(one.returned for one in rows), "возвращено"),
        ("draft", sum(one.drafts for one in rows), "черновик"),
        ("gap", sum(one.not_started for one in rows), "не начато"),
    ]
    return [part for part in parts if part[1]]


def _row(one: BranchStanding, figures: KeyFigures | None, newest: Month) -> BranchRow:
    sums = figures.by_branch.get(one.branch_id) if figures else None
    lacking = one.expected - (sums.organization_count if sums else 0)
    values = sums.values if sums and sums.organization_count else {}
    return BranchRow(
        one,
        matrix_link("", newest, branch=one.branch_id).url,
        _meter([one]),
        [values.get(word) for word in COLUMNS],
        words.without(lacking, direct=one.direct) if lacking > 0 and figures else "",
    )


def _attention(
    windows: Sequence[OpenWindow],
    rows: Sequence[BranchStanding],
    waiting: Mapping[Month, int],
    figures: KeyFigures | None,
    today: date,
) -> list[Todo]:
    newest = windows[0].window
    year = SchoolYear.of(today)
    plans, requests = queues_of_actor()
    return [
        *_stopped(),
        *requests_for_names(requests),
        *_own_queue(waiting),
        *_own_plans(plans),
        *_late(rows, newest.due_on, Month.of(newest.period_start), today),
        *_incomplete(figures, Month.of(newest.period_start)),
        *_plans(district_lines(db(), year.begins)),
    ]


def _stopped() -> list[Todo]:
    """Return a line where somebody opened more cards or files than a person needs."""
    with transaction(REGISTRY.reading()) as registry:
        found = looking.stopped_lately(registry, actor().organization.region_id)
    if not found:
        return []
    text = f"остановлена за сутки: {', '.join(sorted({one.organization for one in found}))}"
    return [Todo("late", "Массовая выгрузка", text, Link("Кто", url_for("openings.above")))]


def _own_queue(waiting: Mapping[Month, int]) -> list[Todo]:
    """Return the months of organizations directly under the region that wait for its decision."""
    return [
        Todo(
            "sent",
            "Проверка региона",
            f"за {month.title} {formats.plural(count, 'ждёт', 'ждут', 'ждут')} {words.reports(count)}"
            " подведомственных региону",
            matrix_link("Смотреть", month, branch=actor().organization.id, tab="waiting")
            if actor().role.only_reads
            else queue_link("Проверить", month),
        )
        for month, count in waiting.items()
    ]


def _own_plans(counts: QueueCounts) -> list[Todo]:
    if not counts.waiting:
        return []
    text = f"{formats.plural(counts.waiting, 'ждёт', 'ждут', 'ждут')} региона: {words.plans(counts.waiting)}"
    action = "Смотреть" if actor().role.only_reads else "Согласовать"
    return [Todo("sent", "Согласование", text, Link(action, url_for("roadmaps.queue")))]


def _late(rows: Sequence[BranchStanding], due_on: date, month: Month, today: date) -> list[Todo]:
    """Return the districts that are behind, the furthest first, and one line for the rest of them."""
    over = today > due_on
    found = [(one, _behind(one, due_on, today)) for one in rows]
    behind = sorted(
        (pair for pair in found if pair[1]),
        key=lambda pair: (-(pair[0].missing if over else pair[0].not_started), pair[0].name),
    )
    lines = [
        Todo(
            "late" if over and one.missing else "soon",
            one.name,
            ", ".join(said),
            matrix_link("Кто", month, branch=one.branch_id),
        )
        for one, said in behind[:_SHOWN]
    ]
    rest = len(behind) - _SHOWN
    if rest > 0:
        text = f"тоже отстают: {formats.counted(rest, 'район', 'района', 'районов')}"
        lines.append(Todo("soon", "И ещё", text, matrix_link("Сдача", month)))
    return lines


def _behind(one: BranchStanding, due_on: date, today: date) -> list[str]:
    noun = words.organizations if one.direct else words.schools
    said = []
    if today > due_on and one.missing:
        said.append(f"не {formats.plural(one.missing, 'сдала', 'сдали', 'сдали')} {noun(one.missing)}")
    elif (due_on - today).days <= _SOON and one.not_started * _PART >= one.expected:
        said.append(f"не {formats.plural(one.not_started, 'начала', 'начали', 'начали')} {noun(one.not_started)}")
    if one.oldest_sent_at is not None and not one.direct:
        passed = (clock.now() - one.oldest_sent_at).days
        if passed >= _SLOW:
            said.append(f"отчёты ждут проверки {words.days(passed)}")
    return said


def _incomplete(figures: KeyFigures | None, newest: Month) -> list[Todo]:
    """Return the months before the newest whose sums are reported and lack somebody."""
    if figures is None:
        return []
    known = (
        (figures.month.previous, figures.before_count, figures.before_expected),
        (figures.month, figures.organization_count, figures.expected_count),
    )
    return [
        Todo(
            "warn",
            month.name.capitalize(),
            f"свод неполный: приняты {count} из {expected}",
            matrix_link("Кого нет", month, branch="all", tab="missing"),
        )
        for month, count, expected in known
        if month != newest and 0 < count < expected
    ]


def _plans(lines: Sequence[DistrictLine]) -> list[Todo]:
    waiting = sum(line.counts.get("sent", 0) for line in lines)
    absent = sum(line.counts.get("none", 0) for line in lines)
    said = []
    if waiting:
        said.append(f"ждут согласования района: {waiting}")
    if absent:
        said.append(f"не начаты: {absent}")
    if not said:
        return []
    text = " · ".join(said)
    return [Todo("none", "Дорожные карты", text, Link("Районы", url_for("roadmaps.queue")))]
