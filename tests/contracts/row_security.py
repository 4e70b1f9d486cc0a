"""The probe of row security: asks the catalogue and then the database itself, in raw SQL, as each level's role.

It works inside one transaction of the superuser that is rolled back, so a mutant (the product broken on purpose) can be
applied first and vanishes afterwards. `probe` returns sentences; an intact product returns none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import psycopg
from psycopg import sql

from tests.contracts import consents_probe, openings_probe
from tests.contracts.levels import LEVELS, PLACES, SEES, owners, role
from tests.contracts.openings_probe import CONTACTS_SEE, NAMES, SPEAKERS
from tests.contracts.signed_probe import SIGNED_AWAY, by_a_signed_act

REGISTRY_TABLES = frozenset(
    {
        "organization",
        "organization_parent",
        "user_account",
        "membership",
        "sign_in",
        "sign_in_attempt",
        "access_log",
        "access_anchor",
        "job",
        "account_event",
        "letter",
        "invitation",
        "sign_in_rule",
        "second_factor",
        "recovery_code",
        "secret_link",
        "external_identity",
    }
)
"""Tables without data of a school: read before a scope exists."""
COMMANDS = ("select", "insert", "update", "delete")
FREE_IDS = frozenset(
    {
        "user_id",
        "created_by",
        "recorded_by",
        "record_id",
        "subject_id",
        "requested_by",
        "adjusted_by",
        "last_journal_id",
    }
)
"""Columns that name a person of the registry or a record of any kind; they carry no key on purpose."""
PUBLISHED_TO = {"organization": {100, 10, 1}, "district": {10, 1}, "region": {1}}


@dataclass(frozen=True)
class Table:
    """A tenant table and how it is guarded."""

    name: str
    guard: str
    """own, private, published, reviewed, projection; the suffix -append marks a table that is never changed.

    veiled: read by every level without some columns, written by the organization's level alone.
    said: read by every level, inserted in one's own name by the levels that may speak, never changed.
    opened: the organization's own; above it what an opening shows, and nothing is written.
    """


def tenant_tables(connection: psycopg.Connection) -> list[Table]:
    """Every table that carries organization_id and is not the registry's, with the guard read off its grants."""
    rows = connection.execute(
        "select table_name from information_schema.columns"
        " where table_schema = 'public' and column_name = 'organization_id'"
        " order by 1"
    ).fetchall()
    return [Table(name, guard_of(connection, name)) for (name,) in rows if name not in REGISTRY_TABLES]


def guard_of(connection: psycopg.Connection, name: str) -> str:
    policies = dict(
        connection.execute(
            "select policyname, coalesce(qual, '') || '|' || coalesce(with_check, '') from pg_policies"
            " where schemaname = 'public' and tablename = %s",
            [name],
        ).fetchall()
    )
    append = "" if "update_organization" in policies else "-append"
    if "select_district" not in policies:
        return "private" + append
    if "name_opening" in policies["select_district"]:
        return "opened" + append
    if "app.uid" in policies.get("insert_district", ""):
        return "said" + append
    if "array" in policies["select_organization"].lower():
        return "published" + append
    if "district" in policies.get("insert_district", ""):
        return "reviewed" if append else "projection"
    writes = connection.execute("select has_table_privilege('lv_district', %s, 'insert')", [name]).fetchone()[0]
    return "own" + append if writes or append else "veiled"


def prepare(connection: psycopg.Connection, tables: list[Table]) -> None:
    """Fill every table with one row for each place; checks of values are lifted, since only the guards are asked."""
    connection.execute("set local session_replication_role = replica")
    for place, (region, district, _) in PLACES.items():
        kind = "region" if place == region else "district" if place == district else "school"
        parent = None if kind == "region" else region if kind == "district" else district
        connection.execute(
            "insert into organization (id, region_id, district_id, parent_id, code, kind, name, name_short)"
            " values (%s, %s, %s, %s, %s, %s, 'n', 'n')",
            [place, region, district, parent, f"probe-{place}", "college" if place == 120 else kind],
        )
    for table in tables:
        _drop_checks(connection, table.name)
        for number, place in enumerate(PLACES, start=1):
            _insert(connection, table.name, place, number)
    openings_probe.prepare_openings(connection)
    openings_probe.fill_up(connection, PLACES)
    connection.execute("set local session_replication_role = origin")


