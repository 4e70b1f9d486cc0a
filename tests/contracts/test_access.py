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
from tests.contracts.figures import figure
from tests.contracts.specimens import NOT_TENANT, Specimens, make_specimens
from tests.factories.tree import PASSWORD, Tree, make_account, make_tree

METHODS = ("GET", "POST")
ROLE_PLACES = {
    Role.CURATOR: "school",
    Role.DIRECTOR: "school",
    Role.DISTRICT_REVIEWER: "district",
    Role.REGION_ADMIN: "region",
    Role.REGION_ANALYST: "region",
}


@dataclass(frozen=True)
class World:
    """Two regions with the same kinds of records, and a signed-in browser for each role of the first."""

    tree: Tree
    foreign: Tree
    own: dict[int, Specimens]
    browsers: dict[Role, FlaskClient]

    def place(self, role: Role) -> Organization:
        found: Organization = getattr(self.tree, ROLE_PLACES[role])
        return found


@pytest.fixture(scope="module")
def world(app: Portal) -> World:
    tree, foreign = make_tree(), make_tree()
    own = {place.id: make_specimens(app, t, place) for t in (tree, foreign) for place in t.all}
    browsers = {}
    for role, name in ROLE_PLACES.items():
        browsers[role] = app.test_client()
        email = make_account((getattr(tree, name), role))
        assert browsers[role].post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    return World(tree, foreign, own, browsers)


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


def test_every_endpoint_answers_each_role_as_the_table_says(app: Portal, world: World):
    deviations, count = [], 0
    for route, method in cells(app):
        rule = ACCESS[route.endpoint]
        assert not isinstance(rule.who, Everyone), f"{route.endpoint} stands in an organization and names no roles"
        for role, browser in world.browsers.items():
            place = world.place(role)
            values = {"code": place.code} | world.own[place.id].values(route)
            status = ask(app, browser, route, method, values)
            count += 1
            wrong = status == 403 if role in rule.who else status != 403
            if wrong and not (role in rule.who and world.own[place.id].refuses(route.endpoint, method)):
                deviations.append((route.endpoint, method, role.value, status))
            if status >= 500:
                deviations.append((route.endpoint, method, role.value, status))
    figure("access_cells_roles", count)
    assert deviations == []


def test_an_organization_of_others_is_never_found(app: Portal, world: World):
    deviations, count = [], 0
    for route, method in cells(app):
        for role, browser in world.browsers.items():
            for other in (*world.tree.all, *world.foreign.all):
                if other.id == world.place(role).id:
                    continue
                status = ask(app, browser, route, method, {"code": other.code} | world.own[other.id].values(route))
                count += 1
                if status != 404:
                    deviations.append((route.endpoint, method, role.value, other.name_short, status))
    figure("access_cells", count)
    figure("access_deviations", len(deviations))
    assert deviations == []


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
                values = {"code": place.code} | world.own[stranger.id].values(route)
                status = ask(app, world.browsers[role], route, method, values)
                count += 1
                if status != 404:
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
