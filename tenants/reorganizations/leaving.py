"""Ends in the source what has begun in the receiver: by the ordinary commands, in the source's own scope."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from tenants import journal
from tenants.db import ScopedSession, transaction
from tenants.mentorships.commands import end_mentorship
from tenants.mentorships.meetings import cancel_meeting
from tenants.mentorships.models import Meeting, Mentorship, Outcome, Programme
from tenants.participants.models import EndReason, Participation
from tenants.participants.participations import end_participation
from tenants.reorganizations.models import RecordKind
from tenants.reorganizations.taking import Way, batches, taken


def leave(way: Way, hold: Callable[[], None]) -> None:
    """End parts, pairs and programmes of everybody who has gone; what has ended before is left as it is."""
    with transaction(way.taker.scope.reading()) as session:
        people = list(taken(session, way, RecordKind.PARTICIPANT))
        pairs = list(taken(session, way, RecordKind.MENTORSHIP))
        meetings = list(taken(session, way, RecordKind.MEETING))
    for ids in batches(meetings):
        hold()
        _strike_meetings(way, ids)
    for ids in batches(people):
        hold()
        _end_parts(way, ids)
    hold()
    _end_rest(way, pairs)


def _strike_meetings(way: Way, ids: Sequence[int]) -> None:
    """Strike out the meetings of the receiver's days: they stand there now."""
    with transaction(way.giver.scope) as session:
        standing = session.scalars(select(Meeting.id).where(Meeting.id.in_(ids), Meeting.cancelled_at.is_(None))).all()
        for meeting_id in standing:
            cancel_meeting(session, way.giver, meeting_id)


def _end_parts(way: Way, ids: Sequence[int]) -> None:
    with transaction(way.giver.scope) as session:
        parts = session.scalars(
            select(Participation)
            .where(Participation.participant_id.in_(ids), Participation.ended_on.is_(None))
            .order_by(Participation.id)
        ).all()
        if parts:
            # The first record of a transaction is its event, the endings are its parts.
            journal.record(session, way.giver, "records.given", None, reorganization=way.plan_id, parts=len(parts))
        for part in parts:
            day = max(part.started_on, way.day)
            end_participation(session, way.giver, part.id, ended_on=day, reason=EndReason.TRANSFERRED)


def _end_rest(way: Way, pairs: list[int]) -> None:
    """End pairs whose people had no part of this form any more, and the programmes of a source that is closed."""
    with transaction(way.giver.scope) as session:
        left = session.scalars(
            select(Mentorship).where(Mentorship.id.in_(pairs), Mentorship.ended_on.is_(None)).order_by(Mentorship.id)
        ).all()
        for pair in left:
            day = max(pair.started_on, way.day)
            end_mentorship(session, way.giver, pair.id, ended_on=day, outcome=Outcome.TRANSFERRED)
        if way.chosen is None:
            _end_programmes(session, way)


def _end_programmes(session: ScopedSession, way: Way) -> None:
    programmes = session.scalars(select(Programme).where(Programme.ended_on.is_(None)).order_by(Programme.id)).all()
    for programme in programmes:
        programme.ended_on = max(programme.started_on, way.day)
        journal.record(session, way.giver, "programme.edited", programme, on=programme.ended_on.isoformat())
