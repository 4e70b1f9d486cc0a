"""Real servers for every run: one PostgreSQL and one Valkey a run, one database a worker, a fresh region a test."""

import itertools
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy.pool import QueuePool
from werkzeug.test import TestResponse

from migrations import apply
from portal.app import Portal, create_app
from portal.config import Settings
from portal.embedded import Postgres, Valkey, start_postgres, start_valkey
from tenants import clock
from tenants.accounts import passwords
from tenants.accounts.models import Role
from tenants.db import POOL_SIZE, connect, engine_for
from tenants.errors import ScopeMissingError
from tenants.organizations.models import Organization
from tests import canaries, held_connections, steps_seen, watched_pages
from tests.factories.tree import PASSWORD, Tree, make_account, make_tree

LOGIN = "portal_test_login"
TEMPLATE = "portal_template"
_networks = itertools.count()
_databases = itertools.count()
_servers: list[Postgres | Valkey] = []
_folders: list[Path] = []
_SEARCH = pytest.StashKey[canaries.Search]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the controlling process; workers find their addresses in the environment."""
    os.environ.setdefault("SECRET_KEY", secrets.token_hex(16))
    os.environ.setdefault("IDENTITY_KEY", secrets.token_hex(16))
    _set_the_clock()
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    folder.chmod(0o755)
    _folders.append(folder)
    os.environ["PORTAL_DATA_DIR"] = str(folder / "data")
    os.environ["TEST_FOLDER"] = str(folder)
    postgres = start_postgres(folder / "pg", durable=False)
    valkey = start_valkey(folder / "valkey")
    _servers.extend((postgres, valkey))
    os.environ["TEST_ADMIN_URL"] = postgres.url("{database}")
    os.environ["TEST_LOGIN_URL"] = postgres.url("{database}", user=LOGIN)
    os.environ["REDIS_URL"] = valkey.url
    with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
        connection.execute(f"create database {TEMPLATE}")
    apply.migrate(postgres.url(TEMPLATE), postgres.url(TEMPLATE, user=LOGIN))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """The controlling process hears of every test: what it made the portal log is kept for the search."""
    if _folders:
        canaries.keep_captured(_folders[0], report)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Search what the run left behind for names of participants; a single one fails the run."""
    if _folders and session.testscollected:
        search = canaries.Search(_folders[0], os.environ["TEST_ADMIN_URL"])
        search.run()
        session.config.stash[_SEARCH] = search
        wanted, seen = _steps(_folders[0])
        # A search that knows no name finds none: a whole run without participants is as wrong as a found one.
        if search.hits or (_is_whole(session.config) and (wanted - seen or not search.names)):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _is_whole(config: pytest.Config) -> bool:
    return config.args == ["tests"] and not config.option.keyword


def _steps(folder: Path) -> tuple[set[str], set[str]]:
    listed = folder / "changing-pages.txt"
    return set(listed.read_text("ascii").split()) if listed.exists() else set(), steps_seen.carried_out(folder)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    search = config.stash.get(_SEARCH, None)
    if search is not None:
        terminalreporter.write_line(f"figure canary_names={len(search.names)}")
        terminalreporter.write_line(f"figure canary_bytes={search.size}")
        terminalreporter.write_line(f"figure canary_hits={len(search.hits)}")
        wanted, seen = _steps(_folders[0])
        terminalreporter.write_line(f"figure changing_pages={len(wanted)}")
        terminalreporter.write_line(f"figure changing_pages_with_an_event={len(wanted & seen)}")
        if _is_whole(config):
            missed = " ".join(sorted(wanted - seen)) or "нет таких"
            terminalreporter.write_line(f"Не выполнены ни одним тестом: {missed}")
        for place in sorted(set(search.hits)):
            terminalreporter.write_line(f"Имя участника стоит там, где его быть не должно: {place}", red=True)


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


def name_of_database(word: str) -> str:
    """Return a name that no other database of the run has.

    Two processes, and a module whose tests a process runs in two goes, ask with the same word.
    """
    return f"portal_{word}_{os.getpid()}_{next(_databases)}"


