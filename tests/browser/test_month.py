"""The month in a real Chromium: the curator by keyboard from the grid to «Отправлен», the reviewer by П and В, axe."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.submissions import queries
from tenants.submissions.models import SubmissionWindow
from tests.browser.needs import AXE, NEEDS
from tests.factories.months import COMMON_FORMS, NOVEMBER, hand_in, open_month, scatter_records, send, start
from tests.factories.people import make_mentorship
from tests.factories.tree import PASSWORD, Tree, actor_of, make_account, make_tree

pytestmark = NEEDS
MONTH = "submissions/month/2026-11"


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(datetime(2026, 11, 21, 9, tzinfo=UTC))


@dataclass(frozen=True)
class Desk:
    """A person's browser at one organization."""

    page: Page
    root: str

    def go(self, path: str) -> None:
        self.page.goto(f"{self.root}/{path}")
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def sit(address: str, chromium: Browser) -> Iterator[Callable[[Role, Organization], Desk]]:
    contexts = []
    complaints: list[str] = []

    def sit_down(role: Role, place: Organization) -> Desk:
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="ru-RU")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/sign-in")
        page.fill("[name=email]", make_account((place, role)))
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/o/**")
        return Desk(page, f"{address}/o/{place.code}")

    yield sit_down
    for context in contexts:
        context.close()
    assert [text for text in complaints if "422" not in text] == []


@pytest.fixture
def tree(database: object) -> Tree:
    assert database
    tree = make_tree()
    window = open_month(tree, NOVEMBER.previous)
    for seed, place in enumerate((tree.school, tree.sister), 31):
        scatter_records(place, seed, forms=COMMON_FORMS, around=date(2026, 10, 25))
        hand_in(tree, place, window)
    open_month(tree, NOVEMBER)
    return tree


def look(page: Page) -> None:
    """Ask axe, and look whether the page scrolls sideways, at three widths."""
    for width in (1366, 683, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == [], width
    page.set_viewport_size({"width": 1366, "height": 768})


def test_the_curator_hands_in_a_month_by_keyboard_alone(tree: Tree, sit: Callable[[Role, Organization], Desk]) -> None:
    desk = sit(Role.CURATOR, tree.school)
    page, keys = desk.page, desk.page.keyboard
    desk.go(MONTH)  # the month collects itself
    page.wait_for_selector(".mgrid")
    make_mentorship(tree.school, order_on=date(2026, 11, 9), order_number="31", started_on=date(2026, 11, 9))
    desk.go(MONTH)  # and computes itself again
    expect(page.locator("#messages")).to_contain_text("Пересчитано по учёту")

    page.locator("#c1-2-3 a").focus()
    keys.press("Enter")
    expect(page.locator("#drawer h2")).to_be_focused()
    expect(page.locator("#drawer .why")).to_contain_text("Новые")
    keys.press("Escape")
    expect(page.locator("#c1-2-3 a")).to_be_focused()
    keys.press("Control+Enter")
    page.wait_for_url("**/check")
    for answer in page.locator("textarea").all():
        answer.focus()
        keys.type("Проверено по журналу")
    keys.press("Control+Enter")

    page.wait_for_url(f"**/{MONTH}")
    expect(page.locator("main")).to_contain_text("Отправлен 21.11.2026")
    look(page)


def test_an_answer_in_the_drawer_takes_the_question_away(tree: Tree, sit: Callable[[Role, Organization], Desk]) -> None:
    make_mentorship(tree.school, order_on=date(2026, 11, 9), order_number="31", started_on=date(2026, 11, 9))
    desk = sit(Role.CURATOR, tree.school)
    desk.go(MONTH)
    page = desk.page
    page.wait_for_selector(".mgrid")
    page.locator(".finds a", has_text="Ответить").first.click()
    page.locator("#drawer textarea").first.fill("Пара образована в ноябре, приказ № 31")
    before = page.locator(".finds .st", has_text="Вопрос").count()
    page.keyboard.press("Control+s")

    expect(page.locator("#messages")).to_contain_text("Ответ сохранён")
    expect(page.locator(".finds .st", has_text="Вопрос")).to_have_count(before - 1)
    look(page)


def test_the_reviewer_notes_returns_and_accepts_by_letters(
    tree: Tree, sit: Callable[[Role, Organization], Desk]
) -> None:
    window = open_month_of(tree)
    for place in (tree.school, tree.sister):
        send(place, start(place, window))
    desk = sit(Role.DISTRICT_REVIEWER, tree.district)
    page, keys = desk.page, desk.page.keyboard
    desk.go("submissions/matrix/2026-11")
    look(page)
    page.get_by_role("link", name="Проверить 2").click()
    page.wait_for_url("**/review")
    look(page)
    first = page.locator("h1").text_content()

    page.keyboard.press("p")  # З stands there, whatever the layout
    page.locator("textarea#text").fill("Уточните число встреч")
    page.get_by_role("button", name="Сохранить замечание").click()
    expect(page.locator(".pin")).to_contain_text("Уточните число встреч")
    page.locator("body").click(position={"x": 700, "y": 20})
    keys.press("d")  # В
    page.locator("textarea#reason").fill("Смотрите замечание")
    page.get_by_role("button", name="Вернуть школе").click()
    expect(page.locator("#messages")).to_contain_text("возвращён")
    expect(page.locator("h1")).not_to_have_text(first or "")
    keys.press("g")  # П

    expect(page.locator("h1")).to_contain_text("Проверка за ноябрь")
    expect(page.locator("main")).to_contain_text("Все отчёты рассмотрены")


def open_month_of(tree: Tree) -> SubmissionWindow:
    with transaction(actor_of(tree.region).scope.reading()) as session:
        opened = queries.window_of_month(session, NOVEMBER)
        assert opened is not None
        return opened.window


def test_the_regions_pages_hold_at_every_width(tree: Tree, sit: Callable[[Role, Organization], Desk]) -> None:
    desk = sit(Role.REGION_ADMIN, tree.region)
    for path in (
        "matrix/2026-10",
        "matrix/2026-10?branch=all",
        "totals/2026-10",
        f"totals/2026-10?branch={tree.district.id}",
    ):
        desk.go(f"submissions/{path}")
        look(desk.page)


def test_on_a_phone_a_row_opens_its_forms_in_a_sheet(tree: Tree, sit: Callable[[Role, Organization], Desk]) -> None:
    desk = sit(Role.CURATOR, tree.school)
    desk.page.set_viewport_size({"width": 390, "height": 844})
    desk.go(MONTH)
    desk.page.wait_for_selector(".mgrid")
    desk.page.locator("#c1-12-3 a").click()

    sheet = desk.page.locator("#drawer")
    expect(sheet.get_by_role("navigation", name="По формам наставничества")).to_contain_text("Педагог – педагог")
    sheet.get_by_role("link", name="Педагог – педагог").click()
    expect(sheet).to_contain_text("педагог – педагог")
