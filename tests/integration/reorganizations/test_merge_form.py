"""The form of a merger takes as many organizations as there are, up to twenty, without a script."""

import re
from datetime import UTC, datetime

import pytest

from portal.operations.worker import run_waiting
from tenants import clock
from tenants.accounts.models import Role
from tests.factories import people
from tests.factories.people import MENTEE
from tests.factories.reorganizations import more_schools, now
from tests.factories.tree import Tree, unique

FORM = "organizations/changes/new/merge"
NEW = {"name": "Объединённая", "name_short": "Школа № 10", "takes_effect_on": "28.11.2026"}


@pytest.fixture(autouse=True)
def _a_day_in_november() -> None:
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))


@pytest.fixture
def admin(as_role, tree: Tree):
    return as_role(Role.REGION_ADMIN, tree.region)


def typed(places) -> dict[str, str]:
    return {f"source_{at}": f"{place.name_short} · {place.code}" for at, place in enumerate(places, 1)}


def lines_of(response) -> dict[str, str]:
    """The fields for organizations that a page shows, with what stands in them."""
    return dict(re.findall(r'name="(source_\d+)"[^>]*? value="([^"]*)"', response.get_data(as_text=True)))


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_twenty_organizations_are_merged_from_the_form(admin, tree: Tree):
    schools = [tree.school, *more_schools(tree.district, 19)]
    for place in schools[-2:]:
        people.make_participant(place, role=MENTEE)

    response = admin.post(FORM, data=typed(schools) | NEW | {"code_new": unique("new")})
    assert response.status_code == 303
    number = response.location.rsplit("/", 1)[1]
    page = words(admin.get(f"organizations/changes/{number}"))
    for place in schools:
        assert f"{place.name_short} " in page
    assert "Переходят участников: 2, пар и групп: 0" in page
    version = re.search(r'name="version" value="(\d+)"', admin.get(f"organizations/changes/{number}").text)[1]
    assert admin.post(f"organizations/changes/{number}/plan", data={"version": version}).status_code == 303
    run_waiting()

    assert {now(place).archived_on.isoformat() for place in schools} == {"2026-11-28"}
    assert len({now(place).successor_id for place in schools}) == 1


def test_more_lines_keep_what_was_typed_and_write_nothing(admin, tree: Tree):
    given = typed([tree.school, tree.sister]) | {"source_3": "недопи", "reason": "Приказ", "code_new": "new-one"}
    assert list(lines_of(admin.get(FORM))) == ["source_1", "source_2", "source_3"]

    response = admin.post(FORM, data=given | {"more": "1"})

    assert response.status_code == 200
    shown = lines_of(response)
    assert list(shown) == [f"source_{at}" for at in range(1, 7)]
    assert [shown[f"source_{at}"] for at in range(1, 5)] == [*list(given.values())[:3], ""]
    page = response.get_data(as_text=True)
    assert 'value="new-one"' in page
    assert "Приказ" in page
    assert "Исправьте" not in page
    assert "Реорганизаций ещё не было" in words(admin.get("organizations/changes/"))


def test_after_more_lines_the_form_is_sent_as_usual(admin, tree: Tree):
    key = re.search(r'name="request_key" value="([^"]+)"', admin.get(FORM).text)[1]
    given = typed([tree.school, tree.sister]) | NEW | {"code_new": unique("new")}
    page = admin.post(FORM, data=given | {"more": "1", "request_key": key}).text

    fresh = re.search(r'name="request_key" value="([^"]+)"', page)[1]
    response = admin.post(FORM, data=given | {"request_key": fresh})

    assert re.search(r"/changes/\d+$", response.location)


def test_lines_end_at_twenty(admin):
    given = {f"source_{at}": "" for at in range(1, 20)}

    response = admin.post(FORM, data=given | {"more": "1"})

    assert len(lines_of(response)) == 20
    assert 'name="more"' not in response.get_data(as_text=True)


def test_empty_lines_between_are_passed_over(admin, tree: Tree):
    given = {"source_2": tree.school.code, "source_1": "", "source_5": tree.sister.code} | NEW

    response = admin.post(FORM, data=given | {"code_new": unique("new")})

    assert response.status_code == 303
    page = words(admin.get("organizations/changes/"))
    assert "Школа № 1 + Школа № 2 → Школа № 10" in page


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        (lambda _: {}, "source_1", "Выберите организации"),
        (lambda tree: {"source_1": tree.school.code}, "source_1", "хотя бы две"),
        (lambda tree: {"source_1": tree.school.code, "source_2": "нет такой"}, "source_2", "Такой организации нет"),
        (lambda tree: {"source_1": tree.school.code, "source_4": tree.school.code}, "source_4", "уже выбрана выше"),
        (
            lambda tree: {"source_1": tree.school.code, "source_2": tree.college.code},
            "source_1",
            "Объединяют организации одного вида",
        ),
    ],
)
def test_what_is_wrong_stands_at_its_line(admin, tree: Tree, given, field, sentence):
    response = admin.post(FORM, data=given(tree) | NEW | {"code_new": unique("new")})

    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert f'href="#{field}"' in page
    assert sentence in re.search(f'id="{field}-error".*?</p>', page, re.DOTALL)[0]


def test_a_long_merger_is_named_in_short(admin, tree: Tree):
    schools = [tree.school, *more_schools(tree.district, 5)]

    response = admin.post(FORM, data=typed(schools) | NEW | {"code_new": unique("new")})

    page = words(admin.get(f"organizations/changes/{response.location.rsplit('/', 1)[1]}"))
    assert "Школа № 1 + Школа № 101 и ещё 4 → Школа № 10" in page
