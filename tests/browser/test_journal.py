"""The journal and the questions about people kept twice, on a screen and on a phone: width, axe, the keyboard."""

import pytest
from playwright.sync_api import expect

from tenants import journal
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.participants import twins
from tests.browser.needs import NEEDS
from tests.browser.windows import PHONE, SCREEN, Windows, violations
from tests.factories.people import make_participant
from tests.factories.tree import Tree, actor_of

pytestmark = NEEDS


@pytest.mark.parametrize("width", [SCREEN, PHONE])
def test_the_pages_fit_and_harm_nobody(windows: Windows, tree: Tree, width: int) -> None:
    for place in (tree.school, tree.other_school):
        make_participant(place, name="Лазурная Вера Ильинична", role="mentee")
    with transaction(actor_of(tree.region).scope) as session:
        twins.ask_schools(session)
    actor = actor_of(tree.school)
    for event in ("participant.edited", "submission.sent", "organization.edited"):
        with transaction(actor.scope) as session:
            change = {"name": "Муниципальное бюджетное общеобразовательное учреждение средняя школа № 1"}
            journal.record(session, actor, event, None, before={"name": "Школа"}, after=change)
    page = windows.open(tree.school, Role.CURATOR, width)
    for path in ("journal/", "participants/twins"):
        page.goto(path)
        assert violations(page) == []
        wide = page.evaluate(
            "[...document.querySelectorAll('main *')]"
            ".filter(e => !e.closest('.tabs a') && e.getBoundingClientRect().right > innerWidth + 1)"
            ".map(e => e.outerHTML.slice(0, 90))"
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), wide
    page.get_by_label("да, участвует и у нас, и в другой организации").check()
    page.keyboard.press("Enter")
    expect(page.get_by_text("считается один раз")).to_be_visible()
