"""The access table, cell by cell: endpoint × method × role × (own, sister's, other region's), over HTTP.

Every route argument needs a specimen (tests/contracts/specimens.py), so a new kind of record comes under contract with
its first page.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule as Route

from portal.access import ACCESS, Everyone, check_table
from portal.app import Portal
from tenants.accounts.models import Role
from tenants.organizations.models import Organization
from tests.conftest import Database
from tests.contracts.figures import figure
from tests.contracts.specimens import NOT_TENANT, NOWHERE, Specimens, make_records, specimens_of
from tests.factories.archive import archive_place
from tests.factories.tree import PASSWORD, Tree, make_account, make_tree

METHODS = ("GET", "POST")
ROLE_PLACES = {
    Role.CURATOR: "school",
    Role.DIRECTOR: "school",
    Role.DISTRICT_REVIEWER: "district",
    Role.DISTRICT_HEAD: "district",
    Role.REGION_ADMIN: "region",
    Role.REGION_ANALYST: "region",
    Role.AUDITOR: "region",
    Role.KEEPER: "other_school",
}


@dataclass(frozen=True)
class World:
    """Two regions with the same kinds of records, and a signed-in browser for each role of the first.

    The school of the other district is in the archive: there the keepers work.
    """

    tree: Tree
    foreign: Tree
    own: dict[int, Specimens]
    strange: dict[int, Specimens]
    browsers: dict[Role, FlaskClient]

    def place(self, role: Role) -> Organization:
        found: Organization = getattr(self.tree, ROLE_PLACES[role])
        return found


@pytest.fixture(scope="module")
def _words_of_errors_left_out() -> Iterator[None]:
    """Only statuses are looked at here, and drawing thousands of pages of errors would take a quarter of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.errors.render_template", lambda *_, **__: "")
        yield


@pytest.fixture(scope="module")
def world(app: Portal, database: Database, _words_of_errors_left_out: None) -> World:
    tree, foreign = make_tree(), make_tree()
    for one in (tree, foreign):
        make_records(one)
    own = {place.id: specimens_of(database.admin_url, place, stranger=False) for place in tree.all}
    strange = {
        place.id: specimens_of(database.admin_url, place, stranger=True) for one in (tree, foreign) for place in one.all
    }
    archive_place(tree.other_school)
    browsers = {}
    for role, name in ROLE_PLACES.items():
        browsers[role] = app.test_client()
        email = make_account((getattr(tree, name), role))
        assert browsers[role].post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    return World(tree, foreign, own, strange, browsers)


def tenant_routes(app: Portal) -> list[Route]:
    return [rule for rule in app.url_map.iter_rules() if "code" in rule.arguments]


def cells(app: Portal) -> Iterator[tuple[Route, str]]:
    for route in tenant_routes(app):
        for method in METHODS:
            if method in (route.methods or ()):
                yield route, method


def ask(app: Portal, browser: FlaskClient, route: Route, method: str, values: dict[str, object]) -> int:
    with app.test_request_context():
        path = app.url_map.bind("localhost").build(route.endpoint, values, method=method)
    return browser.open(path, method=method).status_code


@pytest.mark.parametrize("role", ROLE_PLACES)
def test_every_endpoint_answers_each_role_as_the_table_says(app: Portal, world: World, role: Role):
    deviations, count, place = [], 0, world.place(role)
    for route, method in cells(app):
        rule = ACCESS[route.endpoint]
        assert not isinstance(rule.who, Everyone), f"{route.endpoint} stands in an organization and names no roles"
        values = {"code": place.code} | world.own[place.id].values(route)
        status = ask(app, world.browsers[role], route, method, values)
        count += 1
        if (status == 403 if role in rule.who else status != 403) or status >= 500:
            deviations.append((route.endpoint, method, status))
    figure(f"access_cells_of_{role.value}", count)
    assert deviations == []


@pytest.mark.parametrize("role", ROLE_PLACES)
def test_an_organization_of_others_is_never_found(app: Portal, world: World, role: Role):
    deviations, count = [], 0
    for route, method in cells(app):
        for other in (*world.tree.all, *world.foreign.all):
            if other.id == world.place(role).id:
                continue
            values = {"code": other.code} | world.strange[other.id].values(route)
            status = ask(app, world.browsers[role], route, method, values)
            count += 1
            if status != 404:
                deviations.append((route.endpoint, method, other.name_short, status))
    figure(f"access_cells_foreign_to_{role.value}", count)
    figure(f"access_deviations_of_{role.value}", len(deviations))
    assert deviations == []


def nothing(app: Portal, world: World, route: Route, method: str, role: Role) -> int:
    """The answer to ids that nobody has: a form may be refused before its record is looked for."""
    place = world.place(role)
    values = {"code": place.code} | Specimens(NOWHERE).values(route)
    return ask(app, world.browsers[role], route, method, values)


def test_a_record_of_others_is_never_found_in_ones_own_organization(app: Portal, world: World):
    deviations, count = [], 0
    for route, method in cells(app):
        foreign_arguments = route.arguments - {"code"} - NOT_TENANT
        for role in ACCESS[route.endpoint].who if foreign_arguments else ():
            place = world.place(role)
            strangers = [world.foreign.school, world.foreign.district, world.foreign.region, world.foreign.college]
            strangers += [world.tree.sister, world.tree.other_school] if place is world.tree.school else []
            strangers += [world.tree.other_school, world.tree.college] if place is world.tree.district else []
            for stranger in strangers:
                values = {"code": place.code} | world.strange[stranger.id].values(route)
                if any(values[name] == world.own[place.id].values(route)[name] for name in foreign_arguments):
                    continue  # What a region publishes belongs to everybody below it.
                status = ask(app, world.browsers[role], route, method, values)
                count += 1
                if status not in (404, nothing(app, world, route, method, role)):
                    deviations.append((route.endpoint, method, role.value, stranger.name_short, status))
    figure("access_cells_records", count)
    assert deviations == []


def test_nobody_gets_in_without_signing_in(app: Portal, world: World):
    open_doors = []
    for route, method in cells(app):
        values = {"code": world.tree.school.code} | world.own[world.tree.school.id].values(route)
        browser = app.test_client()
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(route.endpoint, values, method=method)
        answer = browser.open(path, method=method)
        if answer.status_code != 303 or "/sign-in" not in answer.location:
            open_doors.append((route.endpoint, method, answer.status_code))
    assert open_doors == []


def test_every_changing_request_needs_its_token(app: Portal, world: World):
    unguarded = []
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for rule in app.url_map.iter_rules():
            if "POST" not in (rule.methods or ()):
                continue
            values = {"code": world.tree.school.code} | world.own[world.tree.school.id].values(rule)
            if ask(app, world.browsers[Role.CURATOR], rule, "POST", values) != 400:
                unguarded.append(rule.endpoint)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert unguarded == []


def test_an_endpoint_without_an_entry_stops_the_start():
    fresh = Portal("portal")
    fresh.add_url_rule("/stray", "stray", lambda: "")
    with pytest.raises(RuntimeError, match="stray"):
        check_table(fresh)
