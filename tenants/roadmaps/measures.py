"""Changes of a plan's measures: edit, add, remove, reorder, answer a question, date an event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert
from tenants.errors import ForbiddenError, InvalidError, WrongStateError, explain_conflict
from tenants.periods import SchoolYear
from tenants.roadmaps import phrases, policy
from tenants.roadmaps.commands import measures_of, next_position, open_for_change
from tenants.roadmaps.dating import span_from
from tenants.roadmaps.models import Measure, Roadmap
from tenants.roadmaps.phrases import PeriodKind, PeriodReading
from tenants.roadmaps.questions import OTHER, chosen
from tenants.roadmaps.wording import dates

LABELS = {
    "stage_title": "Этап",
    "number": "Номер",
    "title": "Мероприятие",
    "period_raw": "Срок словами",
    "period_start": "Начало",
    "period_end": "Окончание",
    "responsible": "Ответственный",
    "result": "Вид документа",
    "details": "Подробнее",
}
"""Fields a person edits, with their labels."""
UNDATED = "Укажите хотя бы одну дату."
_REVERSED = "Окончание раньше начала."


def put_reading(measure: Measure, reading: PeriodReading) -> None:
    """Write what a phrase was read as into a measure; a reading whose end precedes its start becomes a question."""
    starts = [start for start, _ in reading.intervals if start]
    start, end = (min(starts) if starts else None), reading.due
    question = reading.question
    if start and end and start > end:
        start, question = None, question or "Окончание вышло раньше начала. Какой срок верен?"
    measure.period_kind = reading.kind
    measure.period_start, measure.period_end = start, end
    measure.recurrence, measure.anchor = reading.recurrence, reading.anchor
    measure.anchor_on = None
    measure.question, measure.question_answer = question, None


def put_dates(measure: Measure, start: date | None, end: date | None) -> None:
    """Write typed dates into a measure: they leave no question."""
    if start and end and start > end:
        raise InvalidError(_REVERSED, field="period_end")
    measure.period_kind = PeriodKind.RANGE if start else PeriodKind.DEADLINE if end else PeriodKind.NONE
    measure.period_start, measure.period_end = start, end
    measure.recurrence = measure.anchor = measure.anchor_on = None


def edit_measure(
    session: Session, actor: Actor, measure_id: int, values: Mapping[str, object], *, version: int
) -> Measure:
    """Save a measure; `values` holds keys of LABELS, `version` is the one the editor saw.

    A changed phrase is read anew; typed dates win over the phrase.

    Raises:
        ConflictError: somebody saved the measure meanwhile; names the fields that differ.

    """
    measure = find(session, Measure, measure_id, lock=policy.may_start(actor))
    roadmap = find(session, Roadmap, measure.roadmap_id)
    open_for_change(session, actor, roadmap)
    _refuse_removed(measure)
    if measure.version != version:
        mine = {name: _typed(value) for name, value in values.items() if name in LABELS}
        theirs = {name: _typed(getattr(measure, name)) for name in mine}
        raise explain_conflict(mine, theirs, LABELS, version=measure.version)
    _put(measure, roadmap, values)
    journal.record(session, actor, "measure.edited", measure, roadmap_id=roadmap.id)
    return measure


def _typed(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)


def _put(measure: Measure, roadmap: Roadmap, values: Mapping[str, object]) -> None:
    for name in ("stage_title", "number", "title", "responsible", "result", "details"):
        if name in values:
            setattr(measure, name, values[name] or "")
    phrase = str(values.get("period_raw", measure.period_raw) or "")
    typed = tuple(_date(values.get(name, getattr(measure, name))) for name in ("period_start", "period_end"))
    if typed != (measure.period_start, measure.period_end):
        measure.period_raw = phrase
        put_dates(measure, *typed)
        if measure.question is not None:
            measure.question_answer = dates(*typed) or "без срока"
    elif phrase != measure.period_raw:
        measure.period_raw = phrase
        put_reading(measure, phrases.read(phrase, str(SchoolYear(roadmap.school_year))))


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None


def add_measure(session: Session, actor: Actor, roadmap_id: int, values: Mapping[str, object]) -> Measure:
    """Add a measure at the end of its stage; `values` holds keys of LABELS."""
    roadmap = find(session, Roadmap, roadmap_id)
    open_for_change(session, actor, roadmap)
    measures = measures_of(session, roadmap.id)
    same = [measure for measure in measures if measure.stage_title == values.get("stage_title")]
    measure = Measure(
        roadmap_id=roadmap.id,
        position=same[-1].position + 1 if same else next_position(session, roadmap.id),
        stage_number=same[-1].stage_number if same else "",
        period_raw="",
        period_start=None,
        period_end=None,
        question=None,
    )
    for later in measures:
        if same and later.position >= measure.position:
            later.position += 1
    _put(measure, roadmap, values)
    insert(session, measure)
    journal.record(session, actor, "measure.added", measure, roadmap_id=roadmap.id)
    return measure


def remove_measure(session: Session, actor: Actor, measure_id: int) -> Measure:
    """Take a measure out of the plan; its versions, remarks and executions keep it."""
    measure = find(session, Measure, measure_id)
    open_for_change(session, actor, find(session, Roadmap, measure.roadmap_id))
    _refuse_removed(measure)
    measure.removed_at = clock.now()
    journal.record(session, actor, "measure.removed", measure, roadmap_id=measure.roadmap_id)
    return measure


def restore_measure(session: Session, actor: Actor, measure_id: int) -> Measure:
    """Put a removed measure back to its place."""
    measure = find(session, Measure, measure_id)
    open_for_change(session, actor, find(session, Roadmap, measure.roadmap_id))
    measure.removed_at = None
    journal.record(session, actor, "measure.restored", measure, roadmap_id=measure.roadmap_id)
    return measure


def move_measure(session: Session, actor: Actor, measure_id: int, *, up: bool) -> Measure:
    """Change places with the neighbour above or below; past the border of a stage it joins the other stage."""
    measure = find(session, Measure, measure_id)
    open_for_change(session, actor, find(session, Roadmap, measure.roadmap_id))
    _refuse_removed(measure)
    ordered = list(measures_of(session, measure.roadmap_id))
    here = ordered.index(measure)
    there = here - 1 if up else here + 1
    if 0 <= there < len(ordered):
        neighbour = ordered[there]
        if neighbour.stage_title != measure.stage_title:
            measure.stage_title, measure.stage_number = neighbour.stage_title, neighbour.stage_number
        else:
            ordered[here], ordered[there] = neighbour, measure
            for place, row in enumerate(ordered, start=1):
                row.position = place
    journal.record(session, actor, "measure.moved", measure, roadmap_id=measure.roadmap_id, up=up)
    return measure


@dataclass(frozen=True)
class Answer:
    """An answer to a question: the key of a choice, or OTHER with the dates typed."""

    choice: str
    start: date | None = None
    end: date | None = None


def answer_question(session: Session, actor: Actor, measure_id: int, answer: Answer) -> Measure:
    """Settle the question of a measure.

    Raises:
        WrongStateError: there is no open question.
        InvalidError: the choice is none of those offered, or no date was typed.

    """
    measure = find(session, Measure, measure_id)
    roadmap = find(session, Roadmap, measure.roadmap_id)
    open_for_change(session, actor, roadmap)
    _refuse_removed(measure)
    if not measure.asks:
        raise WrongStateError("На этот вопрос уже ответили.")
    question = measure.question
    if answer.choice == OTHER:
        if not (answer.start or answer.end):
            raise InvalidError(UNDATED, field="end")
        put_dates(measure, answer.start, answer.end)
        said = dates(answer.start, answer.end)
    else:
        choice = chosen(measure.period_raw, roadmap.school_year, answer.choice)
        put_reading(measure, replace(choice.reading, question=None))
        said = choice.text
    measure.question, measure.question_answer = question, said
    journal.record(session, actor, "measure.answered", measure, roadmap_id=roadmap.id)
    return measure


def set_anchor(session: Session, actor: Actor, measure_id: int, happened_on: date) -> int:
    """Write down when an event happened: every measure of the plan that waits for the same event gets its dates.

    Returns how many measures were dated. It may be done at any time: the wording of the plan does not change.
    """
    measure = find(session, Measure, measure_id)
    roadmap = find(session, Roadmap, measure.roadmap_id)
    if not policy.may_edit(actor, roadmap):
        raise ForbiddenError("Дату события отмечает сама организация.")
    if measure.period_kind is not PeriodKind.RELATIVE:
        raise WrongStateError("Срок этого мероприятия не зависит от события.")
    waiting = session.scalars(
        select(Measure)
        .where(
            Measure.roadmap_id == roadmap.id,
            Measure.removed_at.is_(None),
            Measure.period_kind == PeriodKind.RELATIVE,
            func.lower(func.coalesce(Measure.anchor, "")) == (measure.anchor or "").lower(),
        )
        .order_by(Measure.position)
    ).all()
    for row in waiting:
        row.anchor_on = happened_on
        row.period_start, row.period_end = span_from(row.period_raw, happened_on) or (happened_on, None)
    journal.record(
        session, actor, "roadmap.event_dated", roadmap, happened_on=happened_on.isoformat(), measures=len(waiting)
    )
    return len(waiting)


def _refuse_removed(measure: Measure) -> None:
    if measure.removed_at is not None:
        raise WrongStateError("Мероприятие уже удалено из плана.")
