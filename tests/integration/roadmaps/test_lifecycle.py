"""The way of a plan: draft, sent, returned, approved; and who may do which step."""

from datetime import date

import pytest
from sqlalchemy import select

from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.journal import JournalEntry
from tenants.roadmaps import commands, events, measures, reviews
from tenants.roadmaps.models import Roadmap, RoadmapState, RoadmapStatus, RoadmapVersion, VersionMeasure
from tests.factories.roadmaps import (
    MEASURES,
    ORDER,
    YEAR,
    make_question,
    make_roadmap,
    make_template,
    measures_of,
    reviewer_of,
    state_of,
)
from tests.factories.tree import Tree, actor_of


def journal_events(place):
    with transaction(actor_of(place).scope.reading()) as session:
        return [row.event for row in session.scalars(select(JournalEntry).order_by(JournalEntry.id))]


def test_an_organization_has_one_plan_a_year(tree: Tree):
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        first = commands.start_plan(session, actor, YEAR)
    with transaction(actor.scope) as session:
        second = commands.start_plan(session, actor, YEAR)

    assert first.id == second.id
    assert journal_events(tree.school).count("roadmap.started") == 1


def test_a_template_fills_an_empty_plan_with_days_of_the_school_year(tree: Tree):
    template_id = make_template(tree)
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        roadmap = commands.start_from_template(session, actor, template_id, YEAR)

    rows = measures_of(roadmap, tree.school)

    assert len(rows) == 25
    assert len({row.stage_title for row in rows}) == 7
    assert rows[0].period_end == date(2026, 9, 10)
    assert next(row for row in rows if row.number == "6.4").period_end == date(2027, 1, 25)
    with transaction(actor.scope) as session, pytest.raises(WrongStateError):
        commands.start_from_template(session, actor, template_id, YEAR)


def test_sending_freezes_a_version_that_later_editing_does_not_touch(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.RETURNED)
    row = measures_of(roadmap, tree.school)[0]
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        measures.edit_measure(session, actor, row.id, {"title": "Новый приказ"}, version=row.version)

    with transaction(reviewer_of(tree.school).scope.reading()) as session:
        frozen = session.scalars(select(VersionMeasure).order_by(VersionMeasure.position)).all()
        version = session.scalars(select(RoadmapVersion)).one()

    assert [one.title for one in frozen] == [values["title"] for values in MEASURES]
    assert (version.n, version.measure_count, len(version.sha256)) == (1, 3, 64)


def test_an_empty_plan_is_not_sent(tree: Tree):
    roadmap = make_roadmap(tree.school, measures=())
    actor = actor_of(tree.school)

    with transaction(actor.scope) as session, pytest.raises(InvalidError):
        commands.send_roadmap(session, actor, roadmap.id)


def test_a_question_that_leaves_no_time_stops_the_sending_until_it_is_answered(tree: Tree):
    roadmap = make_roadmap(tree.school)
    actor = actor_of(tree.school)
    asked = make_question(roadmap, actor)
    with transaction(actor.scope) as session, pytest.raises(InvalidError, match="Ответьте на вопросы"):
        commands.send_roadmap(session, actor, roadmap.id)

    with transaction(actor.scope) as session:
        measures.answer_question(session, actor, asked.id, measures.Answer("other", end=date(2026, 12, 1)))
    with transaction(actor.scope) as session:
        commands.send_roadmap(session, actor, roadmap.id)

    assert state_of(roadmap, tree.school).status is RoadmapStatus.SENT


