"""Real servers for every run: one PostgreSQL and one Valkey a run, one database a worker, a fresh region a test."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from migrations import apply
from portal.app import Portal, create_app
from portal.config import Settings
from portal.embedded import Postgres, Valkey, start_postgres, start_valkey
from tenants import clock
from tenants.accounts.models import Role
from tenants.db import connect
from tenants.organizations.models import Organization
from tests.factories.tree import PASSWORD, Tree, make_account, make_tree

LOGIN = "portal_test_login"
TEMPLATE = "portal_template"
_servers: list[Postgres | Valkey] = []
_folders: list[Path] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the controlling process; workers find their addresses in the environment."""
    os.environ.setdefault("SECRET_KEY", secrets.token_hex(16))
    os.environ.setdefault("IDENTITY_KEY", secrets.token_hex(16))
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    folder.chmod(0o755)
    _folders.append(folder)
    os.environ["PORTAL_DATA_DIR"] = str(folder / "data")
    postgres = start_postgres(folder / "pg", durable=False)
    valkey = start_valkey(folder / "valkey")
    _servers.extend((postgres, valkey))
    os.environ["TEST_ADMIN_URL"] = postgres.url("{database}")
    os.environ["TEST_LOGIN_URL"] = postgres.url("{database}", user=LOGIN)
    os.environ["REDIS_URL"] = valkey.url
    with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
        connection.execute(f"create database {TEMPLATE}")
    apply.migrate(postgres.url(TEMPLATE), postgres.url(TEMPLATE, user=LOGIN))


def pytest_unconfigure() -> None:
    for server in _servers:
        server.stop()
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Database:
    """Addresses of this worker's database."""

    admin_url: str
    login_url: str


def new_database(name: str) -> Database:
    """Copy the migrated template."""
    admin = _address("TEST_ADMIN_URL", "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(41)")
        connection.execute(f"create database {name} template {TEMPLATE}")
        connection.execute(f"grant connect on database {name} to {LOGIN}")
    return Database(_address("TEST_ADMIN_URL", name), _address("TEST_LOGIN_URL", name))


def _address(variable: str, database: str) -> str:
    return os.environ[variable].replace("%7Bdatabase%7D", database)


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """The database of this worker, with the process connected to it as the unprivileged login."""
    found = new_database(f"portal_{os.getpid()}")
    os.environ["DATABASE_URL"], os.environ["DATABASE_ADMIN_URL"] = found.login_url, found.admin_url
    engine = connect(found.login_url)
    yield found
    engine.dispose()


@pytest.fixture(autouse=True)
def _the_clock_runs() -> Iterator[None]:
    yield
    clock.travel(None)


@pytest.fixture
def tree(database: Database) -> Tree:
    assert database
    return make_tree()


@pytest.fixture(scope="session")
def app(database: Database) -> Portal:
    assert database
    settings = Settings.from_environment({**os.environ, "PORTAL_INSECURE_COOKIES": "1"})
    portal = create_app(settings)
    portal.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return portal


@dataclass(frozen=True)
class Seat:
    """A browser of a person who works for one organization; paths are relative to it."""

    client: FlaskClient
    place: Organization

    def get(self, path: str = "", **more: Any) -> TestResponse:
        return self.client.get(self.url(path), **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.client.post(self.url(path), **more)

    def url(self, path: str) -> str:
        return path if path.startswith("/") else f"/o/{self.place.code}/{path}"


@pytest.fixture
def as_role(app: Portal) -> Callable[[Role, Organization], Seat]:
    """Sign a new person in for a role in an organization."""

    def sign_in(role: Role, place: Organization) -> Seat:
        client = app.test_client()
        email = make_account((place, role))
        response = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert response.status_code == 303, response.get_data(as_text=True)
        return Seat(client, place)

    return sign_in
