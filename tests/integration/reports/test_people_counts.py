"""A person in two organizations is one person above them: the union of the frozen sets, never a scan of people."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.operations.worker import run_waiting
from reports import people_counts
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.submissions import entries
from tenants.submissions.sums import Rollup
from tests.factories import people
from tests.factories.months import hand_in, open_month, start
from tests.factories.tree import Tree, actor_of

MENTORS = ("1", "4", "3")
PAIRS = ("1", "2", "3")
BORN = date(1980, 5, 17)


def mentor(place, name, born_on=BORN):
    return people.make_participant(place, name=name, born_on=born_on, role="mentor", form="teacher_teacher")


def counts(place):
    with transaction(actor_of(place).scope.reading()) as session:
        rows = session.scalars(select(Rollup).where(Rollup.organization_id == place.id))
        return {row.place: (row.value, row.people_count) for row in rows}


@pytest.fixture
def planted(tree: Tree):
    """Three mentors work in two organizations each; everybody else in one. Spelling differs as it does in life."""
    for place, name in (
        (tree.school, "Королёва Алёна Игоревна"),
        (tree.sister, "КОРОЛЕВА Алена Игоревна"),
        (tree.school, "Салтыкова-Щедрина Анна Львовна"),
        (tree.other_school, "Салтыкова-Щедринa Анна Львовна"),
        (tree.college, "Ким Лев"),
        (tree.other_school, "Ким Лев"),
        (tree.sister, "Орлова Нина Петровна"),
    ):
        mentor(place, name)
    mentor(tree.school, "Ким Лев", date(1981, 5, 17))
    window = open_month(tree)
    for place in (tree.school, tree.sister, tree.other_school, tree.college):
        hand_in(tree, place, window)
    run_waiting()
    return window


@pytest.mark.usefixtures("planted")
def test_the_region_knows_how_many_people_stand_behind_its_sum(tree: Tree):
    assert counts(tree.region)[MENTORS] == (Decimal(8), Decimal(5))
    assert counts(tree.district)[MENTORS] == (Decimal(5), Decimal(4))
    assert counts(tree.other_district)[MENTORS] == (Decimal(2), Decimal(2))


@pytest.mark.usefixtures("planted")
def test_what_is_no_person_gets_no_number_of_people(tree: Tree):
    assert counts(tree.region)[PAIRS][1] is None


def test_a_number_changed_by_hand_is_added_as_it_stands(tree: Tree):
    mentor(tree.school, "Ким Лев")
    mentor(tree.sister, "Ким Лев")
    window = open_month(tree)
    submission, actor = start(tree.school, window), actor_of(tree.school)
    with transaction(actor.scope) as session:
        terms = entries.Adjustment(value=Decimal(3), reason="Двое ещё не внесены в учёт")
        for place in (MENTORS, ("1", "4", "5")):
            entries.adjust(session, actor, submission.id, place, terms)
    for place in (tree.school, tree.sister):
        hand_in(tree, place, window)
    run_waiting()

    assert counts(tree.district)[MENTORS] == (Decimal(4), Decimal(3))


def test_counting_again_changes_nothing(tree: Tree, planted):
    before = counts(tree.region)
    with transaction(actor_of(tree.region).scope) as session:
        people_counts.recount(session, planted.id)

    assert counts(tree.region) == before


@pytest.mark.usefixtures("planted")
def test_the_totals_say_both_numbers(tree: Tree, as_role):
    page = as_role(Role.REGION_ADMIN, tree.region).get("submissions/totals/2026-10?row=4").get_data(as_text=True)

    assert "5\xa0человек" in page
    assert "4\xa0человека" in page