def _drop_checks(connection: psycopg.Connection, table: str) -> None:
    for (name,) in connection.execute(
        "select conname from pg_constraint where conrelid = %s::regclass and contype = 'c'", [table]
    ).fetchall():
        connection.execute(
            sql.SQL("alter table {} drop constraint {}").format(sql.Identifier(table), sql.Identifier(name))
        )


@cache
def _columns(connection: psycopg.Connection, table: str) -> list[tuple[str, str]]:
    return connection.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'public' and table_name = %s"
        " and (is_nullable = 'NO' and column_default is null and is_identity = 'NO')"
        " and column_name not in ('region_id', 'district_id', 'organization_id') order by ordinal_position",
        [table],
    ).fetchall()


_VALUES = {
    "date": "date '2026-10-01' + {n}", "timestamp with time zone": "now()", "boolean": "true",
    "bytea": "'\\x00'::bytea",
    "jsonb": "'{{}}'::jsonb", "text": "'t' || {n}", "ARRAY": "'{{}}'",
}  # fmt: skip


def _insert(
    connection: psycopg.Connection, table: str, place: int, number: int, keys: tuple[int, int, int] | None = None
) -> None:
    connection.execute(_insertion(connection, table, place, number, keys))


def _insertion(
    connection: psycopg.Connection,
    table: str,
    place: int,
    number: int,
    keys: tuple[int, int, int] | None = None,
    said: dict[str, str] | None = None,
) -> str:
    """Return the statement that inserts a row; `said` gives some columns the values of who speaks."""
    region, district, organization = keys or PLACES[place]
    names, values = ["region_id", "district_id", "organization_id"], [str(region), str(district), str(organization)]
    for name, kind in _columns(connection, table):
        names.append(name)
        values.append((said or {}).get(name) or _VALUES.get(kind, "{n}").format(n=number))
    return f'insert into "{table}" ({", ".join(names)}) values ({", ".join(values)})'


def probe(connection: psycopg.Connection, table: Table) -> Iterator[str]:
    """Say everything that is wrong with the guard of one table, the cheap questions first."""
    yield from _catalogue(connection, table)
    yield from _login(connection, table)
    if table.name in CONTACTS_SEE:
        yield from openings_probe.contacts_read(connection, table.name)
    if table.guard == "opened":
        yield from openings_probe.columns_kept_apart(connection)
    if table.name in consents_probe.GO_WITH_THE_NAME:
        yield from consents_probe.hidden(connection, table.name)
        yield from consents_probe.transfers_withdrawn(connection, table.name)
    for level in LEVELS:
        yield from _reading(connection, table, level)
        yield from _changing(connection, table, level)
        yield from _inserting(connection, table, level)
    if table.name in SIGNED_AWAY:
        yield from by_a_signed_act(connection, table.name, role)


def _catalogue(connection: psycopg.Connection, table: Table) -> Iterator[str]:
    enabled, forced = connection.execute(
        "select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass", [table.name]
    ).fetchone()
    if not enabled:
        yield f"{table.name}: row security is off"
    if not forced:
        yield f"{table.name}: row security is not forced"
    keys = [
        (columns, target)
        for columns, target in connection.execute(
            "select array(select attname from unnest(conkey) with ordinality k(n, i) join pg_attribute a"
            "  on a.attrelid = conrelid and a.attnum = k.n order by k.i), confrelid::regclass::text"
            " from pg_constraint where conrelid = %s::regclass and contype = 'f'",
            [table.name],
        ).fetchall()
    ]
    if (["region_id", "district_id", "organization_id"], "organization") not in keys:
        yield f"{table.name}: the composite key to the organization is missing"
    yield from _unbound(connection, table, keys)
    for (index,) in connection.execute(
        "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid join pg_attribute a"
        " on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
        " where i.indrelid = %s::regclass and i.indisunique and a.attname <> 'region_id'",
        [table.name],
    ).fetchall():
        yield f"{table.name}: unique index {index} does not begin with the region and betrays other tenants' rows"


