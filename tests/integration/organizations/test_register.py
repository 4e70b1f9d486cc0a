"""The register as a list: filters, order, pages, workbooks."""

import io
import re

import pytest
from openpyxl import load_workbook

from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations import commands, intakes
from tenants.organizations.intake_sheet import LABELS
from tests.factories.registers import region_workbook
from tests.factories.tree import actor_of, unique


@pytest.fixture
def region(as_role, tree):
    return as_role(Role.REGION_ADMIN, tree.region)


def names(seat, **asked):
    page = seat.get("organizations/", query_string=asked).get_data(as_text=True)
    return re.findall(r'<th scope="row" class="full"><a href="[^"]+">([^<]+)</a>', page)


def fill_card(place, **values):
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        card = {"name": place.name, "name_short": place.name_short} | values
        commands.edit_card(session, actor, place.id, card, version=1)


def table(answer):
    return list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))


def test_the_region_sees_every_kind_district_by_district(region):
    assert names(region) == [
        "РЦН", "Ближний район", "Дальний район", "Школа № 1", "Школа № 2", "Школа № 3", "Колледж",
    ]  # fmt: skip


def test_the_filters_work_together(region, tree):
    fill_card(tree.school, responsible_name="Орлова В.С.", inn="7707083893")

    assert names(region, kind="college") == ["Колледж"]
    assert names(region, parent=str(tree.district.id)) == ["Школа № 1", "Школа № 2"]
    assert names(region, parent=str(tree.district.id), only="nobody") == ["Школа № 2"]
    assert names(region, q="7707083893") == ["Школа № 1"]
    assert names(region, q=tree.sister.code) == ["Школа № 2"]
    assert names(region, q="полное имя", kind="school", sort="-name") == ["Школа № 3", "Школа № 2", "Школа № 1"]
    assert names(region, kind="нет", parent="9" * 30, sort="x") == names(region)


def test_fifty_stand_on_a_page(region, tree):
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        content = region_workbook(60, unique("t"))
        intake = intakes.keep_register(session, actor, name="a.xlsx", content=content)
        intakes.load_register(session, actor, intake.id)

    first, second = names(region), names(region, page="2")

    assert (len(first), len(second)) == (50, 17)
    assert not set(first) & set(second)


def test_the_workbook_holds_what_the_screen_shows(region, tree):
    rows = table(region.get("organizations/register.xlsx", query_string={"parent": str(tree.district.id)}))

    assert [row[0] for row in rows[1:]] == ["Школа № 1", "Школа № 2"]


def test_the_export_has_the_shape_of_the_import_and_leaves_the_centre_out(region, tree):
    rows = table(region.get("organizations/export.xlsx"))

    assert rows[0] == tuple(LABELS.values())
    assert {row[0] for row in rows[1:]} == {place.code for place in tree.all if place is not tree.region}
    assert next(row for row in rows if row[0] == tree.school.code)[2] == tree.district.code


def test_a_district_exports_its_own_schools_only(as_role, tree):
    rows = table(as_role(Role.DISTRICT_REVIEWER, tree.district).get("organizations/export.xlsx"))

    assert {row[0] for row in rows[1:]} == {tree.school.code, tree.sister.code}


def test_the_sample_is_a_table_that_the_import_understands(region, tree):
    actor = actor_of(tree.region)
    content = region.get("organizations/sample.xlsx").data
    with transaction(actor.scope) as session:
        intake = intakes.keep_register(session, actor, name="a.xlsx", content=content)

    assert {one["state"] for one in intake.report} <= {"new", "wrong"}
    assert all(set(one.get("errors", {})) <= {"code"} for one in intake.report)
