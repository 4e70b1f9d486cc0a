"""A subject's request in a real Chromium: prolonged with its notice, stopped by a withdrawal; the keeper's search."""

import os
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.models import ConsentKind, Participant
from tenants.subjects import requests
from tenants.subjects.models import RequestKind, SubjectRequest
from tests.browser.needs import NEEDS
from tests.browser.windows import Windows, overflow, violations
from tests.factories.archive import archive_place
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.subjects import TODAY, curator
from tests.factories.tree import Tree

pytestmark = NEEDS
RECEIVED = date(2026, 11, 26)


def seen(page: Page, name: str, width: int) -> None:
    if folder := os.environ.get("PORTAL_PICTURES"):
        page.screenshot(path=Path(folder) / f"requests-{name}-{width}.png", full_page=True)
    assert overflow(page) <= 0, name
    assert page.locator(".btn-primary").count() <= 1, name
    assert violations(page) == [], name


def asked(place: Organization, who: Participant, kind: RequestKind) -> SubjectRequest:
    with transaction(curator(place).scope) as session:
        return requests.receive(
            session, curator(place), who.id, kind=kind, received_on=RECEIVED, note="Заявление № 7", today=TODAY
        )


@pytest.mark.parametrize("width", [1366, 390])
def test_a_request_is_prolonged_and_its_notice_is_taken(windows: Windows, tree: Tree, width: int) -> None:
    who = make_participant(tree.school, name="Рябинина Вера Ильинична", role=MENTEE)
    asked(tree.school, who, RequestKind.COPY)
    asked(tree.school, who, RequestKind.CORRECTION)
    keeper = windows.open(tree.school, Role.CURATOR, width)
    keeper.goto("subjects/requests")
    expect(keeper.get_by_role("link", name="Продлить")).to_have_count(1)
    seen(keeper, "list", width)

    keeper.get_by_role("link", name="Продлить").press("Enter")
    keeper.get_by_role("button", name="Продлить").click()
    expect(keeper.get_by_text("Заполните это поле.").first).to_be_visible()
    keeper.get_by_role("radio", name="часть документов находится в архиве").check()
    seen(keeper, "prolong", width)
    keeper.get_by_role("button", name="Продлить").click()

    expect(keeper.get_by_text("Срок продлён до")).to_be_visible()
    expect(keeper.get_by_text("продлено с 10.12.2026")).to_be_visible()
    expect(keeper.get_by_role("link", name="Продлить")).to_have_count(0)
    seen(keeper, "prolonged", width)
    with keeper.expect_download() as download:
        keeper.get_by_role("link", name="Уведомление").click()
    assert download.value.suggested_filename.startswith("uvedomlenie-")
    if folder := os.environ.get("PORTAL_PICTURES"):
        download.value.save_as(Path(folder) / "notice.pdf")
    keeper.goto("subjects/")
    seen(keeper, "overview", width)


@pytest.mark.parametrize("width", [1366, 390])
def test_a_request_to_stop_leads_to_the_withdrawal_and_back(windows: Windows, tree: Tree, width: int) -> None:
    who = make_participant(tree.school, name="Рябинин Олег Ильич", role=MENTEE)
    make_consent(tree.school, who)
    make_consent(tree.school, who, kind=ConsentKind.PUBLICATION)
    asked(tree.school, who, RequestKind.STOP)
    keeper = windows.open(tree.school, Role.CURATOR, width)
    keeper.goto("subjects/requests")
    seen(keeper, "stop-list", width)

    keeper.get_by_role("link", name="Отозвать согласие").press("Enter")
    expect(keeper.get_by_role("heading", name="Что будет, если отозвать согласие")).to_be_visible()
    seen(keeper, "stop-effects", width)
    keeper.get_by_role("button", name="Отозвать согласие").click()

    expect(keeper.get_by_role("heading", name="Отозвано по этому обращению")).to_be_visible()
    expect(keeper.get_by_label("Что ответили")).to_have_value(
        "Отозвано 26.11.2026: согласие на обработку данных. Данные уничтожаются до 26.12.2026."
        " Действует: согласие на публикацию."
    )
    seen(keeper, "stop-answer", width)
    keeper.get_by_role("link", name="Отозвать").click()
    keeper.get_by_role("button", name="Отозвать согласие").click()
    expect(keeper.get_by_role("heading", name="Согласия действуют")).to_have_count(0)
    keeper.get_by_role("button", name="Отметить ответ").click()
    expect(keeper.get_by_text("отвечено")).to_be_visible()
    seen(keeper, "stop-done", width)
    keeper.get_by_role("link", name="Отозвано 26.11.2026: согласие на публикацию").click()
    expect(keeper.get_by_role("link", name="по обращению")).to_have_count(2)
    seen(keeper, "stop-person", width)


@pytest.mark.parametrize("width", [1366, 390])
def test_a_keeper_searches_while_typing(windows: Windows, tree: Tree, width: int) -> None:
    make_participant(tree.school, name="Хранимов Лев Ильич", role=MENTEE)
    make_participant(tree.school, name="Осинин Пётр Ильич", role=MENTEE)
    archive_place(tree.school)
    keeper = windows.open(tree.school, Role.KEEPER, width)
    keeper.goto("subjects/")
    address = keeper.url

    keeper.get_by_role("searchbox", name="Найти участника").fill("осин")

    expect(keeper.get_by_text("Найдено: 1 из 2")).to_be_visible()
    expect(keeper.get_by_text("Хранимов")).to_have_count(0)
    assert keeper.url == address
    seen(keeper, "search", width)
    keeper.get_by_role("searchbox", name="Найти участника").press("Enter")
    expect(keeper.get_by_text("Осинин Пётр Ильич")).to_be_visible()
    assert "осин" not in keeper.url
