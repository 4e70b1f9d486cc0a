"""The rows that the catalogue's tables hold about one participant. Runs in the organization's full scope."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, any_, literal, or_, select, true
from sqlalchemy.orm import Session

from tenants.db import Base
from tenants.history import RecordHistory
from tenants.journal import JournalEntry
from tenants.mentorships.models import MentorshipMember
from tenants.participants.persons import PersonHistory
from tenants.subjects.catalogue import CATALOGUE, Holding, Link

_HISTORIES: Mapping[str, Any] = {"person_history": PersonHistory, "record_history": RecordHistory}


@dataclass(frozen=True)
class Held:
    """What is held about one participant."""

    participant_id: int
    mentorship_ids: tuple[int, ...]
    rows: Mapping[str, list[Any]]
    """Table → its rows, oldest first; the registry's tables are not among them."""

    def ids(self, table: str) -> list[int]:
        """Return the ids of a table's rows."""
        return [row.id for row in self.rows.get(table, ())]


@cache
def model_of(table: str) -> Any:  # noqa: ANN401 - the class of any table
    """Return the model of a table: queries of models carry the organization's predicate.

    Raises:
        LookupError: no model maps the table.

    """
    for mapper in Base.registry.mappers:
        if getattr(mapper.class_, "__tablename__", "") == table:
            return mapper.class_
    raise LookupError(table)


def held_about(session: Session, participant_id: int) -> Held:
    """Return every row that the catalogue knows about a participant, a statement a table."""
    places = select(MentorshipMember.mentorship_id).where(MentorshipMember.participant_id == participant_id)
    mentorships = tuple(sorted(set(session.scalars(places))))
    found: dict[str, list[Any]] = {}
    for holding in CATALOGUE:
        condition = _condition(holding, participant_id, mentorships, found)
        if condition is not None:
            model = model_of(holding.table)
            found[holding.table] = list(session.scalars(select(model).where(condition).order_by(model.id)))
    return Held(participant_id, mentorships, found)


def _condition(
    holding: Holding, participant_id: int, mentorships: Collection[int], found: Mapping[str, list[Any]]
) -> ColumnElement[bool] | None:
    """Return which rows of a table are the participant's; None for the registry's tables."""
    model = model_of(holding.table)
    if holding.link is Link.SELF:
        return model.id == participant_id  # type: ignore[no-any-return]  # a column of a class found by its table
    if holding.link is Link.PARTICIPANT:
        return model.participant_id == participant_id  # type: ignore[no-any-return]  # the same
    if holding.link is Link.MENTORSHIP:
        return model.id.in_(mentorships)  # type: ignore[no-any-return]  # the same
    if holding.link is Link.OF_MENTORSHIP:
        return model.mentorship_id.in_(mentorships)  # type: ignore[no-any-return]  # the same
    return _derived(holding, participant_id, found)


def _derived(holding: Holding, participant_id: int, found: Mapping[str, list[Any]]) -> ColumnElement[bool] | None:
    model = model_of(holding.table)
    if holding.link is Link.MEMBERS:
        return literal(participant_id) == any_(model.ids)
    linked = {table: [row.id for row in rows] for table, rows in found.items() if rows}
    if holding.link is Link.HISTORY:
        former = _HISTORIES[holding.table]
        return or_(*(_names(former.table_name, former.record_id, table, ids) for table, ids in linked.items()), ~true())
    if holding.link is Link.JOURNAL:
        kind, subject = JournalEntry.subject_kind, JournalEntry.subject_id
        own = {table: ids for table, ids in linked.items() if table not in _HISTORIES} | {"subject": [participant_id]}
        return or_(*(_names(kind, subject, table, ids) for table, ids in own.items()))
    return None


def _names(table: Any, record: Any, name: str, ids: Collection[int]) -> ColumnElement[bool]:  # noqa: ANN401 - columns of any model
    return (table == name) & record.in_(ids)  # type: ignore[no-any-return]  # columns of any model
