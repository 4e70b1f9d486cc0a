"""In today's bounds a past month of an organization merged away counts where its successor stands today."""

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from portal.operations.worker import run_waiting
from reports.forms import definition_of
from reports.month_views.branches import branch_counts
from reports.month_views.matrix import Bounds, matrix
from reports.month_views.totals import NodeTotals, node_totals
from reports.runs.regional_sums import RegionalFigures, collect, monthly_edition
from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.organizations.queries import organization_in_reach
from tenants.periods import Month
from tenants.reorganizations.commands import Change
from tenants.reorganizations.models import Kind
from tenants.submissions import queries
from tests.factories import people
from tests.factories.months import hand_in, open_month
from tests.factories.people import MENTEE
from tests.factories.reorganizations import merging, move, now, plan
from tests.factories.tree import Tree, actor_of, unique

OCTOBER = Month(2026, 10)
DAY = date(2026, 11, 28)
MENTORS = ("1", "4", "3")


def merge(tree: Tree, source: Organization, receiver: Organization) -> None:
    plan(tree, merging([now(source)], DAY, receiver=now(receiver)))
    run_waiting()
    assert now(source).successor_id == receiver.id


@pytest.fixture
def merged(october: Tree) -> Tree:
    """The school of the near district with one mentor is merged into the school of the far one."""
    merge(october, october.school, october.other_school)
    return october


def opened_by(session):
    return next(one for one in queries.windows(session) if one.window.period_start == OCTOBER.first)


def shown(place: Organization, bounds: Bounds) -> NodeTotals:
    with transaction(actor_of(place).scope.reading()) as session:
        opened = opened_by(session)
        definition = definition_of(session, opened.edition.id)
        region = place.parent_id is None
        return node_totals(session, opened, definition, node_id=place.id, region=region, bounds=bounds)


def summary(place: Organization, bounds: Bounds) -> RegionalFigures:
    with transaction(actor_of(place).scope.reading()) as session:
        subject = organization_in_reach(session, place.id)
        return collect(session, subject, monthly_edition(session, OCTOBER).id, OCTOBER, bounds)


def branches_of(tree: Tree, bounds: Bounds) -> tuple[dict, dict]:
    """How many lines each branch has: counted in the database, and in the matrix."""
    with transaction(actor_of(tree.region).scope.reading()) as session:
        opened = opened_by(session)
        counted = {row.id: (row.expected, row.accepted) for row in branch_counts(session, opened, bounds=bounds)}
        lines = matrix(session, opened, bounds=bounds).lines
    found: dict[int, tuple[int, int]] = {}
    for line in lines:
        expected, accepted = found.get(line.branch_id, (0, 0))
        found[line.branch_id] = (expected + 1, accepted + line.accepted)
    return counted, found


def check(tree: Tree, bounds: Bounds, expected: dict[Organization, tuple[int, int]]) -> None:
    """Every page that knows branches says the same: (mentors, organizations in the sums) of each branch."""
    region, whole = shown(tree.region, bounds), summary(tree.region, bounds)
    counted, lines = branches_of(tree, bounds)
    at = [line.code for line in whole.lines].index(MENTORS[1])
    for place, (mentors, count) in expected.items():
        assert (region.value(MENTORS, place.id) or 0) == mentors
        assert counted.get(place.id, (0, 0)) == lines.get(place.id, (0, 0)) == (count, count)
        branch = next((one for one in whole.branches if one.id == place.id), None)
        assert (branch.amounts[at].now or 0 if branch else 0) == mentors
        assert (branch.accepted if branch else 0) == count
        if place.id == tree.region.id:
            continue
        own, district = shown(place, bounds), summary(place, bounds)
        assert ((own.value(MENTORS) or 0), own.accepted, own.expected) == (mentors, count, count)
        assert ((district.lines[at].total.now or 0), district.accepted, district.expected) == (mentors, count, count)
        assert sum(one.amounts[at].now or 0 for one in district.branches) == mentors
    assert region.value(MENTORS) == whole.lines[at].total.now == 15


def test_the_month_as_it_was_stays_where_it_was(merged: Tree):
    check(merged, Bounds.PERIOD, {merged.district: (3, 2), merged.other_district: (4, 1), merged.region: (8, 1)})


def test_in_todays_bounds_it_counts_with_the_successors_district(merged: Tree):
    check(merged, Bounds.TODAY, {merged.district: (2, 1), merged.other_district: (5, 2), merged.region: (8, 1)})


