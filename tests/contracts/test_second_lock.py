"""The predicate alone: with row security switched off in the database, no page shows a row of somebody else.

Row security is the guard and the predicate is the plan; each must be enough alone, so here the guard is taken away.
"""

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from portal.access import ACCESS
from portal.app import Portal
from reports.figures import FIGURES, Span
from tenants.db import connect, transaction
from tests.conftest import Database, new_database
from tests.contracts.figures import figure
from tests.contracts.row_security import REGISTRY_TABLES
from tests.contracts.specimens import make_records, specimens_of
from tests.contracts.test_access import ROLE_PLACES, tenant_routes
from tests.factories.tree import PASSWORD, Tree, actor_of, make_account, make_tree


@pytest.fixture
def open_database(database: Database) -> Iterator[Database]:
    """A database whose tenant tables are not guarded by row security."""
    found = new_database("open")
    connect(found.login_url)
    yield found
    connect(database.login_url)


def switch_off(found: Database) -> None:
    with psycopg.connect(found.admin_url) as connection:
        tables = connection.execute("select relname from pg_class where relrowsecurity").fetchall()
        for (table,) in tables:
            if table not in REGISTRY_TABLES - {"organization"}:
                connection.execute(f'alter table "{table}" disable row level security')


def markers(found: Database, tree: Tree) -> set[str]:
    """Words that stand in the records of a tree and nowhere else."""
    codes = {place.code for place in tree.all}
    with psycopg.connect(found.admin_url) as connection:
        names = connection.execute("select last_name from person where region_id = %s", [tree.region.id]).fetchall()
    return codes | {name for (name,) in names}


def test_no_page_shows_a_foreign_row_when_row_security_is_off(app: Portal, open_database: Database):
    tree, foreign = make_tree(), make_tree()
    for one in (tree, foreign):
        make_records(one)
    switch_off(open_database)
    strange, pages, leaks = markers(open_database, foreign), 0, []
    for role, name in ROLE_PLACES.items():
        place = getattr(tree, name)
        browser = app.test_client()
        browser.post("/sign-in", data={"email": make_account((place, role)), "password": PASSWORD})
        specimens = specimens_of(open_database.admin_url, place, stranger=False)
        for route in tenant_routes(app):
            if "GET" not in (route.methods or ()) or role not in ACCESS[route.endpoint].who:
                continue
            with app.test_request_context():
                values = {"code": place.code} | specimens.values(route)
                path = app.url_map.bind("localhost").build(route.endpoint, values, method="GET")
            page = browser.get(path).get_data(as_text=False).decode(errors="replace")
            pages += 1
            leaks += [(route.endpoint, role.value, word) for word in strange if word in page]
    figure("pages_without_row_security", pages)
    assert leaks == []
    assert pages > 50


def test_no_figure_counts_a_foreign_row_when_row_security_is_off(open_database: Database):
    tree, foreign = make_tree(), make_tree()
    for one in (tree, foreign):
        make_records(one)
    switch_off(open_database)
    span = Span(after=date(2026, 9, 25), on=date(2026, 10, 25))
    with transaction(actor_of(tree.school).scope.reading()) as session:
        counted = {
            name: {row.organization_id for row in session.execute(question.select(span))}
            for name, question in FIGURES.figures.items()
        }
    assert {name: owners for name, owners in counted.items() if owners - {tree.school.id}} == {}
    assert any(counted.values())
