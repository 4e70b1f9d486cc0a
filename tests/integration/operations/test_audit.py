"""`portal audit verify` finds what was changed behind the program: in a journal, at its end, in events of accounts."""

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from portal import cli
from portal.operations import sealing
from tenants import journal
from tenants.accounts import events
from tenants.accounts.events import Who
from tenants.db import REGISTRY, transaction
from tests.factories.tree import actor_of


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    return tmp_path


def note(place, count=1):
    actor = actor_of(place)
    for _ in range(count):
        with transaction(actor.scope) as session:
            journal.record(session, actor, "note.written", count=1)


def verify(place):
    return cli.main(["audit", "verify", "--organization", place.code])


def tampered(database, *statement):
    with psycopg.connect(database.admin_url) as connection:
        connection.execute(*statement)


def test_untouched_journals_pass_and_say_how_much_was_looked_at(tree, folder, capsys):
    note(tree.school, 3)
    note(tree.region)
    sealing.seal_all(folder)
    note(tree.school)

    assert verify(tree.school) == 0
    said = capsys.readouterr().out
    assert "figure audit_entries=4" in said
    assert "figure audit_seals=1" in said
    assert "figure audit_broken=0" in said


def test_only_journals_with_something_new_get_a_seal(tree, folder):
    note(tree.school)
    assert {seal.organization_id for seal in sealing.seal_all(folder)} >= {tree.school.id}
    note(tree.sister)

    assert [s.organization_id for s in sealing.seal_all(folder) if s.region_id == tree.region.id] == [tree.sister.id]


@pytest.mark.parametrize(
    "crime",
    [
        "update journal set actor_name = 'Другой' where organization_id = %s",
        "update journal set detail = '{\"count\": 2}' where organization_id = %s",
        "delete from journal where organization_id = %s",
    ],
)
def test_a_changed_entry_is_found(tree, database, folder, crime, capsys):
    note(tree.school, 2)
    sealing.seal_all(folder)
    tampered(database, crime, [tree.school.id])

    assert verify(tree.school) == 1
    assert f"{tree.school.code}: печать" in capsys.readouterr().out
    assert verify(tree.sister) == 0


def test_cutting_off_the_end_with_its_seals_is_found_by_the_heads_outside(tree, database, folder, capsys):
    note(tree.school)
    sealing.seal_all(folder)
    note(tree.school)
    sealing.seal_all(folder)
    cut_off_the_end(database, tree.school)

    assert verify(tree.school) == 1
    assert "пропала" in capsys.readouterr().out


def cut_off_the_end(database, place):
    for table, newest in (("journal_seal", "last_journal_id"), ("journal", "id")):
        tampered(
            database,
            f"delete from {table} where organization_id = %s"
            f" and {newest} = (select max({newest}) from {table} where organization_id = %s)",
            [place.id, place.id],
        )


def test_the_heads_of_another_machine_are_asked_too(tree, database, folder, tmp_path_factory, capsys):
    other = tmp_path_factory.mktemp("other")
    note(tree.school)
    sealing.seal_all(folder)
    note(tree.school)
    sealing.seal_all(other)
    kept = str(other / sealing.HEADS)
    assert cli.main(["audit", "verify", "--organization", tree.school.code, "--heads", kept]) == 0
    cut_off_the_end(database, tree.school)

    assert verify(tree.school) == 0, "this machine did not make the seal that is gone"
    assert cli.main(["audit", "verify", "--organization", tree.school.code, "--heads", kept]) == 1
    assert "пропала" in capsys.readouterr().out


def test_a_line_that_a_crash_cut_short_does_not_stop_the_check(tree, folder):
    note(tree.school)
    sealing.seal_all(folder)
    with (folder / sealing.HEADS).open("a") as file:
        file.write('{"at": "2026-11-28T09:00:00+00:00", "organ')
    assert verify(tree.school) == 0

    note(tree.school)
    sealing.seal_all(folder)

    assert verify(tree.school) == 0
    heads = (folder / sealing.HEADS).read_text().splitlines()
    assert sum(f'"organization": {tree.school.id},' in line for line in heads) == 2


def test_heads_that_are_not_there_are_said_to_be_missing(tree, folder, capsys):
    note(tree.school)
    sealing.seal_all(folder)

    assert cli.main(["audit", "verify", "--organization", tree.school.code, "--heads", str(folder / "none")]) != 0
    assert "none" in capsys.readouterr().err


@pytest.mark.parametrize(
    "crime",
    [
        "update account_event set event = 'membership.ended' where organization_id = %s and id = %s",
        "delete from account_event where organization_id = %s and id = %s",
    ],
)
def test_a_changed_event_of_an_account_breaks_its_chain(tree, database, crime):
    with transaction(REGISTRY) as session:
        made = [
            events.record(session, Who(7, "Соколова Е.В."), "membership.granted", on_user_id=n, place=tree.school)
            for n in range(3)
        ]
    assert broken_among(made) == []
    with psycopg.connect(database.admin_url) as connection:
        kept = connection.execute(
            "select jsonb_agg(e) from account_event e where organization_id = %s", [tree.school.id]
        ).fetchone()[0]
    tampered(database, crime, [tree.school.id, made[1].id])

    found = broken_among(made)

    # The database is everybody's: what was broken here is put right again.
    tampered(database, "delete from account_event where organization_id = %s", [tree.school.id])
    tampered(
        database,
        "insert into account_event select * from jsonb_populate_recordset(null::account_event, %s)",
        [Jsonb(kept)],
    )
    assert found == [made[2].id if "delete" in crime else made[1].id]
    assert broken_among(made) == []


def broken_among(made):
    with transaction(REGISTRY.reading()) as session:
        return sorted(set(events.broken_entries(session)) & {entry.id for entry in made})


def test_events_of_accounts_are_written_once_and_never_changed(tree):
    with transaction(REGISTRY) as session:
        events.record(session, Who(), "membership.granted", on_user_id=1, place=tree.school)
    for statement in ("update account_event set event = 'x.y'", "delete from account_event"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction(REGISTRY) as session:
            session.execute(text(statement))
