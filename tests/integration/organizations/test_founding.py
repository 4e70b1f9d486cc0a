"""Who takes tables in and founds organizations, and how a kept table is come back to."""

import pytest
from sqlalchemy import text

from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import ForbiddenError
from tenants.organizations import intakes
from tenants.organizations.models import OrganizationKind
from tests.factories.registers import region_workbook, workbook
from tests.factories.tree import actor_of, unique
from tests.integration.organizations.tables import INN, keep, load, number_in, statements, stored, upload


@pytest.fixture
def region(as_role, tree):
    return as_role(Role.REGION_ADMIN, tree.region)


def test_only_the_region_takes_tables_in(tree):
    district = actor_of(tree.district)
    with pytest.raises(ForbiddenError), transaction(district.scope) as session:
        intakes.keep_register(session, district, name="a.xlsx", content=workbook(("s", "школа", "СОШ")))


def test_nobody_below_the_region_sees_its_tables(tree):
    keep(tree, workbook((unique("s"), "школа", "СОШ")))
    for place in (tree.district, tree.school, tree.college):
        with transaction(actor_of(place).scope.reading()) as session:
            assert session.execute(text("select count(*) from register_import")).scalar_one() == 0


@pytest.mark.parametrize(
    ("place", "kind", "parent"),
    [
        ("school", "school", "district"),
        ("district", "district", "region"),
        ("district", "school", "other_district"),
        ("district", "school", "region"),
        ("region", "region", None),
    ],
)
def test_the_database_itself_founds_nothing_outside_ones_own_tree(tree, place, kind, parent):
    at = getattr(tree, place)
    above = getattr(tree, parent).id if parent else None
    statement = text(
        "insert into organization (id, region_id, district_id, parent_id, code, kind, name, name_short)"
        " values (:id, :region, :district, :parent, :code, :kind, 'n', 'n')"
    )
    id_ = 900_000_000 + at.id
    row = {
        "id": id_,
        "region": id_ if kind == "region" else at.region_id,
        "district": above if kind == "school" else id_,
        "parent": above,
        "code": unique("probe"),
        "kind": kind,
    }
    with (
        pytest.raises(Exception, match=r"permission denied|row-level security"),
        transaction(actor_of(at).scope) as session,
    ):
        session.execute(statement, row)


def test_a_district_writes_nobody_elses_place_in_the_tree(tree):
    statement = text(
        "insert into organization_parent (region_id, organization_id, parent_id, valid_from)"
        " values (:region, :place, :parent, '2030-01-01')"
    )
    row = {"region": tree.region.id, "place": tree.other_school.id, "parent": tree.district.id}
    with pytest.raises(Exception, match="row-level security"), transaction(actor_of(tree.district).scope) as session:
        session.execute(statement, row)


def test_a_district_founds_a_school_of_its_own(as_role, tree):
    district = as_role(Role.DISTRICT_REVIEWER, tree.district)
    card = {"name": "Новая школа", "name_short": unique("Лесная школа"), "time_zone": "Europe/Moscow"}

    founded = district.post("organizations/new", data=card | {"kind": "school", "parent": tree.district.id})
    foreign = district.post("organizations/new", data=card | {"kind": "school", "parent": tree.other_district.id})
    too_high = district.post("organizations/new", data=card | {"kind": "district", "parent": tree.region.id})

    assert founded.status_code == 303
    assert (foreign.status_code, too_high.status_code) == (404, 403)
    page = district.get("organizations/", query_string={"q": card["name_short"]}).get_data(as_text=True)
    assert card["name_short"] in page


def test_the_region_founds_every_kind_and_is_asked_about_a_branch(region, tree):
    card = {"name": "Колледж", "name_short": unique("Колледж"), "time_zone": "Europe/Moscow", "inn": INN}
    there = {"kind": "college", "parent": tree.region.id}
    region.post("organizations/new", data=card | there)

    asked = region.post("organizations/new", data=card | there | {"name_short": unique("Филиал")})
    said = region.post("organizations/new", data=card | there | {"name_short": unique("Филиал"), "same_inn": "1"})

    assert asked.status_code == 422
    assert "Такой же ИНН у" in asked.get_data(as_text=True)
    assert said.status_code == 303
    assert (
        OrganizationKind.REGION.value
        not in region.get("organizations/new").get_data(as_text=True).split('name="parent"')[0].split('name="kind"')[1]
    )


def test_a_table_is_checked_again_on_demand_and_may_be_left_unloaded(region, tree):
    code = unique("s")
    number = number_in(upload(region, workbook((code, "школа", "СОШ № 5"))))
    load(tree, keep(tree, workbook((code, "школа", "СОШ № 5 тоже"))))

    region.post(f"organizations/import/{number}/again")
    page = region.get(f"organizations/import/{number}?state=all").get_data(as_text=True)
    dropped = region.post(f"organizations/import/{number}/drop")
    late = region.post(f"organizations/import/{number}/load")

    assert "При новой проверке иначе стали строки: 2" in page
    assert "изменится" in page
    assert (dropped.status_code, late.status_code) == (303, 409)
    assert stored(code).name_short == "СОШ № 5 тоже"


def test_the_report_of_a_whole_region_is_a_page_of_few_statements(region):
    number = number_in(upload(region, region_workbook(300, unique("t"))))

    with statements() as asked:
        page = region.get(f"organizations/import/{number}?state=new&page=2").get_data(as_text=True)

    assert page.count('<th scope="row"') == 50
    assert len(asked) <= 8
    with statements() as asked:
        region.get("organizations/")
    assert len(asked) <= 12


def test_a_loaded_table_is_not_opened_again_by_its_columns(region):
    number = number_in(upload(region, workbook((unique("s"), "школа", "СОШ № 5"))))
    region.post(f"organizations/import/{number}/load")

    answer = region.post(f"organizations/import/{number}/columns", data={"fields": ["code", "kind", "name_short"]})

    assert answer.status_code == 409
    assert "уже загружена" in answer.get_data(as_text=True)


@pytest.mark.parametrize("parent", ["0", "9" * 12, "район"])
def test_a_parent_that_is_no_organization_is_refused_at_its_field(region, parent):
    card = {"name": "Школа", "name_short": "Школа", "time_zone": "Europe/Moscow", "kind": "school", "parent": parent}

    answer = region.post("organizations/new", data=card)

    assert answer.status_code == 422
    assert 'id="parent-error"' in answer.get_data(as_text=True)
