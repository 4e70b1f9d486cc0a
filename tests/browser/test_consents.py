"""A curator in a real Chromium: the effects of a withdrawal, the withdrawal, its undoing; the register by keyboard."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tenants.accounts.models import Role
from tenants.participants.models import Giver
from tests.browser.needs import NEEDS
from tests.browser.windows import PHONE, SCREEN, Windows, overflow, violations
from tests.factories.people import MENTEE, MENTOR, make_consent, make_mentorship, make_participant
from tests.factories.tree import Tree

pytestmark = NEEDS
NAMES = ("Агафонова Мила Романовна", "Блинов Степан Ильич", "Власов Антон Юрьевич", "Громова Ольга Сергеевна")


@pytest.fixture
def people(tree: Tree) -> Tree:
    """A canary in a pair with a consent of each year, and four more of whom two have given a consent."""
    canary = make_participant(tree.school, name="Канарейкин Прохор Лукич", role=MENTEE, class_name="7 «А»")
    for year in (2025, 2026):
        make_consent(tree.school, canary, given_on=date(year, 9, 1), given_by=Giver.REPRESENTATIVE, document="папка 3")
    mentor = make_participant(tree.school, name="Совин Егор Львович", role=MENTOR, class_name="10 «Б»")
    make_mentorship(tree.school, mentors=(mentor,), mentees=(canary,))
    for place, name in enumerate(NAMES):
        born_on = date(2012 - place, 12, 10)
        person = make_participant(tree.school, name=name, role=MENTEE, born_on=born_on, class_name="8 «В»")
        if place % 2:
            make_consent(tree.school, person, given_by=Giver.REPRESENTATIVE)
    return tree


@pytest.fixture(params=[SCREEN, PHONE])
def page(request: pytest.FixtureRequest, windows: Windows, people: Tree) -> Page:
    return windows.open(people.school, Role.CURATOR, request.param)


def test_the_effects_are_shown_then_the_name_is_gone_and_comes_back(page: Page) -> None:
    page.goto("participants/")
    page.get_by_role("link", name="Канарейкин Прохор Лукич").click()
    page.get_by_role("link", name="Отозвать").first.click()
    expect(page.get_by_role("heading", name="Что будет, если отозвать согласие")).to_be_visible()
    for words in (
        "от 01.09.2025",
        "отзывается вместе с этим",
        "Участие: наставляемый",
        "завершится",
        "Имя исчезнет",
        "Данные уничтожаются",
    ):
        expect(page.get_by_text(words, exact=False).first).to_be_visible()
    assert overflow(page) <= 0
    assert violations(page) == []
    assert page.locator(".btn-primary").count() == 1

    page.get_by_role("button", name="Отозвать согласие").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Участник № 1")
    assert "Канарейкин" not in page.content()
    assert overflow(page) <= 0
    assert violations(page) == []

    page.get_by_text("Отозвано по ошибке").click()
    page.get_by_role("button", name="Отменить отзыв").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Канарейкин Прохор Лукич")


def test_a_paper_of_before_the_withdrawal_is_kept_and_shows_nothing(page: Page) -> None:
    page.goto("participants/")
    page.get_by_role("link", name="Канарейкин Прохор Лукич").click()
    page.get_by_role("link", name="Отозвать").first.click()
    page.get_by_role("button", name="Отозвать согласие").press("Enter")
    page.get_by_role("link", name="Внести новое согласие").click()
    page.locator("[name=given_on]").fill("10.10.2026")
    page.get_by_role("button", name="Внести согласие").press("Enter")

    expect(page.get_by_text("подписано раньше отзыва")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Участник № 1")
    assert overflow(page) <= 0
    assert violations(page) == []


def test_the_register_is_filtered_and_marked_with_the_keyboard(page: Page) -> None:
    page.goto("consents/?tab=missing")
    assert overflow(page) <= 0
    assert violations(page) == []
    for box in page.get_by_role("checkbox", name="Агафонова").all():
        box.focus()
        page.keyboard.press("Space")
    expect(page.locator("[data-selection=bulk]")).to_contain_text("1")
    page.locator("[name=given_on]").fill("01.10.2026")
    page.get_by_role("button", name="Отметить полученными").press("Enter")

    expect(page.get_by_text("Согласия внесены: у 1")).to_be_visible()
    expect(page.get_by_role("link", name="Агафонова")).to_have_count(0)
