"""Plans for tests, made by the product's own commands."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import docx

from tenants.accounts.actor import Actor
from tenants.accounts.queries import workplace
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.roadmaps import commands, measures, reviews
from tenants.roadmaps.measures import put_reading
from tenants.roadmaps.models import Measure, Roadmap, RoadmapState, RoadmapStatus
from tenants.roadmaps.phrases import PeriodKind, PeriodReading
from tenants.roadmaps.templates import seed_template
from tests.factories.tree import Tree, actor_of

YEAR = 2026
ORDER = reviews.Order("17-од", date(2026, 9, 1))
MEASURES: tuple[dict[str, Any], ...] = (
    {"stage_title": "Подготовка условий", "number": "1.1", "title": "Приказ о наставничестве",
     "period_end": date(2026, 9, 10), "responsible": "Директор", "result": "Приказ"},
    {"stage_title": "Подготовка условий", "number": "1.2", "title": "Положение о наставничестве",
     "period_start": date(2026, 9, 1), "period_end": date(2026, 9, 30), "responsible": "Куратор", "result": "Текст"},
    {"stage_title": "Работа пар", "number": "2.1", "title": "Отчёт за месяц",
     "period_raw": "ежемесячно 25 числа", "responsible": "Куратор", "result": "Отчёт"},
)  # fmt: skip


def make_roadmap(
    place: Organization,
    status: RoadmapStatus = RoadmapStatus.DRAFT,
    *,
    measures: Sequence[Mapping[str, Any]] = MEASURES,
    school_year: int = YEAR,
) -> Roadmap:
    """Start a plan and lead it to a status; the reviewer is the organization's parent."""
    author = actor_of(place)
    with transaction(author.scope) as session:
        roadmap = commands.start_plan(session, author, school_year)
        for values in measures:
            add(session, author, roadmap, values)
    if status is RoadmapStatus.DRAFT:
        return roadmap
    with transaction(author.scope) as session:
        commands.send_roadmap(session, author, roadmap.id)
    judge = reviewer_of(place)
    with transaction(judge.scope) as session:
        if status is RoadmapStatus.RETURNED:
            reviews.return_roadmap(session, judge, roadmap.id, version_n=1, reason="Уточните сроки")
        if status is RoadmapStatus.APPROVED:
            reviews.approve_roadmap(session, judge, roadmap.id, ORDER, version_n=1)
    return roadmap


def add(session: Any, author: Actor, roadmap: Roadmap, values: Mapping[str, Any]) -> Measure:
    return measures.add_measure(session, author, roadmap.id, values)


def make_question(roadmap: Roadmap, author: Actor, *, phrase: str = "когда получится") -> Measure:
    """Add a measure whose reading is unsure and has no time at all."""
    with transaction(author.scope) as session:
        measure = measures.add_measure(
            session, author, roadmap.id, {"stage_title": "Этап", "title": "Круглый стол", "responsible": "Куратор"}
        )
        measure.period_raw = phrase
        put_reading(measure, PeriodReading(PeriodKind.NONE, question="Какой срок поставить?"))
        return measure


def reviewer_of(place: Organization) -> Actor:
    """The actor of the organization's parent."""
    role_place = Organization(id=place.parent_id, region_id=place.region_id)
    with transaction(actor_of(place).scope.reading()) as session:
        parent = session.get_one(Organization, (role_place.region_id, role_place.id))
    assert workplace(parent)
    return actor_of(parent)


def state_of(roadmap: Roadmap, place: Organization) -> RoadmapState:
    """Read the state anew, as the organization itself sees it."""
    with transaction(actor_of(place).scope.reading()) as session:
        return commands.state_of(session, roadmap.id)


def measures_of(roadmap: Roadmap, place: Organization) -> list[Measure]:
    with transaction(actor_of(place).scope.reading()) as session:
        return list(commands.measures_of(session, roadmap.id))


def make_template(tree: Tree) -> int:
    """Publish the shipped template for the region and return its id."""
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        return seed_template(session, actor).id


def make_document(rows: Sequence[tuple[str, ...]], *, title: str = "Дорожная карта на 2026/2027 учебный год") -> bytes:
    """Return a DOCX with a plan; rows: number, title, period, responsible, result; a row of one text is a stage."""
    document = docx.Document()
    document.add_paragraph(title)
    table = document.add_table(rows=1, cols=5)
    for cell, text in zip(
        table.rows[0].cells, ("№", "Мероприятия", "Сроки", "Ответственный", "Вид документа"), strict=True
    ):
        cell.text = text
    for row in rows:
        cells = table.add_row().cells
        if len(row) == 1:
            cells[0].merge(cells[4]).text = row[0]
        else:
            for cell, text in zip(cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


ASKING: tuple[tuple[str, ...], ...] = (
    ("1. Подготовка условий для запуска",),
    ("1.1", "Приказ о внедрении наставничества", "до 10 сентября 2026 г.", "Директор", "Приказ"),
    (
        "1.2",
        "Положение о наставничестве",
        "в течение месяца после издания приказа",
        "Заместитель директора",
        "Положение",
    ),
    ("2. Формирование базы наставляемых",),
    ("2.1", "Сбор согласий на обработку данных", "до 30 октября 2026 г. или май 2027 г.", "Куратор", "Согласия"),
    ("2.2", "Внесение данных в форму мониторинга", "ежемесячно 25 числа", "Куратор", "Отчёт"),
)
"""A plan with one relative period, one recurrence, and one period that is asked about."""
