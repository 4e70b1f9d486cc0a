"""Row security as a contract: the intact product passes the probe, and each broken one turns it red."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import LOGIN, new_database
from tests.contracts.consents_probe import mutants_of_transfer
from tests.contracts.figures import figure
from tests.contracts.levels import LEVELS
from tests.contracts.openings_probe import mutants_of_person
from tests.contracts.row_security import COMMANDS, Table, prepare, probe, tenant_tables


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    found = new_database("rls")
    with psycopg.connect(found.admin_url) as opened:
        prepare(opened, tenant_tables(opened))
        yield opened
        opened.rollback()


@pytest.fixture(scope="module")
def tables(connection: psycopg.Connection) -> list[Table]:
    return tenant_tables(connection)


def test_every_tenant_table_is_guarded(connection: psycopg.Connection, tables: list[Table]):
    wrong = [sentence for table in tables for sentence in probe(connection, table)]

    assert wrong == []


def mutants(connection: psycopg.Connection, table: Table) -> Iterator[tuple[str, str]]:
    """Every way in which the guard of a table can be broken, as (name, statement)."""
    name = table.name
    yield "row security off", f'alter table "{name}" disable row level security'
    yield "row security not forced", f'alter table "{name}" no force row level security'
    yield "key to the organization dropped", f'alter table "{name}" drop constraint fk_{name}_organization'
    policies = connection.execute(
        "select policyname, cmd, roles[1] from pg_policies where schemaname = 'public' and tablename = %s", [name]
    ).fetchall()
    for policy, command, _role in policies:
        if command != "INSERT":
            yield f"{policy}: using true", f'alter policy {policy} on "{name}" using (true)'
        if command == "INSERT":
            yield f"{policy}: with check true", f'alter policy {policy} on "{name}" with check (true)'
        yield f"{policy}: dropped", f'drop policy {policy} on "{name}"'
    foreign = connection.execute(
        "select conname from pg_constraint where conrelid = %s::regclass and contype = 'f' and cardinality(conkey) > 1"
        " and confrelid <> 'organization'::regclass",
        [name],
    ).fetchall()
    for (key,) in foreign:
        yield f"{key}: dropped", f'alter table "{name}" drop constraint {key}'
    for level in LEVELS:
        for command in COMMANDS:
            if not _granted(connection, f"lv_{level}", name, command):
                policy = f'create policy extra on "{name}" for {command} to lv_{level} '
                policy += "with check (true)" if command == "insert" else "using (true)"
                yield f"{level}: extra grant of {command}", f'grant {command} on "{name}" to lv_{level}; {policy}'
    yield "login: extra grant", f'grant select on "{name}" to {LOGIN}'


def _granted(connection: psycopg.Connection, role: str, table: str, command: str) -> bool:
    return bool(connection.execute("select has_table_privilege(%s, %s, %s)", [role, table, command]).fetchone()[0])


def test_every_mutant_is_killed(connection: psycopg.Connection, tables: list[Table]):
    survivors, count = [], 0
    for table in tables:
        more = (mutants_of_person, mutants_of_transfer) if table.guard == "opened" else ()
        for name, statement in (*mutants(connection, table), *(one for named in more for one in named(connection))):
            count += 1
            with connection.transaction(force_rollback=True):
                connection.execute(statement)
                if next(probe(connection, table), None) is None:
                    survivors.append(f"{table.name}: {name}")
    figure("rls_tables", len(tables))
    figure("rls_mutants_killed", f"{count - len(survivors)}/{count}")

    assert count > 100
    assert survivors == []


def test_inheritance_on_turns_the_probe_red(connection: psycopg.Connection, tables: list[Table]):
    with connection.transaction(force_rollback=True):
        connection.execute(f"grant lv_region to {LOGIN} with inherit true")
        red = [next(probe(connection, table), None) for table in tables if not table.guard.startswith("private")]
        assert all(red)


def test_nothing_else_opens_a_way_around(connection: psycopg.Connection):
    views = connection.execute(
        "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where nspname in ('public', 'app')"
        " and (relkind = 'm' or relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false))"
    ).fetchall()
    definers = connection.execute(
        "select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where nspname in ('public', 'app') and prosecdef"
    ).fetchall()
    powerful = connection.execute(
        "select rolname from pg_roles"
        " where (rolbypassrls or rolsuper) and rolname <> current_user and rolname !~ '^pg_'"
    ).fetchall()

    assert (views, definers, powerful) == ([], [], [])


def test_a_forgotten_scope_raises(connection: psycopg.Connection, tables: list[Table]):
    for table in tables:
        with connection.transaction(force_rollback=True):
            connection.execute("set local role lv_organization")
            with pytest.raises((psycopg.errors.UndefinedObject, psycopg.errors.InvalidTextRepresentation)):
                connection.execute(f'select 1 from "{table.name}"')
    figure("tables_that_raise_without_a_scope", f"{len(tables)}/{len(tables)}")
