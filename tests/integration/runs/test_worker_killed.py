"""A worker that is killed in the middle of a report: the sweeper rings again, another worker makes it, once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from portal.embedded import start_valkey
from portal.operations import schedule
from portal.operations.queue import hang_bell
from reports.runs.models import Format, ReportRun, ReportRunFile, RunState
from tenants import clock
from tenants.db import REGISTRY, transaction
from tenants.jobs.commands import Bell
from tenants.jobs.models import Job
from tests.factories.reports import ReportRegion, make_report_region, run_of
from tests.factories.tree import Tree, actor_of

PATIENCE_SECONDS = 60.0
"""Far more than it takes: the machine may be busy with other tests."""
StartWorker = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def bell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A queue of its own, so that no other test's worker hears it."""
    silent = Bell.ring
    with start_valkey(tmp_path / "valkey") as valkey:
        monkeypatch.setenv("REDIS_URL", valkey.url)
        hang_bell(valkey.url)
        yield valkey.url
        Bell.ring = silent


@pytest.fixture
def start_worker(bell: str) -> Iterator[StartWorker]:
    started: list[subprocess.Popen[bytes]] = []

    def start(*, burst: bool = False) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "portal.cli", "worker", *(["--burst"] if burst else [])]
        worker = subprocess.Popen(command, env=os.environ | {"REDIS_URL": bell}, start_new_session=True)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def wait_for(what: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.02)


def family_of(pid: int) -> list[int]:
    """The process and everything below it, the youngest first: a worker's horse leaves the session of its worker."""
    below = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            below += family_of(int(place.parent.name))
    return [*below, pid]


def kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@dataclass(frozen=True)
class Watched:
    """A run that a worker is making, seen from outside."""

    region: ReportRegion
    run_id: int

    @property
    def run(self) -> ReportRun:
        return run_of(self.region.tree.region, self.run_id)

    @property
    def files(self) -> int:
        with transaction(actor_of(self.region.tree.region).scope.reading()) as session:
            return session.scalar(select(func.count()).where(ReportRunFile.run_id == self.run_id)) or 0

    def in_the_middle(self) -> bool:
        return self.run.state is RunState.RUNNING and self.run.step >= 4

    def end_lease(self) -> None:
        """What three minutes of silence do."""
        with transaction(REGISTRY) as session:
            session.execute(
                update(Job)
                .where(Job.subject_id == self.run_id, Job.kind == "report")
                .values(lease_until=clock.now() - timedelta(seconds=1))
            )


@pytest.fixture
def watched(tree: Tree, bell: str) -> Watched:
    assert bell
    region = make_report_region(tree)
    return Watched(region, region.ask(Format.PDF, Format.XLSX).id)


def test_a_report_whose_host_went_down_is_made_once_by_another_worker(
    watched: Watched, start_worker: StartWorker
) -> None:
    first = start_worker()
    wait_for(watched.in_the_middle)
    kill(family_of(first.pid))
    first.wait()
    assert watched.run.state is RunState.RUNNING

    watched.end_lease()
    schedule.tick()
    second = start_worker(burst=True)
    wait_for(lambda: watched.run.state is RunState.READY)

    assert second.wait(timeout=PATIENCE_SECONDS) == 0
    assert (watched.run.attempt, watched.files) == (2, 2)


def test_an_orphan_and_its_successor_publish_one_result(watched: Watched, start_worker: StartWorker) -> None:
    first = start_worker()
    wait_for(watched.in_the_middle)
    orphans = [pid for pid in family_of(first.pid) if pid != first.pid]
    kill([first.pid])
    first.wait()
    watched.end_lease()
    schedule.tick()

    second = start_worker(burst=True)
    wait_for(lambda: watched.run.state is RunState.READY)

    wait_for(lambda: not any(alive(pid) for pid in orphans))
    assert second.wait(timeout=PATIENCE_SECONDS) == 0
    assert watched.files == 2
