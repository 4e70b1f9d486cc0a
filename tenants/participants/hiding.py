"""Hiding a name and showing it again: the only place that reaches past the policy `hidden` in daily work."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import ScopedSession, subject_access
from tenants.errors import ScopeMissingError
from tenants.participants.persons import Person


def hide_name(session: Session, participant_id: int) -> None:
    """Hide the name and contacts from everything the portal shows, at once."""
    query = update(Person).where(Person.participant_id == participant_id, Person.hidden_at.is_(None))
    with subject_access(_scoped(session)):
        session.execute(query.values(hidden_at=clock.now(), version=Person.version + 1))
    _forget(session, participant_id)


def show_name(session: Session, participant_id: int) -> bool:
    """Show a hidden name again and return whether there was one to show."""
    query = update(Person).where(Person.participant_id == participant_id, Person.hidden_at.is_not(None))
    with subject_access(_scoped(session)):
        shown = session.execute(query.values(hidden_at=None, version=Person.version + 1).returning(Person.id)).all()
    _forget(session, participant_id)
    return bool(shown)


def _forget(session: Session, participant_id: int) -> None:
    """Let the session read the row anew: what it remembers is no longer what the database shows."""
    for row in list(session.identity_map.values()):
        if isinstance(row, Person) and row.participant_id == participant_id:
            session.expunge(row)


def _scoped(session: Session) -> ScopedSession:
    if not isinstance(session, ScopedSession):
        raise ScopeMissingError("names are hidden in a session of a scope only")
    return session
