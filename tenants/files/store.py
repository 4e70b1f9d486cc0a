"""Where contents lie: written to a temporary name, synced, renamed, and only then named by a row."""

import hashlib
import os
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import ScopedSession, insert
from tenants.errors import NotFoundError
from tenants.files.models import StoredFile


def root() -> Path:
    """Return the folder of all contents: `PORTAL_DATA_DIR`/files."""
    return Path(os.environ.get("PORTAL_DATA_DIR", "var")) / "files"


def keep(session: ScopedSession, content: bytes, *, name: str, media_type: str) -> StoredFile:
    """Keep a content for the acting organization and return its row.

    A roll-back leaves at most an unnamed content on the disk, never a row without one.
    """
    digest = hashlib.sha256(content).hexdigest()
    _write(_place(session.scope.organization_id, digest), content)
    return insert(
        session,
        StoredFile(
            sha256=digest,
            size=len(content),
            media_type=media_type,
            name=name.replace("\0", "")[:255] or "файл",
            created_by=session.scope.user_id or None,
        ),
    )


def content_of(row: StoredFile) -> bytes:
    """Return the bytes of a kept file.

    Raises:
        NotFoundError: the content has gone from the disk.

    """
    place = path_of(row)
    if not place.is_file():
        raise NotFoundError("Файл не найден в хранилище. Сообщите в поддержку.")
    return place.read_bytes()


def path_of(row: StoredFile) -> Path:
    """Return where the content of a kept file lies."""
    return _place(row.organization_id, row.sha256)


def file_of(session: Session, file_id: int) -> StoredFile:
    """Return a file of this scope by id."""
    row = session.get(StoredFile, (session.info["scope"].region_id, file_id))
    if row is None:
        raise NotFoundError
    return row


def forget(organization_id: int, digest: str) -> None:
    """Take a content that no row names any more off the disk; it may be gone already."""
    _place(organization_id, digest).unlink(missing_ok=True)


def sweep_unnamed(session: ScopedSession, *, older_than: timedelta = timedelta(hours=1)) -> int:
    """Take off the disk what no row of the acting organization names, and return how many contents went.

    A roll-back or a killed process leaves such contents; nothing else would ever find them. A younger one may be of a
    transaction that has not ended yet.
    """
    # Contents are dated by the machine, not by the portal's clock.
    limit = (clock.now() - clock.shift() - older_than).timestamp()
    folder = root() / str(session.scope.organization_id)
    old = {path.name: path for path in folder.glob("*/*") if _written(path) < limit}
    named = set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(old)))) if old else set()
    for digest in old.keys() - named:
        old[digest].unlink(missing_ok=True)
    return len(old.keys() - named)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")  # a draft that has got its name meanwhile


def _place(organization_id: int, digest: str) -> Path:
    return root() / str(organization_id) / digest[:2] / digest


def _write(place: Path, content: bytes) -> None:
    with suppress(FileNotFoundError):
        # Young again: the row that is about to name it must not lose it to a sweep.
        os.utime(place)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(place)
