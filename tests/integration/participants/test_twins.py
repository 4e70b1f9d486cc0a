"""The same person in two organizations: both are asked, neither sees the other, the answer decides how they count."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.operations.jobs import JOBS
from portal.operations.worker import run_waiting
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import ForbiddenError, NotFoundError
from tenants.jobs.models import Job
from tenants.participants import twins
from tenants.participants.models import EndReason, Participant
from tenants.participants.twin_models import TwinWord
from tests.factories.people import make_participant
from tests.factories.tree import Tree, actor_of, make_tree

BORN = date(2011, 4, 2)
NAME = "Лазурная Вера Ильинична"


def kept(place, name=NAME, born_on=BORN, **more):
    return make_participant(place, name=name, born_on=born_on, role="mentee", **more)


def ask(tree):
    with transaction(actor_of(tree.region).scope) as session:
        return twins.ask_schools(session)


def waiting(place):
    with transaction(actor_of(place).scope.reading()) as session:
        return twins.questions(session)


def say(place, word):
    (one,) = waiting(place)
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        twins.answer_question(session, actor, one.question.id, word)


def key_of(place, participant):
    with transaction(actor_of(place).scope.reading()) as session:
        return session.scalars(select(Participant.identity_key).where(Participant.id == participant.id)).one()


def test_both_schools_are_asked_once(tree: Tree):
    kept(tree.school)
    kept(tree.other_school, "ЛАЗУРНАЯ Вера Ильинична")
    kept(tree.sister, "Лазурная Вера Ильинична", date(2012, 4, 2))

    assert ask(tree) == 2
    assert ask(tree) == 0
    assert [len(waiting(place)) for place in (tree.school, tree.other_school, tree.sister)] == [1, 1, 0]


def test_another_region_is_none_of_our_business(tree: Tree):
    kept(tree.school)
    kept(make_tree().school)

    assert ask(tree) == 0


@pytest.mark.parametrize("reason", [EndReason.COMPLETED, EndReason.MISTAKE])
def test_who_takes_part_no_more_is_not_asked_about(tree: Tree, reason):
    kept(tree.school)
    kept(tree.sister, ended_on=date(2026, 10, 1), end_reason=reason)

    assert ask(tree) == 0


def test_a_namesake_of_the_same_day_is_counted_apart(tree: Tree):
    here, there = kept(tree.school), kept(tree.sister)
    ask(tree)

    say(tree.school, TwinWord.OTHER)

    assert key_of(tree.school, here) != key_of(tree.sister, there)
    assert waiting(tree.school) == []


def test_a_later_answer_replaces_an_earlier_one(tree: Tree):
    here, there = kept(tree.school), kept(tree.sister)
    ask(tree)
    say(tree.school, TwinWord.OTHER)
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        (one,) = twins.questions(session, answered=True)
        twins.answer_question(session, actor, one.question.id, TwinWord.SAME)

    assert key_of(tree.school, here) == key_of(tree.sister, there)


def test_a_missing_middle_name_is_asked_about_and_joined_only_by_an_answer(tree: Tree):
    here, there = kept(tree.school), kept(tree.sister, "Лазурная Вера")
    assert ask(tree) == 2
    assert key_of(tree.school, here) != key_of(tree.sister, there)

    say(tree.school, TwinWord.SAME)

    assert key_of(tree.school, here) == key_of(tree.sister, there)


def test_different_middle_names_are_different_people(tree: Tree):
    kept(tree.school)
    kept(tree.sister, "Лазурная Вера Олеговна")

    assert ask(tree) == 0


def test_only_the_curator_of_the_school_answers(tree: Tree):
    kept(tree.school)
    kept(tree.sister)
    ask(tree)
    (one,) = waiting(tree.school)

    with pytest.raises(NotFoundError), transaction(actor_of(tree.sister).scope) as session:
        twins.answer_question(session, actor_of(tree.sister), one.question.id, TwinWord.SAME)
    director = actor_of(tree.school, Role.DIRECTOR)
    with pytest.raises(ForbiddenError), transaction(director.scope) as session:
        twins.answer_question(session, director, one.question.id, TwinWord.SAME)


def test_the_page_shows_nothing_of_the_other_school(tree: Tree, as_role):
    kept(tree.school)
    kept(tree.other_school)
    ask(tree)
    seat = as_role(Role.CURATOR, tree.school)

    page = seat.get("participants/twins").get_data(as_text=True)
    (one,) = waiting(tree.school)
    answer = seat.post(f"participants/twins/{one.question.id}/answer", data={"answer": "same"})

    assert "Это тот же человек?" in page
    assert NAME in page
    assert tree.other_school.name_short not in page
    assert tree.other_school.code not in page
    assert answer.status_code == 303
    assert "участвует и у нас" in seat.get("participants/twins").get_data(as_text=True)
    assert seat.post(f"participants/twins/{one.question.id}/answer", data={"answer": "?"}).status_code == 422


def test_the_region_compares_once_a_day(tree: Tree):
    kept(tree.school)
    kept(tree.sister)

    twins.ask_daily()
    twins.ask_daily()
    run_waiting()

    assert twins.TWINS_JOB in JOBS
    assert len(waiting(tree.school)) == 1
    with transaction(twins.REGISTRY.reading()) as session:
        jobs = session.scalars(
            select(Job.id).where(Job.kind == twins.TWINS_JOB, Job.organization_id == tree.region.id)
        ).all()
    assert len(jobs) == 1
