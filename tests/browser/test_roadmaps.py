"""A plan's whole way in a real Chromium: document, question by keys, review, approval, a measure done."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.roadmaps import commands, measures
from tests.browser.needs import AXE, NEEDS
from tests.factories.roadmaps import ASKING, YEAR, make_document, make_template, measures_of
from tests.factories.tree import PASSWORD, Tree, actor_of, make_account

pytestmark = NEEDS


@pytest.fixture(autouse=True)
def _in_november():
    clock.travel(datetime(2026, 11, 20, 9, tzinfo=UTC))


class Desk:
    """A person's browser at the pages of one organization."""

    def __init__(self, browser: Browser, address: str, role: Role, place: Organization, width: int = 1366) -> None:
        self.context = browser.new_context(base_url=address, viewport={"width": width, "height": 768}, locale="ru-RU")
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.place = place
        self.page.goto("/sign-in")
        self.page.fill("[name=email]", make_account((place, role)))
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url("**/o/**")

    def open(self, path: str) -> Page:
        self.page.goto(f"/o/{self.place.code}/roadmaps/{path}")
        return self.page

    def blameless(self) -> None:
        """Neither the console nor axe complains, and the page does not scroll sideways."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run(document).then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))")
        assert found == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert self.complaints == []


@pytest.fixture
def desk(chromium: Browser, address: str) -> Iterator[object]:
    opened: list[Desk] = []

    def make(role: Role, place: Organization, width: int = 1366) -> Desk:
        opened.append(Desk(chromium, address, role, place, width))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()


def test_a_document_is_asked_about_sent_approved_and_carried_out(tree: Tree, desk, tmp_path: Path) -> None:
    make_template(tree)
    document = tmp_path / "Наш план.docx"
    document.write_bytes(make_document(ASKING))
    school = desk(Role.CURATOR, tree.school)
    page = school.open("")
    page.set_input_files("#document", document)
    page.get_by_role("button", name="Загрузить план").click()

    expect(page.get_by_role("heading", name="Перенос дорожной карты")).to_be_visible()
    expect(page.get_by_text("Вопрос 1 из 1.")).to_be_visible()
    assert page.locator(".ask input[type=radio]:checked").count() == 0
    school.blameless()
    page.locator("body").press("2")
    expect(page.locator(".ask input[type=radio]").nth(1)).to_be_checked()
    page.get_by_role("button", name="Ответить").click()
    expect(page.get_by_text("ответ: 01.05–31.05.2027")).to_be_visible()
    page.locator("body").press("Enter")
    page.get_by_role("button", name="Отправить на согласование").click()
    expect(page.get_by_text("на согласовании", exact=True)).to_be_visible()
    school.blameless()

    district = desk(Role.DISTRICT_REVIEWER, tree.district)
    review = district.open("queue")
    review.get_by_role("link", name=tree.school.name_short, exact=True).click()
    expect(review.get_by_role("heading", name=tree.school.name_short)).to_be_visible()
    district.blameless()
    review.fill("#order_on", "18.11.2026")
    review.fill("#order_number", "412-од")
    review.get_by_role("button", name="Утвердить как есть").click()
    expect(review.get_by_text("План утверждён.")).to_be_visible()

    page = school.open("")
    expect(page.get_by_text("приказом от 18.11.2026 № 412-од")).to_be_visible()
    page.get_by_role("link", name="Отметить 1.1").click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="Выполнение")).to_be_visible()
    school.blameless()
    drawer.locator("#done_on").fill("09.09.2026")
    drawer.locator("#note").fill("Приказ № 12 от 09.09.2026")
    drawer.get_by_role("button", name="Отметить выполненным").click()
    expect(page.get_by_text("выполнено 09.09")).to_be_visible()


def test_a_remark_is_pinned_and_the_plan_returned_by_a_key_on_a_phone_too(tree: Tree, desk) -> None:
    template = make_template(tree)
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        roadmap = commands.start_from_template(session, actor, template, YEAR)
    row = measures_of(roadmap, tree.school)[7]
    with transaction(actor.scope) as session:
        measures.edit_measure(session, replace(actor), row.id, {"responsible": ""}, version=row.version)
        commands.send_roadmap(session, actor, roadmap.id)
    phone = desk(Role.DISTRICT_REVIEWER, tree.district, 390)
    page = phone.open(f"{roadmap.id}/review")
    phone.blameless()
    page.get_by_text("Замечание", exact=True).click()
    page.locator(f"#text-m{row.id}").fill("Укажите ответственного")
    page.get_by_role("button", name="Сохранить замечание").first.click()
    expect(page.get_by_text("Ваше замечание: «Укажите ответственного»")).to_be_visible()

    desktop = desk(Role.DISTRICT_REVIEWER, tree.district)
    page = desktop.open(f"{roadmap.id}/review")
    page.locator("h1").click()
    page.keyboard.press("KeyD")
    expect(page.get_by_text("План возвращён.")).to_be_visible()
    school = desk(Role.CURATOR, tree.school, 390)
    page = school.open("")
    expect(page.get_by_text("Укажите ответственного")).to_be_visible()
    page.get_by_label("Ответ на замечание").fill("Указали директора")
    page.get_by_role("button", name="Ответить").click()
    expect(page.get_by_text("Ваш ответ: «Указали директора»")).to_be_visible()
    school.blameless()


@pytest.mark.parametrize("width", [1366, 683, 390])
def test_the_pages_of_plans_and_templates_are_accessible(tree: Tree, desk, width: int) -> None:
    template = make_template(tree)
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        roadmap = commands.start_from_template(session, actor, template, YEAR)
    with transaction(actor.scope) as session:
        commands.send_roadmap(session, actor, roadmap.id)
    region, school = desk(Role.REGION_ADMIN, tree.region, width), desk(Role.CURATOR, tree.school, width)

    for seat, path in (
        (region, "queue"), (region, "templates"), (region, f"templates/{template}?add=1"),
        (region, f"{roadmap.id}/versions/1"), (region, f"{roadmap.id}/review?view=all"),
        (school, ""), (school, "?year=2027"), (school, f"{roadmap.id}/sheet"),
    ):  # fmt: skip
        seat.open(path)
        seat.blameless()
