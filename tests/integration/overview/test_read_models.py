"""The numbers of the home pages against hand-written SQL, and the edges of their lists."""

from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest

from portal.operations.worker import run_waiting
from reports.month_views.branches import branch_counts
from reports.month_views.matrix import Standing, count_by_standing, matrix
from reports.overview import school
from reports.overview.above import Course, branch_standings, courses, school_lines, waiting_by_month
from reports.overview.sums import key_figures
from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.submissions import queries
from tenants.submissions.models import Face
from tests.conftest import Database
from tests.factories.months import NOVEMBER, OCTOBER, accept, hand_in, open_month, send, start
from tests.factories.tree import Tree, actor_of
from tests.integration.overview.busy import make_busy, make_ordered

TODAY = datetime(2026, 11, 21, 9, tzinfo=UTC)
SUM = """
    select coalesce(sum(value), 0) from fact
    where region_id = %(region)s and period_start = %(start)s and section_code = '1' and column_code = '3'
      and row_code = %(row)s and organization_id = any(%(places)s)
"""
ROWS = {"Пары": "2", "Наставники": "4", "Наставляемые": "6", "Встречи": "12"}


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(TODAY)


def test_main_sums_equal_the_accepted_facts_and_the_branches_add_up(database: Database, tree: Tree) -> None:
    make_busy(tree)
    with transaction(actor_of(tree.region).scope.reading()) as session:
        found = key_figures(session, queries.windows(session))

    assert found is not None
    assert found.month == OCTOBER
    assert (found.organization_count, found.expected_count) == (3, 4)
    with psycopg.connect(database.admin_url) as connection:
        for one in found.figures:
            wanted = {
                "region": tree.region.id,
                "start": OCTOBER.first,
                "row": ROWS[one.label],
                "places": [place.id for place in tree.all],
            }
            assert one.value == connection.execute(SUM, wanted).fetchone()[0]
            assert one.value == sum((node.values[one.label] for node in found.by_branch.values()), Decimal(0))
    assert found.by_branch[tree.region.id].organization_count == 1
    assert found.by_branch[tree.region.id].values["Пары"] == 2


def test_months_are_compared_over_the_organizations_that_are_in_both(tree: Tree) -> None:
    october, november = open_month(tree, OCTOBER), open_month(tree, NOVEMBER)
    for place in (tree.school, tree.other_school):
        make_ordered(place, date(2026, 9, 1))
        hand_in(tree, place, october)
    make_ordered(tree.school, date(2026, 11, 3))
    submission = start(tree.school, november)
    accept(tree.district, submission, send(tree.school, submission))
    run_waiting()

    with transaction(actor_of(tree.region).scope.reading()) as session:
        found = key_figures(session, queries.windows(session))

    assert found is not None
    pairs = found.figures[0]
    assert (pairs.label, pairs.value, pairs.before) == ("Пары", 2, 2)
    assert pairs.compared is not None
    assert (pairs.compared.now, pairs.compared.before, pairs.compared.organization_count) == (2, 1, 1)
    assert not found.complete
    assert pairs.trend == (2,)  # the month in course is not drawn while it lacks somebody


def test_a_district_sums_its_own(tree: Tree) -> None:
    make_busy(tree)
    with transaction(actor_of(tree.district).scope.reading()) as session:
        found = key_figures(session, queries.windows(session))

    assert found is not None
    assert found.figures[0].value == 2
    assert (found.organization_count, found.expected_count) == (1, 2)
    assert not found.by_branch


def test_branches_count_each_organization_once(tree: Tree) -> None:
    make_busy(tree)
    with transaction(actor_of(tree.region).scope.reading()) as session:
        found = branch_standings(session, queries.windows(session)[0])

    assert [(one.name, one.expected, one.handed_in, one.drafts, one.not_started) for one in found] == [
        ("Ближний район", 2, 0, 1, 1),
        ("Дальний район", 1, 1, 0, 0),
        ("Подведомственные региону", 1, 1, 0, 0),
    ]


def test_a_region_counts_its_months_as_it_would_read_them(tree: Tree) -> None:
    make_busy(tree)
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    with transaction(actor_of(tree.region).scope.reading()) as session:
        opened = queries.windows(session)[0]
        counted = branch_counts(session, opened)
        read = matrix(session, opened).branches()

    assert [
        (one.id, one.name, one.direct, [one.count(step) for step in Standing], one.accepted, one.late)
        for one in counted
    ] == [
        (
            one.id,
            one.name,
            one.direct,
            list(count_by_standing(one.lines).values()),
            one.accepted,
            sum(1 for line in one.lines if line.days_late),
        )
        for one in read
    ]
    assert [one.own_waiting for one in counted] == [0, 0, 1]
    assert sum(one.late for one in counted) > 0


def test_only_the_own_decisions_wait(tree: Tree) -> None:
    make_busy(tree)
    counts = {}
    for place in (tree.region, tree.district, tree.other_district):
        with transaction(actor_of(place).scope.reading()) as session:
            windows = queries.windows(session)
            counts[place.id] = waiting_by_month(windows, courses(session, windows, "Europe/Moscow"))

    assert counts == {tree.region.id: {NOVEMBER: 1}, tree.district.id: {}, tree.other_district.id: {NOVEMBER: 1}}


def test_a_course_adds_up_by_days() -> None:
    course = Course(((3, 2), (21, 5), (33, 6)))

    assert [course.by(day) for day in (1, 3, 20, 21, 40)] == [0, 2, 2, 5, 6]


def test_a_district_sees_its_schools_worst_first(tree: Tree) -> None:
    make_busy(tree)
    with transaction(actor_of(tree.district).scope.reading()) as session:
        lines = school_lines(session, queries.windows(session)[0])

    assert [line.place.name_short for line in lines] == ["Школа № 2", "Школа № 1"]


def test_a_draft_counts_its_faces_and_every_number_is_told(tree: Tree) -> None:
    make_busy(tree)
    with transaction(actor_of(tree.school).scope.reading()) as session:
        months = school.school_months(session, TODAY.date())
        draft = school.draft_of(session, months, 0, tree.school.kind.value)
        changed = school.changed_figures(session, months[0])

    assert draft is not None
    assert draft.faces == {Face.COMPUTED: 84}
    assert draft.total == 84
    assert not draft.blank
    assert months[0].submission is not None
    assert len(draft.questions) == months[0].submission.query_count
    assert {one.label for one in changed} >= {"Пары", "Наставляемые"}
    for one in changed:
        assert sum(term.amount for term in one.change.terms) == one.change.amount


def test_the_reasons_of_a_sent_month_are_those_it_was_sent_with(tree: Tree) -> None:
    make_busy(tree)
    with transaction(actor_of(tree.other_school).scope.reading()) as session:
        months = school.school_months(session, TODAY.date())
        changed = school.changed_figures(session, months[0])

    assert [(one.label, one.change.amount) for one in changed[:1]] == [("Пары", 1)]


def test_windows_that_have_not_begun_are_not_shown(tree: Tree) -> None:
    open_month(tree, NOVEMBER)
    clock.travel(datetime(2026, 10, 20, tzinfo=UTC))

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert school.school_months(session, clock.today()) == []


def test_nothing_accepted_gives_no_sums(tree: Tree) -> None:
    open_month(tree, NOVEMBER)

    with transaction(actor_of(tree.region, Role.REGION_ANALYST).scope.reading()) as session:
        assert key_figures(session, queries.windows(session)) is None
        assert key_figures(session, []) is None
