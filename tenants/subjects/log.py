"""The log of destruction outside the database: what a restored copy would bring back, it tells. Numbers only.

JSON lines in `PORTAL_DATA_DIR`/destruction.log, each with the digest of the one before it. A line is synced to the disk
before the first value goes, so there is no instant at which something is gone and the log does not know.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from tenants.errors import DomainError

_FIRST = "0" * 64


@dataclass(frozen=True)
class Line:
    """One act as the log tells it."""

    act: int
    number: int
    region: int
    organization: int
    on: str
    """Instant of the signature, ISO."""
    proposed_by: int
    confirmed_by: int
    subjects: tuple[tuple[int, str], ...]
    """(participant id, ISO instant at which it was written down): after a restore an id may be given out again."""
    reasons: tuple[str, ...] = ()
    """Why the data of each of these had to go, in the same order; empty in lines from before it was kept."""
    previous: str = _FIRST
    sha256: str = ""

    @property
    def key(self) -> tuple[int, int, str]:
        """Return what tells this act from every other, also from one of the same id after a restore."""
        return self.organization, self.act, self.on

    def sealed(self, previous: str) -> "Line":
        """Return the line with its place in the chain."""
        values = {**self._values(), "previous": previous}
        return Line(**values, sha256=hashlib.sha256(_text(values).encode()).hexdigest())

    def fits(self, previous: str) -> bool:
        """Return whether the line stands where it stood when it was written, unchanged."""
        return self.previous == previous and self.sealed(previous).sha256 == self.sha256

    def text(self) -> str:
        """Return the line as it is written."""
        return _text({**self._values(), "previous": self.previous, "sha256": self.sha256})

    def _values(self) -> dict[str, Any]:
        names = ("act", "number", "region", "organization", "on", "proposed_by", "confirmed_by", "subjects")
        values = {name: getattr(self, name) for name in names}
        # A line from before the reasons were kept must give the digest that it gave then.
        return values | ({"reasons": self.reasons} if self.reasons else {})


def path() -> Path:
    """Return where the log lies."""
    return Path(os.environ.get("PORTAL_DATA_DIR", "var")) / "destruction.log"


def append(line: Line) -> bool:
    """Write an act down and sync it; False where it stands there already.

    Raises:
        DomainError: the log was changed by somebody; nothing may be destroyed on top of it.

    """
    with _locked(path()) as log:
        lines = _read(log)
        if any(one.key == line.key for one in lines):
            return False
        _truncate_torn(log)
        log.write((line.sealed(lines[-1].sha256 if lines else _FIRST).text() + "\n").encode())
        log.flush()
        os.fsync(log.fileno())
        return True


def lines_of(place: Path | None = None) -> list[Line]:
    """Return the acts of a log, the oldest first; none where there is no log.

    Raises:
        DomainError: a line was changed, taken out or put in.

    """
    where = place or path()
    if not where.exists():
        return []
    with where.open("rb") as log:
        return _read(log)


@contextmanager
def _locked(place: Path) -> Iterator[BinaryIO]:
    place.parent.mkdir(parents=True, exist_ok=True)
    new = not place.exists()
    with place.open("a+b") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        if new:
            folder = os.open(place.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        yield log


def _read(log: BinaryIO) -> list[Line]:
    log.seek(0)
    found: list[Line] = []
    for text in log.read().split(b"\n")[:-1]:
        line = _parsed(text)
        if not line.fits(found[-1].sha256 if found else _FIRST):
            raise DomainError("Журнал уничтожения изменён: строки не сходятся. Восстановите файл из копии.")
        found.append(line)
    return found


def _parsed(text: bytes) -> Line:
    try:
        values = json.loads(text)
        subjects = tuple((int(one), str(at)) for one, at in values.pop("subjects"))
        reasons = tuple(str(one) for one in values.pop("reasons", ()))
        return Line(**values, subjects=subjects, reasons=reasons)
    except (ValueError, TypeError, KeyError) as error:
        raise DomainError("Журнал уничтожения изменён: строка не читается. Восстановите файл из копии.") from error


def _truncate_torn(log: BinaryIO) -> None:
    """Take away what a crash left of a line that nobody was told about."""
    log.seek(0)
    whole = log.read().rfind(b"\n") + 1
    log.truncate(whole)
    log.seek(whole)


def _text(values: dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=False)
