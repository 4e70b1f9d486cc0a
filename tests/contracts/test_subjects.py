"""The catalogue of personal data against the database's own catalogue and the models: nothing is left out."""

from importlib import import_module
from pkgutil import walk_packages

import psycopg
import pytest

import reports
import tenants
from tenants.db import Base, TenantRow
from tenants.free_words import FREE_WORDS
from tenants.subjects.catalogue import CATALOGUE, HOLDINGS
from tenants.subjects.classes import PROGRAM_WORDS
from tenants.subjects.rows import model_of
from tenants.subjects.terms import TERMS
from tests.conftest import Database
from tests.contracts.figures import figure

ROOTS = frozenset({"participant", "mentorship"})
"""Whoever points at one of these tables holds something about a participant."""
STAFF = frozenset({"user_account", "invitation"})
"""Tables about people who work in the portal: their data go with the account."""


@pytest.fixture(scope="module", autouse=True)
def _every_model() -> None:
    for package in (tenants, reports):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(("__main__", "child")):
                import_module(module.name)


def personal_columns() -> set[tuple[str, str]]:
    return {
        (mapper.class_.__tablename__, column.name)
        for mapper in Base.registry.mappers
        for column in mapper.columns
        if column.info.get("personal")
    }


def words_of_tenants() -> set[tuple[str, str]]:
    return {
        (mapper.class_.__tablename__, column.name)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantRow)
        for column in mapper.columns
        if str(column.type) in ("TEXT", "JSONB") and not column.info.get("personal")
    }


def test_every_table_about_a_participant_is_in_the_catalogue(database: Database) -> None:
    with psycopg.connect(database.admin_url) as connection:
        named = connection.execute(
            "select table_name from information_schema.columns"
            " where table_schema = 'public' and column_name = 'participant_id'"
        ).fetchall()
        pointing = connection.execute(
            "select conrelid::regclass::text from pg_constraint"
            " where contype = 'f' and confrelid::regclass::text = any(%s)",
            [list(ROOTS)],
        ).fetchall()
    tables = {table for (table,) in (*named, *pointing)} | ROOTS
    missing = tables - HOLDINGS.keys()

    figure("subject_tables", f"{len(tables - missing)}/{len(tables)}")
    assert len(tables) >= 8
    assert missing == set()


def test_every_personal_column_has_an_end() -> None:
    personal = {(table, column) for table, column in personal_columns() if table not in STAFF}
    covered = {(holding.table, column) for holding in CATALOGUE for column in holding.erased}
    # Free words that may not be changed any more are looked through for the name before an act is signed.
    covered |= {(table, column) for table, columns in FREE_WORDS.items() for column in columns}

    figure("personal_columns", f"{len(personal & covered)}/{len(personal)}")
    assert ("person", "last_name") in personal
    assert personal - covered == set()


def test_every_word_of_a_tenant_table_is_classified() -> None:
    classes = [
        {(table, column) for table, columns in one.items() for column in columns} for one in (FREE_WORDS, PROGRAM_WORDS)
    ]
    words = words_of_tenants()

    figure("text_columns_classified", f"{len(words & (classes[0] | classes[1]))}/{len(words)}")
    assert words - classes[0] - classes[1] == set(), "name it in free_words.py or subjects/classes.py"
    assert (classes[0] | classes[1]) - words - personal_columns() == set(), "no such column any more"
    assert classes[0] & classes[1] == set()


def test_the_catalogue_names_columns_and_terms_that_exist() -> None:
    for holding in CATALOGUE:
        columns = set(model_of(holding.table).__table__.columns.keys())
        assert holding.columns.keys() | holding.erased.keys() | set(holding.files) <= columns, holding.table
        assert holding.term in TERMS, holding.table
