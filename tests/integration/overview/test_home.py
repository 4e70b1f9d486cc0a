"""The home pages over HTTP: what each role is told to do, in few statements, and nothing of anybody else."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.organizations.commands import create_region
from tenants.organizations.models import Organization
from tests.conftest import Seat
from tests.factories.months import NOVEMBER, OCTOBER, open_month, start
from tests.factories.people import make_mentorship, make_participant
from tests.factories.tree import Tree, ask_no_factor, make_tree, unique
from tests.integration.overview.busy import REASON, make_busy, make_silent_pair

SignIn = Callable[[Role, Organization], Seat]
MOST_STATEMENTS = 8
ROLES = (Role.CURATOR, Role.DIRECTOR, Role.DISTRICT_REVIEWER, Role.REGION_ADMIN, Role.REGION_ANALYST)


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(datetime(2026, 11, 21, 9, tzinfo=UTC))


def place_of(tree: Tree, role: Role) -> Organization:
    places = {Role.DISTRICT_REVIEWER: tree.district, Role.REGION_ADMIN: tree.region, Role.REGION_ANALYST: tree.region}
    return places.get(role, tree.school)


@pytest.fixture
def busy(tree: Tree) -> Tree:
    return make_busy(tree)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Gather the statements sent meanwhile."""
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("role", ROLES)
def test_a_home_page_asks_at_most_eight_questions(busy: Tree, as_role: SignIn, role: Role) -> None:
    seat = as_role(role, place_of(busy, role))
    assert seat.get().status_code == 200  # the form of the month is read once a process
    with counted() as signing_in:
        seat.get("/password")

    with counted() as asked:
        page = seat.get()

    assert page.status_code == 200
    assert 0 < len(asked) - len(signing_in) <= MOST_STATEMENTS, "\n\n".join(asked)


@pytest.mark.parametrize("role", ROLES)
def test_a_home_page_has_at_most_one_filled_button(busy: Tree, as_role: SignIn, role: Role) -> None:
    page = as_role(role, place_of(busy, role)).get().text

    assert page.count("btn-primary") <= 1


def test_a_draft_says_what_is_left_of_time_and_what_to_mend(busy: Tree, as_role: SignIn) -> None:
    page = as_role(Role.CURATOR, busy.school).get().text

    assert "Отчёт за ноябрь" in page
    assert "Осталось 4\N{NO-BREAK SPACE}дня" in page
    assert "до среды, 25\N{NO-BREAK SPACE}ноября, 23:59" in page
    assert "черновик, не отправлен" in page
    assert "1\N{NO-BREAK SPACE}вопрос" in page
    assert re.search(r"/submissions/\d+/cells/1/12/3", page)  # the answer is given at the number
    assert "из 84" in page


def test_what_came_back_stands_with_its_reason(busy: Tree, as_role: SignIn) -> None:
    school, sister = (as_role(Role.CURATOR, place).get().text for place in (busy.school, busy.sister))

    assert "Дорожная карта 2026/27" in school
    assert "Уточните сроки" in school
    assert "Отчёт за октябрь" in sister
    assert REASON in sister
    assert REASON not in school


def test_a_sent_month_leaves_nothing_to_do(busy: Tree, as_role: SignIn) -> None:
    page = as_role(Role.CURATOR, busy.other_school).get().text

    assert "Отправлен 21\N{NO-BREAK SPACE}ноября" in page
    assert "btn-primary" not in page


def test_a_missed_month_may_still_be_sent(busy: Tree, as_role: SignIn) -> None:
    clock.travel(datetime(2026, 11, 27, 9, tzinfo=UTC))

    page = as_role(Role.CURATOR, busy.school).get().text

    assert "Срок прошёл 2\N{NO-BREAK SPACE}дня назад" in page
    assert "отметка об опоздании останется" in page


def test_a_month_left_behind_is_told_beside_the_new_one(tree: Tree, as_role: SignIn) -> None:
    start(tree.school, open_month(tree, OCTOBER))
    open_month(tree, NOVEMBER)

    begun, fresh = (as_role(Role.CURATOR, place).get().text for place in (tree.school, tree.sister))

    assert "Отчёт за октябрь: срок прошёл" in begun
    assert "Отчёт за октябрь" not in fresh  # a school that begins now owes nothing


def test_a_new_school_is_led_to_its_people_and_its_plan(tree: Tree, as_role: SignIn) -> None:
    open_month(tree, NOVEMBER)
    curator, director = as_role(Role.CURATOR, tree.school), as_role(Role.DIRECTOR, tree.school)

    page = curator.get().text

    assert "Вставить из Excel" in page
    assert "Дорожной карты на 2026/27 пока нет" in page
    assert page.count("btn-primary") == 1
    assert "Вставить из Excel" not in director.get().text  # lists are the curator's work
    make_participant(tree.school)
    assert "Вставить из Excel" not in curator.get().text


