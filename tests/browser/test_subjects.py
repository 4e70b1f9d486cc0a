"""The way of an act in a real Chromium, by keyboard too: the curator's list, the director's signature, the papers."""

import pytest
from playwright.sync_api import expect

from portal.operations.worker import run_job
from tenants.accounts.models import Role
from tests.browser.needs import NEEDS
from tests.browser.windows import Windows, overflow, violations
from tests.factories.subjects import act_of, job_of, make_outlived
from tests.factories.tree import Tree

pytestmark = NEEDS


def test_the_list_is_proposed_signed_and_carried_out(windows: Windows, tree: Tree) -> None:
    people = [make_outlived(tree.school, name=f"Давнин {first} Петрович") for first in ("Иван", "Марк", "Олег")]
    keeper = windows.open(tree.school, Role.CURATOR)
    keeper.goto("subjects/")
    keeper.get_by_role("checkbox", name="Уничтожить данные: Давнин Марк Петрович").press("Space")
    keeper.get_by_role("button", name="Передать директору").press("Enter")
    expect(keeper.get_by_role("heading", name="Акт об уничтожении № 1")).to_be_visible()
    expect(keeper.get_by_text("ждёт подписи")).to_be_visible()

    head = windows.open(tree.school, Role.DIRECTOR)
    head.goto("subjects/")
    head.get_by_role("link", name="№ 1", exact=True).click()
    expect(head.get_by_text("Уничтоженное не вернуть.")).to_be_visible()
    assert head.locator(".btn-primary").count() == 1
    assert violations(head) == []
    head.get_by_role("button", name="Утвердить и уничтожить").press("Enter")
    expect(head.get_by_text("Данные уничтожаются.")).to_be_visible()
    run_job(job_of(act_of(tree.school)))
    head.reload()
    expect(head.get_by_text("исполнен", exact=True)).to_be_visible()
    expect(head.get_by_text("Давнин")).to_have_count(0)
    with head.expect_download() as download:
        head.get_by_role("link", name="Акт, PDF").click()
    assert download.value.suggested_filename == "akt-1.pdf"
    keeper.goto("subjects/")
    expect(keeper.get_by_text("Давнин Марк Петрович")).to_be_visible()
    assert people[0].number != people[1].number


@pytest.mark.parametrize("width", [1366, 390])
def test_every_page_fits_and_is_readable(windows: Windows, tree: Tree, width: int) -> None:
    gone = make_outlived(tree.school)
    keeper = windows.open(tree.school, Role.CURATOR, width)
    for path in (
        "subjects/",
        f"subjects/{gone.id}",
        "subjects/requests",
        f"subjects/{gone.id}/requests/add",
        "retention/",
    ):
        keeper.goto(path)
        assert overflow(keeper) <= 0, path
        assert keeper.locator(".btn-primary").count() <= 1, path
        assert violations(keeper) == [], path
