"""Rows into tables by COPY, as the administrator: ids are taken in blocks, chunks keep memory small."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime

import psycopg
from psycopg import sql

Value = str | int | bool | bytes | date | datetime | None
Row = tuple[Value, ...]
Connection = psycopg.Connection[tuple[object, ...]]

OWNER = ("region_id", "district_id", "organization_id", "id")
COLUMNS: dict[str, tuple[str, ...]] = {
    "participant": (*OWNER, "number", "sex", "born_on", "experience_since", "identity_key",
                    "identity_hint", "recorded_at"),
    "person": (
        *OWNER, "participant_id", "last_name", "first_name", "middle_name", "name_key", "phone", "email",
        "representative", "recorded_at",
    ),
    "participation": (
        *OWNER, "participant_id", "role", "mentoring_form", "category", "class_name", "started_on", "ended_on",
        "end_reason", "trained_on", "recorded_at",
    ),
    "consent": (
        *OWNER, "participant_id", "kind", "given_on", "given_by", "document", "valid_until", "recorded_at",
    ),
    "programme": (*OWNER, "title", "mentoring_form", "started_on", "ended_on", "recorded_at"),
    "mentorship": (
        *OWNER, "number", "kind", "mentoring_form", "role_model", "programme_id", "order_number", "order_on",
        "started_on", "ended_on", "outcome", "recorded_at",
    ),
    "mentorship_member": (
        *OWNER, "mentorship_id", "participant_id", "role", "joined_on", "left_on", "recorded_at",
    ),
    "meeting": (
        *OWNER, "mentorship_id", "held_on", "kind", "minutes", "topic", "cancelled_at", "recorded_at", "recorded_by",
    ),
}  # fmt: skip
"""Columns in the order in which rows carry them; parents before children."""


@dataclass
class Batch:
    """Rows of all tables that wait to be written; ids count up from the first free one of each table."""

    next_ids: dict[str, int]
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def add(self, table: str, owner: tuple[int, int, int], *values: Value) -> int:
        """Add a row and return its id."""
        record_id = self.next_ids[table]
        self.next_ids[table] = record_id + 1
        self.rows[table].append((*owner, record_id, *values))
        return record_id

    @property
    def size(self) -> int:
        """Return how many rows wait."""
        return sum(len(rows) for rows in self.rows.values())


@contextmanager
def seeding(admin_url: str) -> Iterator[Connection]:
    """Lend the administrator's connection; one seeding at a time, all of it or nothing."""
    with psycopg.connect(admin_url) as connection:
        connection.execute("select pg_advisory_xact_lock(7261402)")
        yield connection


def start(connection: Connection) -> Batch:
    """Return an empty batch that continues the ids of the tables."""
    return Batch({name: next_id(connection, name) for name in COLUMNS})


def write(connection: Connection, batch: Batch) -> int:
    """Copy the waiting rows, parents first, and forget them; returns how many there were."""
    written = batch.size
    for name, rows in batch.rows.items():
        copy_rows(connection, name, COLUMNS[name], rows)
        rows.clear()
    return written


def finish(connection: Connection, batch: Batch) -> None:
    """Let the tables' own numbering go on behind the last id."""
    for name, following in batch.next_ids.items():
        connection.execute("select setval(pg_get_serial_sequence(%s, 'id'), %s, false)", (name, following))


def copy_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Copy rows into one table."""
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def trust_rows(connection: Connection) -> None:
    """Leave out the checks of foreign keys in this transaction, where the administrator may; tests look instead."""
    with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute("set local session_replication_role = replica")


def next_id(connection: Connection, table: str) -> int:
    """Return the first free id of a table."""
    row = connection.execute("select nextval(pg_get_serial_sequence(%s, 'id'))", (table,)).fetchone()
    if row is None or not isinstance(row[0], int):
        raise LookupError(table)
    return row[0]
