"""Take one person's data away, by the catalogue. The number, the parts and the figures stay.

Works in one transaction: a worker that dies in it leaves the person whole, and the next attempt begins anew.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date
from typing import Any

from sqlalchemy import Text, cast, delete, func, inspect, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from tenants.files.models import StoredFile
from tenants.history import RecordHistory
from tenants.mentorships.models import Meeting, MentorshipMember
from tenants.participants.models import Participant, Participation
from tenants.participants.persons import Name, Person, PersonHistory
from tenants.subjects.catalogue import CATALOGUE, Erase, Holding, Link
from tenants.subjects.masking import names
from tenants.subjects.rows import Held, held_about, model_of

_BIRTHDAYS, _LESSONS = (10, 20), (0, 3)
"""Years after a birth and after a first lesson in which a figure's answer turns (pupils of 10 to 19, novices)."""
_CUT_DAY = 25


def erase(session: Session, participant_id: int) -> tuple[dict[str, int], list[str]]:
    """Take a person's data away and return how many rows of each table lost something, and the contents set free."""
    held = held_about(session, participant_id)
    person = session.scalars(select(Person).where(Person.participant_id == participant_id)).one_or_none()
    counts = {"meeting": _topics(session, held, person.name if person else None)}
    contents = _files(session, held)
    for holding in CATALOGUE:
        if holding.link is Link.PARTICIPANT:
            counts[holding.table] = _linked(session, holding, participant_id)
    counts["participant"] = _participant(session, held)
    # Last: the statements above leave former states of their own.
    counts["person_history"] = _person_history(session, held)
    counts["record_history"] = _blank_former(session, "participation", held.ids("participation"), "class_name")
    return {table: count for table, count in counts.items() if count}, contents


def standing(session: Session, subjects: Mapping[int, str]) -> list[int]:
    """Return which participants have personal data; `subjects` maps the id to the ISO instant of its writing down."""
    rows = session.execute(
        select(Participant.id, Participant.recorded_at)
        .outerjoin(Person, Person.participant_id == Participant.id)
        .where(Participant.id.in_(subjects), or_(Person.id.is_not(None), Participant.identity_key.is_not(None)))
    )
    return sorted(
        participant_id for participant_id, at in rows if at.astimezone(UTC).isoformat() == subjects[participant_id]
    )


def _linked(session: Session, holding: Holding, participant_id: int) -> int:
    """Delete the rows of a table, or blank their columns."""
    model = model_of(holding.table)
    mine = model.participant_id == participant_id
    if Erase.WITH_ROW in holding.erased.values():
        return _count(session, delete(model).where(mine).returning(model.id))
    columns = [name for name, how in holding.erased.items() if how is Erase.BLANK]
    if not columns:
        return 0
    blanks = {name: _blank(model, name) for name in columns}
    filled = or_(*(getattr(model, name).is_distinct_from(blank) for name, blank in blanks.items()))
    values = blanks | ({"version": model.version + 1} if hasattr(model, "version") else {})
    return _count(session, update(model).where(mine, filled).values(**values).returning(model.id))


def _blank(model: Any, name: str) -> object:  # noqa: ANN401 - a class found by its table
    column = inspect(model).columns[name]
    return None if column.nullable else ""


def _participant(session: Session, held: Held) -> int:
    """Take the identity and the days; year and, where a figure turns on it, month stay, so that past counts stay."""
    row = session.execute(
        select(Participant.born_on, Participant.experience_since).where(Participant.id == held.participant_id)
    ).one()
    span = _span(held)
    values = {
        "identity_key": None,
        "identity_hint": None,
        "born_on": coarse(row.born_on, _BIRTHDAYS, span),
        "experience_since": coarse(row.experience_since, _LESSONS, span),
        "version": Participant.version + 1,
    }
    mine = update(Participant).where(Participant.id == held.participant_id)
    return _count(session, mine.values(**values).returning(Participant.id))


def _span(held: Held) -> range:
    """Return the years in which the person is counted anywhere."""
    parts: list[Participation] = held.rows["participation"]
    if not parts:
        return range(0)
    last = max((part.ended_on or date.max for part in parts), default=date.min)
    return range(min(part.started_on for part in parts).year, last.year + 1)