def new_database(word: str, template: str = TEMPLATE) -> Database:
    """Copy the migrated template, or another database nobody works in, under a name of its own that holds the word."""
    name = name_of_database(word)
    admin = _address("TEST_ADMIN_URL", "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(41)")
        connection.execute(f"create database {name} template {template}")
        connection.execute(f"grant connect on database {name} to {LOGIN}")
    return Database(_address("TEST_ADMIN_URL", name), _address("TEST_LOGIN_URL", name))


def _address(variable: str, database: str) -> str:
    return os.environ[variable].replace("%7Bdatabase%7D", database)


@pytest.fixture(scope="session")
def worker_database() -> Iterator[Database]:
    """The database of this worker, with the process connected to it as the unprivileged login."""
    found = new_database(canaries.WORKER)
    os.environ["DATABASE_URL"], os.environ["DATABASE_ADMIN_URL"] = found.login_url, found.admin_url
    engine = connect(found.login_url)
    yield found
    engine.dispose()


@pytest.fixture(scope="session")
def database(worker_database: Database) -> Database:
    """Where the tests work; a folder or a module may put a database of its own here (`own_database`)."""
    return worker_database


@contextmanager
def own_database() -> Iterator[Database]:
    """Connect the process to a fresh database meanwhile.

    For tests that go through every region, every waiting job or a whole dump: beside all other tests' regions they
    would be slow, and would meet what others broke on purpose. The application must have been made before.
    """
    found, former = new_database(canaries.OWN), os.environ["DATABASE_URL"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", found.login_url)
        patch.setenv("DATABASE_ADMIN_URL", found.admin_url)
        connect(found.login_url)
        yield found
    connect(former)


@pytest.fixture(scope="session", autouse=True)
def _light_passwords() -> Iterator[None]:
    """Hashing is slow on purpose and takes half of a sign-in's time; what it costs is tested where it matters."""
    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", light)
        patch.setattr(passwords, "_DUMMY", light.hash("no account has this password"))
        yield


@pytest.fixture(autouse=True)
def _the_pool_is_whole() -> Iterator[None]:
    """A command that a test runs connects its process anew, with the few connections a command needs."""
    yield
    with suppress(ScopeMissingError):
        pool = engine_for(0).pool
        if isinstance(pool, QueuePool) and pool.size() < POOL_SIZE:
            connect(os.environ["DATABASE_URL"])


@pytest.fixture(autouse=True)
def _the_clock_runs() -> Iterator[None]:
    yield
    _set_the_clock()


def _set_the_clock() -> None:
    """Let the clock show today, or as many days later as PORTAL_TEST_DAYS_AHEAD says: no test may end with the year."""
    days = float(os.environ.get("PORTAL_TEST_DAYS_AHEAD", "0"))
    clock.travel(clock.now() - clock.shift() + timedelta(days=days) if days else None)


@pytest.fixture
def tree(database: Database) -> Tree:
    assert database
    return make_tree()


@pytest.fixture(scope="session")
def app(worker_database: Database) -> Portal:
    assert worker_database
    settings = Settings.from_environment({**os.environ, "PORTAL_INSECURE_COOKIES": "1"})
    portal = create_app(settings)
    portal.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, STRICT_JOURNAL=True)
    folder = Path(os.environ["TEST_FOLDER"])
    held_connections.watch()
    watched_pages.watch_pages(portal)
    canaries.watch_addresses(portal, folder)
    steps_seen.watch_steps(portal, folder)
    (folder / "changing-pages.txt").write_text("\n".join(sorted(steps_seen.changing_pages(portal))), "ascii")
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
        # Guessers of other tests stop their own network; everybody here comes from one of their own.
        client.environ_base["REMOTE_ADDR"] = f"10.{next(_networks) // 250}.{next(_networks) % 250}.7"
        email = make_account((place, role))
        response = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert response.status_code == 303, response.get_data(as_text=True)
        return Seat(client, place)

    return sign_in
