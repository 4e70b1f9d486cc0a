"""The pages under one word of the rail: a line of links over the page, each shown to the roles that may open it."""

from dataclasses import dataclass

from flask import Flask, request, url_for

from portal.access import ACCESS
from tenants.accounts.actor import Actor

SECTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "organizations": (
        ("Организации", "organizations.register"),
        ("Карточка", "organizations.card"),
        ("Сотрудники", "staff.show"),
        ("Реорганизации", "reorganizations.listing"),
        ("Журнал", "journal.entries"),
        ("Вход и безопасность", "security.rules"),
        ("Документы", "settings.papers"),
        ("Правила региона", "settings.rules"),
        ("Настройки", "settings.index"),
        ("Открытые имена", "openings.above"),
        ("Сроки хранения", "retention.terms"),
    ),
    "participants": (
        ("Участники", "participants.people"),
        ("Согласия", "consents.register"),
        ("Учтены дважды", "participants.twins"),
        ("Кто видел имена", "traces.seen"),
        ("Хранение и уничтожение", "subjects.overview"),
        ("Обращения", "subjects.request_list"),
    ),
}
"""Slice of the rail's word → (words, endpoint); a section with one page that a role may open is not shown."""

BELONGS: dict[str, str] = {
    "journal": "organizations",
    "security": "organizations",
    "reorganizations": "organizations",
    "settings": "organizations",
    "openings": "organizations",
    "traces": "participants",
    "consents": "participants",
    "staff": "organizations",
    "retention": "organizations",
    "subjects": "participants",
}
"""A slice without a word of its own in the rail → the slice under whose word its pages stand."""


@dataclass(frozen=True)
class Section:
    """One link of the line; the shape of components/tabs.html."""

    text: str
    url: str
    current: bool
    count: int | None = None


def home_slice(endpoint: str) -> str:
    """Return the slice whose word of the rail a page stands under."""
    own = endpoint.partition(".")[0]
    return BELONGS.get(own, own)


def section_links(app: Flask, actor: Actor) -> list[Section]:
    """Return the line of links over the current page; empty where it stands alone or is a page inside a section."""
    here = request.endpoint or ""
    pages = SECTIONS.get(home_slice(here), ())
    if here not in {endpoint for _, endpoint in pages}:
        return []
    shown = [(words, endpoint) for words, endpoint in pages if endpoint in app.view_functions and _may(actor, endpoint)]
    if len(shown) < 2:  # noqa: PLR2004 - a single link leads nowhere
        return []
    return [Section(words, url_for(endpoint), endpoint == here) for words, endpoint in shown]


def _may(actor: Actor, endpoint: str) -> bool:
    who = ACCESS[endpoint].who
    return isinstance(who, frozenset) and actor.role in who
