"""Seal the journals every five minutes: entries that nobody sealed could still be changed unnoticed.

The newest seal of each journal is also written down outside the database (`journal-heads.jsonl` in the data folder), so
that cutting off the end of a journal together with its seals is noticed too.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from portal.config import Settings
from tenants import clock, journal
from tenants.accounts import events, looking
from tenants.db import REGISTRY, Level, Scope, transaction
from tenants.journal import JournalSeal
from tenants.organizations.models import Organization, OrganizationKind

_EVERY = timedelta(minutes=5)
HEADS = "journal-heads.jsonl"


class _Last:
    """When this process sealed last."""

    at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What the check of all journals found."""

    organizations: int
    entries: int
    seals: int
    broken: tuple[str, ...]
    """A sentence for each fault."""


def seal_journals() -> int:
    """Seal what is new in the journals and return how many of them got a seal; at most once in five minutes."""
    if _Last.at and clock.now() - _Last.at < _EVERY:
        return 0
    _Last.at = clock.now()
    return len(seal_all(Settings.from_environment().data_dir))


def seal_all(folder: Path) -> list[JournalSeal]:
    """Seal what is new in every journal and write the seals down in a folder outside the database."""
    made = [seal for region in _regions() for scope in _unsealed(region) if (seal := _seal(scope))]
    _write_heads(folder / HEADS, made)
    return made


def verify(folder: Path, codes: Iterable[str] = (), kept: Iterable[Path] = ()) -> Verdict:
    """Check every journal (or those of some organizations) against its seals, and the seals against the heads outside.

    `kept` are heads that other machines wrote, or that somebody keeps apart: each machine writes what it sealed itself.
    Reads only. Entries younger than the newest seal are counted and not yet vouched for.
    """
    wanted, heads = frozenset(codes), [_read_heads(path) for path in (folder / HEADS, *kept)]
    organizations = entries = seals = 0
    broken: list[str] = []
    for code, scope in _scopes():
        if wanted and code not in wanted:
            continue
        with transaction(scope) as session:
            faults = journal.broken_seals(session)
            broken += [f"{code}: печать {seal_id} не сходится с журналом" for seal_id in faults]
            known = {seal.last_journal_id: seal.sha256 for seal in session.scalars(select(JournalSeal))}
            entries += journal.entry_count(session)
        newest = [one[scope.organization_id] for one in heads if scope.organization_id in one]
        if any(known.get(last, b"").hex() != sha256 for last, sha256 in newest):
            broken.append(f"{code}: последняя печать, записанная вне базы, пропала из журнала")
        organizations, seals = organizations + 1, seals + len(known)
    if not wanted:
        with transaction(REGISTRY.reading()) as session:
            broken += [
                f"учётные записи: событие {entry_id} нарушает цепь" for entry_id in events.broken_entries(session)
            ]
            broken += [
                f"журнал просмотров: запись {entry_id} нарушает цепь" for entry_id in looking.broken_entries(session)
            ]
    return Verdict(organizations, entries, seals, tuple(broken))


def _regions() -> list[Scope]:
    with transaction(REGISTRY.reading()) as session:
        places = session.scalars(select(Organization).where(Organization.kind == OrganizationKind.REGION)).all()
    return [Scope(Level.REGION, place.id, place.id, place.id, read_only=True) for place in places]


def _unsealed(region: Scope) -> list[Scope]:
    with transaction(region) as session:
        return [Scope(Level.ORGANIZATION, *keys) for keys in journal.unsealed(session)]


def _seal(scope: Scope) -> JournalSeal | None:
    with transaction(scope) as session:
        return journal.seal(session)


def _scopes() -> Iterator[tuple[str, Scope]]:
    with transaction(REGISTRY.reading()) as session:
        places = session.scalars(select(Organization).order_by(Organization.id)).all()
    for place in places:
        yield (
            place.code,
            Scope(Level.ORGANIZATION, place.region_id, place.district_id, place.id, read_only=True, snapshot=True),
        )


def _write_heads(path: Path, seals: Iterable[JournalSeal]) -> None:
    lines = [
        json.dumps(
            {
                "at": seal.sealed_at.isoformat(),
                "organization": seal.organization_id,
                "last": seal.last_journal_id,
                "sha256": seal.sha256.hex(),
            }
        )
        for seal in seals
    ]
    if not lines:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        # A crash may have left half a line behind: what follows begins with one of its own.
        file.write("\n".join(["", *lines, ""]))
        file.flush()
        os.fsync(file.fileno())


def _read_heads(path: Path) -> dict[int, tuple[int, str]]:
    if not path.exists():
        return {}
    heads: dict[int, tuple[int, str]] = {}
    for line in path.read_text("ascii").splitlines():
        if line.endswith("}"):
            head = json.loads(line)
            heads[head["organization"]] = (head["last"], head["sha256"])
    return heads
