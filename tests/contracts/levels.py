"""The places of the probe of row security, and how it works as a level's role."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

LEVELS = ("organization", "district", "region")
# Region 1 has district 10 (schools 100, 101), district 11 (school 110) and college 120 under itself;
# region 2 has district 20 with school 200.
PLACES = {
    1: (1, 1, 1), 10: (1, 10, 10), 11: (1, 11, 11), 100: (1, 10, 100), 101: (1, 10, 101),
    110: (1, 11, 110), 120: (1, 1, 120), 2: (2, 2, 2), 20: (2, 20, 20), 200: (2, 20, 200),
}  # fmt: skip
SEES = {
    "organization": (100, {100}),
    "district": (10, {10, 100, 101}),
    "region": (1, {1, 10, 11, 100, 101, 110, 120}),
}


@contextmanager
def role(connection: psycopg.Connection, level: str, place: int) -> Iterator[None]:
    """Work as a level's role for a place, inside a savepoint that is rolled back."""
    region, district, organization = PLACES[place]
    with connection.transaction(force_rollback=True):
        # Keys and triggers come after row security and would only hide its answer.
        connection.execute(
            f"set local session_replication_role = replica; set local app.region = '{region}'; "
            f"set local app.district = '{district}'; set local app.organization = '{organization}'; "
            f"set local app.uid = '1'; set local role lv_{level}"
        )
        yield


def owners(connection: psycopg.Connection, table: str) -> set[int]:
    """Return whose rows of a table the current role sees; nobody's where it may not read the table at all."""
    query = sql.SQL("select organization_id from {}").format(sql.Identifier(table))
    try:
        return {owner for (owner,) in connection.execute(query).fetchall()}
    except psycopg.errors.InsufficientPrivilege:
        return set()
