"""Processes of the embedded servers: started in a session of their own, known by number and birth, stopped in order."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from portal.embedded.errors import ServerFailedError, last_words
from portal.embedded.places import Account, is_root

LOG_LIMIT_BYTES = 20_000_000
START_SECONDS = 60.0
STOP_SECONDS = 30.0
PAUSE_SECONDS = 0.02
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
"""Nothing of the caller's: PGDATA, PGPORT or a proxy of the person must not change the servers."""


@dataclass(frozen=True)
class Process:
    """One process of the machine. Numbers are used again, so its birth (clock ticks since boot) belongs to it."""

    pid: int
    born: int

    @classmethod
    def find(cls, pid: int) -> "Process | None":
        """Return the living process of that number, or None; a zombie does not live."""
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        # The name in brackets may hold blanks and brackets itself; the state and the rest follow the last bracket.
        fields = text.rpartition(")")[2].split()
        return None if fields[0] in {"Z", "X"} else cls(pid, int(fields[19]))

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return Process.find(self.pid) == self

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has gone."""
        if self.alive:
            os.kill(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False where it does not come in time."""
        return wait_until(lambda: not self.alive, seconds)


@dataclass(frozen=True)
class Owner:
    """Who is to stop a server: a living program, or nobody where a person started it to stand."""

    server: Process
    program: Process | None

    def write(self, home: Path) -> None:
        """Remember it beside the data, whole or not at all."""
        numbers = [self.server.pid, self.server.born]
        if self.program is not None:
            numbers += [self.program.pid, self.program.born]
        draft = home / "owner.new"
        draft.write_text(" ".join(map(str, numbers)), encoding="ascii")
        draft.replace(home / "owner")

    @classmethod
    def read(cls, home: Path) -> "Owner | None":
        """Return what is remembered, or None."""
        path = home / "owner"
        numbers = [int(word) for word in path.read_text(encoding="ascii").split()] if path.exists() else []
        match numbers:
            case [pid, born]:
                return cls(Process(pid, born), None)
            case [pid, born, program, program_born]:
                return cls(Process(pid, born), Process(program, program_born))
            case _:
                return None


@dataclass
class Server:
    """A running server. Leaving the `with` stops it only where this program has to."""

    directory: Path
    process: Process
    mine: bool
    """Whether this program stops the server: it started it, or inherited it from a program that was killed."""
    child: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    gentle = signal.SIGTERM
    harsh = signal.SIGKILL

    def stop(self) -> None:
        """Stop the server if it is ours; one that was found running stays."""
        if self.mine:
            self.mine = False
            self.shut_down()

    def shut_down(self) -> None:
        """Stop the server whoever started it: in order, then hard."""
        for number in (self.gentle, self.harsh):
            self.process.send(number)
            if self.process.wait(STOP_SECONDS):
                break
        else:
            raise ServerFailedError(f"Процесс {self.process.pid} не останавливается. Каталог: {self.directory}.")
        if self.child is not None:
            self.child.wait()

    def release(self) -> None:
        """Let the server stand after this program has ended."""
        self.mine = False
        Owner(self.process, None).write(self.directory)
        if self.child is not None:
            self.child.returncode = 0  # Popen would warn that its child outlives it, which is what is wanted here

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def lock(directory: Path) -> Iterator[None]:
    """Let one program at a time start or stop the servers of a folder."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def launch(command: list[str], account: Account, log: Path) -> "subprocess.Popen[bytes]":
    """Start a server as `account` in a session of its own, so that Ctrl-C of a terminal does not reach it."""
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the command is built by the launcher, no word of it comes from outside
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            user=account.uid if is_root() else None,
            group=account.gid if is_root() else None,
            extra_groups=[] if is_root() else None,
        )


def run(command: list[str], account: Account, log: Path) -> None:
    """Run a server's tool to its end; raise with its own last words where it fails."""
    child = launch(command, account, log)
    try:
        code = child.wait()
    except BaseException:
        child.kill()
        child.wait()
        raise
    if code != 0:
        raise ServerFailedError(f"{Path(command[0]).name}: {last_words(log)} Журнал: {log}.")


def await_start(child: "subprocess.Popen[bytes]", ready: Callable[[], bool], log: Path) -> Process:
    """Wait until a new server answers; whatever ends the waiting early ends the server too."""
    process = Process.find(child.pid)
    try:
        wait_until(lambda: ready() or child.poll() is not None, START_SECONDS)
        if process is not None and child.poll() is None and ready():
            return process
    except BaseException:
        _end(child)
        raise
    _end(child)
    raise ServerFailedError(f"Сервер не запустился: {last_words(log)} Журнал: {log}.")


def inherits(home: Path, server: Process) -> bool:
    """Tell whether a running server was left behind by a program that was killed before it could stop it."""
    owner = Owner.read(home)
    return owner is not None and owner.server == server and owner.program is not None and not owner.program.alive


def this_program() -> Process:
    """Return the running program itself."""
    process = Process.find(os.getpid())
    if process is None:
        raise ServerFailedError("Не удаётся прочесть /proc: встроенные серверы работают только в Linux.")
    return process


def processes_in(directory: Path) -> list[int]:
    """Return the processes that work in a folder, as PostgreSQL's do in their data."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == directory:
                found.append(int(entry.name))
        except OSError:
            # Gone meanwhile, or somebody else's: neither holds our data.
            continue
    return found


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again; tell whether it came true in time."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    child.wait()
