"""The log of views loses what has outlived its term, and its chain still tells a lawful sweep from a removal."""

from datetime import timedelta

import psycopg
import pytest

from portal import cli
from tenants import clock
from tenants.accounts import looking, view_sweep
from tenants.db import REGISTRY, transaction
from tenants.subjects import sweeping
from tests.conftest import Database
from tests.factories.events import events_of_organization
from tests.factories.tree import Tree

OLD = timedelta(days=5 * 365)


def logged(database: Database, tree: Tree, *ages: timedelta) -> list[int]:
    """Write one entry an age, in this order, and return their ids."""
    with psycopg.connect(database.admin_url) as connection:
        return [
            connection.execute(
                "insert into access_log (at, user_id, region_id, organization_id, endpoint) values (%s, 1, %s, %s, 'x')"
                " returning id",
                [clock.now() - age, tree.region.id, tree.school.id],
            ).fetchone()[0]
            for age in ages
        ]


def left(database: Database, tree: Tree) -> list[int]:
    with psycopg.connect(database.admin_url) as connection:
        rows = connection.execute("select id from access_log where organization_id = %s order by id", [tree.school.id])
        return [row[0] for row in rows]


def remove(database: Database, entry_id: int) -> None:
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("delete from access_log where id = %s", [entry_id])


def broken(ids: list[int]) -> list[int]:
    with transaction(REGISTRY.reading()) as session:
        return [entry_id for entry_id in looking.broken_entries(session) if entry_id in ids]


def test_a_chain_holds_after_a_sweep_and_after_the_next(database: Database, tree: Tree) -> None:
    ids = logged(database, tree, OLD, OLD, timedelta(days=900), timedelta())

    sweeping.sweep_regions()
    assert left(database, tree) == ids[2:]
    assert broken(ids) == []

    clock.travel(clock.now() + timedelta(days=400))
    sweeping.sweep_regions()
    assert left(database, tree) == ids[3:]
    assert broken(ids) == []


def test_the_command_that_checks_takes_no_sweep_for_a_break(
    database: Database, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = logged(database, tree, OLD, timedelta())
    sweeping.sweep_regions()

    cli.main(["audit", "verify"])

    assert f"журнал просмотров: запись {ids[1]} " not in capsys.readouterr().out


def test_a_log_swept_to_its_end_goes_on_with_the_same_chain(database: Database, tree: Tree) -> None:
    logged(database, tree, OLD, OLD)
    sweeping.sweep_regions()
    assert left(database, tree) == []

    ids = logged(database, tree, timedelta(), timedelta())
    assert broken(ids) == []
    remove(database, ids[0])
    assert broken(ids) == [ids[1]]


@pytest.mark.parametrize("removed", [2, 3])
def test_an_entry_removed_otherwise_is_still_found(database: Database, tree: Tree, removed: int) -> None:
    ids = logged(database, tree, OLD, OLD, *[timedelta()] * 3)
    sweeping.sweep_regions()

    remove(database, ids[removed])

    assert broken(ids) == [ids[removed + 1]]


def test_an_old_entry_removed_before_the_sweep_would_be_found_by_the_check_before_it(
    database: Database, tree: Tree
) -> None:
    ids = logged(database, tree, OLD, OLD, OLD, timedelta())
    remove(database, ids[1])

    assert broken(ids) == [ids[2]]


def test_a_clock_that_went_back_leaves_no_gap_in_the_chain(database: Database, tree: Tree) -> None:
    ids = logged(database, tree, OLD, timedelta(), OLD, timedelta())

    sweeping.sweep_regions()

    assert left(database, tree) == ids[1:]
    assert broken(ids) == []


def events_of(tree: Tree) -> list[str]:
    with transaction(REGISTRY.reading()) as session:
        found = events_of_organization(session, tree.school.id)
        return [one.event for one in found if one.event.startswith("access_log.")]


@pytest.mark.parametrize("removed", [0, 1, 2])
def test_a_sweep_takes_nothing_from_a_chain_that_was_broken(database: Database, tree: Tree, removed: int) -> None:
    ids = logged(database, tree, OLD, OLD, OLD, timedelta())
    remove(database, ids[removed])

    sweeping.sweep_regions()
    sweeping.sweep_regions()

    assert left(database, tree) == [one for one in ids if one != ids[removed]]
    assert broken(ids) == [ids[removed + 1]]
    assert events_of(tree) == ["access_log.broken"]


def test_a_sweep_finds_a_changed_entry(database: Database, tree: Tree) -> None:
    ids = logged(database, tree, OLD, OLD, timedelta())
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("update access_log set endpoint = 'y' where id = %s", [ids[0]])

    sweeping.sweep_regions()

    assert left(database, tree) == ids


def test_a_broken_chain_stops_no_other_organization(database: Database, tree: Tree) -> None:
    ids = logged(database, tree, OLD, OLD, timedelta())
    remove(database, ids[0])
    with psycopg.connect(database.admin_url) as connection:
        connection.execute(
            "insert into access_log (at, user_id, region_id, organization_id, endpoint) values (%s, 1, %s, %s, 'x')",
            [clock.now() - OLD, tree.region.id, tree.college.id],
        )

    assert sweeping.sweep_regions()["access_log"] >= 1
    with psycopg.connect(database.admin_url) as connection:
        kept = connection.execute("select count(*) from access_log where organization_id = %s", [tree.college.id])
        assert kept.fetchone() == (0,)


def test_the_doctor_and_the_command_tell_of_a_refused_sweep(
    database: Database, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = logged(database, tree, OLD, OLD, timedelta())
    remove(database, ids[0])

    assert cli.main(["data", "sweep"]) == 1
    assert tree.school.code in capsys.readouterr().out

    assert cli.main(["doctor"]) == 1
    said = next(line for line in capsys.readouterr().out.splitlines() if "просмотры" in line)
    assert "ОШИБКА" in said
    assert tree.school.code in said
    assert cli.main(["audit", "verify"]) == 1
    assert f"журнал просмотров: запись {ids[1]} " in capsys.readouterr().out


def test_a_chain_that_is_whole_again_is_swept_and_the_doctor_is_content(database: Database, tree: Tree) -> None:
    ids = logged(database, tree, OLD, OLD, timedelta())
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("update access_log set endpoint = 'y' where id = %s", [ids[0]])
    sweeping.sweep_regions()
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("update access_log set endpoint = 'x' where id = %s", [ids[0]])

    sweeping.sweep_regions()

    assert left(database, tree) == ids[2:]
    with transaction(REGISTRY.reading()) as session:
        assert tree.school.code not in [one.code for one in view_sweep.refused_sweeps(session)]
