"""The session and the database keep organizations apart."""

import os

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tenants import journal
from tenants.db import Scope, after_commit, transaction
from tenants.errors import ScopeMissingError
from tenants.journal import JournalEntry
from tests.factories.tree import Tree, actor_of


def write_note(tree_place, event="note.written"):
    actor = actor_of(tree_place)
    with transaction(actor.scope) as session:
        journal.record(session, actor, event)


def events_seen_by(place):
    with transaction(actor_of(place).scope.reading()) as session:
        return sorted((row.organization_id, row.event) for row in session.scalars(select(JournalEntry)))


def test_a_school_sees_its_own_rows_and_no_others(tree: Tree):
    write_note(tree.school)
    write_note(tree.sister)

    assert events_seen_by(tree.school) == [(tree.school.id, "note.written")]


def test_a_district_sees_its_schools_and_itself_and_not_the_other_district(tree: Tree):
    for place in (tree.school, tree.sister, tree.district, tree.other_school, tree.college):
        write_note(place)

    assert [owner for owner, _ in events_seen_by(tree.district)] == sorted(
        [tree.school.id, tree.sister.id, tree.district.id]
    )


def test_a_region_sees_everything_below_and_no_other_region(tree: Tree):
    for place in tree.all:
        write_note(place)

    assert len(events_seen_by(tree.region)) == len(tree.all)


def test_a_query_without_the_predicate_still_sees_only_its_own(tree: Tree):
    write_note(tree.school)
    write_note(tree.sister)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        owners = session.scalars(text("select distinct organization_id from journal")).all()

    assert owners == [tree.school.id]


def test_a_reader_cannot_write(tree: Tree):
    actor = actor_of(tree.school)

    with pytest.raises(Exception, match="read-only"), transaction(actor.scope.reading()) as session:
        journal.record(session, actor, "note.written")


def test_a_session_without_a_scope_is_refused():
    with pytest.raises(ScopeMissingError), transaction(Scope("organization")):
        pass


def test_the_login_alone_may_read_nothing(database):
    with psycopg.connect(database.login_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from journal")


def test_an_action_after_commit_does_not_run_when_the_work_fails(tree: Tree):
    ran = []

    def work():
        with transaction(actor_of(tree.school).scope) as session:
            after_commit(session, lambda: ran.append(1))
            session.execute(text("select * from no_such_table"))

    with pytest.raises(ProgrammingError):
        work()

    assert ran == []


def test_a_forked_process_does_not_use_the_connections_of_its_parent(tree: Tree):
    """A web server and a worker fork after the program has connected."""

    def backend():
        with transaction(actor_of(tree.school).scope.reading()) as session:
            return session.scalar(text("select pg_backend_pid()"))

    mine = {backend() for _ in range(5)}
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(backend()).encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert int(os.read(reader, 20)) not in mine
    assert backend() > 0
