"""A temporary opening and its trace in Chromium: the district sees a name, the school sees who looked, it ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tenants import clock
from tenants.accounts.models import Role
from tenants.openings.models import Reach
from tests.browser.needs import NEEDS
from tests.browser.windows import Windows, covered, violations
from tests.factories.openings import REASON, make_opening
from tests.factories.people import MENTEE, MENTOR, make_consent, make_mentorship, make_participant
from tests.factories.tree import Tree, make_account

pytestmark = NEEDS
NOON = datetime(2026, 11, 26, 9, tzinfo=UTC)
Open = Callable[..., Page]


@pytest.fixture
def opened(windows: Windows) -> Open:
    """Sign somebody in at noon of the day."""
    clock.travel(NOON)
    return windows.open


def make_people(tree: Tree) -> None:
    mentor = make_participant(tree.school, name="Носов Илья Петрович", role=MENTOR, sex="male")
    for name in ("Ромашкина Ольга Ивановна", "Ершова Полина Сергеевна", "Котов Лев Андреевич"):
        one = make_participant(tree.school, name=name, role=MENTEE, sex="female")
        make_consent(tree.school, one)
        make_mentorship(tree.school, mentors=(mentor,), mentees=(one,))


def test_a_temporary_opening_and_its_trace(opened: Open, tree: Tree) -> None:
    make_people(tree)
    email = make_account((tree.district, Role.DISTRICT_REVIEWER))
    district = opened(tree.district, Role.DISTRICT_REVIEWER, email=email)
    school = opened(tree.school, Role.DIRECTOR)
    district.goto(f"organizations/{tree.school.id}")
    district.get_by_role("link", name="Участники без имён").click()
    expect(district.get_by_text("Участник № 2 · ж · 14 лет · ученик")).to_be_visible()
    expect(district.get_by_text("Ромашкина")).to_have_count(0)

    district.get_by_role("link", name="Открыть имя… участника № 2").click()
    district.get_by_label("Основание").select_option("appeal")
    district.get_by_label("Что случилось").fill(REASON)
    district.get_by_role("button", name="Дальше").click()
    expect(district.get_by_role("heading", name="Проверьте, что открываете")).to_be_visible()
    district.get_by_role("button", name="Открыть имя").click()
    expect(district.get_by_role("rowheader", name="Ромашкина Ольга Ивановна")).to_be_visible()
    expect(district.get_by_text("Ершова")).to_have_count(0)

    school.goto("")
    expect(school.get_by_text("Ближний район открыл имена: 1 человек, до 26.11.2026")).to_be_visible()
    school.get_by_role("link", name="Кто видел имена").click()
    expect(school.get_by_role("row", name="Открытые имена")).to_contain_text("Проверкина В.И.")

    shown = district.url
    clock.travel(NOON + timedelta(hours=4, minutes=10))
    later = opened(tree.district, Role.DISTRICT_REVIEWER, email=email)
    later.goto(shown)
    expect(later.get_by_text("Имена закрыты.")).to_be_visible()
    expect(later.get_by_text("Ромашкина")).to_have_count(0)
    school = opened(tree.school, Role.DIRECTOR)
    school.goto("names-seen/")
    expect(school.get_by_text("Ничего: имена видят только Ваши сотрудники.")).to_be_visible()


def test_the_school_ends_it_by_keyboard(opened: Open, tree: Tree) -> None:
    make_people(tree)
    make_opening(tree.district, tree.school)
    page = opened(tree.school, Role.CURATOR)
    page.goto("names-seen/")
    page.locator("summary", has_text="Закрыть имена").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Обращение рассмотрено, имя больше не нужно")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("закрыто раньше срока")).to_be_visible()


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.DISTRICT_REVIEWER, "openings/people/{school}"),
        (Role.DISTRICT_REVIEWER, "openings/people/{school}/ask"),
        (Role.DISTRICT_HEAD, "openings/"),
        (Role.DISTRICT_HEAD, "openings/log"),
        (Role.DISTRICT_HEAD, "openings/{opening}"),
        (Role.DIRECTOR, "names-seen/"),
        (Role.DIRECTOR, ""),
    ],
)
def test_a_page_about_names_is_accessible_and_does_not_scroll_sideways(
    opened: Open, tree: Tree, role: Role, path: str, width: int
) -> None:
    make_people(tree)
    make_opening(tree.district, tree.school, contacts=True)
    waiting = make_opening(tree.district, tree.school, reach=Reach.ORGANIZATION)
    place = tree.school if role is Role.DIRECTOR else tree.district
    page = opened(place, role, width)
    page.goto(path.format(school=tree.school.id, opening=waiting.id))

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert covered(page) == []
    assert page.locator(".btn-primary:visible").count() <= 1