def _unbound(connection: psycopg.Connection, table: Table, keys: list[tuple[list[str], str]]) -> Iterator[str]:
    """Name the columns that point at a record without a key that keeps them in the organization."""
    bound = {column for columns, _ in keys if columns[0] == "region_id" for column in columns}
    for (column,) in connection.execute(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s"
        " and (column_name like '%%\\_id' or column_name = 'part_of') and data_type = 'bigint'",
        [table.name],
    ).fetchall():
        if column not in bound and column not in FREE_IDS:
            yield f"{table.name}.{column}: no composite key"
    for columns, target in keys:
        if "organization_id" not in columns and not guard_of(connection, target).startswith("published"):
            yield f"{table.name}: the key to {target} leaves the organization out"


def _may_read(table: Table, level: str) -> set[int]:
    if table.guard.startswith("published"):
        return PUBLISHED_TO[level]
    if table.guard.startswith("private") and level != "organization":
        return set()
    if table.guard == "opened" and level != "organization":
        return NAMES[level]
    return SEES[level][1]


def _reading(connection: psycopg.Connection, table: Table, level: str) -> Iterator[str]:
    place, _ = SEES[level]
    expected = _may_read(table, level)
    with role(connection, level, place):
        seen = owners(connection, table.name)
    if seen != expected:
        yield f"{table.name}: {level} sees {sorted(seen)} instead of {sorted(expected)}"


def _may_insert(table: Table, level: str) -> set[int]:
    if table.guard.startswith(("reviewed", "projection")):
        return SEES[level][1]
    if table.guard.startswith(("private", "veiled", "opened")) and level != "organization":
        return set()
    if table.guard.startswith("said"):
        return SEES[level][1] if level in SPEAKERS[table.name] else set()
    return {SEES[level][0]}


def _inserting(connection: psycopg.Connection, table: Table, level: str) -> Iterator[str]:
    place, _ = SEES[level]
    mine = {"user_id": "1", "place_id": str(place)} if table.guard.startswith("said") else {}
    for target in PLACES:
        allowed = target in _may_insert(table, level)
        with role(connection, level, place):
            try:
                connection.execute(_insertion(connection, table.name, target, 1000 + target, said=mine))
                passed = True
            except psycopg.errors.InsufficientPrivilege:
                passed = False
        if passed != allowed:
            yield f"{table.name}: {level} {'may' if passed else 'may not'} insert for {target}"
    if mine and level in SPEAKERS[table.name]:
        told = {"user_id": "{user}", "place_id": "{place}"}
        statement = _insertion(connection, table.name, place, 999, said=told)
        with role(connection, level, place):
            yield from openings_probe.spoken_for_others(connection, table.name, statement, place, level)


def _changing(connection: psycopg.Connection, table: Table, level: str) -> Iterator[str]:
    place, _ = SEES[level]
    changeable = set() if table.guard.endswith("append") or table.guard == "reviewed" else _may_insert(table, level)
    # Neither statement reads a column, so the policies for reading cannot stand in for those for writing.
    for statement in (f'update "{table.name}" set region_id = 1', f'delete from "{table.name}"'):
        with role(connection, level, place):
            try:
                touched = connection.execute(statement).rowcount
            except psycopg.errors.InsufficientPrivilege:
                touched = 0
        if touched != len(changeable):
            yield f"{table.name}: {level} touches {touched} rows instead of {len(changeable)} by {statement}"


def _login(connection: psycopg.Connection, table: Table) -> Iterator[str]:
    granted = connection.execute(
        "select rolname from pg_roles where rolcanlogin and not rolsuper"
        " and (has_table_privilege(oid, %s, 'select, insert, update, delete')"
        " or has_any_column_privilege(oid, %s, 'select'))",
        [table.name, table.name],
    ).fetchall()
    if granted:
        yield f"{table.name}: the login may use it without taking a role"
