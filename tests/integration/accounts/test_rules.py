"""Rules of signing in of a region, and their effect on browsers that are open."""

from datetime import timedelta

from sqlalchemy import select

from tenants import clock
from tenants.accounts.factor_models import SignInRule
from tenants.accounts.models import Role
from tenants.accounts.rules import Rules, strictest
from tenants.db import REGISTRY, transaction
from tests.factories.events import events_of_organization
from tests.factories.tree import make_account, make_tree
from tests.integration.accounts.people import entered, set_rules

FORM = {"idle_minutes": "10", "longest_hours": "8", "factor_roles": ["region_admin", "auditor"]}


def test_a_region_changes_its_rules_and_the_former_ones_are_kept_with_the_event(as_role, tree):
    admin = as_role(Role.REGION_ADMIN, tree.region)

    assert admin.post("security/", data=FORM | {"factor_roles": ["auditor"]}).status_code == 303

    with transaction(REGISTRY.reading()) as session:
        rows = session.scalars(select(SignInRule).where(SignInRule.region_id == tree.region.id).order_by(SignInRule.id))
        assert [(row.idle_minutes, row.valid_until is None) for row in rows] == [(30, False), (10, True)]
        newest = events_of_organization(session, tree.region.id)[0]
    assert newest.event == "sign_in_rule.changed"
    assert (newest.detail["before"]["idle_minutes"], newest.detail["after"]["idle_minutes"]) == (30, 10)
    assert 'value="10"' in admin.get("security/").get_data(as_text=True)


def test_rules_out_of_bounds_are_refused_at_their_field(as_role, tree):
    admin = as_role(Role.REGION_ADMIN, tree.region)

    for field, value in (("idle_minutes", "1"), ("longest_hours", "48"), ("idle_minutes", "час")):
        assert admin.post("security/", data=FORM | {field: value}).status_code == 422


def test_a_school_and_an_analyst_do_not_change_rules(as_role, tree):
    assert as_role(Role.DIRECTOR, tree.school).post("security/", data=FORM).status_code == 403
    assert as_role(Role.REGION_ANALYST, tree.region).get("security/").status_code == 403


def test_a_stricter_idle_limit_holds_for_open_browsers_at_once(app, tree):
    browser = entered(app, make_account((tree.school, Role.CURATOR)))
    clock.travel(clock.now() + timedelta(minutes=11))
    set_rules(tree, idle_minutes=10)

    assert "/sign-in" in browser.get("/devices").location


def test_a_shorter_longest_time_holds_for_open_browsers_at_once(app, tree):
    browser = entered(app, make_account((tree.school, Role.CURATOR)))
    for _ in range(5):
        clock.travel(clock.now() + timedelta(minutes=25))
        assert browser.get("/devices").status_code == 200
    set_rules(tree, longest_hours=2)

    assert "/sign-in" in browser.get("/devices").location


def test_one_of_two_regions_signs_in_by_the_stricter_rules(app, tree):
    other = make_tree()
    set_rules(other, idle_minutes=10)
    browser = entered(app, make_account((tree.school, Role.CURATOR), (other.school, Role.CURATOR)))
    clock.travel(clock.now() + timedelta(minutes=11))

    assert "/sign-in" in browser.get("/devices").location


def test_the_strictest_rules_take_the_shortest_times_and_all_roles():
    one, two = Rules(10, 12, frozenset({Role.AUDITOR})), Rules(30, 8, frozenset({Role.DIRECTOR}))

    assert strictest([one, two]) == Rules(10, 8, frozenset({Role.AUDITOR, Role.DIRECTOR}))
