"""Former states of records, written by the database itself (`app.keep_history`), and their changes in words."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, inspect, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants import clock
from tenants.db import TenantModel, TenantRow, tenant_keys
from tenants.errors import ConflictError, Difference
from tenants.journal import JournalEntry


class RecordHistory(TenantModel):
    """What a record was before one change of it; personal records keep theirs in `person_history`."""

    __tablename__ = "record_history"
    __table_args__ = tenant_keys(
        Index("ix_record_history_record", "region_id", "organization_id", "table_name", "record_id")
    )

    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    table_name: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    operation: Mapped[str]
    """update or delete."""
    before: Mapped[dict[str, Any]]


Words = Mapping[str, tuple[str, Callable[[Any], str]]]
"""Column → its Russian label and how its value reads; columns that are not named are no business of a person."""


@dataclass(frozen=True)
class Step:
    """One line of a record's history."""

    at: datetime
    who: str
    what: str
    """What the line is about: «Участие: наставник, Ученик – ученик»."""
    differences: tuple[Difference, ...] = ()
    """`theirs` is the former value, `mine` the new one; empty for a creation."""


def text_word(value: object) -> str:
    """Return a value as it stands."""
    return "" if value is None else str(value)


def day_word(value: date | str | None) -> str:
    """Return 25.11.2026 for a date or its ISO text."""
    if not value:
        return ""
    day = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return f"{day:%d.%m.%Y}"


def label_word(enum: Callable[[str], Any]) -> Callable[[Any], str]:
    """Return the reader of an enumeration whose members have a label."""
    return lambda value: str(enum(value).label) if value else ""


def state_of(row: TenantRow) -> dict[str, Any]:
    """Return the columns of a record as they stand."""
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}


def differences(before: Mapping[str, Any], after: Mapping[str, Any], words: Words) -> tuple[Difference, ...]:
    """Return what reads differently in two states; a column that `after` lacks has not changed."""
    found = (
        Difference(label, read(before.get(name)), read(after[name]), name)
        for name, (label, read) in words.items()
        if name in after
    )
    return tuple(one for one in found if one.theirs != one.mine)


def refuse_stale(session: Session, row: Any, version: int, mine: Mapping[str, Any], words: Words) -> None:  # noqa: ANN401 - any versioned record
    """Compare the version a person edited with the one that stands.

    Raises:
        ConflictError: somebody saved meanwhile; it carries both values of each field that differs.

    """
    if row.version != version:
        raise conflict(session, row, differences(state_of(row), mine, words), row.version)


def conflict(session: Session, row: TenantRow, found: tuple[Difference, ...], version: int) -> ConflictError:
    """Return the error that offers both values and names who saved last."""
    last = session.scalars(
        select(JournalEntry.actor_name)
        .where(JournalEntry.subject_kind == row.__tablename__, JournalEntry.subject_id == row.id)
        .order_by(JournalEntry.id.desc())
        .limit(1)
    ).first()
    text = "Пока Вы правили, запись изменил другой сотрудник. Ваши данные на месте."
    return ConflictError(text, found, version=version, who=last or "")


def changes(
    session: Session, history: type[Any], rows: Mapping[int, tuple[str, TenantRow]], words: Words
) -> list[Step]:
    """Return the changes of records of one table, in no order: `rows` maps the id to its heading and present state."""
    if not rows:
        return []
    table = next(iter(rows.values()))[1].__tablename__
    found: dict[int, list[Any]] = {}
    query = select(history).where(history.table_name == table, history.record_id.in_(rows)).order_by(history.id)
    for state in session.scalars(query):
        found.setdefault(state.record_id, []).append(state)
    people = actor_names(session, {state.user_id for states in found.values() for state in states if state.user_id})
    steps = []
    for record_id, states in found.items():
        heading, row = rows[record_id]
        follow = [state.before for state in states[1:]] + [state_of(row)]
        for state, after in zip(states, follow, strict=True):
            if changed := differences(state.before, after, words):
                steps.append(Step(state.recorded_at, people.get(state.user_id, "Портал"), heading, changed))
    return steps


def actor_names(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    """Return how the journal names these people."""
    if not user_ids:
        return {}
    rows = session.execute(
        select(JournalEntry.user_id, JournalEntry.actor_name)
        .where(JournalEntry.user_id.in_(user_ids))
        .ext(distinct_on(JournalEntry.user_id))
        .order_by(JournalEntry.user_id, JournalEntry.id.desc())
    )
    return {user_id: name for user_id, name in rows if user_id is not None}


def beginnings(session: Session, events: Mapping[str, str], subjects: Mapping[str, Mapping[int, str]]) -> list[Step]:
    """Return who created what: `events` maps a journal event to its words, `subjects` its noun to {id: heading}."""
    ids = {record_id for headings in subjects.values() for record_id in headings}
    if not ids:
        return []
    rows = session.scalars(
        select(JournalEntry).where(
            JournalEntry.event.in_(events),
            JournalEntry.subject_kind.in_(subjects),
            JournalEntry.subject_id.in_(ids),
        )
    )
    return [
        Step(entry.at, entry.actor_name, f"{events[entry.event]}: {heading}" if heading else events[entry.event])
        for entry in rows
        if (heading := subjects[entry.subject_kind].get(entry.subject_id or 0)) is not None
    ]
