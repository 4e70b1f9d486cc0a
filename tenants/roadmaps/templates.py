"""Templates of a region or district: write, publish, put away; and the one the product ships as a start."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import ScopedSession, find, insert
from tenants.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.periods import MONTHS_GENITIVE, SchoolYear
from tenants.roadmaps import phrases, policy
from tenants.roadmaps.dating import month_day
from tenants.roadmaps.models import Measure, Roadmap
from tenants.roadmaps.phrases import PeriodKind, PeriodReading
from tenants.roadmaps.template_models import Methodology, RoadmapTemplate, TemplateMeasure, TemplateStatus

_SEED = "template_seed.toml"
_ANY_YEAR = 2026
"""The year a phrase of a template is read in; only months and days of the reading are kept."""
TEMPLATE_FIELDS = ("stage_number", "stage_title", "number", "title", "responsible", "result")


def create_template(
    session: Session, actor: Actor, title: str, methodology: Methodology = Methodology.STUDENTS
) -> RoadmapTemplate:
    """Begin an empty template of the acting region or district."""
    _refuse_stranger(actor)
    if not title.strip():
        raise InvalidError("Назовите типовую карту.", field="title")
    template = insert(session, RoadmapTemplate(title=title.strip(), methodology=methodology))
    journal.record(session, actor, "roadmap_template.created", template)
    return template


def create_from_reading(
    session: Session, actor: Actor, title: str, reading: Mapping[str, Any], school_year: int
) -> RoadmapTemplate:
    """Begin a template with the measures of a document that was read; its dates lose their year."""
    template = create_template(session, actor, title)
    numbers = {stage.get("title"): stage.get("number") or "" for stage in reading.get("stages") or ()}
    for place, item in enumerate(reading["items"], start=1):
        period = item.get("period") or {}
        row = TemplateMeasure(
            template_id=template.id,
            position=place,
            stage_number=numbers.get(item.get("stage"), ""),
            stage_title=item.get("stage") or "",
            number=(item.get("number") or "")[:40],
            title=(item.get("title") or "Без названия")[:2000],
            responsible=item.get("responsible_raw") or "",
            result=item.get("result_raw") or "",
        )
        _put_reading(
            row,
            PeriodReading(
                PeriodKind(period.get("kind") or "none"),
                period.get("start"),
                period.get("end"),
                period.get("recurrence"),
                period.get("anchor"),
            ),
        )
        session.add(row)
    journal.record(session, actor, "roadmap_template.filled", template, items=len(reading["items"]), year=school_year)
    return template


def create_from_plan(session: Session, actor: Actor, roadmap_id: int, title: str) -> RoadmapTemplate:
    """Begin a template with the measures of a plan below."""
    roadmap = find(session, Roadmap, roadmap_id)
    template = create_template(session, actor, title)
    measures = session.scalars(
        select(Measure)
        .where(Measure.roadmap_id == roadmap.id, Measure.removed_at.is_(None))
        .order_by(Measure.position, Measure.id)
    ).all()
    for measure in measures:
        row = TemplateMeasure(template_id=template.id, position=measure.position, title=measure.title[:2000])
        for name in ("stage_number", "stage_title", "number", "responsible", "result", "recurrence", "period_kind"):
            setattr(row, name, getattr(measure, name))
        row.start_day, row.end_day = _day(measure.period_start), _day(measure.period_end)
        session.add(row)
    journal.record(session, actor, "roadmap_template.filled", template, roadmap_id=roadmap.id, items=len(measures))
    return template


def _day(day: date | None) -> str | None:
    return month_day(day) if day else None


def _put_reading(row: TemplateMeasure, reading: PeriodReading) -> None:
    starts = [start for start, _ in reading.intervals if start]
    row.period_kind, row.recurrence = reading.kind, reading.recurrence
    row.start_day, row.end_day = _day(min(starts) if starts else None), _day(reading.due)


def save_template_measure(
    session: Session, actor: Actor, template_id: int, values: Mapping[str, Any], *, measure: tuple[int, int] | None
) -> TemplateMeasure:
    """Add a measure to a template (`measure` None) or save one, given as its id and the version seen.

    `values`: TEMPLATE_FIELDS, `period` in words («до 25 октября», «ежемесячно 25 числа»), `required`.
    """
    template = _own_template(session, actor, template_id)
    if measure is None:
        places = session.scalars(select(TemplateMeasure.position).where(TemplateMeasure.template_id == template.id))
        row = TemplateMeasure(template_id=template.id, position=max([*places, 0]) + 1, title="")
    else:
        row = _row(session, template, measure[0])
        if row.version != measure[1]:
            raise ConflictError("Строку уже изменил другой сотрудник. Откройте карту заново.")
    for name in TEMPLATE_FIELDS:
        setattr(row, name, str(values.get(name) or ""))
    row.required = bool(values.get("required"))
    period = str(values.get("period") or "")
    if measure is None or period != period_words(row):
        reading = phrases.read(period, str(SchoolYear(_ANY_YEAR)))
        if reading.question is not None:
            raise InvalidError(
                f"{reading.question} Пример: до 25 октября, сентябрь, ежемесячно 25 числа.", field="period"
            )
        _put_reading(row, reading)
    if measure is None:
        insert(session, row)
    journal.record(session, actor, "template_measure.saved", row, template_id=template.id)
    return row


def period_words(row: TemplateMeasure) -> str:
    """Return the period of a template's measure in words that the phrase reader understands."""
    from_, to = (_words(day) for day in (row.start_day, row.end_day))
    if row.recurrence:
        return _REPEATED.get(row.recurrence.partition(":")[0], row.recurrence) + _repeated_day(row.recurrence)
    if from_ and to:
        return f"с {from_} по {to}" if from_ != to else from_
    return f"до {to}" if to else "в течение учебного года" if row.period_kind is PeriodKind.CONTINUOUS else ""