def test_a_sent_plan_is_not_edited_and_can_be_recalled_until_the_review_begins(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    actor, judge = actor_of(tree.school), reviewer_of(tree.school)
    row = measures_of(roadmap, tree.school)[0]
    with transaction(actor.scope) as session, pytest.raises(WrongStateError):
        measures.edit_measure(session, actor, row.id, {"title": "Иначе"}, version=row.version)
    with transaction(actor.scope) as session:
        commands.recall_roadmap(session, actor, roadmap.id)
    assert state_of(roadmap, tree.school).status is RoadmapStatus.DRAFT

    with transaction(actor.scope) as session:
        commands.send_roadmap(session, actor, roadmap.id)
    with transaction(judge.scope) as session:
        reviews.take_roadmap(session, judge, roadmap.id)
    with transaction(actor.scope) as session, pytest.raises(WrongStateError, match="уже проверяют"):
        commands.recall_roadmap(session, actor, roadmap.id)


def test_the_district_approves_with_date_and_number_of_the_order(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED)

    state = state_of(roadmap, tree.school)

    assert (state.status, state.approved_version_n) == (RoadmapStatus.APPROVED, 1)
    assert (state.order_number, state.order_on) == (ORDER.number, ORDER.on)
    assert "roadmap.approved" in journal_events(tree.district)


def test_a_college_is_reviewed_by_the_region_and_a_school_is_not(tree: Tree):
    of_college = make_roadmap(tree.college, RoadmapStatus.SENT)
    of_school = make_roadmap(tree.school, RoadmapStatus.SENT)
    region = actor_of(tree.region)

    with transaction(region.scope) as session:
        reviews.approve_roadmap(session, region, of_college.id, ORDER, version_n=1)
    with transaction(region.scope) as session, pytest.raises(ForbiddenError):
        reviews.approve_roadmap(session, region, of_school.id, ORDER, version_n=1)

    assert state_of(of_college, tree.college).status is RoadmapStatus.APPROVED


def test_a_school_approves_neither_its_own_plan_nor_its_sisters(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    for place, error in ((tree.school, ForbiddenError), (tree.sister, NotFoundError)):
        actor = actor_of(place, Role.DISTRICT_REVIEWER)
        with transaction(actor.scope) as session, pytest.raises(error):
            reviews.approve_roadmap(session, actor, roadmap.id, ORDER, version_n=1)

    assert state_of(roadmap, tree.school).status is RoadmapStatus.SENT


def test_another_district_does_not_find_the_plan(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    actor = actor_of(tree.other_district)

    with transaction(actor.scope) as session, pytest.raises(NotFoundError):
        reviews.take_roadmap(session, actor, roadmap.id)


def test_the_person_who_sent_a_plan_does_not_approve_it_in_another_seat(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    judge = reviewer_of(tree.school)
    same_person = type(judge)(actor_of(tree.school).user_id, judge.name, judge.role, judge.organization)

    with transaction(same_person.scope) as session, pytest.raises(ForbiddenError, match="другой сотрудник"):
        reviews.approve_roadmap(session, same_person, roadmap.id, ORDER, version_n=1)


def test_a_version_sent_after_the_reviewer_looked_is_not_approved_unseen(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    actor, judge = actor_of(tree.school), reviewer_of(tree.school)
    with transaction(actor.scope) as session:
        commands.recall_roadmap(session, actor, roadmap.id)
    with transaction(actor.scope) as session:
        commands.send_roadmap(session, actor, roadmap.id)

    with transaction(judge.scope) as session, pytest.raises(ConflictError):
        reviews.approve_roadmap(session, judge, roadmap.id, ORDER, version_n=1)

    assert state_of(roadmap, tree.school).version_n == 2


def test_a_second_approval_finds_the_decision_made(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED)
    judge = reviewer_of(tree.school)

    with transaction(judge.scope) as session, pytest.raises(WrongStateError):
        reviews.approve_roadmap(session, judge, roadmap.id, ORDER, version_n=1)


def test_an_approved_plan_is_changed_as_a_new_version_while_the_old_one_stays_in_force(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED)
    actor = actor_of(tree.school)
    row = measures_of(roadmap, tree.school)[0]
    with transaction(actor.scope) as session, pytest.raises(WrongStateError):
        measures.remove_measure(session, actor, row.id)

    with transaction(actor.scope) as session:
        commands.revise_roadmap(session, actor, roadmap.id)
    with transaction(actor.scope) as session:
        measures.remove_measure(session, actor, row.id)
        commands.send_roadmap(session, actor, roadmap.id)

    state = state_of(roadmap, tree.school)
    assert (state.status, state.version_n, state.approved_version_n) == (RoadmapStatus.SENT, 2, 1)


def test_the_state_is_what_the_events_fold_into_and_a_forged_one_is_found(tree: Tree):
    for place, status in ((tree.school, RoadmapStatus.APPROVED), (tree.sister, RoadmapStatus.RETURNED)):
        make_roadmap(place, status)
    district = reviewer_of(tree.school)
    with transaction(district.scope.reading()) as session:
        assert events.check_states(session) == []

    with transaction(district.scope) as session:
        state = session.scalars(select(RoadmapState).where(RoadmapState.organization_id == tree.school.id)).one()
        state.status = RoadmapStatus.DRAFT
        forged = state.roadmap_id
    with transaction(district.scope.reading()) as session:
        assert events.check_states(session) == [forged]


def test_the_reviewer_cannot_write_the_schools_plan(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.RETURNED)
    row = measures_of(roadmap, tree.school)[0]
    judge = reviewer_of(tree.school)

    with transaction(judge.scope) as session, pytest.raises(ForbiddenError):
        measures.edit_measure(session, judge, row.id, {"title": "Иначе"}, version=row.version)
    with transaction(judge.scope.reading()) as session:
        assert session.scalars(select(Roadmap)).one().id == roadmap.id
