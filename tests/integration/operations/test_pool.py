"""The connections of a process: enough for every thread of the web server, and a third of one request is refused."""

from contextlib import ExitStack

import pytest

from portal.app import Portal
from portal.operations.cli import THREADS
from tenants.db import REGISTRY, connect, transaction
from tests.conftest import Database
from tests.held_connections import MOST, ThirdConnectionError


def hold(stack: ExitStack, count: int) -> None:
    for _ in range(count):
        stack.enter_context(transaction(REGISTRY.reading())).connection()


def test_every_thread_may_hold_what_a_request_needs(database: Database) -> None:
    connect(database.login_url)

    with ExitStack() as stack:
        hold(stack, THREADS * MOST)


def test_a_third_connection_of_one_request_is_noticed(app: Portal) -> None:
    with app.test_request_context("/"), ExitStack() as stack:
        hold(stack, MOST)
        with pytest.raises(ThirdConnectionError):
            hold(stack, 1)
