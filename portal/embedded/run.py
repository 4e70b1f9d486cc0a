"""The demonstration from end to end: servers, schema, region, one month, then the running portal until Ctrl-C."""

import fcntl
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.embedded.children import Child, end_leftovers, remember, stop_all
from portal.embedded.errors import ServerFailedError, last_words
from portal.embedded.postgres import Postgres, start_postgres
from portal.embedded.processes import Server, wait_until
from portal.embedded.stopping import Stop
from portal.embedded.valkey import start_valkey
from tenants import clock
from tenants.errors import DomainError

DATABASE = "portal"
LOGIN = "portal_login"
HOST = "127.0.0.1"
FIRST_PORT, PORTS = 8000, 20
BEGINNING = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
"""What the demonstration's clock shows at its first start: Saturday, 21 November 2026, 09:30 in Moscow."""
CLOCK_SECONDS = 30.0
WEB_SECONDS = 60.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STEPS = (
    ("Подготовка базы", ["migrate"]),
    ("Регион для показа", ["demo", "seed"]),
    ("Месяц: от карт до сводного отчёта", ["demo", "month"]),
)
PROGRAMS = ("serve", "worker", "schedule")


@dataclass
class Demo:
    """One start of the demonstration in a folder."""

    data: Path
    program: list[str]
    """How the console script `portal` is called."""
    given: Mapping[str, str] = field(default_factory=lambda: os.environ)
    stop: Stop = field(default_factory=Stop)

    def run(self, *, once: bool, keep_servers: bool) -> int:
        """Run it; the exit code is 0, that of the step that failed, or 130 after Ctrl-C during a step."""
        self.data.mkdir(parents=True, exist_ok=True)
        with self._alone(), self._signals(), ExitStack() as servers:
            end_leftovers(self.data / "children")
            environment = self._environment(servers, keep=keep_servers)
            code = self._steps(environment)
            if code == 0 and not once:
                code = self._portal(environment)
            _say("Останавливаю…" if not keep_servers else "Серверы оставлены: portal servers stop.")
        return code

    # --- before ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.data / "lock").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DomainError(f"Демонстрация в {self.data} уже запущена: остановите её Ctrl-C.") from None
            yield

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def heard(number: int, frame: FrameType | None) -> None:
            del number, frame
            self.stop.set()

        before = {number: signal.signal(number, heard) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _environment(self, servers: ExitStack, *, keep: bool) -> dict[str, str]:
        kept = secrets_of(self.data / "secrets.env")
        own = {
            "SECRET_KEY": kept["SECRET_KEY"],
            "IDENTITY_KEY": kept["IDENTITY_KEY"],
            "PORTAL_DATA_DIR": str(self.data),
            # The demonstration speaks plain http on this machine: a cookie marked Secure would not come back.
            "PORTAL_INSECURE_COOKIES": "1",
            "PYTHONUNBUFFERED": "1",
            # No mail leaves the demonstration: letters are files to be opened.
            "SMTP_URL": f"folder:{quote(str(self.data / 'out' / 'letters'))}",
            "PORTAL_ADDRESS": f"http://{HOST}:{self.given.get('PORTAL_PORT') or FIRST_PORT}",
        }
        addresses = {
            **self._database(servers, kept["DATABASE_PASSWORD"], keep=keep),
            **self._queue(servers, keep=keep),
        }
        shown = {**own, **self._clock(), **addresses}
        shown = {name: self.given.get(name) or value for name, value in shown.items()}
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(shown.items())]
        _write_private(self.data / "env.sh", "".join(lines))
        return {**self.given, **shown}

    def _database(self, servers: ExitStack, password: str, *, keep: bool) -> dict[str, str]:
        given = {name: self.given.get(name, "") for name in ("DATABASE_URL", "DATABASE_ADMIN_URL")}
        if all(given.values()):
            return given
        if any(given.values()):
            raise DomainError("Для своей базы задайте обе переменные: DATABASE_URL и DATABASE_ADMIN_URL.")
        postgres = start_postgres(self.data / "postgres")
        self._leave(servers, postgres, keep=keep)
        create_database(postgres, DATABASE)
        login = postgres.url(DATABASE, user=LOGIN, password=password)
        return {"DATABASE_URL": login, "DATABASE_ADMIN_URL": postgres.url(DATABASE)}

    def _queue(self, servers: ExitStack, *, keep: bool) -> dict[str, str]:
        if url := self.given.get("REDIS_URL"):
            return {"REDIS_URL": url}
        valkey = start_valkey(self.data / "valkey")
        self._leave(servers, valkey, keep=keep)
        return {"REDIS_URL": valkey.url}

    def _leave(self, servers: ExitStack, server: Server, *, keep: bool) -> None:
        servers.callback(server.stop)
        if keep and server.mine:
            server.release()

    def _clock(self) -> dict[str, str]:
        if self.given.get("PORTAL_NOW") or self.given.get("PORTAL_CLOCK_SHIFT"):
            return {"PORTAL_CLOCK_SHIFT": str(clock.shift().total_seconds())}
        path = self.data / "clock"
        # Rows of the last start must not lie in the future of this one.
        begin = max(BEGINNING, datetime.fromisoformat(path.read_text("ascii"))) if path.exists() else BEGINNING
        return {"PORTAL_CLOCK_SHIFT": str((begin - (clock.now() - clock.shift())).total_seconds())}

    # --- the month ------------------------------------------------------------------------------------------------

    def _steps(self, environment: dict[str, str]) -> int:
        for label, words in STEPS:
            begun = time.monotonic()
            code = self._step([*self.program, *words], environment)
            self._remember_time(environment)
            if self.stop.is_set():
                return 130
            if code != 0:
                _say(f"Не получилось: {label} (portal {' '.join(words)}, код {code}).")
                return code
            _say(f"{label}: {time.monotonic() - begun:.1f} с".replace(".", ","))
        return 0

    def _step(self, command: list[str], environment: dict[str, str]) -> int:
        # In a session of its own: Ctrl-C comes here, and the step is asked to stop before its servers are.
        with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True) as step:  # noqa: S603 - the portal's own script
            while step.poll() is None:
                if self.stop.wait(0.05):
                    step.terminate()
                    wait_until(lambda: step.poll() is not None, 10)
                    step.kill()
            return step.returncode

    # --- the portal -----------------------------------------------------------------------------------------------

    def _portal(self, environment: dict[str, str]) -> int:
        port = free_port(int(self.given.get("PORTAL_PORT") or FIRST_PORT))
        if not self.given.get("PORTAL_ADDRESS"):
            # Another portal may hold the first port: links in letters lead to the one that is served.
            environment = environment | {"PORTAL_ADDRESS": f"http://{HOST}:{port}"}
        logs = self.data / "logs"
        logs.mkdir(exist_ok=True)
        children = [
            Child(name, [*self.program, name], environment, logs / f"{name}.log")
            for name in PROGRAMS
            if name != "serve"
        ]
        serve = [*self.program, "serve", "--host", HOST, "--port", str(port)]
        children.insert(0, Child("serve", serve, environment, logs / "serve.log"))
        try:
            for child in children:
                child.start()
            remember(children, self.data / "children")
            if self._web_answers(children[0], port):
                self._greet(port)
                self._look_after(children, environment)
            return 0
        finally:
            stop_all(children)
            (self.data / "children").unlink(missing_ok=True)
            self._remember_time(environment)

    def _web_answers(self, web: Child, port: int) -> bool:
        wait_until(lambda: self.stop.is_set() or web.code is not None or _listens(port), WEB_SECONDS)
        if self.stop.is_set():
            return False
        if web.code is not None or not _listens(port):
            raise ServerFailedError(f"Веб-сервер не запустился: {last_words(web.log)} Журнал: {web.log}.")
        return True

    def _look_after(self, children: list[Child], environment: dict[str, str]) -> None:
        saved = time.monotonic()
        while not self.stop.wait(0.5):
            for child in children:
                code = child.code
                if child.look_after():
                    _say(f"portal {child.name} завершился (код {code}) и запущен снова. Журнал: {child.log}")
                    remember(children, self.data / "children")
            if time.monotonic() - saved > CLOCK_SECONDS:
                saved = time.monotonic()
                self._remember_time(environment)

    def _greet(self, port: int) -> None:
        _say(f"\nПортал открыт: http://{HOST}:{port}/")
        for line in logins(self.data / "logins.json"):
            _say(line)
        _say(f"Письма (приглашения): {self.data}/out/letters")
        _say(f"Команды в другом окне: . {self.data}/env.sh; .venv/bin/portal doctor")
        _say("Остановить: Ctrl-C")

    def _remember_time(self, environment: dict[str, str]) -> None:
        instant = (clock.now() - clock.shift()).timestamp() + float(environment["PORTAL_CLOCK_SHIFT"])
        _write_private(self.data / "clock", datetime.fromtimestamp(instant, UTC).isoformat())


