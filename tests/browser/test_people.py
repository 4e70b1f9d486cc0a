"""The curator's path over people in a real Chromium: paste from Excel, a meeting by keyboard and in two taps, axe."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tenants.accounts.models import Role
from tests.browser.needs import NEEDS
from tests.browser.windows import PHONE, SCREEN, Windows, covered, violations
from tests.factories.people import MENTEE, MENTOR, make_consent, make_mentorship, make_participant
from tests.factories.tree import Tree

pytestmark = NEEDS
BLOCK = """ФИО\tРоль\tФорма\tДата рождения\tКласс\tСогласие
Агафонова Мила Романовна\tнаставляемый\tУченик – ученик\t03.02.2014\t6 «В»\t12.10.2025
Блинов Степан Ильич\tнаставляемый\tУченик – ученик\t31.11.2013\t7 «А»\t12.10.2025
Власов Антон Юрьевич\tнаставник\tУченик – ученик\t17.07.2010\t10 «Б»\t14.10.2025
"""
PASTE = """text => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const field = document.activeElement;
    field.value = text;
    field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""
Open = Callable[[int], Page]


@pytest.fixture
def opened(windows: Windows, tree: Tree) -> Open:
    """Sign a curator of the school in, in a window of the given width."""
    return partial(windows.open, tree.school, Role.CURATOR)


def test_a_block_of_excel_is_pasted_mended_and_loaded(opened: Open) -> None:
    page = opened(SCREEN)
    page.goto("participants/paste")
    page.focus("#block")
    page.evaluate(PASTE, BLOCK)
    expect(page.get_by_role("heading", name="Вставка из Excel: 3 строки")).to_be_visible()
    expect(page.get_by_text("в ноябре 30 дней")).to_be_visible()

    day = page.get_by_label("Дата рождения, строка 2")
    day.fill("30.11.2013")
    day.press("Enter")
    expect(page.get_by_text("в ноябре 30 дней")).to_have_count(0)
    page.get_by_role("button", name="Загрузить 2 строки").click()

    expect(page.get_by_text("Записано: 3")).to_be_visible()
    for name in ("Агафонова Мила Романовна", "Блинов Степан Ильич", "Власов Антон Юрьевич"):
        expect(page.get_by_role("link", name=name)).to_be_visible()


def test_typing_finds_and_marks_without_a_name_in_the_address(opened: Open, tree: Tree) -> None:
    make_participant(tree.school, name="Петров Марк Андреевич", role=MENTOR)
    make_participant(tree.school, name="Орлов Лев", role=MENTEE)
    page = opened(SCREEN)
    page.goto("participants/")
    page.get_by_label("Найти участника").press_sequentially("петр")

    expect(page.locator("mark")).to_have_text("Петр")
    expect(page.get_by_role("link", name="Орлов Лев")).to_have_count(0)
    assert "q=" not in page.url
    page.get_by_role("link", name="Без пары").click()
    expect(page.locator("mark")).to_have_text("Петр")


def test_a_meeting_is_written_down_by_keyboard_alone(opened: Open, tree: Tree) -> None:
    pair = make_mentorship(tree.school)
    page = opened(SCREEN)
    page.goto(f"mentorships/{pair.id}")
    page.keyboard.press("d")
    expect(page.get_by_label("Дата")).to_be_focused()
    page.get_by_label("Тема").focus()
    page.keyboard.type("Проект по физике")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Проект по физике")).to_be_visible()
    expect(page.get_by_role("row", name="рабочая встреча")).to_have_count(1)


def test_a_meeting_takes_two_taps_on_the_phone(opened: Open, tree: Tree) -> None:
    make_mentorship(tree.school)
    page = opened(PHONE)
    page.goto("mentorships/")
    page.get_by_role("link", name="встреча № 1").click()
    page.get_by_role("button", name="Записать встречу").click()

    expect(page.get_by_text("записана")).to_be_visible()


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize(
    "path",
    ["participants/", "participants/paste", "participants/add", "mentorships/", "mentorships/add", "person", "pair"],
)
def test_a_page_about_people_is_accessible_and_does_not_scroll_sideways(
    opened: Open, tree: Tree, path: str, width: int
) -> None:
    mentor = make_participant(tree.school, name="Петров Марк Андреевич", role=MENTOR, form="employer_pupil")
    make_consent(tree.school, mentor)
    pair = make_mentorship(tree.school, mentors=(mentor,))
    page = opened(width)
    page.goto({"person": f"participants/{mentor.id}", "pair": f"mentorships/{pair.id}"}.get(path, path))

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert covered(page) == []