def test_a_school_before_the_first_month_is_told_who_opens_it(tree: Tree, as_role: SignIn) -> None:
    assert "откроет региональный центр" in as_role(Role.CURATOR, tree.school).get().text


def test_names_stand_only_in_the_part_of_the_school(tree: Tree, as_role: SignIn) -> None:
    make_silent_pair(tree.school)
    curator, district = as_role(Role.CURATOR, tree.school), as_role(Role.DISTRICT_REVIEWER, tree.district)

    part = curator.get("home/silent", headers={"HX-Request": "true"}).text

    assert "Журавлёва И.Л." in part
    assert "Селиванов М.И." in part
    assert "последняя 1\N{NO-BREAK SPACE}октября, 51\N{NO-BREAK SPACE}день назад" in part
    assert "<html" not in part
    assert "Журавлёва" not in curator.get().text + district.get().text
    assert district.get("home/silent").status_code == 403
    assert "Журавлёва" not in as_role(Role.CURATOR, tree.sister).get("home/silent").text


def test_the_view_of_names_is_logged(tree: Tree, as_role: SignIn) -> None:
    curator = as_role(Role.CURATOR, tree.school)

    with counted() as plain:
        curator.get()
    with counted() as named:
        curator.get("home/silent")

    assert not any("INSERT INTO access_log" in statement for statement in plain)
    assert any("INSERT INTO access_log" in statement for statement in named)


def test_only_who_writes_meetings_is_offered_to(tree: Tree, as_role: SignIn) -> None:
    make_mentorship(tree.school)

    offered, refused = (as_role(role, tree.school).get("home/silent").text for role in (Role.CURATOR, Role.DIRECTOR))

    assert "/meetings/add" in offered
    assert "Пары без встреч" in refused
    assert "/meetings/add" not in refused


def test_the_reasons_of_a_change_are_a_page_of_their_own_without_a_script(busy: Tree, as_role: SignIn) -> None:
    page = as_role(Role.CURATOR, busy.school).get("home/changes")

    assert page.status_code == 200
    assert "<html" in page.text
    assert "Что изменилось с октября" in page.text


def test_a_district_is_told_what_waits_and_whom_to_call(busy: Tree, as_role: SignIn) -> None:
    page = as_role(Role.DISTRICT_REVIEWER, busy.district).get().text

    assert "Сдали 0 из 2" in page
    assert "Ещё не сдали" in page
    assert "Школа № 1" in page
    assert "Школа № 2" in page
    assert "Школа № 3" not in page
    assert "1\N{NO-BREAK SPACE}дорожная карта ждёт согласования" in page


def test_a_district_with_sent_months_is_led_to_its_queue(busy: Tree, as_role: SignIn) -> None:
    page = as_role(Role.DISTRICT_REVIEWER, busy.other_district).get().text

    assert "Сдали 1 из 1" in page
    assert "Проверить 1\N{NO-BREAK SPACE}отчёт" in page
    assert "Ещё не сдали" not in page


def test_a_region_sees_whose_months_are_in_the_sums(busy: Tree, as_role: SignIn) -> None:
    page = as_role(Role.REGION_ADMIN, busy.region).get().text

    assert "Сдали за ноябрь: 2 из 4" in page
    assert "приняты отчёты 3 из 4" in page
    assert "без 1\N{NO-BREAK SPACE}школы" in page
    assert "Проверка региона" in page
    assert "Согласование" in page
    assert "Сформировать отчёт" in page


def test_an_analyst_reads_the_same_without_actions(busy: Tree, as_role: SignIn) -> None:
    page = as_role(Role.REGION_ANALYST, busy.region).get().text

    assert "приняты отчёты 3 из 4" in page
    assert "Сформировать отчёт" not in page
    assert "btn-primary" not in page
    assert "/submissions/queue" not in page


def test_nothing_of_another_region_shows(busy: Tree, as_role: SignIn) -> None:
    other = make_tree()
    open_month(other, NOVEMBER)

    region = as_role(Role.REGION_ADMIN, other.region).get().text

    assert "Сдали за ноябрь: 0 из 4" in region
    assert "приняты отчёты" not in region
    assert as_role(Role.REGION_ADMIN, other.region).get(f"/o/{busy.region.code}/").status_code == 404


def test_an_empty_region_has_pages_for_everybody(tree: Tree, as_role: SignIn) -> None:
    for role in ROLES:
        assert as_role(role, place_of(tree, role)).get().status_code == 200
    assert "ещё не открыта" in as_role(Role.REGION_ADMIN, tree.region).get().text
    assert "ещё не открыта" in as_role(Role.DISTRICT_REVIEWER, tree.district).get().text


def test_a_region_without_organizations_is_led_to_them(as_role: SignIn) -> None:
    with transaction(REGISTRY) as session:
        region = create_region(
            session, code=unique("lonely"), name="Центр", name_short="Одинокий центр", time_zone="Europe/Moscow"
        )
        ask_no_factor(session, region)
    page = as_role(Role.REGION_ADMIN, region).get()

    assert page.status_code == 200
    assert "Организации" in page.text
