"""Models and migrated schema say the same, and the schema can be taken back and brought up again."""

from importlib import import_module
from pkgutil import walk_packages

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import reports
import tenants
from migrations import apply
from tenants.db import Base
from tests.conftest import LOGIN, new_database


def _unintended(difference: tuple | list) -> bool:
    kind, *what = difference[0] if isinstance(difference, list) else difference
    if kind in ("add_index", "remove_index", "modify_comment"):
        # Partial and functional indexes serve plans, comments serve readers of the database.
        return False
    return not (kind == "remove_table" and what[0].name == "tenant_row")


def test_models_and_migrated_schema_agree():
    for package in (tenants, reports):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(("__main__", "child")):
                import_module(module.name)
    # A database of its own: other contracts make rows up in theirs and lift its checks for them.
    fresh = new_database("schema")
    with apply.administrator(fresh.admin_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = [d for d in compare_metadata(context, Base.metadata) if _unintended(d)]

    assert differences == []


def test_the_schema_goes_down_and_up_again():
    found = new_database("down")

    apply.migrate(found.admin_url, found.login_url, to="base")
    with psycopg.connect(found.admin_url) as connection:
        left = connection.execute(
            "select table_name from information_schema.tables where table_schema in ('public', 'app')"
            " and table_name <> 'alembic_version'"
        ).fetchall()
    apply.migrate(found.admin_url, found.login_url)

    assert left == []
    assert not apply.pending(found.admin_url)
    assert LOGIN in found.login_url
