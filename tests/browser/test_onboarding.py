"""A district with three schools is taken in by its own people: letters by SMTP, links, passwords, home pages."""

import email
import email.policy
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect

from portal.operations.worker import send_waiting
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.organizations.commands import create_organization
from tenants.organizations.models import Organization, OrganizationKind
from tests.browser.needs import AXE, NEEDS
from tests.factories.staff import rename
from tests.factories.tree import PASSWORD, Tree, make_account, unique

pytestmark = NEEDS
Open = Callable[[], Page]


@dataclass
class Post:
    """A mail server on this machine that keeps what it is handed."""

    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def link_for(self, address: str) -> str:
        """Send what waits and return the link of the newest letter to an address."""
        send_waiting()
        newest = next(one for one in reversed(self.letters) if one["To"] == address)
        return re.search(r"https?://\S+/invitation/\S+", newest.get_body().get_content())[0]


@pytest.fixture
def post(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    post = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(post, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("PORTAL_ADDRESS", address)
    yield post
    server.stop()


@pytest.fixture
def opened(address: str, chromium: Browser) -> Iterator[Open]:
    """A browser of somebody who has not signed in; the consoles must stay silent until the end."""
    contexts, complaints = [], []

    def new_page() -> Page:
        context = chromium.new_context(base_url=address, viewport={"width": 1366, "height": 768}, locale="ru-RU")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []


@dataclass(frozen=True)
class Somebody:
    """Who is invited, and where they are to arrive."""

    address: str
    last_name: str
    place: Organization


def sign_in(page: Page, address: str, password: str, place: Organization) -> None:
    page.goto("/sign-in")
    page.fill("[name=email]", address)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/o/{place.code}/")


def invite(page: Page, place: Organization, own: Organization, address: str, role: str) -> None:
    """From the staff page to the sent letter, by mouse."""
    page.goto(f"/o/{own.code}/staff/{place.id}")
    page.get_by_role("link", name="Пригласить", exact=True).click()
    page.get_by_role("textbox", name="Адрес почты").fill(address)
    page.get_by_label(role, exact=True).check()
    page.get_by_role("button", name="Отправить приглашение").click()
    expect(page.get_by_text("Приглашение отправлено")).to_be_visible()
    expect(page.get_by_role("rowheader", name=address)).to_be_visible()


def arrive(page: Page, link: str, who: Somebody) -> None:
    """Accept by keyboard alone, sign in, and see the home page of the organization."""
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Вас приглашают работать в портале")
    expect(page.get_by_text(who.place.name_short)).to_be_visible()
    check(page)
    page.get_by_label("Фамилия").focus()
    for text in (who.last_name, "Анна", "Петровна", "+7 900 000-00-00", PASSWORD, PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")
    expect(page.get_by_text("Учётная запись создана")).to_be_visible()
    sign_in(page, who.address, PASSWORD, who.place)
    expect(page.locator("summary.who")).to_contain_text(f"{who.last_name} А.П.")


def check(page: Page) -> None:
    """No violation and no sideways scroll, wide and on a phone."""
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    page.set_viewport_size({"width": 1366, "height": 768})


def person(last_name: str, place: Organization) -> Somebody:
    return Somebody(f"{unique('invited')}@example.org", last_name, place)


def test_a_district_with_three_schools_is_taken_in_by_its_own_people(opened: Open, post: Post, tree: Tree) -> None:
    with transaction(REGISTRY) as session:
        values = {"code": unique("school"), "name": "Школа № 7, полное имя", "name_short": "Школа № 7"}
        third = create_organization(session, tree.district, OrganizationKind.SCHOOL, values)
    schools = (tree.school, tree.sister, third)
    head = person("Головина", tree.district)
    directors = [person(name, place) for name, place in zip(("Первова", "Второва", "Третьева"), schools, strict=True)]
    curators = [person(name, place) for name, place in zip(("Азова", "Букина", "Ведина"), schools, strict=True)]

    region = opened()
    sign_in(region, make_account((tree.region, Role.REGION_ADMIN)), PASSWORD, tree.region)
    invite(region, tree.district, tree.region, head.address, "начальник отдела образования")
    check(region)

    district = opened()
    arrive(district, post.link_for(head.address), head)
    for director in directors:
        invite(district, director.place, tree.district, director.address, "директор")
    for director, curator in zip(directors, curators, strict=True):
        school = opened()
        arrive(school, post.link_for(director.address), director)
        invite(school, director.place, director.place, curator.address, "куратор")
        home = opened()
        arrive(home, post.link_for(curator.address), curator)

    district.goto(f"/o/{tree.district.code}/staff/")
    expect(district.get_by_text("Некому управлять")).to_have_count(0)
    check(district)
    # Letters that other tests left waiting may have come along.
    assert {one["To"] for one in post.letters} >= {one.address for one in (head, *directors, *curators)}


def test_a_head_names_a_deputy_and_hands_over(opened: Open, tree: Tree) -> None:
    make_account((tree.district, Role.DISTRICT_REVIEWER))
    page = opened()
    sign_in(page, make_account((tree.district, Role.DISTRICT_HEAD)), PASSWORD, tree.district)
    page.goto(f"/o/{tree.district.code}/staff/")
    page.get_by_role("link", name=re.compile("начальник отдела образования")).click()
    check(page)
    page.get_by_role("combobox", name="Сотрудник этой организации").select_option(index=1)
    page.get_by_label("Последний день").fill(page.get_by_label("Первый день", exact=True).input_value())
    page.get_by_label("Причина").fill("отпуск")
    page.get_by_role("button", name="Назначить заместителя").click()
    expect(page.get_by_text("и. о. начальника отдела образования")).to_be_visible()

    page.get_by_role("link", name="Передача дел").click()
    expect(page.get_by_role("heading", name="Не закончено")).to_be_visible()
    check(page)


def test_a_deputy_who_works_nowhere_yet_comes_by_letter(opened: Open, post: Post, tree: Tree) -> None:
    director = make_account((tree.school, Role.DIRECTOR))
    rename(director, "Отпускова")
    deputy = person("Подменина", tree.school)
    page = opened()
    sign_in(page, director, PASSWORD, tree.school)
    page.goto(f"/o/{tree.school.code}/staff/")
    page.get_by_role("link", name=re.compile("Изменить: Отпускова")).click()
    check(page)
    page.get_by_role("textbox", name="Почта заместителя").fill(deputy.address)
    page.get_by_label("Последний день").fill(page.get_by_label("Первый день", exact=True).input_value())
    page.get_by_label("Причина").fill("отпуск")
    page.get_by_role("button", name="Назначить заместителя").click()
    expect(page.get_by_text("Приглашение заместителю отправлено")).to_be_visible()
    expect(page.get_by_role("cell", name="и. о. директора")).to_be_visible()
    check(page)

    home = opened()
    arrive(home, post.link_for(deputy.address), deputy)

    expect(home.locator("summary.who")).to_contain_text("(и. о.)")
