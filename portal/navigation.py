"""The rail: at most seven words for each role."""

from dataclasses import dataclass

from flask import Flask, request, url_for

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
_OF_ROLE = {
    Role.CURATOR: _SCHOOL,
    Role.DIRECTOR: _SCHOOL,
    Role.DISTRICT_REVIEWER: _DISTRICT,
    Role.REGION_ADMIN: _REGION,
    Role.REGION_ANALYST: _REGION,
}


def items(app: Flask, actor: Actor) -> list[NavItem]:
    """Return the rail of an actor; the current word is the one whose slice the page belongs to."""
    here = (request.endpoint or "").partition(".")[0]
    known = app.view_functions
    exact = any(endpoint == request.endpoint for *_, endpoint in _OF_ROLE[actor.role])
    return [
        NavItem(
            label,
            icon,
            url_for(endpoint),
            endpoint == request.endpoint if exact else endpoint.partition(".")[0] == here,
        )
        for label, icon, endpoint in _OF_ROLE[actor.role]
        if endpoint in known
    ]
