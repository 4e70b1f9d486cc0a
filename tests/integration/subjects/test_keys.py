"""Keys that join a person across organizations: what of them goes with the person, and what the act says stays."""

from datetime import date

import psycopg
import pytest
from sqlalchemy import select

from portal.subjects.papers import papers_of
from tenants.db import transaction
from tenants.errors import WrongStateError
from tenants.organizations.models import Organization
from tenants.participants import twins
from tenants.participants.models import Participant
from tenants.participants.twin_models import TwinQuestion, TwinWord
from tenants.subjects.facts import facts_of
from tenants.subjects.models import Destruction
from tests.conftest import Database
from tests.documents import words_of
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.subjects import destroyed
from tests.factories.tree import Tree, actor_of

NAME, BORN = "Ключевой Павел Ильич", date(2011, 4, 2)


def met_twice(tree: Tree) -> Participant:
    """A person who is known to another school too and whose consent here was withdrawn; both schools are asked."""
    here, there = (
        make_participant(place, name=NAME, born_on=BORN, role=MENTEE, started_on=date(2026, 9, 1))
        for place in (tree.school, tree.other_school)
    )
    make_consent(tree.school, here, given_on=date(2026, 9, 1), withdrawn_on=date(2026, 11, 1))
    with transaction(actor_of(tree.region).scope) as session:
        assert twins.ask_schools(session) == 2
    assert there.id != here.id
    return here


def question_in(place: Organization) -> TwinQuestion:
    with transaction(actor_of(place).scope.reading()) as session:
        return session.scalars(select(TwinQuestion)).one()


def test_the_key_of_the_question_goes_with_the_person(tree: Tree, database: Database) -> None:
    gone = met_twice(tree)
    key = question_in(tree.school).match_key

    act = destroyed(tree.school, gone)

    assert key is not None
    assert question_in(tree.school).match_key is None
    assert question_in(tree.other_school).match_key == key
    with psycopg.connect(database.admin_url) as connection:
        held = (
            "select count(*) from participant where organization_id = %s and (identity_key = %s or identity_hint = %s)"
        )
        assert connection.execute(held, [tree.school.id, key, key]).fetchone() == (0,)
    with transaction(actor_of(tree.school).scope.reading()) as session:
        facts = facts_of(
            session, actor_of(tree.school).scope, session.get_one(Destruction, (act.region_id, act.id)), act.done_at
        )
    assert "ключ сопоставления" in facts.subjects[0]["categories"]
    words = words_of(papers_of(facts)[0].content)
    assert "ключ сопоставления (хеш имени и даты рождения с секретным ключом портала)" in " ".join(words.split())


def test_nobody_is_asked_about_a_destroyed_person_any_more(tree: Tree) -> None:
    destroyed(tree.school, met_twice(tree))
    actor, question = actor_of(tree.school), question_in(tree.school)

    with transaction(actor.scope.reading()) as session:
        assert (twins.questions(session), twins.open_question_count(session)) == ([], 0)
    with pytest.raises(WrongStateError, match="уничтожены"), transaction(actor.scope) as session:
        twins.answer_question(session, actor, question.id, TwinWord.SAME)
