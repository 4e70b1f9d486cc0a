"""A region takes its organizations in with a real Chromium: upload, look, load; a second upload changes nothing."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tenants.accounts.models import Role
from tests.browser.needs import NEEDS
from tests.browser.windows import PHONE, SCREEN, Windows, overflow, violations
from tests.factories.registers import region_workbook, workbook
from tests.factories.tree import Tree, unique

pytestmark = NEEDS
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Open = Callable[[int], Page]


@pytest.fixture
def opened(windows: Windows, tree: Tree) -> Iterator[Open]:
    """Sign an administrator of the region in; the console must stay silent until the end."""
    yield partial(windows.open, tree.region, Role.REGION_ADMIN)
    assert windows.complaints == []


def upload(page: Page, content: bytes) -> None:
    page.goto("organizations/import")
    page.set_input_files("[name=file]", {"name": "реестр.xlsx", "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="Загрузить и проверить").click()
    expect(page.get_by_role("heading", name="Проверка таблицы")).to_be_visible()


def test_a_region_uploads_looks_and_loads_and_the_second_upload_changes_nothing(opened: Open):
    page, content = opened(SCREEN), region_workbook(120, unique("t"))
    upload(page, content)
    expect(page.get_by_text("пока ничего не записано")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("button", name="Загрузить 120").dblclick()
    expect(page.get_by_text("новых 120")).to_be_visible()
    upload(page, content)

    expect(page.get_by_text("Загружать нечего")).to_be_visible()
    expect(page.get_by_role("link", name="Без изменений 120")).to_be_visible()
    page.goto("organizations/")
    expect(page.get_by_text("127\N{NO-BREAK SPACE}организаций")).to_be_visible()
    assert violations(page) == []


def test_by_keyboard_a_question_is_answered_and_the_row_goes(opened: Open):
    page = opened(SCREEN)
    name, headings = unique("Филиал"), ("Код", "Вид", "Краткое наименование", "ИНН")
    rows = [(unique("a"), "школа", "Школа", "7707083893"), (unique("b"), "школа", name, "7707083893")]
    upload(page, workbook(*rows, headings=headings))
    expect(page.get_by_role("button", name="Загрузить 1")).to_be_visible()

    page.get_by_label("Строка 3: другая организация").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Отмеченные – другие организации").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Загрузить 2")).to_be_visible()
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("новых 2")).to_be_visible()
    page.goto("organizations/?q=" + name)
    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_on_a_phone_nothing_goes_sideways(opened: Open, tree: Tree):
    page = opened(PHONE)
    upload(page, workbook(("s-1", "завод", "СОШ № 1"), ("s-2", "школа", "Очень длинное название школы " * 3)))
    wide = [overflow(page)]
    for path in ("", "new", "import", f"{tree.school.id}/archive"):
        page.goto(f"organizations/{path}")
        wide.append(overflow(page))
        assert violations(page) == []

    assert wide == [False] * 5
