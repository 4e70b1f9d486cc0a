"""Attacks A-05 to A-08 and A-12 to A-14: fixation, theft, age, dismissal, forged requests, redirects, headers."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.app import create_app
from portal.config import Settings
from portal.security import POLICY
from tenants import clock
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.db import REGISTRY, transaction
from tests.contracts.figures import figure
from tests.factories.tree import PASSWORD, make_account
from tests.integration.accounts.people import account_of, entered, sign_in

TARGETS = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "http:evil.example",
    "javascript:alert(1)", "///evil.example", "/\t/evil.example", "/\n//evil.example", " //evil.example",
    "data:text/html,x", "https:/evil.example", "evil.example", "/%5cevil.example\\",
]  # fmt: skip


def cookie_of(browser):
    return browser.get_cookie("portal").value


def with_cookie(app, value):
    browser = app.test_client()
    browser.set_cookie("portal", value)
    return browser


def test_a05_a_cookie_set_before_the_sign_in_is_worthless_after_it(app, tree):
    victim = app.test_client()
    victim.get("/sign-in")
    planted = cookie_of(victim)
    sign_in(victim, make_account((tree.school, Role.CURATOR)))

    assert cookie_of(victim) != planted
    assert with_cookie(app, planted).get("/devices").status_code == 303


def test_a05_a_second_sign_in_of_a_browser_ends_the_first(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    browser = entered(app, email)
    first = cookie_of(browser)
    sign_in(browser, email)

    assert with_cookie(app, first).get("/devices").status_code == 303
    assert browser.get("/devices").status_code == 200


def test_a05_a_stolen_cookie_dies_with_the_sign_out_and_with_the_end_of_the_device(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    browser, other = entered(app, email), entered(app, email)
    stolen, stolen_too = cookie_of(browser), cookie_of(other)
    other.post("/devices/end-others")
    other.post("/sign-out")

    assert [with_cookie(app, one).get("/devices").status_code for one in (stolen, stolen_too)] == [303, 303]


def test_a05_cookies_are_bound_to_the_host_and_out_of_reach_of_scripts(app, tree):
    assert app
    strict = create_app(Settings.from_environment())
    strict.config.update(WTF_CSRF_ENABLED=False)
    email = make_account((tree.school, Role.CURATOR))

    answer = strict.test_client().post(
        "/sign-in", data={"email": email, "password": PASSWORD}, base_url="https://portal.example"
    )

    cookies = answer.headers.getlist("Set-Cookie")
    assert {one.partition("=")[0] for one in cookies} == {"__Host-portal", "__Host-device"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_a05_a_new_sign_in_has_a_token_of_256_bits(app, tree):
    assert len(app.session_interface.get_signing_serializer(app).loads(
        cookie_of(entered(app, make_account((tree.school, Role.CURATOR))))
    )["_user_id"]) >= 43  # fmt: skip


@pytest.mark.parametrize("pause", [timedelta(minutes=31), timedelta(hours=12, minutes=1)])
def test_a06_an_idle_or_old_sign_in_ends_and_a_part_of_a_page_is_answered_401(app, tree, pause):
    browser = entered(app, make_account((tree.school, Role.CURATOR)))
    clock.travel(clock.now() + pause)

    assert "/sign-in" in browser.get(f"/o/{tree.school.code}/").location
    part = browser.get(f"/o/{tree.school.code}/", headers={"HX-Request": "true"})
    assert (part.status_code, part.get_data()) == (401, b"")
    assert "/sign-in" in part.headers["HX-Redirect"]


def test_a06_work_does_not_prolong_a_sign_in_beyond_its_longest_time(app, tree):
    browser, began = entered(app, make_account((tree.school, Role.CURATOR))), clock.now()
    for step in range(1, 29):
        clock.travel(began + timedelta(minutes=25 * step))
        assert browser.get("/devices").status_code == 200
    clock.travel(began + timedelta(hours=12, minutes=1))

    assert browser.get("/devices").status_code == 303


def test_a07_a_disabled_account_is_out_at_the_next_request_everywhere(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    browsers = [entered(app, email) for _ in range(3)]
    with transaction(REGISTRY) as session:
        session.execute(update(UserAccount).where(UserAccount.email == email).values(disabled_at=clock.now()))

    assert [one.get("/devices").status_code for one in browsers] == [303] * 3
    assert sign_in(app.test_client(), email).status_code == 422


def test_a07_a_dismissed_person_finds_nothing_at_the_next_request(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    browser, yesterday = entered(app, email), clock.today() - timedelta(days=1)
    mine = Membership.user_id == account_of(email).id
    with transaction(REGISTRY) as session:
        session.execute(update(Membership).where(mine).values(since=yesterday, until=yesterday))

    assert browser.get(f"/o/{tree.school.code}/").status_code == 404


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/email", {"email": "thief@example.org"}),
        ("/password", {"password": "хомяк забор лимон", "again": "хомяк забор лимон"}),
        ("/factors/codes", {}),
        ("/factors/1/remove", {}),
    ],
)
def test_a08_a_sensitive_change_without_the_password_is_refused(app, tree, path, fields):
    browser = entered(app, make_account((tree.school, Role.CURATOR)))

    assert browser.post(path, data=fields).status_code == 422


@pytest.fixture
def guarded_app(app):
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def token_in(browser, path):
    return browser.get(path).get_data(as_text=True).partition('name="csrf-token" content="')[2].partition('"')[0]


def test_a12_sign_in_and_sign_out_need_the_token_of_this_very_browser(guarded_app, tree):
    email = make_account((tree.school, Role.CURATOR))
    browser, stranger = guarded_app.test_client(), guarded_app.test_client()
    fields = {"email": email, "password": PASSWORD}
    foreign = token_in(stranger, "/sign-in")

    for wrong in ({}, {"csrf_token": "made up"}, {"csrf_token": foreign}):
        assert browser.post("/sign-in", data=fields | wrong).status_code == 400
    assert browser.post("/sign-in", json=fields, content_type="text/plain").status_code == 400
    assert browser.post("/sign-in", data=fields | {"csrf_token": token_in(browser, "/sign-in")}).status_code == 303
    assert browser.post("/sign-out").status_code == 400
    assert browser.get("/devices").status_code == 200
    assert browser.post("/sign-out", data={"csrf_token": token_in(browser, "/devices")}).status_code == 303


def test_a12_the_token_from_before_the_sign_in_does_not_hold_after_it(guarded_app, tree):
    browser = guarded_app.test_client()
    token = token_in(browser, "/sign-in")
    fields = {"email": make_account((tree.school, Role.CURATOR)), "password": PASSWORD, "csrf_token": token}
    browser.post("/sign-in", data=fields)

    assert browser.post("/sign-out", data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize("target", TARGETS)
def test_a13_sign_in_and_preferences_lead_to_own_pages_only(app, tree, target):
    browser = app.test_client()
    email = make_account((tree.school, Role.CURATOR))

    answer = browser.post("/sign-in", query_string={"next": target}, data={"email": email, "password": PASSWORD})

    assert answer.location == "/"
    assert browser.post("/preferences", data={"next": target}).location == "/"


def test_a14_every_route_and_every_error_carries_the_headers(app, tree):
    browser = entered(app, make_account((tree.school, Role.CURATOR)))
    paths = ["/nowhere", "/static/nowhere", f"/o/{tree.sister.code}/", "/reset/1-x", "/healthz", "/sign-in"]
    with app.test_request_context():
        bound = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.arguments:
                paths.append(bound.build(rule.endpoint))
            if "GET" in (rule.methods or ()) and rule.arguments == {"code"}:
                paths.append(bound.build(rule.endpoint, {"code": tree.school.code}))
    without = [path for path in paths if browser.get(path).headers.get("Content-Security-Policy") != POLICY]
    posts = [browser.post(path) for path in ("/sign-in", "/factors/1/remove", "/healthz")]

    figure("routes_asked_for_headers", len(paths))
    figure("routes_without_headers", len(without))
    assert without == []
    assert all(one.headers["X-Frame-Options"] == "DENY" for one in posts)
    assert "'unsafe" not in POLICY
