from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from portal.embedded import (
    Postgres,
    Valkey,
    postgres_status,
    scratch_directory,
    start_postgres,
    start_valkey,
    stop_postgres,
    stop_valkey,
    valkey_status,
)
from portal.embedded.processes import Server


@dataclass(frozen=True)
class Kind:
    """One of the two servers, seen alike: its verbs, and a word that can be left in it."""

    start: Callable[[Path], Server]
    status: Callable[[Path], Server | None]
    stop: Callable[[Path], bool]
    write: Callable[[Server, str], None]
    read: Callable[[Server], str]


def forgetful_postgres(directory: Path) -> Postgres:
    return start_postgres(directory, durable=False, settings={"shared_buffers": "16MB"})


def lasting_postgres(directory: Path) -> Postgres:
    return start_postgres(directory, settings={"shared_buffers": "16MB"})


def write_row(server: Server, word: str) -> None:
    assert isinstance(server, Postgres)
    with psycopg.connect(server.admin_url) as connection:
        connection.execute("create table if not exists note (word text)")
        connection.execute("insert into note values (%s)", (word,))


def read_row(server: Server) -> str:
    assert isinstance(server, Postgres)
    with psycopg.connect(server.admin_url) as connection:
        return str(connection.execute("select word from note").fetchone()[0])


def write_key(server: Server, word: str) -> None:
    assert isinstance(server, Valkey)
    with redis.Redis.from_url(server.url) as client:
        client.set("note", word)


def read_key(server: Server) -> str:
    assert isinstance(server, Valkey)
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        return str(client.get("note"))


KINDS = {
    "postgres": Kind(lasting_postgres, postgres_status, stop_postgres, write_row, read_row),
    "valkey": Kind(start_valkey, valkey_status, stop_valkey, write_key, read_key),
}


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
def directory() -> Iterator[Path]:
    with scratch_directory() as scratch:
        yield scratch / "server"
        for stop in (stop_postgres, stop_valkey):
            stop(scratch / "server")
