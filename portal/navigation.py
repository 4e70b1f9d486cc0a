"""The rail: at most seven words for each role."""

from dataclasses import dataclass

from flask import Flask, request, url_for

from portal.sections import home_slice
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role


@dataclass(frozen=True)
class NavItem:
    """One word of the rail."""

    label: str
    icon: str
    url: str
    current: bool
    count: int | None = None


_SCHOOL = (
    ("Главная", "home", "overview.home"),
    ("Отчёт за месяц", "month", "submissions.month"),
    ("Дорожная карта", "map", "roadmaps.plan"),
    ("Участники", "people", "participants.people"),
    ("Пары", "pair", "mentorships.pairs"),
    ("Организация", "school", "organizations.card"),
)
_DISTRICT = (
    ("Главная", "home", "overview.home"),
    ("Сдача", "table", "submissions.matrix"),
    ("Проверка", "pass", "submissions.queue"),
    ("Дорожные карты", "map", "roadmaps.queue"),
    ("Свод", "chart", "submissions.totals"),
    ("Школы", "school", "organizations.register"),
    ("Отчёты", "docs", "reports.runs"),
)
_REGION = (
    ("Главная", "home", "overview.home"),
    ("Сдача", "table", "submissions.matrix"),
    ("Дорожные карты", "map", "roadmaps.queue"),
    ("Свод", "chart", "submissions.totals"),
    ("Организации", "school", "organizations.register"),
    ("Отчёты", "docs", "reports.runs"),
    ("Формы", "survey", "reports.editions"),
)
_ARCHIVE = (
    ("Хранение", "docs", "subjects.overview"),
    ("Сроки", "month", "retention.terms"),
)
_OF_ROLE = {
    Role.CURATOR: _SCHOOL,
    Role.DIRECTOR: _SCHOOL,
    Role.KEEPER: _ARCHIVE,
    Role.DISTRICT_REVIEWER: _DISTRICT,
    Role.DISTRICT_HEAD: _DISTRICT,
    Role.REGION_ADMIN: _REGION,
    Role.REGION_ANALYST: _REGION,
    Role.AUDITOR: _REGION,
}


def items(app: Flask, actor: Actor) -> list[NavItem]:
    """Return the rail of an actor; the current word is the one whose slice the page belongs to."""
    here = request.endpoint or ""
    known = [item for item in _OF_ROLE[actor.role] if item[2] in app.view_functions]
    own = [endpoint for *_, endpoint in known if home_slice(endpoint) == home_slice(here)]
    # Of two words of one slice the one whose name goes on longest like this page's: reports.edition is of «Формы».
    current = max(own, key=lambda endpoint: _alike(endpoint, here), default="")
    return [NavItem(label, icon, url_for(endpoint), endpoint == current) for label, icon, endpoint in known]


def _alike(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
