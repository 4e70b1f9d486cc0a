"""A password that somebody else has given lets its owner do one thing: set an own one."""

import argparse
import os

import pytest

from portal.accounts import cli
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tests.factories.tree import PASSWORD, make_account, unique
from tests.integration.accounts.people import account_of, code_now, enrol, entered, events_of, need_factor, sign_in

GIVEN, OWN = "выданный длинный пароль 9", "семь синих слонов летят"
FORM = {"old": GIVEN, "password": OWN, "again": OWN}


@pytest.fixture
def given(tree, monkeypatch):
    """Whoever got an account from the command line."""
    monkeypatch.setenv("PORTAL_PASSWORD", GIVEN)
    email = f"{unique('given')}@example.org"
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers())
    arguments = ["--email", email, "--name", "Выданова Ольга", "--organization", tree.school.code, "--role", "director"]
    asked = parser.parse_args(["users", "create", *arguments])
    assert os.environ["DATABASE_URL"]
    assert asked.run(asked) == 0
    return email


def test_every_page_leads_to_the_new_password_until_it_is_set(app, tree, given):
    browser, home = entered(app, given, GIVEN), f"/o/{tree.school.code}/"

    answers = [
        browser.get(home),
        browser.get("/devices"),
        browser.post(
            f"/o/{tree.school.code}/staff/{tree.school.id}/invite", data={"email": "a@b.ru", "role": "curator"}
        ),
        browser.post("/factors/totp", data={"code": "000000"}),
        browser.post("/choose", data={"code": tree.school.code, "role": "director"}),
    ]
    script = browser.post("/devices/end-others", headers={"Accept": "application/json"})

    assert [one.status_code for one in answers] == [303] * 5
    assert {one.location.partition("?")[0] for one in answers} == {"/password"}
    assert (script.status_code, script.headers["HX-Redirect"]) == (401, "/password")


def test_the_own_password_opens_the_page_that_was_wanted(app, tree, given):
    browser, wanted = app.test_client(), f"/o/{tree.school.code}/participants/"
    asked = browser.post(f"/sign-in?next={wanted}", data={"email": given, "password": GIVEN})
    page = browser.get(asked.location).get_data(as_text=True)

    done = browser.post(asked.location, data=FORM)

    assert "Вы вошли с выданным паролем" in page
    assert (done.status_code, done.location) == (303, wanted)
    assert browser.get(wanted).status_code == 200
    assert not account_of(given).must_change_password
    assert events_of(given)[0].event == "account.password_changed"
    assert entered(app, given, OWN).get(wanted).status_code == 200


def test_the_given_password_is_no_own_one(app, tree, given):
    browser = entered(app, given, GIVEN)

    refused = browser.post("/password", data=FORM | {"password": GIVEN, "again": GIVEN})

    assert refused.status_code == 422
    assert browser.get(f"/o/{tree.school.code}/").location.startswith("/password")


def test_the_password_comes_before_the_second_factor_that_the_rules_ask_for(app, tree, given):
    need_factor(tree, Role.DIRECTOR)
    browser = entered(app, given, GIVEN)

    first = browser.get("/devices").location, browser.get("/factors/totp").location
    browser.post("/password", data=FORM)

    assert browser.get(f"/o/{tree.school.code}/").location.startswith("/factors/totp")
    assert [one.partition("?")[0] for one in first] == ["/password", "/password"]


def test_who_has_a_second_factor_shows_it_first(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    key, _ = enrol(entered(app, email))
    with transaction(REGISTRY) as session:
        session.merge(account_of(email)).must_change_password = True
    browser = app.test_client()
    sign_in(browser, email)

    first = browser.get("/password").location
    # The code that set the application up was taken already.
    code = browser.post("/sign-in/code", data={"code": code_now(key)})

    assert first.startswith("/sign-in/code")
    assert code.status_code == 422


def test_signing_out_stays_possible_and_a_letter_helps_who_forgot_it(app, tree, given, letters):
    browser = entered(app, given, GIVEN)
    browser.post("/reset", data={"email": given})

    assert browser.post("/sign-out").location == "/sign-in"
    assert app.test_client().post(letters.link(given), data={"password": OWN, "again": OWN}).status_code == 303
    assert entered(app, given, OWN).get(f"/o/{tree.school.code}/").status_code == 200


def test_others_are_not_asked(app, tree):
    browser = entered(app, make_account((tree.school, Role.CURATOR)), PASSWORD)

    assert browser.get(f"/o/{tree.school.code}/").status_code == 200
    assert "выданным паролем" not in browser.get("/password").get_data(as_text=True)
