"""Every step outside the organizations leaves exactly one event, or the access table says why none."""

import re

import pytest
from sqlalchemy import func, select

from portal.access import ACCESS
from tenants.accounts.events import AccountEvent
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tests.factories.tree import PASSWORD, make_account, unique
from tests.integration.accounts.people import account_of, code_now, enrol, entered, shown_key, sign_in

NEW = "хомяк забор лимон чайник"
BY_PROVIDER = {"accounts.unlink_identity"}
"""Needs an account linked through a provider: `test_oidc.py` counts its event."""
BY_BROWSER = {"accounts.show_passkey", "accounts.add_passkey"}
"""Need an authenticator: tests/browser/test_sign_in.py."""


def newest_event():
    with transaction(REGISTRY.reading()) as session:
        return session.scalar(select(func.max(AccountEvent.id))) or 0


def events_after(number, email):
    """By the address that the account has after the step."""
    mine = AccountEvent.on_user_id == account_of(email).id
    with transaction(REGISTRY.reading()) as session:
        return list(session.scalars(select(AccountEvent.event).where(AccountEvent.id > number, mine)))


class Ready:
    """Gets ready for one step each: (browser, path, fields, the address whose events count)."""

    def __init__(self, app, tree, letters):
        self.app, self.tree, self.letters = app, tree, letters

    def person(self, *, guarded=False):
        email = make_account((self.tree.school, Role.CURATOR))
        browser = entered(self.app, email)
        return email, browser, enrol(browser)[1] if guarded else []

    def simple(self, path, **fields):
        email, browser, _ = self.person()
        return browser, path, fields, email

    def sign_in(self):
        email, _, _ = self.person()
        return self.app.test_client(), "/sign-in", {"email": email, "password": PASSWORD}, email

    def code(self):
        email, _, codes = self.person(guarded=True)
        browser = self.app.test_client()
        sign_in(browser, email)
        return browser, "/sign-in/code", {"code": codes[0]}, email

    def add_totp(self):
        email, browser, _ = self.person()
        return browser, "/factors/totp", {"code": code_now(shown_key(browser)), "password": PASSWORD}, email

    def remove_factor(self):
        email, browser, _ = self.person(guarded=True)
        number = re.search(r"/factors/(\d+)/remove", browser.get("/factors").get_data(as_text=True)).group(1)
        return browser, f"/factors/{number}/remove", {"password": PASSWORD}, email

    def end_device(self):
        email, browser, _ = self.person()
        entered(self.app, email)
        number = re.search(r"/devices/(\d+)/end", browser.get("/devices").get_data(as_text=True)).group(1)
        return browser, f"/devices/{number}/end", {}, email

    def reset(self):
        email, browser, _ = self.person()
        browser.post("/reset", data={"email": email})
        return browser, self.letters.link(email), {"password": NEW, "again": NEW}, email

    def moving(self):
        email, browser, _ = self.person()
        new = f"{unique('new')}@example.org"
        browser.post("/email", data={"email": new, "password": PASSWORD})
        return email, browser, new

    def confirm_email(self):
        _, browser, new = self.moving()
        return browser, self.letters.link(new), {}, new

    def undo_email(self):
        email, browser, new = self.moving()
        browser.post(self.letters.link(new))
        return browser, self.letters.link(email), {}, email


@pytest.fixture
def steps(app, tree, letters):
    """Endpoint → a function that gets ready."""
    ready = Ready(app, tree, letters)
    other = f"{unique('other')}@example.org"
    by_name = ("sign_in", "code", "add_totp", "remove_factor", "end_device", "reset", "confirm_email", "undo_email")
    return {f"accounts.{name}": getattr(ready, name) for name in by_name} | {
        "accounts.sign_out": lambda: ready.simple("/sign-out"),
        "accounts.password": lambda: ready.simple("/password", old=PASSWORD, password=NEW, again=NEW),
        "accounts.email": lambda: ready.simple("/email", email=other, password=PASSWORD),
        "accounts.new_codes": lambda: ready.simple("/factors/codes", password=PASSWORD),
        "accounts.end_other_devices": lambda: ready.simple("/devices/end-others"),
    }


def changing_endpoints(app):
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    return {one for one in posts if one.startswith("accounts.") and not ACCESS[one].quiet}


def test_every_changing_page_of_accounts_leaves_one_event(app, steps):
    assert changing_endpoints(app) == steps.keys() | BY_BROWSER | BY_PROVIDER
    counts = {}
    for endpoint, ready in steps.items():
        browser, path, fields, email = ready()
        before = newest_event()
        assert browser.post(path, data=fields).status_code < 400, endpoint
        counts[endpoint] = len(events_after(before, email))
    assert counts == dict.fromkeys(steps, 1)
