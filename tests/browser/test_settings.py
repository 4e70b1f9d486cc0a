"""The settings in a real Chromium: the region moves the due day, the school reads it on its month; axe, widths."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from tenants import clock
from tenants.accounts.models import Role
from tenants.organizations.models import Organization
from tenants.settings.calendar import Calendar, Shift
from tests.browser.needs import NEEDS
from tests.browser.test_month import Desk, look, sit
from tests.factories.months import OCTOBER, open_month, start
from tests.factories.settings import decided
from tests.factories.tree import Tree, make_tree

__all__ = ["sit"]
pytestmark = NEEDS


@pytest.fixture(autouse=True)
def _early_october() -> None:
    clock.travel(datetime(2026, 10, 5, 9, tzinfo=UTC))


@pytest.fixture
def tree(database: object) -> Tree:
    assert database
    return make_tree()


def test_the_region_shifts_the_due_day_and_the_school_reads_it_on_its_month(
    tree: Tree,
    sit: Callable[[Role, Organization], Desk],
) -> None:
    window = open_month(tree, OCTOBER)
    start(tree.school, window)
    region, curator = sit(Role.REGION_ADMIN, tree.region), sit(Role.CURATOR, tree.school)
    curator.go("submissions/month/2026-10")
    expect(curator.page.locator("main")).to_contain_text("до 25.10, 23:59")

    region.go("settings/calendar/edit")
    region.page.locator("input[name=shift][value=next]").check()
    region.page.fill("[name=valid_from]", "01.10.2026")
    region.page.get_by_role("button", name="Сохранить", exact=True).click()
    region.page.wait_for_url("**/settings/calendar")
    expect(region.page.locator("main")).to_contain_text("25.10 – воскресенье, срок 26.10")
    curator.go("submissions/month/2026-10")
    expect(curator.page.locator("main")).to_contain_text("до 25.10, 23:59")  # an open window keeps its day

    region.page.get_by_text("Перенести", exact=True).click()
    region.page.fill("[name=reason]", "25 октября – воскресенье")
    region.page.get_by_role("button", name="Перенести срок").click()
    expect(region.page.locator("main")).to_contain_text("срок 26.10.2026")
    curator.go("submissions/month/2026-10")
    expect(curator.page.locator("main")).to_contain_text("до 26.10, 23:59")


def test_the_pages_hold_at_every_width(
    tree: Tree,
    sit: Callable[[Role, Organization], Desk],
) -> None:
    from_november = date(2026, 11, 1)
    decided(tree, Calendar(shift=Shift.NEXT), from_november)
    region, curator = sit(Role.REGION_ADMIN, tree.region), sit(Role.CURATOR, tree.school)
    for path in ("", "calendar", "calendar/edit", "days_off/edit", "forms/edit", "documents/edit", "logo/edit"):
        region.go(f"settings/{path}")
        look(region.page)
    for path in ("settings/papers", "settings/rules", "organizations/card"):
        curator.go(path)
        look(curator.page)
