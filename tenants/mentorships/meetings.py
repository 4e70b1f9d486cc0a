"""Meetings of a pair or group: add, correct, cancel, and take the cancelling back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert
from tenants.errors import InvalidError, WrongStateError
from tenants.history import refuse_stale
from tenants.mentorships.models import Meeting, MeetingKind, Mentorship, Outcome
from tenants.mentorships.words import MEETING_WORDS
from tenants.participants.participations import refuse_future
from tenants.participants.policy import need_writer

LONGEST_MINUTES = 600
LONGEST_TOPIC = 300


@dataclass(frozen=True)
class MeetingNote:
    """What is noted about a meeting."""

    held_on: date
    kind: MeetingKind = MeetingKind.WORK
    minutes: int | None = None
    topic: str = ""


def add_meeting(session: Session, actor: Actor, mentorship_id: int, note: MeetingNote) -> Meeting:
    """Write down a meeting that was held.

    Raises:
        InvalidError: it lies ahead, or outside the days of the pair.
        WrongStateError: the pair is a mistake.

    """
    need_writer(actor)
    mentorship = find(session, Mentorship, mentorship_id)
    values = _checked(actor, mentorship, note)
    row = insert(session, Meeting(mentorship_id=mentorship.id, recorded_by=actor.user_id or None, **values))
    journal.record(session, actor, "meeting.added", row, on=note.held_on.isoformat(), mentorship_id=mentorship.id)
    return row


def edit_meeting(session: Session, actor: Actor, meeting_id: int, note: MeetingNote, *, version: int) -> Meeting:
    """Correct a meeting; `version` is the one the editor saw.

    Raises:
        ConflictError: somebody saved it meanwhile.
        InvalidError: a value does not fit.

    """
    need_writer(actor)
    row = find(session, Meeting, meeting_id, lock=True)
    values = _checked(actor, find(session, Mentorship, row.mentorship_id), note)
    refuse_stale(session, row, version, values, MEETING_WORDS)
    for name, value in values.items():
        setattr(row, name, value)
    journal.record(session, actor, "meeting.edited", row)
    return row


def cancel_meeting(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    """Strike a meeting out: it stays and counts nowhere; a second time changes nothing."""
    need_writer(actor)
    row = find(session, Meeting, meeting_id, lock=True)
    if row.cancelled_at is None:
        row.cancelled_at = clock.now()
        journal.record(session, actor, "meeting.cancelled", row)
    return row


def restore_meeting(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    """Take a cancelling back; a second time changes nothing."""
    need_writer(actor)
    row = find(session, Meeting, meeting_id, lock=True)
    if row.cancelled_at is not None:
        row.cancelled_at = None
        journal.record(session, actor, "meeting.restored", row)
    return row


def _checked(actor: Actor, mentorship: Mentorship, note: MeetingNote) -> dict[str, Any]:
    if mentorship.outcome is Outcome.MISTAKE:
        raise WrongStateError("Пара записана по ошибке, встреч у неё нет.")
    refuse_future(actor, note.held_on, "held_on")
    if note.held_on < mentorship.started_on:
        raise InvalidError(f"Пара начала {mentorship.started_on:%d.%m.%Y}, встреча не раньше.", field="held_on")
    if mentorship.ended_on is not None and note.held_on >= mentorship.ended_on:
        raise InvalidError(f"Пара завершена {mentorship.ended_on:%d.%m.%Y}, встреча раньше.", field="held_on")
    if note.minutes is not None and not 1 <= note.minutes <= LONGEST_MINUTES:
        raise InvalidError(f"От 1 до {LONGEST_MINUTES} минут.", field="minutes")
    if len(note.topic) > LONGEST_TOPIC:
        raise InvalidError(f"Не длиннее {LONGEST_TOPIC} знаков.", field="topic")
    return {"held_on": note.held_on, "kind": note.kind, "minutes": note.minutes, "topic": note.topic.strip()}