def run_demo(once: bool, *, keep_servers: bool = False) -> int:  # noqa: FBT001 - the one question of the command
    """Run the demonstration in PORTAL_DATA_DIR (var/demo) and return the exit code.

    DATABASE_URL with DATABASE_ADMIN_URL, and REDIS_URL, replace the embedded servers.
    """
    data = Path(os.environ.get("PORTAL_DATA_DIR") or "var/demo").absolute()
    script = Path(sys.executable).with_name("portal")
    return Demo(data, [str(script)]).run(once=once, keep_servers=keep_servers)


def secrets_of(path: Path) -> dict[str, str]:
    """Return the secrets of a demonstration, made at its first start and readable by its owner only."""
    if not path.exists():
        names = ("SECRET_KEY", "IDENTITY_KEY", "DATABASE_PASSWORD")
        _write_private(path, "".join(f"{name}={secrets.token_hex(32)}\n" for name in names))
    return dict(line.split("=", 1) for line in path.read_text(encoding="ascii").splitlines())


def create_database(postgres: Postgres, name: str) -> None:
    """Create a database of an embedded cluster unless it is there."""
    with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def logins(path: Path) -> list[str]:
    """Return one line per role of the logins that `demo seed` has written: role, address, password."""
    if not path.exists():
        return []
    found = list({one["role"]: one for one in reversed(json.loads(path.read_text(encoding="utf-8")))}.values())[::-1]
    width = max((len(one["role"]) for one in found), default=0)
    return [f"  {one['role']:<{width}}  {one['email']}  {one['password']}" for one in found]


def free_port(first: int) -> int:
    """Return the first port from `first` on, of twenty, on which nobody listens."""
    for port in range(first, first + PORTS):
        with socket.socket() as probe:
            # As the web server does it: a port that only waits out its last connections is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise DomainError(f"Порты {first}–{first + PORTS - 1} заняты. Назовите другой: PORTAL_PORT=9000 deploy/demo.")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _write_private(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
