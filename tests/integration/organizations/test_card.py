"""The card of an organization."""

import pytest

from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.organizations.models import Organization


def card(**changes):
    return {
        "version": "1",
        "name": "Школа № 1, полное имя",
        "name_short": "Школа № 1",
        "time_zone": "Europe/Moscow",
    } | changes


def stored(place):
    with transaction(REGISTRY.reading()) as session:
        return session.get_one(Organization, (place.region_id, place.id))


def test_a_curator_keeps_the_card_of_the_school(as_role, tree):
    curator = as_role(Role.CURATOR, tree.school)

    answer = curator.post(f"organizations/{tree.school.id}/edit", data=card(inn="7707083893", okpo="00032537"))

    assert answer.status_code == 303
    assert (stored(tree.school).inn, stored(tree.school).version) == ("7707083893", 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [("inn", "7707083894"), ("ogrn", "1027700132196"), ("okpo", "00032538"), ("okpo", "123"), ("oktmo", "4")],
)
def test_a_wrong_code_is_named_at_its_field(as_role, tree, field, value):
    answer = as_role(Role.CURATOR, tree.school).post(
        f"organizations/{tree.school.id}/edit", data=card(**{field: value})
    )

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert stored(tree.school).version == 1


def test_two_people_editing_one_card_get_a_choice(as_role, tree):
    first, second = as_role(Role.CURATOR, tree.school), as_role(Role.DIRECTOR, tree.school)
    path = f"organizations/{tree.school.id}/edit"
    first.post(path, data=card(name_short="Школа № 1 имени Пушкина"))

    answer = second.post(path, data=card(name_short="Первая школа"))
    page = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert "Школа № 1 имени Пушкина" in page
    assert "Первая школа" in page
    assert stored(tree.school).name_short == "Школа № 1 имени Пушкина"


def test_a_district_reads_the_cards_of_its_schools_and_edits_none_of_them(as_role, tree):
    district = as_role(Role.DISTRICT_REVIEWER, tree.district)

    assert district.get(f"organizations/{tree.school.id}").status_code == 200
    assert district.post(f"organizations/{tree.school.id}/edit", data=card()).status_code in (403, 404)
    assert district.get(f"organizations/{tree.other_school.id}").status_code == 404


def test_the_region_edits_every_card_of_its_own(as_role, tree):
    answer = as_role(Role.REGION_ADMIN, tree.region).post(
        f"organizations/{tree.school.id}/edit", data=card(name_short="СОШ № 1")
    )

    assert answer.status_code == 303
    assert stored(tree.school).name_short == "СОШ № 1"


def test_the_register_lists_the_tree(as_role, tree):
    page = as_role(Role.DISTRICT_REVIEWER, tree.district).get("organizations/").get_data(as_text=True)

    assert "Школа № 2" in page
    assert "Школа № 3" not in page


def test_the_register_finds_an_organization_by_a_part_of_its_name(as_role, tree):
    region = as_role(Role.REGION_ADMIN, tree.region)

    page = region.get("organizations/", query_string={"q": "колледж"}).get_data(as_text=True)
    nothing = region.get("organizations/", query_string={"q": "%"}).get_data(as_text=True)

    assert "Колледж" in page
    assert "Школа № 1" not in page
    assert "Ничего не нашлось" in nothing


def test_the_codes_of_another_school_are_a_question_even_for_a_school_that_cannot_see_it(as_role, tree):
    codes = {"inn": "7707083893", "kpp": "770701001"}
    as_role(Role.CURATOR, tree.other_school).post(f"organizations/{tree.other_school.id}/edit", data=card(**codes))
    school, path = as_role(Role.CURATOR, tree.school), f"organizations/{tree.school.id}/edit"

    asked = school.post(path, data=card(**codes))
    branch = school.post(path, data=card(inn=codes["inn"], kpp="770702001"))
    said = school.post(path, data=card(**codes, version="2", same_inn="1"))

    assert asked.status_code == 422
    assert 'id="same_inn-error"' in asked.get_data(as_text=True)
    assert (branch.status_code, said.status_code) == (303, 303)
    assert stored(tree.school).kpp == "770701001"


def test_every_wrong_code_of_a_card_is_named_at_once(as_role, tree):
    page = (
        as_role(Role.CURATOR, tree.school)
        .post(f"organizations/{tree.school.id}/edit", data=card(inn="7707083894", ogrn="10277001321"))
        .get_data(as_text=True)
    )

    assert "ожидается 3; проверьте цифры 1–9" in page
    assert "не хватает 2 цифр, нужно 13" in page


def test_a_foreign_tax_office_is_said_on_the_card_and_stops_nothing(as_role, tree):
    curator = as_role(Role.CURATOR, tree.school)
    answer = curator.post(f"organizations/{tree.school.id}/edit", data=card(inn="7707083893", kpp="500101001"))

    assert answer.status_code == 303
    assert "КПП начинается с 5001" in curator.get("organizations/card").get_data(as_text=True)
