"""Steps of the school with its plan: start, send, recall, revise. Measures, imports, reviews stand apart."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert, lock_key
from tenants.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.periods import SchoolYear
from tenants.roadmaps import policy
from tenants.roadmaps.dating import day_of
from tenants.roadmaps.events import append_event, first_event, state_of
from tenants.roadmaps.models import (
    EventKind,
    Measure,
    PlannedWork,
    Roadmap,
    RoadmapState,
    RoadmapStatus,
    RoadmapVersion,
    VersionMeasure,
)
from tenants.roadmaps.questions import blocks_sending
from tenants.roadmaps.template_models import RoadmapTemplate, TemplateMeasure, TemplateStatus

WORK_FIELDS = (*tuple(name for name in PlannedWork.__annotations__ if name != "position"), "period_kind")
"""Everything a version freezes of a measure, besides its place."""
_OPEN = (RoadmapStatus.DRAFT, RoadmapStatus.RETURNED)


def start_plan(session: Session, actor: Actor, school_year: int, *, title: str = "") -> Roadmap:
    """Start the plan of a school year, or return the one that stands: an organization has one a year."""
    if not policy.may_start(actor):
        raise ForbiddenError("Дорожную карту составляют куратор или директор.")
    lock_key(session, f"roadmap:{actor.organization.id}:{school_year}")
    found = session.scalars(
        select(Roadmap).where(Roadmap.school_year == school_year, Roadmap.organization_id == actor.organization.id)
    ).one_or_none()
    if found is not None:
        journal.nothing_changed()
        return found
    roadmap = insert(
        session,
        Roadmap(
            school_year=school_year,
            title=title or f"Дорожная карта наставничества на {SchoolYear(school_year).title}",
            created_by=actor.user_id or None,
        ),
    )
    first_event(session, actor, roadmap)
    journal.record(session, actor, "roadmap.started", roadmap, school_year=school_year)
    return roadmap


def start_from_template(session: Session, actor: Actor, template_id: int, school_year: int) -> Roadmap:
    """Start a plan with the measures of a published template, its days placed in the school year.

    Raises:
        WrongStateError: the plan of that year has measures already.

    """
    template = find(session, RoadmapTemplate, template_id)
    if template.status is not TemplateStatus.PUBLISHED:
        raise NotFoundError
    roadmap = start_plan(session, actor, school_year)
    open_for_change(session, actor, roadmap)
    if measures_of(session, roadmap.id):
        raise WrongStateError("В плане уже есть мероприятия. Типовая карта заполняет только пустой план.")
    roadmap.template_id = template.id
    for row in session.scalars(
        select(TemplateMeasure)
        .where(TemplateMeasure.template_id == template.id, TemplateMeasure.removed_at.is_(None))
        .order_by(TemplateMeasure.position, TemplateMeasure.id)
    ).all():
        session.add(measure_of(row, roadmap))
    journal.record(session, actor, "roadmap.filled_from_template", roadmap, template_id=template.id)
    return roadmap


def measure_of(row: TemplateMeasure, roadmap: Roadmap) -> Measure:
    """Return a plan's measure made from a template's, with its days in the plan's school year."""
    start, end = (_day(roadmap.school_year, day) for day in (row.start_day, row.end_day))
    if start and end and start > end:
        start = None
    return Measure(
        roadmap_id=roadmap.id,
        position=row.position,
        stage_number=row.stage_number,
        stage_title=row.stage_title,
        number=row.number,
        title=row.title,
        period_kind=row.period_kind,
        period_start=start,
        period_end=end,
        recurrence=row.recurrence,
        responsible=row.responsible,
        result=row.result,
        template_measure_id=row.id,
    )


def _day(school_year: int, day: str | None) -> date | None:
    return day_of(school_year, day) if day else None


def measures_of(session: Session, roadmap_id: int) -> Sequence[Measure]:
    """Return the measures of a plan in their order, without the removed ones."""
    return session.scalars(
        select(Measure)
        .where(Measure.roadmap_id == roadmap_id, Measure.removed_at.is_(None))
        .order_by(Measure.position, Measure.id)
    ).all()


def open_for_change(session: Session, actor: Actor, roadmap: Roadmap) -> RoadmapState:
    """Return the locked state of a plan that its school may change now.

    Raises:
        ForbiddenError: the actor does not write this plan.
        WrongStateError: it lies with the reviewer, or it is approved.

    """
    if not policy.may_edit(actor, roadmap):
        raise ForbiddenError("План правит сама организация.")
    state = state_of(session, roadmap.id, lock=True)
    if state.status not in _OPEN:
        raise WrongStateError(
            "План на согласовании. Отзовите его, чтобы править."
            if state.status is RoadmapStatus.SENT
            else "План утверждён. Начните новую версию, чтобы править."
        )
    return state


