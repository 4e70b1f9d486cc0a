"""The oldest server we promise: Debian's PostgreSQL 15 takes the schema and keeps tenants apart just the same."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from migrations import apply
from tests.contracts.row_security import prepare, probe, tenant_tables

BINARIES = Path("/usr/lib/postgresql/15/bin")
pytestmark = pytest.mark.skipif(not (BINARIES / "postgres").exists(), reason="PostgreSQL 15 is not installed")
NOBODY = 65534
VERSION_15 = range(150000, 160000)


@pytest.fixture(scope="module")
def admin_url() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="pg15-"))
    who: dict[str, object] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        os.chown(folder, NOBODY, NOBODY)
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}

    def run(*command: str) -> None:
        subprocess.run([str(BINARIES / command[0]), *command[1:]], check=True, stdout=subprocess.DEVNULL, **who)

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-c listen_addresses= -c fsync=off -c unix_socket_directories={folder}"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield f"postgresql://postgres@/postgres?host={folder}"
    run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def test_the_oldest_promised_server_takes_the_schema_and_guards_every_table(admin_url: str):
    apply.migrate(admin_url, admin_url.replace("postgres@", "portal_15@"))

    with psycopg.connect(admin_url) as connection:
        assert connection.info.server_version in VERSION_15
        tables = tenant_tables(connection)
        prepare(connection, tables)
        wrong = [sentence for table in tables for sentence in probe(connection, table)]
        connection.rollback()

    assert tables
    assert wrong == []
