"""The data of an archived organization in a real Chromium: the card says who keeps them, the keeper's pages fit."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tenants.accounts.models import Role
from tests.browser.needs import NEEDS
from tests.browser.windows import Windows, overflow, violations
from tests.factories.archive import archive_place, make_keeper
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.subjects import make_outlived, proposed
from tests.factories.tree import Tree

pytestmark = NEEDS


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PORTAL_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1366, 390])
def test_the_keepers_pages_fit_and_are_readable(windows: Windows, tree: Tree, width: int) -> None:
    make_outlived(tree.school, name="Давнин Иван Петрович")
    one = make_participant(tree.school, name="Хранимов Лев Ильич", role=MENTEE)
    consent = make_consent(tree.school, one)
    archive_place(tree.school)
    keeper = windows.open(tree.school, Role.KEEPER, width)

    keeper.goto("")
    expect(keeper.get_by_role("heading", name="Хранение и уничтожение")).to_be_visible()
    for number, path in enumerate(
        ("subjects/", f"subjects/{one.id}", f"participants/{one.id}/consents/{consent.id}/withdraw", "retention/")
    ):
        keeper.goto(path)
        keep_picture(keeper, f"keeper-{number}-{width}")
        assert overflow(keeper) <= 0, path
        assert keeper.locator(".btn-primary").count() <= 1, path
        assert violations(keeper) == [], path


@pytest.mark.parametrize("width", [1366, 390])
def test_those_above_see_who_keeps_and_name_whom_is_missing(windows: Windows, tree: Tree, width: int) -> None:
    archive_place(tree.school)
    head = windows.open(tree.district, Role.DISTRICT_HEAD, width)

    head.goto(f"organizations/{tree.school.id}")
    expect(head.get_by_text("Данные участников никто не хранит")).to_be_visible()
    keep_picture(head, f"card-{width}")
    assert (overflow(head), violations(head)) == (0, [])
    make_keeper(tree.school)
    head.reload()
    expect(head.get_by_text("Акт об уничтожении утверждает второй хранитель")).to_be_visible()
    head.get_by_role("link", name="Назначить хранителя").press("Enter")
    expect(head.get_by_text("хранитель данных", exact=True)).to_be_visible()
    keep_picture(head, f"staff-{width}")
    assert (overflow(head), violations(head)) == (0, [])
    head.get_by_role("link", name="Пригласить", exact=True).click()
    keep_picture(head, f"invite-{width}")
    assert (overflow(head), violations(head)) == (0, [])


def test_the_home_page_tells_the_director_of_an_act(windows: Windows, tree: Tree) -> None:
    proposed(tree.school, make_outlived(tree.school))
    head = windows.open(tree.school, Role.DIRECTOR)

    head.goto("")
    expect(head.get_by_text("ждёт Вашей подписи").first).to_be_visible()
    keep_picture(head, "home-1366")
    assert violations(head) == []
    head.get_by_role("link", name="Открыть").first.press("Enter")
    expect(head.get_by_role("heading", name="Акт об уничтожении № 1")).to_be_visible()
    keep_picture(head, "act-1366")
