"""The home page of a school: its month, what came back, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import url_for

from portal import formats
from portal.context import actor, db
from portal.openings.words import home_line
from portal.overview import words
from portal.overview.addresses import may_open, month_link
from portal.overview.month_card import month_card
from portal.overview.words import Link, Todo
from portal.submissions.words import Word
from reports.overview import school
from reports.overview.school import SchoolMonth
from tenants import clock
from tenants.openings.queries import running_openings
from tenants.periods import SchoolYear
from tenants.roadmaps.models import RoadmapState, RoadmapStatus
from tenants.roadmaps.queries import NextMeasure, next_measures

_LINES = 3
_MOST = 1000
"""Measures of a plan that are looked through: the overdue ones come first and are told in one line."""
_SOON = 7


@dataclass(frozen=True)
class Returned:
    """A document that came back."""

    document: str
    reason: str
    by: str
    link: Link


@dataclass(frozen=True)
class Step:
    """A measure that comes next."""

    day: str
    month: str
    text: str
    responsible: str
    state: Word
    url: str


def school_page() -> dict[str, object]:
    """Return what the page shows; at most ten statements."""
    today = clock.today(actor().organization.time_zone)
    months = school.school_months(db(), today)
    draft = school.draft_of(db(), months, 0, actor().organization.kind.value) if months else None
    year = SchoolYear.of(today)
    plan = school.own_plan(db(), year.begins)
    measures = next_measures(db(), today, _MOST) if plan else ()
    overdue = [one for one in measures if one.overdue]
    people = (draft is not None and not draft.blank) or school.has_people(db())
    return {
        "today_words": words.today_words(today),
        "card": month_card(months[0], draft, today) if months else None,
        "owed": [_owed(one, today) for one in school.owed(months)],
        "returned": [*_returned_plan(plan, year), *(_returned(one) for one in school.returned(months))],
        "changes_since": words.since(months[0].month.previous) if _may_differ(months) else "",
        "plan": plan,
        "plan_word": _plan_word(plan),
        "school_year": f"{year.begins}/{(year.begins + 1) % 100}",
        "overdue": _overdue(overdue, today),
        "steps": [_step(one, today) for one in measures[len(overdue) :][:_LINES]],
        "people": people,
        "may_paste": may_open("participants.paste"),
        "opened": [home_line(one) for one in running_openings(db(), clock.now())],
    }


def _may_differ(months: Sequence[SchoolMonth]) -> bool:
    """Return whether there are two months to compare."""
    pair = months[:2]
    return (
        len(pair) == 2  # noqa: PLR2004 - this month and the one before
        and all(one.submission is not None for one in pair)
        and pair[1].month == pair[0].month.previous
    )


def _owed(month: SchoolMonth, today: date) -> Todo:
    text = f"Отчёт за {month.month.name}: {words.left(month.window.due_on, today).lower()}"
    late = today > month.window.due_on
    return Todo("late" if late else "draft", "не сдан", text, month_link("Заполнить", month))


def _returned(month: SchoolMonth) -> Returned:
    state = month.state
    count = formats.counted(month.remark_count, "замечание", "замечания", "замечаний") if month.remark_count else ""
    by = f"{state.reviewer_name}, {formats.short_day(state.returned_at)}" if state else ""
    reason = state.reason if state else ""
    return Returned(f"Отчёт за {month.month.name}", reason, by.lstrip(", "), month_link(count or "Исправить", month))


def _returned_plan(plan: RoadmapState | None, year: SchoolYear) -> list[Returned]:
    if plan is None or plan.status is not RoadmapStatus.RETURNED:
        return []
    count = formats.counted(plan.remark_count, "замечание", "замечания", "замечаний") if plan.remark_count else ""
    link = Link(count or "Исправить", url_for("roadmaps.plan"))
    title = f"Дорожная карта {year.begins}/{(year.begins + 1) % 100}"
    return [Returned(title, plan.reason, formats.short_day(plan.decided_at), link)]


def _plan_word(plan: RoadmapState | None) -> Word | None:
    """Return what is to be said of a plan that is not simply in force."""
    if plan is None or plan.status is RoadmapStatus.APPROVED:
        return None
    return {
        RoadmapStatus.DRAFT: Word("draft", "черновик, не отправлена на согласование"),
        RoadmapStatus.SENT: Word("sent", "на согласовании"),
        RoadmapStatus.RETURNED: Word("returned", "возвращена на доработку"),
    }[plan.status]


def _step(one: NextMeasure, today: date) -> Step:
    number = f"{one.number.rstrip('.')}. " if one.number else ""
    return Step(
        str(one.due_on.day),
        words.short_month(one.due_on),
        f"{number}{one.title}",
        one.responsible,
        _due(one.due_on, today),
        url_for("roadmaps.plan", open=one.measure_id, _anchor=f"m{one.measure_id}"),
    )


def _overdue(found: Sequence[NextMeasure], today: date) -> Step | None:
    """Return the oldest overdue measure, standing for all of them."""
    if not found:
        return None
    oldest = found[0]
    late = words.days((today - oldest.due_on).days)
    text = oldest.title if len(found) == 1 else f"{oldest.title} и ещё {len(found) - 1}"
    word = Word("late", f"просрочено {late}" if len(found) == 1 else f"просрочено {len(found)}", loud=True)
    return replace(_step(oldest, today), text=text, state=word)


def _due(day: date, today: date) -> Word:
    count = (day - today).days
    if count == 0:
        return Word("soon", "сегодня")
    return Word("soon" if count <= _SOON else "none", f"через {words.days(count)}")
