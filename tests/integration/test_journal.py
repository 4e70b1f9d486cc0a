"""The journal is append-only and sealed: a change of an old entry is found."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tenants import journal
from tenants.db import transaction
from tests.factories.tree import actor_of


def note(place, *events):
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        for event in events:
            journal.record(session, actor, event, count=1)


def sealed(place):
    with transaction(actor_of(place).scope) as session:
        return journal.seal(session) is not None


def broken(place):
    with transaction(actor_of(place).scope.reading()) as session:
        return journal.broken_seals(session)


def test_the_program_cannot_change_an_entry(tree):
    note(tree.school, "note.written")

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(actor_of(tree.school).scope) as session,
    ):
        session.execute(text("update journal set event = 'note.forged'"))


def test_new_entries_are_sealed_once(tree):
    note(tree.school, "note.written", "note.signed")

    assert sealed(tree.school)
    assert not sealed(tree.school)
    note(tree.school, "note.read")
    assert sealed(tree.school)
    assert broken(tree.school) == []


@pytest.mark.parametrize(
    "crime", ["update journal set event = 'note.forged' where id = %s", "delete from journal where id = %s"]
)
def test_an_entry_changed_behind_the_program_breaks_its_seal(tree, database, crime):
    note(tree.school, "note.written", "note.signed")
    sealed(tree.school)
    with psycopg.connect(database.admin_url) as connection:
        first = connection.execute(
            "select min(id) from journal where organization_id = %s", [tree.school.id]
        ).fetchone()
        connection.execute(crime, first)

    assert len(broken(tree.school)) == 1
