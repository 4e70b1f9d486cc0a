"""The portal refuses to start with a login that could pass row security by, on the newest and the oldest server."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from migrations import apply
from portal.app import create_app
from portal.config import Settings
from portal.embedded import start_postgres
from tenants.db import connect
from tests.conftest import Database
from tests.contracts.figures import figure
from tests.contracts.servers import BINARIES, postgres_15

WITH_GRANT_OPTIONS = 160000
FAULTS = {
    "superuser": "alter role {login} superuser",
    "bypasses row security": "alter role {login} bypassrls",
    "inherits by its attribute": "alter role {login} inherit",
    "inherits by a grant": "grant lv_region to {login} with inherit true",
    "may create roles": "alter role {login} createrole",
    "may read everything": "grant pg_read_all_data to {login}",
    "may become the owner": "grant {owner} to {login}",
    "owns a table": "alter table member_set owner to {login}",
    "is granted a table": "grant select on person to {login}",
    "everybody is granted a table": "grant select on person to public",
}
"""What an administrator may do wrong, as one statement."""


@pytest.fixture(scope="module", params=[18, 15])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """A server of its own, as (version, administrator's address): powerful logins would be seen by other tests."""
    if request.param == 18:
        with start_postgres(tmp_path_factory.mktemp("server"), durable=False) as found:
            yield 18, found.admin_url
        return
    if not (BINARIES / "postgres").exists():
        pytest.skip("PostgreSQL 15 is not installed")
    with postgres_15() as address:
        yield 15, address


@pytest.fixture
def login(server: tuple[int, str], database: Database) -> Iterator[tuple[str, str]]:
    """A fresh login of the server, as (name, address); afterwards the process is connected as before."""
    name = f"weak_{server[0]}_{os.getpid()}"
    address = server[1].replace("postgres@", f"{name}@")
    apply.migrate(server[1], address)
    yield name, address
    connect(database.login_url)
    with psycopg.connect(server[1], autocommit=True) as connection:
        connection.execute("revoke select on person from public")
        connection.execute(f"reassign owned by {name} to current_user")
        connection.execute(f"drop owned by {name}")
        connection.execute(f"drop role {name}")


def start(address: str) -> None:
    create_app(Settings.from_environment({**os.environ, "DATABASE_URL": address}))


def test_the_portal_starts_with_a_weak_login(login: tuple[str, str]) -> None:
    start(login[1])


@pytest.mark.parametrize("fault", FAULTS)
def test_the_portal_refuses_to_start_with_a_powerful_login(
    server: tuple[int, str], login: tuple[str, str], fault: str
) -> None:
    with psycopg.connect(server[1], autocommit=True) as connection:
        if "with inherit" in FAULTS[fault] and connection.info.server_version < WITH_GRANT_OPTIONS:
            pytest.skip("before PostgreSQL 16 inheritance is an attribute of the role")
        connection.execute("do $$ begin create role login_owner; exception when duplicate_object then null; end $$")
        connection.execute(FAULTS[fault].format(login=login[0], owner="login_owner"))

    with pytest.raises(RuntimeError, match="weak login"):
        start(login[1])
    figure(f"login_refused_{server[0]}_{fault.replace(' ', '_')}", 1)
