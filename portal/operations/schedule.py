"""The schedule: every half minute it rings for lost jobs, opens windows and seals journals. Two of them do no harm."""

import threading

import structlog

from portal.config import Settings
from portal.operations import worker
from portal.operations.tasks import TASKS
from tenants.db import REGISTRY, lock_key, transaction
from tenants.jobs.commands import Bell, lost
from tenants.notices.commands import LetterBell, lost_letters

_EVERY_SECONDS = 30
_log = structlog.get_logger("portal.schedule")


def run(settings: Settings, *, once: bool = False) -> int:
    """Run the tasks now and then every half minute, until stopped."""
    worker.prepare(settings)
    stop = threading.Event()
    while True:
        tick()
        if once or stop.wait(_EVERY_SECONDS):
            return 0


def tick() -> None:
    """Run every task once; a task that fails is logged and does not keep the others from running."""
    with transaction(REGISTRY) as session:
        # One acts at a time: a second schedule waits here and then finds nothing to do.
        lock_key(session, "schedule")
        for name, task in TASKS.items():
            try:
                task()
            except Exception as error:  # noqa: BLE001 - the schedule must go on; the kind of error is logged
                _log.error("task_failed", task=name, error=type(error).__name__)
        for job_id, kind in lost():
            Bell.ring(job_id, kind)
        for letter_id in lost_letters():
            LetterBell.ring(letter_id)
