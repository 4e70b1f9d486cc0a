"""One attempt at a run: it begins, tells its steps, publishes once. Every write is fenced by the attempt's number.

A worker that was thought dead and comes back finds another number in the row: it changes nothing and stops.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from reports.runs.fingerprints import fingerprint_of
from reports.runs.models import Format, ReportRun, ReportRunFile, RunState
from reports.runs.progress import Check, note_of, protocol_of
from tenants import clock
from tenants.db import ScopedSession, find, transaction
from tenants.files import store
from tenants.jobs import commands as jobs
from tenants.jobs.commands import Claim

OPEN = (RunState.PENDING, RunState.RUNNING)


class AttemptLostError(RuntimeError):
    """Another attempt has taken the run over, or it is over: there is nothing left to do here."""


@dataclass(frozen=True)
class MadeFile:
    """A file that an attempt has made."""

    format: Format
    name: str
    content: bytes


@dataclass
class Attempt:
    """One attempt of one worker at one run."""

    claim: Claim
    run: ReportRun
    """The row as it stood when the attempt began."""

    def __post_init__(self) -> None:
        self._progress: list[dict[str, Any]] = []
        self._step = 1

    @contextmanager
    def snapshot(self) -> Iterator[ScopedSession]:
        """Open one unchanging view of the data for the owner of the run."""
        with transaction(replace(self.claim.scope, read_only=True, snapshot=True)) as session:
            yield session

    def tell(self, step: int, words: str = "", done: int = 0, total: int = 0) -> None:
        """Commit how far the work has come, and hold the lease.

        Raises:
            AttemptLostError: the run has been taken over.

        """
        if not jobs.renew(self.claim):
            raise AttemptLostError
        self._step = step
        self._progress = [item for item in self._progress if item["step"] != step]
        self._progress.append(note_of(step, words, done, total))
        with transaction(self.claim.scope) as session:
            self._write(session, step=step, progress=self._progress)

    def freeze(self, figures: Mapping[str, Any], taken_at: datetime, checks: Sequence[Check]) -> str:
        """Keep the figures that every file will be made of, and return their fingerprint."""
        fingerprint = fingerprint_of(figures)
        with transaction(self.claim.scope) as session:
            self._write(
                session,
                figures=dict(figures),
                fingerprint=fingerprint,
                snapshot_at=taken_at,
                protocol=protocol_of(list(checks)),
            )
        return fingerprint

    def publish(self, files: Sequence[MadeFile], checks: Sequence[Check]) -> None:
        """Keep the files and make the run ready, all at once."""
        with transaction(self.claim.scope) as session:
            # The fence first: the row stays locked until the files are named, and a lost attempt keeps none.
            self._write(
                session,
                state=RunState.READY,
                step=5,
                progress=self._progress,
                finished_at=clock.now(),
                protocol=protocol_of(list(checks)),
                error="",
            )
            for made in files:
                kept = store.keep(session, made.content, name=made.name, media_type=made.format.media_type)
                session.add(ReportRunFile(run_id=self.run.id, file_id=kept.id, format=made.format))

    def refuse(self, words: str, checks: Sequence[Check] | None = None) -> None:
        """End the run without a result; `words` is a sentence for a person."""
        values: dict[str, Any] = {} if checks is None else {"protocol": protocol_of(list(checks))}
        with transaction(self.claim.scope) as session:
            self._write(session, state=RunState.FAILED, error=words[:500], finished_at=clock.now(), **values)

    def _write(self, session: Session, **values: object) -> None:
        mine = (
            update(ReportRun)
            .where(
                ReportRun.id == self.run.id,
                ReportRun.attempt == self.claim.attempt,
                ReportRun.state == RunState.RUNNING,
            )
            .values(**values)
            .returning(ReportRun.id)
        )
        if session.execute(mine).scalar_one_or_none() is None:
            raise AttemptLostError


def begin(claim: Claim) -> Attempt | None:
    """Begin an attempt; None when the run is over or a later attempt works on it."""
    with transaction(claim.scope) as session:
        run = find(session, ReportRun, claim.subject_id, lock=True)
        if run.state not in OPEN or run.attempt >= claim.attempt:
            return None
        run.state, run.attempt, run.step = RunState.RUNNING, claim.attempt, 1
        run.progress, run.protocol = [], []
        run.started_at = clock.now()
        return Attempt(claim, run)