def test_a_chain_is_followed_to_its_last_successor(merged: Tree):
    merge(merged, merged.other_school, merged.sister)

    check(merged, Bounds.TODAY, {merged.district: (7, 3), merged.other_district: (0, 0), merged.region: (8, 1)})


def test_a_successor_that_moved_takes_the_past_along(merged: Tree):
    move(merged, merged.other_school, merged.region, DAY)

    check(merged, Bounds.TODAY, {merged.district: (2, 1), merged.other_district: (0, 0), merged.region: (13, 3)})


def test_a_merger_within_a_district_changes_nothing(october: Tree):
    merge(october, october.school, october.sister)

    for bounds in Bounds:
        check(october, bounds, {october.district: (3, 2), october.other_district: (4, 1), october.region: (8, 1)})


def test_a_split_leaves_the_past_with_the_original(october: Tree):
    goes = people.make_participant(october.sister, role=MENTEE)
    card = {"code": unique("n"), "name": "Новая", "name_short": "Школа № 20", "parent_id": october.other_district.id}
    plan(october, Change(Kind.SPLIT, [october.sister.id], DAY, card=card), chosen=[goes.id])
    run_waiting()

    check(october, Bounds.TODAY, {october.district: (3, 2), october.other_district: (4, 1), october.region: (8, 1)})


def test_a_merger_that_was_only_planned_changes_nothing(october: Tree):
    plan(october, merging([october.school], date(2026, 12, 1), receiver=october.other_school))

    check(october, Bounds.TODAY, {october.district: (3, 2), october.other_district: (4, 1), october.region: (8, 1)})


def test_the_month_before_is_compared_within_the_same_bounds(merged: Tree):
    """The difference of November to October would else hold the merged school on one side only."""
    clock.travel(datetime(2026, 12, 3, 9, tzinfo=UTC))
    window = open_month(merged, Month(2026, 11))
    for place in (merged.sister, merged.other_school, merged.college):
        hand_in(merged, place, window)
    run_waiting()
    with transaction(actor_of(merged.other_district).scope.reading()) as session:
        opened = next(one for one in queries.windows(session) if one.window.period_start == date(2026, 11, 1))
        definition = definition_of(session, opened.edition.id)
        node = merged.other_district.id
        found = node_totals(session, opened, definition, node_id=node, region=False, bounds=Bounds.TODAY)

    assert found.value(MENTORS, before=True) == Decimal(5)
    # The cut of November lay before the merger: the merged school owed that month and never handed it in.
    assert (found.value(MENTORS), found.accepted, found.expected) == (Decimal(4), 1, 2)


def text_of(seat, path: str) -> str:
    response = seat.get(path)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


@pytest.mark.parametrize("page", ["totals", "matrix"])
@pytest.mark.parametrize("node", ["region", "district", "other_district"])
def test_the_switch_counts_who_was_merged_into_another_district(merged: Tree, as_role, page, node):
    role = Role.REGION_ADMIN if node == "region" else Role.DISTRICT_REVIEWER
    words = text_of(as_role(role, getattr(merged, node)), f"submissions/{page}/2026-10")

    assert "В нынешних границах 1" in words


def test_each_district_says_what_its_page_holds_of_the_merged_school(merged: Tree, as_role):
    near = as_role(Role.DISTRICT_REVIEWER, merged.district)
    far = as_role(Role.DISTRICT_REVIEWER, merged.other_district)

    for page in ("totals", "matrix"):
        today = text_of(far, f"submissions/{page}/2026-10?bounds=today")
        assert "присоединены организации других районов: 1" in today
        assert "Школа № 1" not in today, "its records stay with the district in which it stood"
        assert "присоединены" not in text_of(far, f"submissions/{page}/2026-10")
        assert "присоединены" not in text_of(near, f"submissions/{page}/2026-10?bounds=today")
    assert "Школа № 1" in text_of(near, "submissions/matrix/2026-10")
    assert "Школа № 1" not in text_of(near, "submissions/matrix/2026-10?bounds=today")
    assert "Приняты все отчёты: 2" in text_of(far, "submissions/totals/2026-10?bounds=today")


def test_the_workbooks_hold_the_same_sums(merged: Tree, as_role):
    seat = as_role(Role.DISTRICT_REVIEWER, merged.other_district)

    book = openpyxl.load_workbook(io.BytesIO(seat.get("submissions/totals/2026-10/xlsx?bounds=today").data))
    rows = [[cell.value for cell in row] for sheet in book for row in sheet]
    assert next(row[1:3] for row in rows if row[0] == "Дальний район") == [2, 2]
