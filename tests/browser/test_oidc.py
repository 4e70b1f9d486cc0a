"""A form that is kept over a sign-in through a provider: a real Chromium, a real provider process."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from portal.app import create_app
from portal.config import Settings
from tenants import clock
from tenants.accounts.identities import Vouched, link
from tenants.accounts.models import Role, UserAccount
from tenants.db import REGISTRY, transaction
from tests.browser.needs import NEEDS
from tests.conftest import Database
from tests.factories.staff import account_of
from tests.factories.tree import PASSWORD, Tree, make_account, unique
from tests.integration.accounts.provider import Provider, free_port, running_provider

pytestmark = NEEDS
SLOW = 20_000
"""Milliseconds: a machine may be busy."""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as found:
        yield found


@pytest.fixture(scope="module")
def address(database: Database, provider: Provider) -> Iterator[str]:
    """A portal of its own that knows the provider and its own address."""
    assert database
    port = free_port()
    settings = {
        "PORTAL_INSECURE_COOKIES": "1",
        "PORTAL_ADDRESS": f"http://127.0.0.1:{port}",
        "OIDC_ISSUER": provider.address,
        "OIDC_CLIENT_ID": "portal",
        "OIDC_CLIENT_SECRET": "hush-hush-hush",
        "OIDC_LABEL": "«Облако школ»",
    }
    app = create_app(Settings.from_environment({**os.environ, **settings}))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield settings["PORTAL_ADDRESS"]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(address: str, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(base_url=address, viewport={"width": 1366, "height": 768}, locale="ru-RU")
    yield context.new_page()
    context.close()


def known_outside(provider: Provider, email: str) -> str:
    """Link an account to a subject of the provider; the subject."""
    subject = provider.knows(unique("subject"))
    with transaction(REGISTRY) as session:
        account = session.get_one(UserAccount, account_of(email).id)
        link(session, account, Vouched(provider.address, subject), way="own")
    return subject


def form_kept(page: Page, tree: Tree, email: str) -> None:
    """Fill a form in, let the sign-in grow old, send it: the page of the sign-in has it."""
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/o/{tree.school.code}/")
    page.goto(f"/o/{tree.school.code}/organizations/{tree.school.id}/edit")
    page.fill("[name=name_short]", "Школа за облаком")
    clock.travel(clock.now() + timedelta(minutes=31))
    page.get_by_role("button", name="Сохранить карточку").click()
    expect(page.locator(".note-info")).to_contain_text("Ваши данные на месте", timeout=SLOW)


def through(page: Page, subject: str) -> None:
    page.get_by_role("link", name="Войти через «Облако школ»").click()
    page.fill("[name=sub]", subject)
    page.keyboard.press("Enter")


def test_a_kept_form_survives_the_way_over_the_provider(page: Page, provider: Provider, tree: Tree) -> None:
    email = make_account((tree.school, Role.DIRECTOR))
    subject = known_outside(provider, email)
    form_kept(page, tree, email)

    through(page, subject)
    page.get_by_role("button", name="Отправить ещё раз").click(timeout=SLOW)

    expect(page.locator("body")).to_contain_text("Школа за облаком", timeout=SLOW)
    assert page.evaluate("sessionStorage.getItem('kept-form')") is None


def test_a_stranger_at_the_provider_leaves_the_form_as_it_was(page: Page, provider: Provider, tree: Tree) -> None:
    email = make_account((tree.school, Role.DIRECTOR))
    form_kept(page, tree, email)

    through(page, provider.knows(unique("stranger")))
    expect(page.get_by_text("Портал не знает этой учётной записи.")).to_be_visible(timeout=SLOW)
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Отправить ещё раз").click(timeout=SLOW)

    expect(page.locator("body")).to_contain_text("Школа за облаком", timeout=SLOW)
