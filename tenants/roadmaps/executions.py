"""Measures marked done, with a date and a document or a note, and taken back."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import ScopedSession, find, insert
from tenants.errors import ForbiddenError, InvalidError, WrongStateError
from tenants.files import store
from tenants.roadmaps import policy
from tenants.roadmaps.dating import due_days
from tenants.roadmaps.events import state_of
from tenants.roadmaps.models import Measure, MeasureExecution, Roadmap
from tenants.roadmaps.phrases import PeriodKind

EVIDENCE_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
"""Documents that may prove a measure; they are kept and handed out, never opened here."""


@dataclass(frozen=True)
class Done:
    """When a measure was done, what shows it, and which due day of a recurring measure it was."""

    on: date
    note: str = ""
    file_name: str = ""
    content: bytes = b""
    occurrence_on: date | None = None


def mark_done(session: ScopedSession, actor: Actor, measure_id: int, done: Done) -> MeasureExecution:
    """Mark a measure done; marking it again changes the mark. The plan has to have been approved once.

    Raises:
        InvalidError: the day lies ahead, the due day is none of the measure's, or the document has an unknown type.

    """
    measure = find(session, Measure, measure_id, lock=policy.may_start(actor))
    roadmap = find(session, Roadmap, measure.roadmap_id)
    if not policy.may_edit(actor, roadmap):
        raise ForbiddenError("Выполнение отмечает сама организация.")
    if state_of(session, roadmap.id).approved_version_n is None:
        raise WrongStateError("Отмечать выполнение можно после утверждения плана.")
    if done.on > clock.today(actor.organization.time_zone):
        raise InvalidError("День выполнения ещё не наступил.", field="done_on")
    occurrence = _occurrence(measure, roadmap, done.occurrence_on)
    row = session.scalars(
        select(MeasureExecution).where(
            MeasureExecution.measure_id == measure.id, MeasureExecution.occurrence_on.is_not_distinct_from(occurrence)
        )
    ).one_or_none()
    if row is None:
        row = insert(session, MeasureExecution(measure_id=measure.id, occurrence_on=occurrence, done_on=done.on))
    row.done_on, row.note = done.on, done.note.strip()
    row.recorded_at, row.recorded_by = clock.now(), actor.user_id or None
    if done.content:
        row.file_id = _evidence(session, done)
    journal.record(session, actor, "measure.done", measure, roadmap_id=roadmap.id, done_on=done.on.isoformat())
    return row


def _occurrence(measure: Measure, roadmap: Roadmap, day: date | None) -> date | None:
    days = due_days(measure.recurrence, roadmap.school_year, measure.period_start)
    if measure.period_kind is not PeriodKind.RECURRING or not days:
        return None
    if day not in days:
        raise InvalidError("Выберите, за какой срок отмечено выполнение.", field="occurrence_on")
    return day


def _evidence(session: ScopedSession, done: Done) -> int:
    kind = EVIDENCE_TYPES.get(Path(done.file_name).suffix.lower())
    if kind is None:
        raise InvalidError("Документ можно приложить в PDF, DOCX, ODT, XLSX, JPG или PNG.", field="document")
    return store.keep(session, done.content, name=done.file_name, media_type=kind).id


def undo_done(session: ScopedSession, actor: Actor, execution_id: int) -> int:
    """Take a mark back; its former state stays in the history. Returns the id of the measure."""
    row = find(session, MeasureExecution, execution_id)
    if not policy.may_edit(actor, row):
        raise ForbiddenError("Выполнение отмечает сама организация.")
    measure = find(session, Measure, row.measure_id)
    session.delete(row)
    journal.record(session, actor, "measure.reopened", measure, roadmap_id=measure.roadmap_id)
    return measure.id
