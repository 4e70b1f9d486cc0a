"""A restored copy brings the destroyed back: the log outside the database tells, and the replay destroys it again."""

import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from portal.cli import main
from portal.config import Settings
from portal.embedded.postgres import tool
from portal.operations import doctor
from tenants.db import REGISTRY, Level, Scope, connect, transaction
from tenants.errors import DomainError
from tenants.organizations.models import Organization
from tenants.subjects import log
from tenants.subjects.models import Destruction, DestructionSubject, Reason
from tenants.subjects.replay import replay, revived
from tests.conftest import LOGIN, Database
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.subjects import destroyed, make_outlived
from tests.factories.tree import Tree
from tests.integration.subjects.dump import rows_with


@pytest.fixture
def restore(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Copy"]:
    """A dump taken now, and its restoration into a database of its own, to which the process is then connected."""
    yield Copy(database, tmp_path / "dump.sql", monkeypatch)
    connect(database.login_url)


class Copy:
    def __init__(self, database: Database, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._database, self._place, self._monkeypatch = database, place, monkeypatch

    def take(self) -> None:
        subprocess.run([tool("pg_dump"), "--file", self._place, self._database.admin_url], check=True)

    def back(self) -> Database:
        name = f"portal_restored_{os.getpid()}"
        with psycopg.connect(self._database.admin_url, autocommit=True) as connection:
            connection.execute(f"drop database if exists {name}")
            connection.execute(f"create database {name}")
            connection.execute(f"grant connect on database {name} to {LOGIN}")
            here = connection.info.dbname
        found = Database(*(url.replace(here, name, 1) for url in (self._database.admin_url, self._database.login_url)))
        command = [tool("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", self._place, found.admin_url]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self._monkeypatch.setenv("DATABASE_URL", found.login_url)
        self._monkeypatch.setenv("DATABASE_ADMIN_URL", found.admin_url)
        connect(found.login_url)
        return found


def test_the_replay_destroys_what_a_restored_dump_brought_back(
    tree: Tree, restore: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = [make_outlived(tree.school, name=f"Возвратов {first} Ильич") for first in ("Иван", "Пётр")]
    stays = make_participant(tree.school, name="Остаёва Анна Петровна")
    restore.take()
    destroyed(tree.school, *gone)
    copy = restore.back()

    assert {table for table, _ in rows_with(copy.admin_url, "Возвратов")} >= {"person", "person_history", "meeting"}
    assert revived(log.lines_of()) == 2
    with pytest.raises(DomainError, match="вернула данные участников: 2"):
        doctor._destruction()

    assert main(["data", "replay-destruction"]) == 0
    said = capsys.readouterr().out
    assert "Вернулось участников: 2, уничтожено снова: 2." in said
    assert "figure revived=0" in said
    assert rows_with(copy.admin_url, "Возвратов") == []
    assert len(rows_with(copy.admin_url, "Остаёва")) == 1
    assert stays.number == 5
    assert "никто не вернулся" in doctor._destruction()

    assert main(["data", "replay-destruction"]) == 0
    assert "Вернулось участников: 0, уничтожено снова: 0." in capsys.readouterr().out
    assert Settings.from_environment().database_url == copy.login_url


def reasons_of_replay() -> set[Reason]:
    (line,) = log.lines_of()
    scope = Scope(Level.ORGANIZATION, line.region, *place_of(line))
    with transaction(scope.reading()) as session:
        again = select(DestructionSubject.reason).join(Destruction, Destruction.id == DestructionSubject.destruction_id)
        return set(session.scalars(again.where(Destruction.replay_of == line.sha256)))


def place_of(line: log.Line) -> tuple[int, int]:
    with transaction(REGISTRY.reading()) as session:
        row = session.get_one(Organization, (line.region, line.organization))
        return row.district_id, row.id


def test_a_replayed_act_states_the_ground_of_the_first(tree: Tree, restore: Copy) -> None:
    gone = make_participant(tree.school, role=MENTEE, started_on=date(2026, 9, 1))
    make_consent(tree.school, gone, given_on=date(2026, 9, 1), withdrawn_on=date(2026, 11, 1))
    restore.take()
    destroyed(tree.school, gone)
    restore.back()

    replay(log.lines_of(), lambda _: [])

    assert reasons_of_replay() == {Reason.WITHDRAWN}


def test_a_line_without_grounds_is_still_read_and_replayed(tree: Tree, restore: Copy) -> None:
    gone = make_outlived(tree.school)
    restore.take()
    destroyed(tree.school, gone)
    restore.back()
    (line,) = log.lines_of()
    former = log.Line(**{**line._values(), "reasons": ()}).sealed(line.previous)
    log.path().write_text(former.text() + "\n")

    assert "reasons" not in log.path().read_text()
    assert log.lines_of() == [former]
    replay(log.lines_of(), lambda _: [])
    assert reasons_of_replay() == {Reason.TERM}


def test_a_number_given_out_again_is_somebody_else(tree: Tree) -> None:
    destroyed(tree.school, make_outlived(tree.school))
    other = make_participant(tree.school)
    line = log.lines_of()[0]
    forged = log.Line(**{**line._values(), "act": line.act + 1, "subjects": ((other.id, line.subjects[0][1]),)})

    assert revived([forged]) == 0


def test_a_changed_line_is_noticed(tree: Tree) -> None:
    destroyed(tree.school, make_outlived(tree.school))
    destroyed(tree.school, make_outlived(tree.school))
    text = log.path().read_text()
    assert len(log.lines_of()) == 2

    log.path().write_text(text.replace('"number": 1', '"number": 7'))
    with pytest.raises(DomainError, match="изменён"):
        log.lines_of()
    log.path().write_text(text.split("\n", 1)[1])
    with pytest.raises(DomainError, match="изменён"):
        log.lines_of()


def test_half_a_line_of_a_crash_is_no_line(tree: Tree) -> None:
    destroyed(tree.school, make_outlived(tree.school))
    with log.path().open("a") as crashed:
        crashed.write('{"act": 99, "num')

    destroyed(tree.school, make_outlived(tree.school))

    assert [line.number for line in log.lines_of()] == [1, 2]


def test_the_log_holds_no_name(tree: Tree) -> None:
    destroyed(tree.school, make_outlived(tree.school, name="Безымянов Иван Ильич"))

    assert "Безымянов" not in log.path().read_text()
    assert "Орлов" not in log.path().read_text()
