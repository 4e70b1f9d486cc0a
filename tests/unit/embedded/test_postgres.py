import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.embedded import Postgres, scratch_directory, start_postgres
from portal.embedded.places import account_for
from portal.embedded.postgres import SOCKET_NAME
from tests.unit.embedded.conftest import forgetful_postgres


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    with scratch_directory() as scratch, forgetful_postgres(scratch / "server") as server:
        yield server


def ask(server: Postgres, query: str) -> str:
    with psycopg.connect(server.admin_url) as connection:
        return str(connection.execute(query).fetchone()[0])


def test_nothing_listens_on_the_network(cluster: Postgres) -> None:
    assert ask(cluster, "show listen_addresses") == ""


def test_only_the_servers_user_may_reach_the_socket(cluster: Postgres) -> None:
    assert cluster.socket.parent.stat().st_mode & 0o777 == 0o700
    assert cluster.socket.stat().st_mode & 0o777 == 0o700


def test_lower_case_knows_russian_letters_in_every_new_database(cluster: Postgres) -> None:
    assert ask(cluster, "select lower('ЁЛКА')") == "ёлка"


def test_the_encoding_and_the_zone_do_not_depend_on_the_machine(cluster: Postgres) -> None:
    assert ask(cluster, "show server_encoding") == "UTF8"
    assert ask(cluster, "show timezone") == "UTC"


def test_a_refused_row_leaves_no_value_in_the_log(cluster: Postgres) -> None:
    with psycopg.connect(cluster.admin_url) as connection:
        connection.execute("create table person (name text primary key)")
        connection.execute("insert into person values ('Метка-Канарейка')")
        connection.commit()
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into person values ('Метка-Канарейка')")
        connection.rollback()
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into person values (%s)", ("Метка-Канарейка",))

    log = (cluster.directory / "postgres.log").read_text(encoding="utf-8")
    assert "duplicate key value" in log
    assert "Канарейка" not in log


def test_tests_forget_and_the_demonstration_does_not(cluster: Postgres) -> None:
    assert ask(cluster, "show fsync") == "off"
    with (
        scratch_directory() as scratch,
        start_postgres(scratch / "server", settings={"shared_buffers": "16MB"}) as lasting,
    ):
        assert ask(lasting, "show fsync") == "on"
        assert ask(lasting, "show shared_buffers") == "16MB"


def test_a_password_and_a_database_stand_in_the_address(cluster: Postgres) -> None:
    with psycopg.connect(cluster.admin_url, autocommit=True) as connection:
        connection.execute("create role worker login password 'п@роль/1'")

    with psycopg.connect(cluster.url("template1", user="worker", password="п@роль/1")) as connection:
        assert connection.execute("select session_user, current_database()").fetchone() == ("worker", "template1")


def test_a_note_that_names_a_strange_process_does_not_stop_the_start(directory: Path) -> None:
    forgetful_postgres(directory).stop()
    account = account_for(directory)
    as_user = {"user": account.uid, "group": account.gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], **as_user) as stranger:
        note = f"{stranger.pid}\n{directory / 'data'}\n1\n5432\n{directory / 'run'}\n\n  1 2\nready\n"
        (directory / "data" / "postmaster.pid").write_text(note)
        (directory / "run" / f"{SOCKET_NAME}.lock").write_text(note)

        with forgetful_postgres(directory) as server:
            assert ask(server, "select 1") == "1"

        assert stranger.poll() is None
        stranger.kill()


def test_a_first_start_cut_short_is_begun_anew(directory: Path) -> None:
    (directory / "data.new").mkdir(parents=True)
    (directory / "data.new" / "PG_VERSION").write_text("18\n")

    with forgetful_postgres(directory) as server:
        assert ask(server, "select 1") == "1"
