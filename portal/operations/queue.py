"""The bell: RQ over Redis. A message is the number of a row; Redis may be wiped without loss."""

import redis
import structlog
from rq import Queue
from rq.serializers import JSONSerializer

from tenants.jobs.commands import Bell
from tenants.notices.commands import LetterBell

NAME = "portal"
_JOB_TIMEOUT_SECONDS = 900
_FAILURE_SECONDS = 14 * 24 * 3600
_log = structlog.get_logger("portal.queue")


def connection(url: str) -> redis.Redis:
    """Return a connection that gives up quickly: a page must not wait for the bell."""
    return redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=30)


def queue(url: str) -> Queue:
    """Return the one queue; a worker listens on exactly one, else a killed worker loses jobs."""
    return Queue(NAME, connection=connection(url), serializer=JSONSerializer)


def hang_bell(url: str) -> None:
    """Announce every new job of this process to the workers at `url`."""
    target = queue(url)

    def ring(function: str, number: int) -> None:
        try:
            target.enqueue(
                function,
                number,
                job_timeout=_JOB_TIMEOUT_SECONDS,
                result_ttl=0,
                failure_ttl=_FAILURE_SECONDS,
                description=f"{function.rpartition('.')[2]} {number}",
            )
        except redis.RedisError:
            # The row stands; the sweeper rings again when Redis is back.
            _log.warning("bell_silent", number=number)

    Bell.ring = lambda job_id, _kind: ring("portal.operations.worker.run_job", job_id)
    LetterBell.ring = lambda letter_id: ring("portal.notices.sending.send_letter", letter_id)
