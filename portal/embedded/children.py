"""The programs that a demonstration consists of: started, looked after, stopped in order."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from portal.embedded.processes import Process, wait_until

GRACE_SECONDS = 20.0
HARD_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A program that ran this long before it ended is started again at once."""


@dataclass
class Child:
    """One program that has to run all the time; its output goes to a log."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    identity: Process | None = None
    _begun: float = 0.0
    _pause: float = 0.0
    _next: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches the demonstration, which stops its programs in order."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - the portal's own script with the demonstration's own words
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.identity = Process.find(self.process.pid)
        self._begun = time.monotonic()

    @property
    def code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self.process.poll() if self.process is not None else None

    def look_after(self) -> bool:
        """Start it again if it has ended, each time after a longer pause; tell whether that was done now."""
        if self.code is None:
            return False
        instant = time.monotonic()
        if not self._next:
            steady = instant - self._begun > STEADY_SECONDS
            self._pause = 0.0 if steady else min(LONGEST_PAUSE_SECONDS, 2 * self._pause + 1)
            self._next = instant + self._pause
        if instant < self._next:
            return False
        self._next = 0.0
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Send SIGTERM; the web server ends its requests, the worker its job."""
        if self.code is None and self.process is not None:
            self.process.terminate()

    def force(self) -> None:
        """Make it end: a second SIGTERM makes a worker drop its job, which its row remembers; then the whole group."""
        if self.code is None and self.process is not None:
            self.process.terminate()
            if not wait_until(lambda: self.code is not None, HARD_SECONDS):
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def stop_all(children: list[Child]) -> None:
    """Stop all programs together; those that do not hear are forced."""
    for child in children:
        child.ask_to_stop()
    wait_until(lambda: all(child.code is not None or child.process is None for child in children), GRACE_SECONDS)
    for child in children:
        child.force()


def remember(children: list[Child], path: Path) -> None:
    """Write down which processes run, for a next start after this one was killed."""
    identities = [child.identity for child in children if child.identity is not None]
    path.write_text("".join(f"{one.pid} {one.born}\n" for one in identities), encoding="ascii")


def end_leftovers(path: Path) -> None:
    """End the programs of a demonstration that was killed before it could stop them."""
    if not path.exists():
        return
    lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    found = [Process(int(pid), int(born)) for pid, born in lines]
    for process in found:
        process.send(signal.SIGTERM)
    for process in found:
        if not process.wait(HARD_SECONDS):
            process.send(signal.SIGKILL)
    path.unlink()
