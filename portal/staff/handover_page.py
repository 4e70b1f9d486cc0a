"""What the handover page shows: open tasks, who is who, recent decisions. No name of a pupil or a mentor."""

from dataclasses import dataclass
from datetime import date

from flask import url_for

from portal import formats
from portal.context import actor, db
from portal.overview import words
from portal.overview.addresses import month_link, queue_link
from portal.overview.district_page import begun_windows
from reports.overview import handover, school
from reports.overview.above import courses, waiting_by_month
from tenants import clock
from tenants.accounts import invitations, rights
from tenants.accounts.models import Role
from tenants.accounts.staff import contacts_of, organizations_without
from tenants.db import REGISTRY, transaction
from tenants.mentorships.queries import pairs_summary
from tenants.periods import Month, SchoolYear
from tenants.roadmaps.models import RoadmapStatus
from tenants.roadmaps.queries import next_measures, queue_counts

_MOST = 1000
_SOON = 30
_VERBS = {"accepted": "принят", "returned": "возвращён", "reopened": "открыт снова", "approved": "утверждён"}


@dataclass(frozen=True)
class Task:
    """Something that is open, told in a line, with the way to it."""

    kind: str
    word: str
    text: str
    url: str


def handover_page() -> dict[str, object]:
    """Return the page of the actor's organization."""
    reports = actor().organization.kind.reports
    tasks = _of_school() if reports else _above()
    with transaction(REGISTRY.reading()) as registry:
        own = actor().organization.id
        parent = actor().organization.district_id if reports else actor().organization.region_id
        contacts = contacts_of(registry, [own, parent] if parent != own else [own])
        pending = len(invitations.waiting(registry, own))
        without = len(organizations_without(registry, actor())) if not reports else 0
    tasks += _of_staff(pending, without)
    return {
        "tasks": tasks,
        "own": [one for one in contacts if one.organization_id == own],
        "above": [one for one in contacts if one.organization_id != own],
        "decisions": [(one, _told(one)) for one in handover.recent_decisions(db())],
    }


def _of_school() -> list[Task]:
    today = clock.today(actor().organization.time_zone)
    months = school.school_months(db(), today)
    back = school.returned(months)
    remarks = handover.open_remarks(db())
    owed = (*school.owed(months), *months[:1])
    found = [_returned(one) for one in back]
    found += [_draft(one) for one in owed if one.with_school and one not in back]
    for start, count in remarks.months:
        text = f"Замечания без ответа, отчёт за {Month.of(start).name}: {count}"
        found.append(Task("question", "ответить", text, _address_of(back, start)))
    return found + _of_plan(remarks.plan) + _silent()


def _returned(one: school.SchoolMonth) -> Task:
    reason = f": «{one.state.reason}»" if one.state and one.state.reason else ""
    link = month_link("", one)
    return Task("returned", "возвращён", f"Отчёт за {one.month.name}{reason}", link.url)


def _draft(one: school.SchoolMonth) -> Task:
    today = clock.today(actor().organization.time_zone)
    late = today > one.window.due_on
    link = month_link("", one)
    return Task(
        "late" if late else "draft",
        "не сдан",
        f"Отчёт за {one.month.name}: {words.left(one.window.due_on, today).lower()}",
        link.url,
    )


def _address_of(months: list[school.SchoolMonth], start: date) -> str:
    found = next((one for one in months if one.window.period_start == start), None)
    return month_link("", found).url if found else url_for("submissions.month")


def _of_plan(remarks: int) -> list[Task]:
    today = clock.today(actor().organization.time_zone)
    plan = school.own_plan(db(), SchoolYear.of(today).begins)
    url = url_for("roadmaps.plan")
    if plan is None:
        return [Task("none", "нет карты", "Дорожная карта этого года не начата", url)]
    found = []
    if plan.status is RoadmapStatus.RETURNED:
        found.append(Task("returned", "возвращена", "Дорожная карта возвращена на доработку", url))
    if plan.status is RoadmapStatus.DRAFT:
        found.append(Task("draft", "черновик", "Дорожная карта не отправлена на согласование", url))
    if remarks:
        found.append(Task("question", "ответить", f"Замечания к дорожной карте без ответа: {remarks}", url))
    for one in next_measures(db(), today, _MOST):
        days = (one.due_on - today).days
        if days <= _SOON:
            number = f"{one.number.rstrip('.')}. " if one.number else ""
            kind, word = ("late", "просрочено") if one.overdue else ("soon", formats.day(one.due_on))
            found.append(Task(kind, word, f"{number}{one.title}", url))
    return found


def _silent() -> list[Task]:
    count = pairs_summary(db(), clock.today(actor().organization.time_zone)).silent
    text = f"Давно нет встреч: {formats.counted(count, 'пара', 'пары', 'пар')}"
    return [Task("late", "нет встреч", text, url_for("mentorships.pairs", tab="silent"))] if count else []


def _above() -> list[Task]:
    windows = begun_windows()
    runs = courses(db(), windows, actor().organization.time_zone) if windows else {}
    found = [
        Task("sent", "проверить", f"За {month.title} ждут проверки: {words.reports(count)}", queue_link("", month).url)
        for month, count in waiting_by_month(windows, runs).items()
    ]
    plans = queue_counts(db())
    url = url_for("roadmaps.queue")
    if plans.waiting:
        found.append(Task("sent", "согласовать", f"Ждут согласования: {words.plans(plans.waiting)}", url))
    if plans.returned:
        found.append(Task("returned", "у школ", f"На доработке: {words.plans(plans.returned)}", url))
    return found


def _of_staff(pending: int, without: int) -> list[Task]:
    url = url_for("staff.show")
    found = []
    if pending and rights.NAMES.get(actor().role):
        count = formats.counted(pending, "приглашение", "приглашения", "приглашений")
        found.append(Task("sent", "ждут ответа", f"Не принято: {count}", url))
    if without and actor().role in (Role.REGION_ADMIN, Role.DISTRICT_HEAD, Role.DISTRICT_REVIEWER):
        found.append(Task("warn", "нет директора", f"Некому управлять: {words.organizations(without)}", url))
    return found


def _told(one: handover.Decision) -> str:
    verb = _VERBS[one.kind]
    if one.period is not None:
        return f"Отчёт за {formats.month_title(one.period).lower()} {verb}"
    year = one.school_year or 0
    return f"План на {year}/{(year + 1) % 100:02d} {verb}"
