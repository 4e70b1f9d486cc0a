"""The worker: takes numbers from the queue, claims the row, does the work, finishes the row."""

import traceback

import structlog
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer

from portal import log
from portal.accounts.letters import LETTERS
from portal.config import Settings
from portal.notices.letters import WRITERS
from portal.notices.sending import send_letter
from portal.openings.letters import LETTERS as OPENING_LETTERS
from portal.operations.jobs import JOBS
from portal.operations.queue import connection, hang_bell, queue
from portal.subjects.letters import LETTERS as SUBJECT_LETTERS
from tenants.db import connect
from tenants.errors import DomainError
from tenants.jobs import commands as jobs
from tenants.notices.commands import lost_letters

_WORKER_TTL_SECONDS = 60
_MAINTENANCE_SECONDS = 30
_log = structlog.get_logger("portal.worker")
WRITERS.update(LETTERS)
WRITERS.update(OPENING_LETTERS)
WRITERS.update(SUBJECT_LETTERS)


class JobFailedError(Exception):
    """A job failed: what kind of error and where. The queue keeps its text for weeks, so it holds no values."""

    def __init__(self, kind: str, at: str) -> None:
        super().__init__(f"{kind} at {at}")
        self.at = at


def work(settings: Settings, *, burst: bool = False) -> int:
    """Listen on the one queue until stopped; with `burst` until it is empty."""
    prepare(settings)
    kind = SimpleWorker if burst else Worker
    worker = kind(
        [queue(settings.redis_url)],
        connection=connection(settings.redis_url),
        serializer=JSONSerializer,
        worker_ttl=_WORKER_TTL_SECONDS,
        maintenance_interval=_MAINTENANCE_SECONDS,
        disable_default_exception_handler=False,
        log_job_description=False,
    )
    worker.work(burst=burst, logging_level="WARNING")
    return 0


def prepare(settings: Settings) -> None:
    """Connect this process to the database and the bell."""
    log.install()
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=2)
    if settings.redis_url:
        hang_bell(settings.redis_url)


def run_job(job_id: int) -> None:
    """Do one job by the number of its row; a job that is done, failed or held by another worker is left alone."""
    held = jobs.claim(job_id)
    if held is None:
        return
    with structlog.contextvars.bound_contextvars(job=job_id, kind=held.kind, attempt=held.attempt):
        try:
            JOBS[held.kind](held)
        except DomainError as error:
            jobs.fail(held, str(error))
            _log.info("job_refused", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - of whatever kind, its values may not reach the queue
            jobs.fail(held, "Не получилось выполнить задание. Оно будет повторено.")
            told = _without_values(error)
            _log.error("job_failed", error=type(error).__name__, at=told.at)
            raise told from None
        else:
            jobs.finish(held)


def _without_values(error: Exception) -> JobFailedError:
    """Return an error that names the kind and the place of another one: its message may hold a name of somebody."""
    steps = traceback.extract_tb(error.__traceback__)
    own = [step for step in steps if "site-packages" not in step.filename]
    return JobFailedError(type(error).__name__, " < ".join(f"{step.name}:{step.lineno}" for step in reversed(own)))


def run_waiting() -> int:
    """Do every waiting job in this process, the oldest first, and return how many: for commands and tests."""
    done = 0
    while found := jobs.lost():
        for job_id, _ in found:
            run_job(job_id)
            done += 1
    return done


def send_waiting() -> int:
    """Send every waiting letter in this process, the oldest first, and return how many were tried."""
    letters = lost_letters()
    for letter_id in letters:
        send_letter(letter_id)
    return len(letters)
