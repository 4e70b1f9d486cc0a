"""The components in a real Chromium: accessible, within the content policy, by mouse, by keys, without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.gallery import Gallery, make_gallery, serving
from tests.browser.needs import AXE, NEEDS

pytestmark = NEEDS
SCREENS = ["page/parts", "page/month", "page/people", "error/404", "error/500"]
PASTE = """text => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
    document.activeElement.dispatchEvent(event);
}"""


@pytest.fixture(scope="module")
def gallery() -> Iterator[tuple[Gallery, str]]:
    app = make_gallery()
    with serving(app) as address:
        yield app, address


@pytest.fixture
def page(gallery: tuple[Gallery, str], chromium: Browser) -> Iterator[Page]:
    gallery[0].posted.clear()
    context = chromium.new_context(base_url=gallery[1], viewport={"width": 1366, "height": 768}, locale="ru-RU")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [text for text in complaints if "422" not in text and "ERR_INTERNET_DISCONNECTED" not in text] == []


@pytest.mark.parametrize("width", [1366, 683, 390])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_no_violation_and_does_not_scroll_sideways(page: Page, screen: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})

    page.goto(screen)

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []


@pytest.mark.parametrize("look", ["bw", "wb", "blue"])
def test_a_look_keeps_the_contrast(page: Page, look: str) -> None:
    page.goto("page/parts")
    page.locator("summary[aria-label='Версия для слабовидящих']").click()
    page.locator("button[name=size][value=xl]").click()
    page.locator("summary[aria-label='Версия для слабовидящих']").click()
    page.locator(f"button[name=look][value={look}]").click()

    expect(page.locator("html")).to_have_attribute("data-look", look)
    expect(page.locator("html")).to_have_attribute("data-size", "xl")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['color-contrast']})")
    assert [rule["nodes"][0]["html"] for rule in found["violations"]] == []


def test_a_double_click_sends_a_form_once(page: Page, gallery: tuple[Gallery, str]) -> None:
    page.goto("page/parts")

    page.locator("#write").dblclick()
    page.wait_for_load_state("networkidle")

    assert [posted["request_key"] for posted in gallery[0].posted] == ["key-7"]


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("page/parts")
    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator(".errors h2")).to_have_text("Исправьте 2 ошибки")
    assert page.title().startswith("Ошибка: ")

    page.get_by_role("link", name="Дата: В феврале 28 дней.").click()

    expect(page.locator("#held_on")).to_be_focused()


def test_a_typed_date_is_written_in_full(page: Page) -> None:
    page.goto("page/parts")

    page.locator("#held_on").fill("5.3.2027")
    page.keyboard.press("Tab")

    expect(page.locator("#held_on")).to_have_value("05.03.2027")
    expect(page.get_by_role("button", name="Календарь")).to_be_visible()


def test_ticked_rows_are_counted_in_russian(page: Page) -> None:
    page.goto("page/parts")
    expect(page.locator("#remind")).to_be_hidden()

    page.get_by_label("Выбрать: школа 1").check()
    expect(page.locator("#remind")).to_have_text("Напомнить 1 школе")
    page.get_by_label("Выбрать все").check()

    expect(page.locator("#remind")).to_have_text("Напомнить 3 школам")
    expect(page.locator("tr.on")).to_have_count(3)


def test_a_cell_saves_itself_and_says_so(page: Page, gallery: tuple[Gallery, str]) -> None:
    page.goto("page/parts")
    page.locator("#cell").fill("5")
    expect(page.locator("[data-saved-text]")).to_have_text("Сохранено 10:05")
    page.locator("#cell").fill("6")
    page.keyboard.press("Control+s")
    expect(page.locator("#cell")).to_have_attribute("data-version", "3")

    page.locator("#cell").fill("сто")

    expect(page.locator("[data-saved-text]")).to_have_text("Не сохранено: нужно число")
    assert [(posted["value"], posted["version"]) for posted in gallery[0].posted] == [("5", "1"), ("6", "2")]
    page.locator("#cell").fill("7")
    expect(page.locator("[data-saved-text]")).to_have_text("Сохранено 10:05")


def test_without_a_connection_the_cell_waits_and_goes_by_itself(page: Page, gallery: tuple[Gallery, str]) -> None:
    page.goto("page/parts")
    page.context.set_offline(True)
    page.locator("#cell").fill("8")
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("[data-saved-text]")).to_have_text("Не сохранено: нет связи")

    page.context.set_offline(False)

    expect(page.locator("[data-saved-text]")).to_have_text("Сохранено 10:05")
    assert [posted["value"] for posted in gallery[0].posted] == ["8"]
    assert page.evaluate("localStorage.length") == 0


def test_keys_search_choose_turn_and_list_themselves(page: Page) -> None:
    page.goto("page/parts")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("2")
    expect(page.locator("[data-choice='2']")).to_be_checked()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("главная кнопка страницы")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_url("**/page/month")

    page.keyboard.press("g")  # П stands there, whatever the layout

    page.wait_for_url("**/page/parts")


def test_the_drawer_opens_beside_the_grid_and_gives_the_focus_back(page: Page) -> None:
    page.goto("page/month")
    page.locator("#c11").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#c22")).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator("#c22")).to_be_focused()


def test_a_block_of_excel_is_read_and_the_whole_paste_is_undone_at_once(page: Page) -> None:
    page.goto("page/people")
    page.locator("#rows-1-name").focus()

    page.evaluate(
        PASTE, "Ким\u00a0Ада\t5.9.2013\t1\u00a0200,5\tНаставник\tда\r\nЛань Ян\t31.11.2013\tмного\tдруг\t+\r\n\r\n"
    )

    assert page.locator("#rows-1-name").input_value() == "Ким Ада"
    assert page.locator("#rows-1-born").input_value() == "05.09.2013"
    assert page.locator("#rows-1-hours").input_value() == "1200,5"
    assert page.locator("#rows-1-role").input_value() == "наставник"
    assert page.locator("#rows-2-paper").input_value() == "да"
    assert page.locator("#rows-2-born ~ small").text_content() == "в ноябре 30 дней"
    assert page.locator("#rows-2-hours ~ small").text_content() == "нужно число"
    assert page.locator("#rows-2-role ~ small").text_content() == "наставник или наставляемый?"
    page.keyboard.press("Control+z")
    assert page.locator("#rows-1-name").input_value() == ""
    assert page.locator("#rows-2-role").input_value() == ""
    page.keyboard.press("Control+y")
    assert page.locator("#rows-2-name").input_value() == "Лань Ян"


def test_a_pasted_heading_tells_the_columns_apart(page: Page) -> None:
    page.goto("page/people")
    page.locator("#rows-1-name").focus()

    page.evaluate(PASTE, "Роль\tФИО\nнаставляемый\tКим Ада")

    assert page.locator("#rows-1-name").input_value() == "Ким Ада"
    assert page.locator("#rows-1-role").input_value() == "наставляемый"


def test_two_hundred_rows_are_pasted_within_a_second_and_all_are_sent(page: Page, gallery: tuple[Gallery, str]) -> None:
    page.goto("page/people")
    page.locator("#rows-1-name").focus()
    block = "\n".join(f"Человек {n}\t01.02.2013\t{n}\tнаставник\tда" for n in range(200))

    milliseconds = page.evaluate(
        f"text => {{const from = performance.now(); ({PASTE})(text); return performance.now() - from}}", block
    )
    page.get_by_role("button", name="Загрузить строки").click()
    page.wait_for_url("**/page/parts")

    assert milliseconds < 1000
    assert gallery[0].posted[0]["rows-200-name"] == "Человек 199"


def test_the_frame_works_without_a_script(gallery: tuple[Gallery, str], chromium: Browser) -> None:
    context = chromium.new_context(
        base_url=gallery[1], java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("page/parts")

    page.locator(".rail summary").click()
    expect(page.get_by_role("link", name="Раздел 7")).to_be_visible()
    expect(page.get_by_role("button", name="Выйти")).to_be_visible()
    page.locator(".rail summary").click()
    page.locator("#write").click()

    page.wait_for_url("**/page/parts")
    context.close()
