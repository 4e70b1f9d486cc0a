"""The journal is append-only and sealed: a change of an old entry is found."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tenants import journal
from tenants.db import transaction
from tenants.mentorships.meetings import MeetingNote, add_meeting, edit_meeting
from tenants.mentorships.models import MeetingKind
from tests.factories.people import make_mentorship
from tests.factories.tree import actor_of


def note(place, *events):
    actor = actor_of(place)
    for event in events:
        with transaction(actor.scope) as session:
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


def test_a_seal_waits_for_the_step_that_has_its_number_already(tree):
    actor, seal = actor_of(tree.school), ThreadPoolExecutor(1)

    with transaction(actor.scope) as late:
        journal.record(late, actor, "note.late")
        journal._write_entries(late)
        note(tree.school, "note.early")
        waiting = seal.submit(sealed, tree.school)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.5)

    assert waiting.result()
    assert not sealed(tree.school)
    assert broken(tree.school) == []


def test_words_that_people_type_stay_out_of_the_journal(tree):
    mentorship, actor = make_mentorship(tree.school), actor_of(tree.school)
    first = MeetingNote(date(2026, 10, 12), MeetingKind.WORK, topic="Разговор с Журналистовым")
    with transaction(actor.scope) as session:
        row = add_meeting(session, actor, mentorship.id, first)
    second = replace(first, held_on=date(2026, 10, 13), topic="О Журналистове")
    with transaction(actor.scope) as session:
        edit_meeting(session, actor, row.id, second, version=row.version)

    with transaction(actor.scope.reading()) as session:
        told = session.scalars(
            select(journal.JournalEntry).where(journal.JournalEntry.subject_kind == "meeting").order_by("id")
        ).all()
    changes = [change for entry in told for change in entry.detail["changes"] if change["table"] == "meeting"]
    assert [change["personal"] for change in changes] == [["topic"], ["topic"]]
    assert changes[1]["before"]["held_on"] == "2026-10-12"
    assert "Журналистов" not in str([entry.detail for entry in told])


def test_an_empty_word_is_not_told_of_as_if_it_had_been_typed(tree):
    mentorship, actor = make_mentorship(tree.school), actor_of(tree.school)
    with transaction(actor.scope) as session:
        add_meeting(session, actor, mentorship.id, MeetingNote(date(2026, 10, 12), MeetingKind.WORK))

    with transaction(actor.scope.reading()) as session:
        entry = session.scalars(
            select(journal.JournalEntry).where(journal.JournalEntry.subject_kind == "meeting")
        ).one()
    (change,) = (one for one in entry.detail["changes"] if one["table"] == "meeting")
    assert "personal" not in change


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
