"""Persons at their browsers: sign in, read letters, use the application with codes."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.app import Portal
from portal.operations.worker import send_waiting
from tenants import clock
from tenants.accounts.events import AccountEvent
from tenants.accounts.factor_models import SignInRule
from tenants.accounts.models import Role, UserAccount
from tenants.db import REGISTRY, transaction
from tests.factories.events import events_of_account
from tests.factories.tree import PASSWORD, Tree


def sign_in(browser: FlaskClient, email: str, password: str = PASSWORD, **more):
    return browser.post("/sign-in", data={"email": email, "password": password} | more)


def entered(app: Portal, email: str, password: str = PASSWORD) -> FlaskClient:
    browser = app.test_client()
    assert sign_in(browser, email, password).status_code == 303
    return browser


def code_now(key: str) -> str:
    return pyotp.TOTP(key).at(clock.now())


def shown_key(browser: FlaskClient) -> str:
    """The key on the page that sets an application up."""
    page = browser.get("/factors/totp").get_data(as_text=True)
    return re.search(r'<b class="howto-key">([A-Z2-7 ]+)</b>', page).group(1).replace(" ", "")


def enrol(browser: FlaskClient) -> tuple[str, list[str]]:
    """Set an application up; its key and the recovery codes."""
    key = shown_key(browser)
    answer = browser.post("/factors/totp", data={"code": code_now(key), "password": PASSWORD})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return key, codes_on(answer)


def codes_on(answer: TestResponse) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<li><b class=\"nw\">([a-z0-9]{5}-[a-z0-9]{5})</b>", answer.get_data(as_text=True))


def account_of(email: str) -> UserAccount:
    with transaction(REGISTRY.reading()) as session:
        return session.scalars(select(UserAccount).where(UserAccount.email == email)).one()


def events_of(email: str) -> list[AccountEvent]:
    with transaction(REGISTRY.reading()) as session:
        return events_of_account(session, account_of(email).id)


def set_rules(tree: Tree, **values: object) -> None:
    with transaction(REGISTRY) as session:
        session.execute(update(SignInRule).where(SignInRule.region_id == tree.region.id).values(**values))


def need_factor(tree: Tree, *roles: Role) -> None:
    set_rules(tree, factor_roles=[role.value for role in roles])


class Letterbox:
    """A folder that letters are sent into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def to(self, email: str) -> list[tuple[str, str]]:
        """Send what waits; (subject, text) of every letter to an address, the oldest first."""
        while send_waiting():
            pass
        found = []
        for path in sorted(self.folder.glob("*.eml"), key=lambda one: int(one.name.partition(".")[0])):
            made = message_from_bytes(path.read_bytes(), policy=policy.default)
            if made["To"] == email:
                found.append((made["Subject"], made.get_content()))
        return found

    def link(self, email: str) -> str:
        """The path of the link in the newest letter to an address."""
        return re.findall(r"https://portal\.example(/\S+)", self.to(email)[-1][1])[-1]
