"""The oldest server we promise: Debian's PostgreSQL 15 takes the schema and keeps tenants apart just the same."""

from collections.abc import Iterator

import psycopg
import pytest

from migrations import apply
from tests.contracts.row_security import prepare, probe, tenant_tables
from tests.contracts.servers import BINARIES, postgres_15

pytestmark = pytest.mark.skipif(not (BINARIES / "postgres").exists(), reason="PostgreSQL 15 is not installed")
VERSION_15 = range(150000, 160000)


@pytest.fixture(scope="module")
def admin_url() -> Iterator[str]:
    with postgres_15() as address:
        yield address


def test_the_oldest_promised_server_takes_the_schema_and_guards_every_table(admin_url: str):
    apply.migrate(admin_url, admin_url.replace("postgres@", "portal_15@"))

    with psycopg.connect(admin_url) as connection:
        assert connection.info.server_version in VERSION_15
        tables = tenant_tables(connection)
        prepare(connection, tables)
        wrong = [sentence for table in tables for sentence in probe(connection, table)]
        connection.rollback()

    assert tables
    assert wrong == []