def rename_plan(session: Session, actor: Actor, roadmap_id: int, title: str, *, version: int) -> Roadmap:
    """Change the title of a plan."""
    roadmap = find(session, Roadmap, roadmap_id)
    open_for_change(session, actor, roadmap)
    if roadmap.version != version:
        raise ConflictError("Название уже изменил другой сотрудник. Откройте план заново.")
    roadmap.title = title
    journal.record(session, actor, "roadmap.renamed", roadmap)
    return roadmap


def send_roadmap(session: Session, actor: Actor, roadmap_id: int) -> RoadmapVersion:
    """Freeze the plan as its next version and send it to the reviewer.

    Raises:
        InvalidError: the plan is empty, or an open question leaves a measure without any time.

    """
    roadmap = find(session, Roadmap, roadmap_id)
    state = open_for_change(session, actor, roadmap)
    measures = measures_of(session, roadmap.id)
    if not measures:
        raise InvalidError("В плане нет мероприятий: отправлять нечего.")
    blocking = [measure for measure in measures if blocks_sending(measure)]
    if blocking:
        named = ", ".join(measure.number or f"«{measure.title[:40]}»" for measure in blocking[:5])
        raise InvalidError(f"Ответьте на вопросы о сроках: без ответа у мероприятий нет срока ({named}).")
    append_event(session, actor, state, EventKind.SENT)
    version = _freeze(session, actor, roadmap, measures, state.version_n)
    journal.record(session, actor, "roadmap.sent", roadmap, version=version.n, measures=len(measures))
    return version


def _freeze(
    session: Session, actor: Actor, roadmap: Roadmap, measures: Sequence[Measure], number: int
) -> RoadmapVersion:
    frozen = [{name: getattr(measure, name) for name in WORK_FIELDS} for measure in measures]
    digest = hashlib.sha256(json.dumps(frozen, ensure_ascii=False, default=str, sort_keys=True).encode()).hexdigest()
    version = insert(
        session,
        RoadmapVersion(
            roadmap_id=roadmap.id,
            n=number,
            title=roadmap.title,
            measure_count=len(measures),
            sha256=digest,
            sent_by=actor.user_id or None,
            sender_name=actor.name,
        ),
    )
    session.add_all(
        VersionMeasure(version_id=version.id, measure_id=measure.id, position=place, **values)
        for place, (measure, values) in enumerate(zip(measures, frozen, strict=True), start=1)
    )
    return version


def recall_roadmap(session: Session, actor: Actor, roadmap_id: int) -> Roadmap:
    """Take a sent plan back before the reviewer has begun with it."""
    roadmap = find(session, Roadmap, roadmap_id)
    if not policy.may_edit(actor, roadmap):
        raise ForbiddenError("Отозвать план может сама организация.")
    state = state_of(session, roadmap.id, lock=True)
    if state.status is not RoadmapStatus.SENT:
        raise WrongStateError("План не на согласовании: отзывать нечего.")
    if state.taken_at is not None:
        raise WrongStateError("План уже проверяют. Дождитесь решения.")
    append_event(session, actor, state, EventKind.RECALLED)
    journal.record(session, actor, "roadmap.recalled", roadmap, version=state.version_n)
    return roadmap


def revise_roadmap(session: Session, actor: Actor, roadmap_id: int) -> Roadmap:
    """Begin a new version of an approved plan; the approved one stays in force until the next is approved."""
    roadmap = find(session, Roadmap, roadmap_id)
    if not policy.may_edit(actor, roadmap):
        raise ForbiddenError("Менять план может сама организация.")
    state = state_of(session, roadmap.id, lock=True)
    if state.status is not RoadmapStatus.APPROVED:
        raise WrongStateError("План ещё не утверждён: его можно править и так.")
    append_event(session, actor, state, EventKind.REVISED)
    journal.record(session, actor, "roadmap.revised", roadmap, version=state.version_n)
    return roadmap


def next_position(session: Session, roadmap_id: int) -> int:
    """Return the place after the last measure."""
    last = session.scalar(select(func.max(Measure.position)).where(Measure.roadmap_id == roadmap_id))
    return (last or 0) + 1