def coarse(day: date | None, turns: Collection[int], counted: range) -> date | None:
    """Return a day that past figures read alike: the first of its year, or of the month of the nearest cut.

    `turns` are the years after the day in which an answer changes; only if the person was counted in one of them does
    the month matter, and then a day up to the cut (the 25th) stands for the 1st, a later one for the next month.
    """
    if day is None or not {day.year + turn for turn in turns} & set(counted):
        return day and date(day.year, 1, 1)
    months = day.year * 12 + day.month - 1 + (day.day > _CUT_DAY)
    return date(months // 12, months % 12 + 1, 1)


def _topics(session: Session, held: Held, name: Name | None) -> int:
    """Blank the topics that name the person, and all topics of pairs of which nobody is left."""
    alone = set(held.mentorship_ids) - _with_others(session, held)
    meetings: list[Meeting] = held.rows["meeting"]
    gone = [
        meeting.id for meeting in meetings if meeting.mentorship_id in alone or (name and names(meeting.topic, name))
    ]
    filled = update(Meeting).where(Meeting.id.in_(gone), Meeting.topic != "")
    blanked = _count(session, filled.values(topic="", version=Meeting.version + 1).returning(Meeting.id))
    former = _former_topics(session, [meeting.id for meeting in meetings], name, gone)
    return blanked + _blank_former(session, "meeting", former, "topic")


def _with_others(session: Session, held: Held) -> set[int]:
    rows = session.scalars(
        select(MentorshipMember.mentorship_id)
        .join(Person, Person.participant_id == MentorshipMember.participant_id)
        .where(
            MentorshipMember.mentorship_id.in_(held.mentorship_ids),
            MentorshipMember.participant_id != held.participant_id,
        )
    )
    return set(rows)


def _former_topics(
    session: Session, meeting_ids: Collection[int], name: Name | None, gone: Collection[int]
) -> list[int]:
    """Return the meetings whose former states may hold the name."""
    rows = session.execute(
        select(RecordHistory.record_id, RecordHistory.before["topic"].astext).where(
            RecordHistory.table_name == "meeting", RecordHistory.record_id.in_(meeting_ids)
        )
    )
    return sorted({one for one, topic in rows if one in gone or (name and names(topic or "", name))})


def _blank_former(session: Session, table: str, ids: Collection[int], column: str) -> int:
    """Empty one column in the former states that figures read; the states themselves stay."""
    former = RecordHistory.before
    filled = update(RecordHistory).where(
        RecordHistory.table_name == table, RecordHistory.record_id.in_(ids), former[column].astext != ""
    )
    emptied = former.op("||")(cast(func.jsonb_build_object(column, literal("", Text)), JSONB))
    return _count(session, filled.values(before=emptied).returning(RecordHistory.id))


def _person_history(session: Session, held: Held) -> int:
    """Delete the former states of everything personal, of rows that are gone by now too."""
    before = PersonHistory.before["participant_id"].astext
    mine = or_(
        (PersonHistory.table_name == "participant") & (PersonHistory.record_id == held.participant_id),
        (PersonHistory.table_name != "participant") & (before == str(held.participant_id)),
    )
    return _count(session, delete(PersonHistory).where(mine).returning(PersonHistory.id))


def _files(session: Session, held: Held) -> list[str]:
    """Delete the rows of the person's files, and return the contents that no row of the organization names any more."""
    ids: set[int] = set()
    for holding in CATALOGUE:
        for column in holding.files:
            model = model_of(holding.table)
            rows = held.rows.get(holding.table, ())
            ids |= {file_id for row in rows if (file_id := getattr(row, column)) is not None}
            mine = update(model).where(model.id.in_([row.id for row in rows]))
            session.execute(mine.values({column: None}), execution_options={"synchronize_session": False})
    gone = select(StoredFile.sha256).where(StoredFile.id.in_(ids))
    digests = sorted(set(session.scalars(gone))) if ids else []
    _count(session, delete(StoredFile).where(StoredFile.id.in_(ids)).returning(StoredFile.id))
    return digests


def _count(session: Session, statement: Any) -> int:  # noqa: ANN401 - an update or delete that returns ids
    return len(session.scalars(statement, execution_options={"synchronize_session": False}).all())
