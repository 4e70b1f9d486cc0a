"""Everything above a school is the sum of accepted months; who is missing is part of the sum."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update

from portal.operations.worker import run_job, run_waiting
from reports import months, rollup
from tenants.db import REGISTRY, transaction
from tenants.jobs import commands as jobs
from tenants.jobs.models import Job, JobState
from tenants.organizations.models import Organization, OrganizationParent
from tenants.submissions import commands
from tenants.submissions.review import ROLLUP_JOB
from tenants.submissions.sums import Fact, Rollup
from tests.factories import people
from tests.factories.months import COMMON_FORMS, accept, hand_in, open_month, scatter_records, send, start
from tests.factories.tree import Tree, actor_of

MENTORS = ("1", "4", "3")


def totals_of(place, window):
    with transaction(actor_of(place).scope.reading()) as session:
        return rollup.totals(session, window.id, place.id)


def facts_of(tree, window):
    with transaction(actor_of(tree.region).scope.reading()) as session:
        return session.scalars(select(Fact).where(Fact.period_start == window.period_start)).all()


def test_the_region_is_the_sum_of_its_districts_and_of_what_hangs_under_it(tree: Tree):
    window = open_month(tree)
    for number, place in enumerate((tree.school, tree.sister, tree.other_school, tree.college)):
        scatter_records(place, number, people=40, forms=COMMON_FORMS)
        hand_in(tree, place, window)

    run_waiting()

    region, near, far = (totals_of(place, window) for place in (tree.region, tree.district, tree.other_district))
    facts = facts_of(tree, window)
    college = {fact.place: fact.value for fact in facts if fact.organization_id == tree.college.id}
    assert region.sums.keys() == {fact.place for fact in facts}
    for place, total in region.sums.items():
        parts = [one.sums[place].value for one in (near, far) if place in one.sums]
        assert total.value == sum(parts) + college.get(place, Decimal(0))
        assert total.value == sum(fact.value for fact in facts if fact.place == place)
        assert total.value == sum(branch.sums.get(place, Decimal(0)) for branch in region.branches)
    assert (region.organization_count, region.expected_count, region.missing) == (4, 4, ())
    assert [branch.organization_count for branch in region.branches] == [2, 1, 1]
    assert region.sums["1", "4", "7"].expected_count == 3
    assert region.sums["1", "4", "10"].expected_count == 1


def test_a_month_that_is_not_accepted_is_missing_and_shown_apart(tree: Tree):
    window = open_month(tree)
    for place in (tree.school, tree.sister):
        people.make_participant(place, role="mentor", form="teacher_teacher")
    hand_in(tree, tree.school, window)
    start(tree.sister, window)
    run_waiting()

    found = totals_of(tree.district, window)

    assert found.sums[MENTORS].value == 1
    assert (found.organization_count, found.expected_count) == (1, 2)
    assert [one.organization_id for one in found.missing] == [tree.sister.id]
    assert (found.provisional[MENTORS], found.provisional_count) == (1, 1)


def test_a_correction_replaces_the_facts_when_it_is_accepted(tree: Tree):
    window = open_month(tree)
    submission, actor = hand_in(tree, tree.school, window), actor_of(tree.school)
    run_waiting()
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")
    with transaction(actor.scope) as session:
        commands.correct_submission(session, actor, submission.id, reason="Забыли наставника")
        months.recompute(session, actor, submission.id)
    send(tree.school, submission)
    run_waiting()
    assert totals_of(tree.region, window).sums[MENTORS].value == 0

    accept(tree.district, submission, 2)
    run_waiting()

    assert totals_of(tree.region, window).sums[MENTORS].value == 1
    assert {fact.revision_n for fact in facts_of(tree, window)} == {2}
    assert len(facts_of(tree, window)) == 84


def test_a_school_that_moves_stays_in_the_sums_of_its_former_district(tree: Tree):
    window = open_month(tree)
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")
    hand_in(tree, tree.school, window)
    move(tree.school, tree.other_district, date(2026, 11, 10))
    hand_in(tree, tree.sister, window)

    run_waiting()

    assert totals_of(tree.district, window).sums[MENTORS].value == 1
    assert totals_of(tree.district, window).sums[MENTORS].organization_count == 2
    assert totals_of(tree.other_district, window).sums == {}
    assert totals_of(tree.region, window).sums[MENTORS].value == 1


def test_a_month_after_the_move_counts_in_the_new_district(tree: Tree):
    window = open_month(tree)
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")
    submission = start(tree.school, window)
    moved = move(tree.school, tree.other_district, date(2026, 10, 20))
    send(moved, submission)
    accept(tree.other_district, submission)

    run_waiting()

    assert totals_of(tree.other_district, window).sums[MENTORS].value == 1
    assert totals_of(tree.district, window).sums == {}


def move(place: Organization, to: Organization, day: date) -> Organization:
    """Hang an organization under another district from a day on; before it, it hung where it stood."""
    with transaction(REGISTRY) as session:
        session.execute(
            update(OrganizationParent)
            .where(OrganizationParent.organization_id == place.id)
            .values(valid_from=date(2020, 1, 1), valid_to=day)
        )
        session.add(
            OrganizationParent(region_id=place.region_id, organization_id=place.id, parent_id=to.id, valid_from=day)
        )
        session.execute(
            update(Organization).where(Organization.id == place.id).values(parent_id=to.id, district_id=to.id)
        )
        return session.scalars(select(Organization).where(Organization.id == place.id)).one()


def test_a_sum_asked_for_twice_is_the_same(tree: Tree):
    window = open_month(tree)
    scatter_records(tree.school, 5, people=40, forms=COMMON_FORMS)
    hand_in(tree, tree.school, window)
    run_waiting()
    once = totals_of(tree.region, window).sums

    with transaction(actor_of(tree.region).scope) as session:
        rollup.recompute(session, window.id)

    assert totals_of(tree.region, window).sums == once


def test_a_worker_killed_in_the_middle_leaves_the_job_to_the_next(tree: Tree):
    window = open_month(tree)
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")
    hand_in(tree, tree.school, window)
    with transaction(REGISTRY) as session:
        job_id = session.scalars(select(Job.id).where(Job.kind == ROLLUP_JOB, Job.region_id == tree.region.id)).one()
    held = jobs.claim(job_id)
    rollup.roll_up(held)  # and the worker dies before it says that it is done
    with transaction(REGISTRY) as session:
        session.execute(
            text("update job set lease_until = lease_until - interval '1 hour' where id = :id"), {"id": job_id}
        )

    run_job(job_id)
    run_waiting()
    rollup.roll_up(held)
    run_waiting()

    assert totals_of(tree.region, window).sums[MENTORS].value == 1
    with transaction(REGISTRY) as session:
        states = session.scalars(select(Job.state).where(Job.region_id == tree.region.id)).all()
    assert set(states) == {JobState.DONE}


@pytest.mark.parametrize("who", ["school", "district", "other_district"])
def test_a_place_sees_the_sums_of_its_own_branch_only(tree: Tree, who):
    window = open_month(tree)
    hand_in(tree, tree.school, window)
    run_waiting()
    place = getattr(tree, who)

    with transaction(actor_of(place).scope.reading()) as session:
        owners = set(session.scalars(text("select distinct organization_id from rollup")))
        facts = set(session.scalars(text("select distinct organization_id from fact")))

    assert owners == ({tree.district.id} if who == "district" else set())
    assert facts == (set() if who == "other_district" else {tree.school.id})


def test_a_district_cannot_write_a_fact_of_another_district(tree: Tree):
    window = open_month(tree)
    submission = hand_in(tree, tree.school, window)

    with transaction(actor_of(tree.other_district).scope) as session:
        touched = session.execute(text("update fact set value = 100")).rowcount

    assert submission.id
    assert touched == 0


def test_rollups_hold_only_what_may_be_added_up(tree: Tree):
    window = open_month(tree)
    hand_in(tree, tree.school, window)
    run_waiting()

    with transaction(actor_of(tree.region).scope.reading()) as session:
        rows = session.scalars(select(Rollup).where(Rollup.organization_id == tree.region.id)).all()

    assert len(rows) == 84
    assert {row.organization_count for row in rows} == {1}