_REPEATED = {"monthly": "ежемесячно", "quarterly": "ежеквартально", "yearly": "ежегодно", "weekly": "еженедельно"}


def _repeated_day(recurrence: str) -> str:
    day = recurrence.partition(":")[2]
    return f" {int(day)} числа" if day.isdigit() and recurrence.startswith("monthly") else ""


def _words(day: str | None) -> str:
    return f"{int(day[3:])} {MONTHS_GENITIVE[int(day[:2]) - 1]}" if day else ""


def remove_template_measure(session: Session, actor: Actor, template_id: int, measure_id: int) -> None:
    """Take a measure out of a template; plans made from it keep theirs."""
    template = _own_template(session, actor, template_id)
    row = _row(session, template, measure_id)
    row.removed_at = clock.now()
    journal.record(session, actor, "template_measure.removed", row, template_id=template.id)


def publish_template(session: Session, actor: Actor, template_id: int) -> RoadmapTemplate:
    """Make a template the one that plans below are compared with; its predecessor is archived."""
    template = _own_template(session, actor, template_id)
    if template.status is TemplateStatus.PUBLISHED:
        raise WrongStateError("Эта типовая карта уже действует.")
    if not rows_of(session, template.id):
        raise InvalidError("В типовой карте нет мероприятий.")
    # One statement, so that the predecessor has made room before the new one is written.
    session.execute(
        update(RoadmapTemplate)
        .where(
            RoadmapTemplate.organization_id == actor.organization.id,
            RoadmapTemplate.methodology == template.methodology,
            RoadmapTemplate.status == TemplateStatus.PUBLISHED,
        )
        .values(status=TemplateStatus.ARCHIVED, version=RoadmapTemplate.version + 1)
    )
    template.status, template.published_at = TemplateStatus.PUBLISHED, clock.now()
    journal.record(session, actor, "roadmap_template.published", template)
    return template


def _own_template(session: Session, actor: Actor, template_id: int) -> RoadmapTemplate:
    _refuse_stranger(actor)
    template = find(session, RoadmapTemplate, template_id)
    if not actor.owns(template):
        raise ForbiddenError("Эту типовую карту ведёт региональный центр.")
    return template


def _row(session: Session, template: RoadmapTemplate, measure_id: int) -> TemplateMeasure:
    row = find(session, TemplateMeasure, measure_id)
    if row.template_id != template.id or row.removed_at is not None:
        raise NotFoundError
    return row


def rows_of(session: Session, template_id: int) -> Sequence[TemplateMeasure]:
    """Return the measures of a template in their order."""
    return session.scalars(
        select(TemplateMeasure)
        .where(TemplateMeasure.template_id == template_id, TemplateMeasure.removed_at.is_(None))
        .order_by(TemplateMeasure.position, TemplateMeasure.id)
    ).all()


def template_with_measures(session: Session, template_id: int) -> tuple[RoadmapTemplate, list[TemplateMeasure]]:
    """Return a template that the scope reads, with its measures in order."""
    return find(session, RoadmapTemplate, template_id), list(rows_of(session, template_id))


@dataclass(frozen=True)
class TemplateLine:
    """A template in a list."""

    template: RoadmapTemplate
    measure_count: int
    plan_count: int
    """Plans in scope that were made from it."""


def template_lines(session: Session) -> list[TemplateLine]:
    """Return the templates that the scope reads: the published first, then the newest. One statement."""
    measures = (
        select(func.count())
        .select_from(TemplateMeasure)
        .where(TemplateMeasure.template_id == RoadmapTemplate.id, TemplateMeasure.removed_at.is_(None))
        .scalar_subquery()
    )
    plans = select(func.count()).select_from(Roadmap).where(Roadmap.template_id == RoadmapTemplate.id).scalar_subquery()
    rows = session.execute(
        select(RoadmapTemplate, measures, plans).order_by(
            RoadmapTemplate.status != TemplateStatus.PUBLISHED, RoadmapTemplate.id.desc()
        )
    ).all()
    return [TemplateLine(template, int(count), int(used)) for template, count, used in rows]


def _refuse_stranger(actor: Actor) -> None:
    if not policy.may_keep_templates(actor):
        raise ForbiddenError("Типовые карты ведут региональный центр и отдел образования.")


def seed_template(session: ScopedSession, actor: Actor) -> RoadmapTemplate:
    """Publish the shipped template for the acting region or district; an equal one that stands is returned."""
    seed = tomllib.loads(resources.files(__package__).joinpath(_SEED).read_text("utf-8"))
    standing = session.scalars(
        select(RoadmapTemplate).where(
            RoadmapTemplate.organization_id == actor.organization.id,
            RoadmapTemplate.title == seed["title"],
            RoadmapTemplate.status == TemplateStatus.PUBLISHED,
        )
    ).first()
    if standing is not None:
        return standing
    template = create_template(session, actor, seed["title"], Methodology(seed["methodology"]))
    place = 0
    for stage in seed["stages"]:
        for values in stage["measures"]:
            place += 1
            session.add(
                TemplateMeasure(
                    template_id=template.id,
                    position=place,
                    stage_number=stage["number"],
                    stage_title=stage["title"],
                    **{"period_kind": _seed_kind(values)} | values,
                )
            )
    return publish_template(session, actor, template.id)


def _seed_kind(values: Mapping[str, Any]) -> PeriodKind:
    if "recurrence" in values:
        return PeriodKind.RECURRING
    if "start_day" in values:
        return PeriodKind.RANGE
    return PeriodKind.DEADLINE if "end_day" in values else PeriodKind.CONTINUOUS
