"""The administrator's path over a merger in a real Chromium: form, preview, choice, carrying-out; axe on every page."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from portal.operations.worker import run_waiting
from tenants import clock
from tenants.accounts.models import Role
from tenants.periods import Month
from tests.browser.needs import NEEDS
from tests.browser.windows import PHONE, SCREEN, Windows, violations
from tests.factories import people, roadmaps
from tests.factories.months import open_month as open_window
from tests.factories.months import start
from tests.factories.people import MENTEE, MENTOR
from tests.factories.reorganizations import merging, more_schools, move, plan
from tests.factories.tree import Tree, make_account, unique

pytestmark = NEEDS
Open = Callable[[int], Page]


@pytest.fixture
def region(tree: Tree) -> Tree:
    """Two schools with pairs, one person of both, plans and months on their way."""
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    for place in (tree.school, tree.sister):
        people.make_participant(place, name="Орлова Анна Львовна", role=MENTOR, class_name="10 «А»")
        programme = people.make_programme(place, title="Первые шаги")
        for number in range(4):
            mentee = people.make_participant(place, role=MENTEE, class_name=f"{5 + number % 2} «Б»")
            people.make_mentorship(place, mentees=(mentee,), programme=programme)
        roadmaps.make_roadmap(place)
        make_account((place, Role.CURATOR))
    start(tree.sister, open_window(tree, Month(2026, 10)))
    open_window(tree, Month(2026, 12))
    return tree


@pytest.fixture
def opened(windows: Windows, region: Tree) -> Open:
    """Sign the region's administrator in, in a window of the given width."""
    return partial(windows.open, region.region, Role.REGION_ADMIN)


def test_two_schools_are_merged_from_the_form_to_the_result(opened: Open, region: Tree) -> None:
    page = opened(SCREEN)
    page.goto("organizations/changes/")
    page.get_by_role("link", name="Объединить").click()
    page.get_by_label("1-я организация").fill(f"{region.school.name_short} · {region.school.code}")
    page.get_by_label("2-я организация").fill(region.sister.code)
    page.get_by_label("Краткое наименование").fill("Школа № 10")
    page.get_by_label("Полное наименование").fill("Объединённая школа № 10")
    page.get_by_label("Код новой организации").fill(unique("united"))
    page.get_by_label("С какого числа").fill("28.11.2026")
    page.get_by_label("Номер приказа").fill("15")
    page.get_by_role("button", name="Посмотреть последствия").click()

    expect(page.get_by_text("Один и тот же человек в двух организациях: 1")).to_be_visible()
    expect(page.get_by_role("row", name="Участники").get_by_text("переходят: 9")).to_have_count(2)
    expect(page.get_by_text("Орлова")).to_have_count(0)
    page.get_by_role("button", name="Запланировать на 28.11.2026").press("Enter")
    expect(page.get_by_text("До этого дня можно отменить")).to_be_visible()
    run_waiting()
    page.reload()

    expect(page.get_by_role("heading", name="Что сделано")).to_be_visible()
    expect(page.locator("dl").get_by_text("18")).to_be_visible()
    page.get_by_role("link", name="Карточка организации").click()
    expect(page.get_by_role("heading", name="Школа № 10", level=1)).to_be_visible()


def test_lines_of_a_merger_are_added_and_the_form_is_sent_by_keyboard(opened: Open, region: Tree) -> None:
    page = opened(PHONE)
    page.goto("organizations/changes/new/merge")
    page.get_by_label("1-я организация").fill(region.school.code)
    page.get_by_role("button", name="Добавить ещё организации").press("Enter")

    expect(page.get_by_label("4-я организация")).to_be_focused()
    expect(page.get_by_label("1-я организация")).to_have_value(region.school.code)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("С какого числа: Заполните это поле")


def test_a_plan_is_undone_by_keyboard(opened: Open, region: Tree) -> None:
    row = plan(region, merging([region.school, region.sister], date(2026, 12, 1)))
    page = opened(SCREEN)
    page.goto(f"organizations/changes/{row.id}")
    page.locator("summary", has_text="Отменить").press("Enter")
    page.get_by_role("button", name="Да, отменить").press("Enter")

    expect(page.get_by_text("В учёте ничего не изменилось")).to_be_visible()


@pytest.mark.parametrize("width", [SCREEN, PHONE])
@pytest.mark.parametrize("path", ["", "new/move", "new/merge", "new/split", "plan", "many", "done", "totals", "matrix"])
def test_a_page_is_accessible_and_does_not_scroll_sideways(opened: Open, region: Tree, path: str, width: int) -> None:
    page = opened(width)
    target = f"organizations/changes/{path}"
    if path == "plan":
        target = f"organizations/changes/{plan(region, merging([region.school, region.sister], date(2026, 12, 1))).id}"
    elif path == "many":
        schools = [region.school, region.sister, *more_schools(region.district, 6)]
        target = f"organizations/changes/{plan(region, merging(schools, date(2026, 12, 1))).id}"
    elif path in ("done", "totals", "matrix"):
        move(region, region.school, region.other_district, date(2026, 11, 28))
        target = {"done": f"organizations/{region.school.id}"}.get(path, f"submissions/{path}/2026-10?bounds=today")
    page.goto(target)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
