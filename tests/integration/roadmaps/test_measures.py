"""Measures of a plan: editing by two people, places, events, execution, remarks, figures."""

from datetime import UTC, date, datetime

import pytest

from tenants import clock
from tenants.db import transaction
from tenants.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.files import store
from tenants.roadmaps import commands, executions, measures, plans, queries, reviews
from tenants.roadmaps.models import RoadmapStatus
from tests.factories.roadmaps import (
    ORDER,
    YEAR,
    make_roadmap,
    make_template,
    measures_of,
    reviewer_of,
    state_of,
)
from tests.factories.tree import Tree, actor_of

NOVEMBER = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_november():
    clock.travel(NOVEMBER)


def test_the_second_of_two_editors_gets_both_values_and_overwrites_nothing(tree: Tree):
    roadmap = make_roadmap(tree.school)
    row = measures_of(roadmap, tree.school)[0]
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        measures.edit_measure(session, actor, row.id, {"title": "Приказ директора"}, version=row.version)

    with transaction(actor.scope) as session, pytest.raises(ConflictError) as caught:
        measures.edit_measure(session, actor, row.id, {"title": "Приказ школы"}, version=row.version)

    assert [(one.theirs, one.mine) for one in caught.value.differences] == [("Приказ директора", "Приказ школы")]
    assert measures_of(roadmap, tree.school)[0].title == "Приказ директора"


def test_a_changed_phrase_is_read_anew_and_typed_dates_win(tree: Tree):
    roadmap = make_roadmap(tree.school)
    actor = actor_of(tree.school)
    row = measures_of(roadmap, tree.school)[0]
    with transaction(actor.scope) as session:
        measures.edit_measure(session, actor, row.id, {"period_raw": "до 25 ноября 2026 г."}, version=row.version)
    row = measures_of(roadmap, tree.school)[0]
    assert row.period_end == date(2026, 11, 25)

    values = {"period_raw": "к каникулам", "period_start": None, "period_end": date(2026, 12, 28)}
    with transaction(actor.scope) as session:
        measures.edit_measure(session, actor, row.id, values, version=row.version)
    row = measures_of(roadmap, tree.school)[0]
    assert (row.period_end, row.asks) == (date(2026, 12, 28), False)


def test_dates_in_the_wrong_order_are_refused_at_their_field(tree: Tree):
    roadmap = make_roadmap(tree.school)
    row = measures_of(roadmap, tree.school)[0]
    actor = actor_of(tree.school)
    values = {"period_start": date(2026, 12, 1), "period_end": date(2026, 11, 1)}

    with transaction(actor.scope) as session, pytest.raises(InvalidError) as caught:
        measures.edit_measure(session, actor, row.id, values, version=row.version)

    assert caught.value.field == "period_end"


def test_measures_are_added_to_their_stage_moved_removed_and_restored(tree: Tree):
    roadmap = make_roadmap(tree.school)
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        new = measures.add_measure(
            session, actor, roadmap.id, {"stage_title": "Подготовка условий", "number": "1.3", "title": "План"}
        )
    assert numbers(roadmap, tree) == ["1.1", "1.2", "1.3", "2.1"]

    with transaction(actor.scope) as session:
        measures.move_measure(session, actor, new.id, up=True)
    assert numbers(roadmap, tree) == ["1.1", "1.3", "1.2", "2.1"]
    with transaction(actor.scope) as session:
        measures.remove_measure(session, actor, new.id)
    assert numbers(roadmap, tree) == ["1.1", "1.2", "2.1"]
    with transaction(actor.scope) as session:
        measures.restore_measure(session, actor, new.id)
    assert numbers(roadmap, tree) == ["1.1", "1.3", "1.2", "2.1"]


def numbers(roadmap, tree):
    return [row.number for row in measures_of(roadmap, tree.school)]


def test_a_dated_event_dates_every_measure_that_waits_for_it(tree: Tree):
    waiting = [
        {"stage_title": "Этап", "title": f"Дело {n}", "responsible": "Куратор", "period_raw": phrase}
        for n, phrase in enumerate(
            ("в течение месяца после издания приказа", "в течение двух недель после издания приказа")
        )
    ]
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED, measures=waiting)
    actor = actor_of(tree.school)
    first = measures_of(roadmap, tree.school)[0]
    assert first.period_end is None

    with transaction(actor.scope) as session:
        assert measures.set_anchor(session, actor, first.id, date(2026, 9, 5)) == 2

    ends = [row.period_end for row in measures_of(roadmap, tree.school)]
    assert ends == [date(2026, 10, 5), date(2026, 9, 19)]


def test_a_measure_is_marked_done_with_a_document_and_taken_back(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED)
    actor = actor_of(tree.school)
    row = measures_of(roadmap, tree.school)[0]
    done = executions.Done(date(2026, 9, 9), "Приказ № 12", "приказ.pdf", b"%PDF-1.4 sample")
    with transaction(actor.scope) as session:
        first = executions.mark_done(session, actor, row.id, done)
    with transaction(actor.scope) as session:
        again = executions.mark_done(session, actor, row.id, executions.Done(date(2026, 9, 10)))
    assert first.id == again.id

    with transaction(reviewer_of(tree.school).scope.reading()) as session:
        assert store.content_of(plans.document_of_plan(session, first.file_id)) == b"%PDF-1.4 sample"
    with transaction(actor_of(tree.sister).scope.reading()) as session, pytest.raises(NotFoundError):
        plans.document_of_plan(session, first.file_id)
    with transaction(actor.scope) as session:
        executions.undo_done(session, actor, first.id)
    with transaction(actor.scope.reading()) as session:
        assert not plans.plan_of(session, tree.school.id, YEAR).lines[0].done


