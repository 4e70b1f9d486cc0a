"""The administrator's path over reports in a real Chromium: ask, watch, download, bind; axe on every page."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.operations.worker import run_waiting
from tenants import clock
from tenants.accounts.models import Role
from tests.browser.needs import NEEDS
from tests.browser.windows import PHONE, SCREEN, Windows, overflow, violations
from tests.factories.people import make_mentorship
from tests.factories.reports import TEMPLATE, ReportRegion, federal_edition, make_report_region
from tests.factories.tree import Tree
from tests.integration.runs.test_federal import fill_card

pytestmark = NEEDS
Open = Callable[[int], Page]


@pytest.fixture
def region(tree: Tree) -> ReportRegion:
    clock.travel(datetime(2026, 11, 2, 9, tzinfo=UTC))
    return make_report_region(tree)


@pytest.fixture
def opened(windows: Windows, region: ReportRegion) -> Open:
    """Sign the region's administrator in, in a window of the given width."""
    return partial(windows.open, region.tree.region, Role.REGION_ADMIN)


def test_a_summary_takes_two_steps_and_the_page_follows_it_by_itself(opened: Open) -> None:
    page = opened(SCREEN)
    page.goto("reports/")
    page.get_by_label("Месяц", exact=True).select_option("2026-10")
    page.get_by_role("button", name="Сформировать").click()
    expect(page.get_by_role("heading", name="Поставлено в очередь")).to_be_visible()

    run_waiting()

    expect(page.get_by_role("heading", name="Готово: 5 шагов из 5")).to_be_visible(timeout=8_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    assert download.value.suggested_filename == "Сводный отчёт РЦН 2026-10, запуск 1.pdf"


def test_a_template_is_bound_by_hand_and_made(opened: Open, region: ReportRegion, tmp_path: Path) -> None:
    fill_card(region.tree.school)
    make_mentorship(region.tree.school)
    template = tmp_path / "форма.xml"
    template.write_text(TEMPLATE, encoding="utf-8")
    page = opened(SCREEN)
    page.goto("reports/editions")
    page.get_by_label("Шаблон формы, XML").set_input_files(template)
    page.get_by_role("button", name="Загрузить").click()

    page.get_by_role("row", name="наставников").get_by_role("link").first.click()
    page.get_by_label("показатель из учёта").check()
    page.get_by_label("Показатель", exact=True).select_option("mentors")
    page.get_by_role("button", name="Привязать").click()
    page.get_by_text("Опубликовать", exact=True).first.click()
    page.get_by_role("button", name="Опубликовать").click()
    expect(page.get_by_text("Форма опубликована")).to_be_visible()

    page.goto("reports/")
    page.get_by_label("По кому").select_option(label="Школа № 1")
    page.get_by_role("button", name="Заполнить и проверить").click()
    page.get_by_label("Строка 01, графа 3").fill("9")
    page.get_by_label("Руководитель").fill("Орлова А.П.")
    page.get_by_role("button", name="Сформировать и проверить").click()
    run_waiting()

    expect(page.get_by_text("Отчёт не прошёл проверку по шаблону")).to_be_visible(timeout=8_000)
    expect(page.get_by_role("link", name="Скачать XML")).to_have_count(0)
    page.get_by_role("link", name="Исправить значения").click()
    page.get_by_label("Строка 01, графа 3").fill("1")
    page.get_by_role("button", name="Сформировать и проверить").click()
    run_waiting()
    expect(page.get_by_role("link", name="Скачать XML")).to_be_visible(timeout=8_000)


@pytest.mark.parametrize("width", [SCREEN, PHONE])
def test_the_pages_fit_and_can_be_read_by_everybody(opened: Open, region: ReportRegion, width: int) -> None:
    edition_id = federal_edition(region.tree.region, publish=False)
    run = region.ask()
    page = opened(width)
    found = {}

    for name in ("", f"{run.id}", "editions", f"editions/{edition_id}?cell=1/02/3"):
        page.goto(f"reports/{name}")
        found[name] = (violations(page), overflow(page))
    run_waiting()
    page.goto(f"reports/{run.id}")
    found["ready"] = (violations(page), overflow(page))

    assert {name: answer for name, answer in found.items() if answer != ([], 0)} == {}
