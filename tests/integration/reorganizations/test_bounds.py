"""A past month is shown as its own tree had it, and by today's where that is asked for."""

import io
import re
from datetime import date

import openpyxl
import pytest

from portal.operations.worker import run_waiting
from reports.documents.regional import Stamp, regional_page
from reports.forms import definition_of
from reports.month_views.branches import branch_counts
from reports.month_views.matrix import Bounds, matrix
from reports.month_views.totals import node_totals
from reports.runs.fingerprints import fingerprint_of
from reports.runs.regional_sums import collect, monthly_edition
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.queries import organization_in_reach
from tenants.periods import Month
from tenants.submissions import queries
from tests.factories.months import open_month
from tests.factories.reorganizations import move
from tests.factories.tree import Tree, actor_of

OCTOBER = Month(2026, 10)
MENTORS = ("1", "4", "3")


@pytest.fixture
def moved(october: Tree) -> Tree:
    """October of three schools and a college; then a school with one mentor moves, its sister with two stays."""
    move(october, october.school, october.other_district, date(2026, 11, 28))
    return october


def shown(place, bounds: Bounds):
    with transaction(actor_of(place).scope.reading()) as session:
        opened = next(one for one in queries.windows(session) if one.window.period_start == OCTOBER.first)
        definition = definition_of(session, opened.edition.id)
        region = place.parent_id is None
        return node_totals(session, opened, definition, node_id=place.id, region=region, bounds=bounds)


@pytest.mark.parametrize(
    ("bounds", "near", "far"), [(Bounds.PERIOD, (3, 2, 2), (4, 1, 1)), (Bounds.TODAY, (2, 1, 1), (5, 2, 2))]
)
def test_both_districts_and_the_region_agree_in_either_tree(moved: Tree, bounds, near, far):
    region = shown(moved.region, bounds)

    for place, expected in ((moved.district, near), (moved.other_district, far)):
        own = shown(place, bounds)
        assert (own.value(MENTORS), own.accepted, own.expected) == expected
        assert region.value(MENTORS, place.id) == expected[0]
        branch = next(one for one in region.branches if one.id == place.id)
        assert (branch.accepted, len(branch.lines)) == expected[1:]
    assert region.value(MENTORS) == 15
    assert region.value(MENTORS, moved.region.id) == 8
    for cell in region.now[moved.region.id]:
        parts = [
            region.value(cell, node) or 0 for node in (moved.district.id, moved.other_district.id, moved.region.id)
        ]
        assert region.value(cell) == sum(parts)


@pytest.mark.parametrize(("bounds", "counts"), [(Bounds.PERIOD, [2, 1, 1]), (Bounds.TODAY, [1, 2, 1])])
def test_the_matrix_counts_by_the_chosen_tree(moved: Tree, bounds, counts):
    with transaction(actor_of(moved.region).scope.reading()) as session:
        opened = next(one for one in queries.windows(session) if one.window.period_start == OCTOBER.first)
        rows = {row.id: row.expected for row in branch_counts(session, opened, bounds=bounds)}
        lines = matrix(session, opened, bounds=bounds).lines

    nodes = [moved.district.id, moved.other_district.id, moved.region.id]
    assert [rows[node] for node in nodes] == counts
    assert [sum(line.branch_id == node for line in lines) for node in nodes] == counts


def text_of(seat, path: str) -> str:
    response = seat.get(path)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_the_old_district_keeps_its_sum_and_says_why_it_lacks_a_line(moved: Tree, as_role):
    seat = as_role(Role.DISTRICT_REVIEWER, moved.district)

    totals = text_of(seat, "submissions/totals/2026-10?row=4")
    assert "Приняты все отчёты: 2" in totals
    assert "из района переведено организаций: 1" in totals
    assert "Школа № 1" not in totals
    lines = text_of(seat, "submissions/matrix/2026-10")
    assert "из района переведено организаций: 1" in lines
    assert "Школа № 1" not in lines
    assert "В нынешних границах" in lines


def test_the_new_district_sees_the_school_of_the_past_in_todays_bounds_only(moved: Tree, as_role):
    seat = as_role(Role.DISTRICT_REVIEWER, moved.other_district)

    assert "Школа № 1" not in text_of(seat, "submissions/matrix/2026-10")
    assert "Школа № 1" in text_of(seat, "submissions/matrix/2026-10?bounds=today")
    assert "В нынешних границах · Приняты все отчёты: 2" in text_of(seat, "submissions/totals/2026-10?bounds=today")


def test_no_switch_where_nobody_has_moved(tree: Tree, as_role):
    open_month(tree, OCTOBER)

    assert "нынешних границах" not in text_of(as_role(Role.REGION_ADMIN, tree.region), "submissions/totals/2026-10")


@pytest.mark.parametrize("page", ["totals", "matrix"])
def test_the_workbook_says_by_which_tree_it_counts(moved: Tree, as_role, page):
    seat = as_role(Role.REGION_ADMIN, moved.region)

    for address, words in (("", "как было в этом месяце"), ("?bounds=today", "в нынешних границах")):
        book = openpyxl.load_workbook(io.BytesIO(seat.get(f"submissions/{page}/2026-10/xlsx{address}").data))
        cells = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None]
        assert any(words in cell for cell in cells)


def summary(place, bounds: Bounds):
    with transaction(actor_of(place).scope.reading()) as session:
        subject = organization_in_reach(session, place.id)
        return collect(session, subject, monthly_edition(session, OCTOBER).id, OCTOBER, bounds)


@pytest.mark.parametrize(("bounds", "near", "far"), [(Bounds.PERIOD, 3, 4), (Bounds.TODAY, 2, 5)])
def test_the_summaries_of_region_and_districts_agree_in_either_tree(moved: Tree, bounds, near, far):
    region = summary(moved.region, bounds)
    at = [line.code for line in region.lines].index(MENTORS[1])

    assert [branch.amounts[at].now for branch in region.branches] == [near, far, 8]
    for place, total in ((moved.district, near), (moved.other_district, far)):
        own = summary(place, bounds)
        branch = next(one for one in region.branches if one.id == place.id)
        assert own.lines[at].total.now == total
        assert (own.accepted, own.expected) == (branch.accepted, branch.expected)
        assert sum(one.amounts[at].now for one in own.branches if one.amounts[at].now) == total
    assert region.lines[at].total.now == 15


def test_a_summary_in_todays_bounds_says_so_in_its_files(moved: Tree, as_role):
    seat = as_role(Role.REGION_ADMIN, moved.region)
    response = seat.post("reports/summary", data={"month": "2026-10", "bounds": "1"})
    run_waiting()
    number = response.location.rsplit("/", 1)[1]

    assert "в нынешних границах" in text_of(seat, f"reports/{number}")
    book = openpyxl.load_workbook(io.BytesIO(seat.get(f"reports/{number}/file/xlsx").data))
    assert all("В нынешних границах" in str(sheet["A2"].value) for sheet in book)
    figures = summary(moved.region, Bounds.TODAY)
    stamp = Stamp(1, fingerprint_of(figures.to_json()), date(2026, 11, 28), "28.11.2026", "")
    assert "в нынешних границах" in regional_page(figures, stamp)
    assert "в нынешних границах" not in regional_page(summary(moved.region, Bounds.PERIOD), stamp)
