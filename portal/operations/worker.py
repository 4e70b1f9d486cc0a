"""The worker: takes numbers from the queue, claims the row, does the work, finishes the row."""

import structlog
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer

from portal import log
from portal.config import Settings
from portal.operations.jobs import JOBS
from portal.operations.queue import connection, hang_bell, queue
from tenants.db import connect
from tenants.errors import DomainError
from tenants.jobs import commands as jobs

_WORKER_TTL_SECONDS = 60
_MAINTENANCE_SECONDS = 30
_log = structlog.get_logger("portal.worker")


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
        except Exception as error:
            jobs.fail(held, "Не получилось выполнить задание. Оно будет повторено.")
            _log.error("job_failed", error=type(error).__name__)
            raise
        else:
            jobs.finish(held)


def run_waiting() -> int:
    """Do every waiting job in this process, the oldest first, and return how many: for commands and tests."""
    done = 0
    while found := jobs.lost():
        for job_id, _ in found:
            run_job(job_id)
            done += 1
    return done
