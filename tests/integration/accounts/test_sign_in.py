"""Signing in and out, over HTTP."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from tenants import clock
from tenants.accounts.models import Membership, Role
from tenants.accounts.queries import workplaces_of
from tenants.db import REGISTRY, transaction
from tests.factories.staff import account_of
from tests.factories.tree import PASSWORD, make_account, make_tree


@pytest.fixture
def browser(app):
    return app.test_client()


def without_marks(answer, email):
    """The page without what differs on every page: the address typed and the token of forged requests."""
    page = answer.get_data(as_text=True).replace(email, "")
    return re.sub(r'(content|value)="[\w-]+\.[\w-]+\.[\w-]+"', "", page)


def sign_in(browser, email, password=PASSWORD):
    return browser.post("/sign-in", data={"email": email, "password": password})


def test_a_person_signs_in_and_lands_on_the_home_page(browser, tree):
    sign_in(browser, make_account((tree.school, Role.CURATOR)))

    page = browser.get("/", follow_redirects=True)

    assert page.status_code == 200
    assert "Школа № 1" in page.get_data(as_text=True)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(browser, tree):
    email = make_account((tree.school, Role.CURATOR))

    wrong, unknown = sign_in(browser, email, "не тот пароль"), sign_in(browser, "nobody@example.org", "не тот пароль")

    assert wrong.status_code == unknown.status_code == 422
    assert "Адрес или пароль не подходят." in wrong.get_data(as_text=True)
    assert without_marks(wrong, email) == without_marks(unknown, "nobody@example.org")


def test_the_sixth_wrong_password_is_asked_to_wait_and_the_owner_is_not_locked_out_for_long(browser, tree):
    email = make_account((tree.school, Role.CURATOR))
    for _ in range(5):
        assert sign_in(browser, email, "не тот пароль").status_code == 422

    assert sign_in(browser, email).status_code == 429
    clock.travel(clock.now() + timedelta(minutes=16))
    assert sign_in(browser, email).status_code == 303


def test_a_signed_out_cookie_is_dead(app, tree):
    browser = app.test_client()
    sign_in(browser, make_account((tree.school, Role.CURATOR)))
    stolen = browser.get_cookie("portal").value
    browser.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("portal", stolen)

    assert thief.get(f"/o/{tree.school.code}/").status_code == 303


@pytest.mark.parametrize("pause", [timedelta(minutes=31), timedelta(hours=12, minutes=1)])
def test_an_idle_or_old_sign_in_ends(browser, tree, pause):
    sign_in(browser, make_account((tree.school, Role.CURATOR)))

    clock.travel(clock.now() + pause)

    assert "/sign-in" in browser.get(f"/o/{tree.school.code}/").location


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_sign_in_leads_to_own_pages_only(browser, tree, target):
    email = make_account((tree.school, Role.CURATOR))

    answer = browser.post("/sign-in", query_string={"next": target}, data={"email": email, "password": PASSWORD})

    assert answer.location == "/"


def test_a_changed_password_ends_the_other_browsers(app, tree):
    email, new = make_account((tree.school, Role.CURATOR)), "совсем другой пароль"
    here, there = app.test_client(), app.test_client()
    sign_in(here, email)
    sign_in(there, email)

    here.post("/password", data={"old": PASSWORD, "password": new, "again": new})

    assert here.get(f"/o/{tree.school.code}/").status_code == 200
    assert there.get(f"/o/{tree.school.code}/").status_code == 303
    assert sign_in(app.test_client(), email, new).status_code == 303


def test_one_person_works_in_a_school_and_in_its_district(browser, tree):
    sign_in(browser, make_account((tree.school, Role.CURATOR), (tree.district, Role.DISTRICT_REVIEWER)))

    page = browser.get("/", follow_redirects=True).get_data(as_text=True)
    chosen = browser.post("/choose", data={"code": tree.district.code, "role": "district_reviewer"})

    assert "Школа № 1" in page
    assert "Ближний район" in page
    assert browser.get(chosen.location).status_code == 200


def test_an_organization_of_others_is_not_found(browser, tree):
    sign_in(browser, make_account((tree.school, Role.CURATOR)))

    assert browser.get(f"/o/{tree.sister.code}/").status_code == 404
    assert browser.get(f"/o/{tree.district.code}/").status_code == 404


def test_a_role_begins_and_ends_with_the_day_of_its_organization(database):
    assert database
    tree = make_tree("Asia/Kamchatka")
    # It is the 21st in Kamchatka and still the 20th in Moscow.
    clock.travel(datetime(2026, 11, 20, 20, 30, tzinfo=UTC))
    account = account_of(make_account((tree.school, Role.CURATOR), (tree.sister, Role.CURATOR)))
    yesterday = update(Membership).where(Membership.user_id == account.id, Membership.organization_id == tree.sister.id)
    with transaction(REGISTRY) as registry:
        registry.execute(yesterday.values(since=date(2026, 11, 1), until=date(2026, 11, 20)))

    with transaction(REGISTRY.reading()) as registry:
        places = [place.organization.id for place in workplaces_of(registry, account)]
    assert places == [tree.school.id]
