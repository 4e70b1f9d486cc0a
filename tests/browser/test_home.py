"""The home pages in a real Chromium: parts that come by themselves, the way to the work, axe at three widths."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tenants import clock
from tenants.accounts.models import Role
from tenants.organizations.models import Organization
from tests.browser.needs import NEEDS
from tests.browser.windows import Windows, overflow, violations
from tests.factories.tree import Tree
from tests.integration.overview.busy import make_busy, make_silent_pair

pytestmark = NEEDS
Open = Callable[[Role, Organization], Page]


@pytest.fixture
def opened(windows: Windows) -> Iterator[Open]:
    """Sign somebody in and wait for the parts that come by themselves; the console must stay silent until the end."""
    clock.travel(datetime(2026, 11, 21, 9, tzinfo=UTC))

    def sign_in(role: Role, place: Organization) -> Page:
        page = windows.open(place, role)
        page.wait_for_load_state("networkidle")
        return page

    yield sign_in
    assert windows.complaints == []


def check(page: Page) -> None:
    """No violation and no sideways scroll, wide, narrow and on a phone."""
    for width in (1366, 683, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) <= 0
        assert violations(page) == []


def test_a_curator_sees_reasons_and_silent_pairs_arrive_and_goes_to_write_a_meeting(opened: Open, tree: Tree) -> None:
    make_busy(tree)
    make_silent_pair(tree.school)
    page = opened(Role.CURATOR, tree.school)

    expect(page.locator("#changes")).to_contain_text("новые")
    expect(page.locator("#silent")).to_contain_text("Журавлёва И.Л.")
    check(page)

    page.locator("#silent .btn").first.click()
    page.wait_for_url("**/meetings/add")


def test_a_district_and_a_region_are_led_to_what_waits(opened: Open, tree: Tree) -> None:
    make_busy(tree)
    district = opened(Role.DISTRICT_REVIEWER, tree.other_district)
    check(district)
    district.set_viewport_size({"width": 1366, "height": 768})
    district.get_by_role("link", name="Проверить 1").click()
    district.wait_for_load_state()
    assert "/submissions/" in district.url

    region = opened(Role.REGION_ADMIN, tree.region)
    check(region)
    region.set_viewport_size({"width": 1366, "height": 768})
    region.get_by_role("button", name="Сформировать отчёт").click()
    region.wait_for_url("**/reports/*")


def test_a_new_school_and_an_empty_region_are_led_by_one_button(opened: Open, tree: Tree) -> None:
    school = opened(Role.CURATOR, tree.school)
    check(school)
    school.set_viewport_size({"width": 1366, "height": 768})
    school.get_by_role("link", name="Вставить из Excel").click()
    school.wait_for_url("**/paste")

    check(opened(Role.REGION_ADMIN, tree.region))
