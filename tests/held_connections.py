"""A request holds two connections at most: its own transaction and one of another scope beside it.

The pool of a process answers as many requests at once as the web server has threads. Requests that each hold two and
wait for a third would wait for one another until the pool gives up, so a third raises in an application under test.
"""

from flask import has_request_context, request
from sqlalchemy import event
from sqlalchemy.pool import Pool

MOST = 2
_KEY = "tests.connections"


class ThirdConnectionError(RuntimeError):
    """A request asked for one connection more than the pool reckons with."""


def watch() -> None:
    """Listen to every pool of this process."""
    event.listen(Pool, "checkout", _take)
    event.listen(Pool, "checkin", _give_back)


def _take(_connection: object, record: object, _proxy: object) -> None:
    if has_request_context():
        held = request.environ.setdefault(_KEY, set())
        held.add(id(record))
        if len(held) > MOST:
            raise ThirdConnectionError(request.endpoint)


def _give_back(_connection: object, record: object) -> None:
    if has_request_context():
        request.environ.get(_KEY, set()).discard(id(record))