def test_a_mark_needs_an_approved_plan_a_past_day_and_a_known_kind_of_document(tree: Tree):
    draft = make_roadmap(tree.sister)
    sister = actor_of(tree.sister)
    with transaction(sister.scope) as session, pytest.raises(WrongStateError):
        executions.mark_done(session, sister, measures_of(draft, tree.sister)[0].id, executions.Done(date(2026, 9, 9)))
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED)
    actor = actor_of(tree.school)
    row = measures_of(roadmap, tree.school)[0]

    for done in (
        executions.Done(date(2026, 11, 21)),
        executions.Done(date(2026, 11, 1), file_name="приказ.exe", content=b"MZ"),
    ):
        with transaction(actor.scope) as session, pytest.raises(InvalidError):
            executions.mark_done(session, actor, row.id, done)
    judge = reviewer_of(tree.school)
    with transaction(judge.scope) as session, pytest.raises(ForbiddenError):
        executions.mark_done(session, judge, row.id, executions.Done(date(2026, 9, 9)))


def test_execution_counts_every_due_day_of_a_recurring_measure(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED)
    make_roadmap(tree.sister, RoadmapStatus.SENT)
    actor = actor_of(tree.school)
    order, rules, monthly = measures_of(roadmap, tree.school)
    with transaction(actor.scope) as session:
        executions.mark_done(session, actor, order.id, executions.Done(date(2026, 9, 8)))
        day = date(2026, 9, 25)
        executions.mark_done(session, actor, monthly.id, executions.Done(day, occurrence_on=day))

    with transaction(reviewer_of(tree.school).scope.reading()) as session:
        found = queries.execution_by_organization(session, YEAR, date(2026, 11, 20))

    # Two dated measures and twelve reports; due are both and the reports of September and October.
    assert found == {tree.school.id: queries.Execution(planned=14, due=4, done=2, overdue=2)}
    assert rules.period_end < date(2026, 11, 20)


def test_the_next_things_to_do_come_by_due_day_with_the_overdue_first(tree: Tree):
    make_roadmap(tree.school, RoadmapStatus.APPROVED)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        found = queries.next_measures(session, date(2026, 11, 20), 2)
    with transaction(actor_of(tree.sister).scope.reading()) as session:
        assert queries.next_measures(session, date(2026, 11, 20)) == ()

    assert [(one.number, one.overdue) for one in found] == [("1.1", True), ("2.1", True)]


def test_a_remark_is_seen_after_the_return_answered_and_replaced_by_a_second_at_its_place(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    judge, actor = reviewer_of(tree.school), actor_of(tree.school)
    pin = reviews.Pin(measures_of(roadmap, tree.school)[0].id)
    for text in ("Уточните", "Укажите номер приказа"):
        with transaction(judge.scope) as session:
            reviews.pin_remark(session, judge, roadmap.id, pin, text, version_n=1)
    assert remarks_seen(tree) == []

    with transaction(judge.scope) as session:
        reviews.return_roadmap(session, judge, roadmap.id, version_n=1)
    [line] = remarks_seen(tree)
    assert line.remark.text == "Укажите номер приказа"
    with transaction(actor.scope) as session:
        reviews.answer_remark(session, actor, line.remark.id, "Указали")
    assert remarks_seen(tree)[0].answer.text == "Указали"
    assert state_of(roadmap, tree.school).remark_count == 1


def remarks_seen(tree):
    with transaction(actor_of(tree.school).scope.reading()) as session:
        return list(plans.plan_of(session, tree.school.id, YEAR).remarks)


def test_a_withdrawn_remark_is_gone_and_a_return_without_words_is_refused(tree: Tree):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    judge = reviewer_of(tree.school)
    pin = reviews.Pin(measures_of(roadmap, tree.school)[0].id)
    for text in ("Уточните", ""):
        with transaction(judge.scope) as session:
            reviews.pin_remark(session, judge, roadmap.id, pin, text, version_n=1)

    with transaction(judge.scope) as session, pytest.raises(InvalidError):
        reviews.return_roadmap(session, judge, roadmap.id, version_n=1)


def test_a_batch_approves_the_clean_plans_and_names_the_others(tree: Tree):
    template = make_template(tree)
    clean = []
    for place in (tree.school, tree.sister):
        actor = actor_of(place)
        with transaction(actor.scope) as session:
            roadmap = commands.start_from_template(session, actor, template, YEAR)
        if place is tree.sister:
            row = measures_of(roadmap, place)[0]
            with transaction(actor.scope) as session:
                measures.edit_measure(session, actor, row.id, {"responsible": ""}, version=row.version)
        with transaction(actor.scope) as session:
            commands.send_roadmap(session, actor, roadmap.id)
        clean.append(roadmap.id)

    judge = reviewer_of(tree.school)
    with transaction(judge.scope) as session:
        batch = reviews.approve_clean(session, judge, dict.fromkeys(clean, 1), ORDER)

    assert batch == reviews.Batch((clean[0],), (clean[1],))
    with transaction(judge.scope.reading()) as session:
        counts = queries.queue_counts(session)
    assert (counts.waiting, counts.approved) == (1, 1)


def test_standings_show_every_organization_of_the_tree_that_has_a_plan(tree: Tree):
    make_roadmap(tree.school, RoadmapStatus.RETURNED)
    make_roadmap(tree.college, RoadmapStatus.APPROVED)

    with transaction(actor_of(tree.region).scope.reading()) as session:
        found = queries.roadmap_status_by_organization(session, YEAR)

    assert {place: row.status for place, row in found.items()} == {
        tree.school.id: RoadmapStatus.RETURNED,
        tree.college.id: RoadmapStatus.APPROVED,
    }
    assert found[tree.college.id].in_force
