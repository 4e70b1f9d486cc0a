"""Signing in, in a real Chromium: codes, recovery codes, a passkey of a virtual authenticator, a form that is kept."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tenants import clock
from tenants.accounts.models import Role
from tests.browser.needs import AXE, NEEDS
from tests.factories.tree import PASSWORD, Tree, make_account

pytestmark = NEEDS
SLOW = 20_000
"""Milliseconds: passwords are hashed slowly on purpose, and more so on a busy machine."""


@pytest.fixture
def page(address: str, chromium: Browser) -> Iterator[Page]:
    """Passkeys need a host with a name."""
    context = chromium.new_context(
        base_url=address.replace("127.0.0.1", "localhost"), viewport={"width": 1366, "height": 768}, locale="ru-RU"
    )
    page = context.new_page()
    yield page
    context.close()


def check(page: Page) -> None:
    """No violation and no sideways scroll, wide and on a phone."""
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    page.set_viewport_size({"width": 1366, "height": 768})


def enter(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/(o/|sign-in/code|choose)"))


def leave(page: Page) -> None:
    page.context.clear_cookies()


def with_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}})


def add_passkey(page: Page) -> None:
    page.goto("/factors")
    page.fill("[data-name]", "Рабочий компьютер")
    page.get_by_role("button", name="Добавить ключ").click()
    expect(page.get_by_role("alert")).to_have_text("Текущий пароль не подходит.", timeout=SLOW)
    page.fill("[data-password]", PASSWORD)
    page.get_by_role("button", name="Добавить ключ").click()
    expect(page.locator("tbody td").first).to_contain_text("Рабочий компьютер", timeout=SLOW)


def test_an_application_is_set_up_and_its_code_and_a_recovery_code_let_in(page: Page, tree: Tree) -> None:
    email = make_account((tree.school, Role.CURATOR))
    enter(page, email)
    page.goto("/devices")
    check(page)
    page.goto("/factors/totp")
    check(page)
    key = page.locator("li b").inner_text().replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(key).at(clock.now()))
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Коды восстановления", timeout=SLOW)
    check(page)
    recovery = page.locator("ol b").first.inner_text()
    page.goto("/factors")
    check(page)

    leave(page)
    clock.travel(clock.now() + timedelta(minutes=1))
    enter(page, email)
    check(page)
    page.fill("[name=code]", pyotp.TOTP(key).at(clock.now()))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/o/{tree.school.code}/")

    leave(page)
    enter(page, email)
    page.fill("[name=code]", recovery)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/o/{tree.school.code}/")


def test_a_passkey_is_added_and_lets_in(page: Page, tree: Tree) -> None:
    email = make_account((tree.school, Role.CURATOR))
    with_authenticator(page)
    enter(page, email)
    add_passkey(page)

    leave(page)
    enter(page, email)
    page.get_by_role("button", name="Войти с ключом").click()

    page.wait_for_url(f"**/o/{tree.school.code}/")


def test_a_passkey_proves_before_a_sensitive_step(page: Page, tree: Tree) -> None:
    email = make_account((tree.school, Role.CURATOR))
    with_authenticator(page)
    enter(page, email)
    add_passkey(page)

    page.goto("/email")
    check(page)
    page.fill("[name=email]", f"new-{email}")
    page.get_by_role("button", name="Подтвердить ключом").click()
    expect(page.get_by_text("Мы отправили ссылку на новый адрес")).to_be_visible(timeout=SLOW)
    page.goto("/factors")
    page.locator("summary", has_text="Удалить").click()
    page.locator("details[open]").get_by_role("button", name="Подтвердить ключом").click()

    expect(page.get_by_text("Способ удалён")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Сейчас входят только по паролю.")).to_be_visible()


def test_the_sign_in_over_the_page_takes_a_passkey(page: Page, tree: Tree) -> None:
    email = make_account((tree.school, Role.CURATOR))
    with_authenticator(page)
    enter(page, email)
    add_passkey(page)
    page.goto(f"/o/{tree.school.code}/")
    page.wait_for_load_state("networkidle")
    clock.travel(clock.now() + timedelta(minutes=31))
    page.evaluate(f"htmx.ajax('GET', '/o/{tree.school.code}/home/changes', {{target: '#main', swap: 'innerHTML'}})")
    dialog = page.get_by_role("dialog", name="Войдите ещё раз")
    expect(dialog).to_be_visible(timeout=SLOW)
    expect(dialog.get_by_role("button", name="Войти с ключом")).to_be_hidden()
    page.fill("#again-email", email)
    page.fill("#again-password", PASSWORD)
    page.keyboard.press("Enter")
    with page.expect_response(lambda answer: answer.url.endswith("/home/changes") and answer.status == 200):
        dialog.get_by_role("button", name="Войти с ключом").click(timeout=SLOW)

    expect(dialog).to_be_hidden(timeout=SLOW)


def test_a_kept_form_comes_back_after_a_passkey(page: Page, tree: Tree) -> None:
    email = make_account((tree.school, Role.DIRECTOR))
    with_authenticator(page)
    enter(page, email)
    add_passkey(page)
    page.goto(f"/o/{tree.school.code}/organizations/{tree.school.id}/edit")
    page.fill("[name=name_short]", "Школа с ключом")
    clock.travel(clock.now() + timedelta(minutes=31))
    page.get_by_role("button", name="Сохранить карточку").click()
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Войти с ключом").click(timeout=SLOW)
    page.get_by_role("button", name="Отправить ещё раз").click(timeout=SLOW)

    expect(page.locator("body")).to_contain_text("Школа с ключом", timeout=SLOW)


def test_a_form_survives_the_end_of_the_sign_in(page: Page, tree: Tree) -> None:
    email = make_account((tree.school, Role.DIRECTOR))
    enter(page, email)
    page.goto(f"/o/{tree.school.code}/organizations/{tree.school.id}/edit")
    page.fill("[name=name_short]", "Школа на холме")
    clock.travel(clock.now() + timedelta(minutes=31))
    page.get_by_role("button", name="Сохранить карточку").click()
    expect(page.locator(".note-info")).to_contain_text("Ваши данные на месте", timeout=SLOW)
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    again = page.get_by_role("button", name="Отправить ещё раз")
    expect(again).to_be_visible(timeout=SLOW)
    check(page)
    again.click()

    expect(page.locator("body")).to_contain_text("Школа на холме", timeout=SLOW)


def test_a_part_of_a_page_asks_for_the_sign_in_over_the_page_and_comes_afterwards(page: Page, tree: Tree) -> None:
    email = make_account((tree.school, Role.CURATOR))
    enter(page, email)
    page.wait_for_load_state("networkidle")
    clock.travel(clock.now() + timedelta(minutes=31))
    page.evaluate(f"htmx.ajax('GET', '/o/{tree.school.code}/home/changes', {{target: '#main', swap: 'innerHTML'}})")
    dialog = page.get_by_role("dialog", name="Войдите ещё раз")
    expect(dialog).to_be_visible(timeout=SLOW)
    page.fill("#again-email", email)
    page.keyboard.press("Tab")
    page.keyboard.type("не тот пароль")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("не подходят", timeout=SLOW)
    page.fill("#again-password", PASSWORD)
    with page.expect_response(lambda answer: answer.url.endswith("/home/changes") and answer.status == 200):
        page.keyboard.press("Enter")

    expect(dialog).to_be_hidden(timeout=SLOW)
