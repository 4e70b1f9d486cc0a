"""The list of people."""

from datetime import date

import pytest
from sqlalchemy import event

from tenants.db import engine_for, transaction
from tenants.organizations.models import Organization
from tenants.participants.consents import ConsentState
from tenants.participants.queries import PeopleFilter, all_people, people_page, people_summary
from tests.factories.people import (
    MENTEE,
    MENTOR,
    TEACHERS_FORM,
    make_consent,
    make_mentorship,
    make_participant,
    make_participation,
)
from tests.factories.tree import Tree, actor_of

TODAY = date(2026, 11, 21)


def listed(place: Organization, **wanted: object) -> list[str]:
    with transaction(actor_of(place).scope.reading()) as session:
        return [person.name.last for person in people_page(session, TODAY, PeopleFilter(**wanted))[0]]


@pytest.fixture
def school(tree: Tree) -> Organization:
    petrov = make_participant(tree.school, name="Петров Марк Андреевич", role=MENTOR, class_name="10 «А»")
    serov = make_participant(tree.school, name="Серов Кирилл Денисович", role=MENTEE)
    make_mentorship(tree.school, mentors=(petrov,), mentees=(serov,))
    make_consent(tree.school, petrov, valid_until=date(2026, 11, 27))
    make_participant(tree.school, name="Ёлкина Инна", role=MENTOR, form=TEACHERS_FORM, born_on=date(1984, 9, 2))
    gone = make_participant(tree.school, name="Дубровина Алиса Игоревна")
    make_participation(tree.school, gone, role=MENTEE, ended_on=date(2026, 10, 1))
    wrong = make_participant(tree.school, name="Ошибкин Пётр")
    make_participation(tree.school, wrong, role=MENTEE, ended_on=date(2026, 9, 1), end_reason="mistake")
    make_participant(tree.sister, name="Чужаков Иван", role=MENTEE)
    return tree.school


def test_the_list_shows_who_takes_part_now_in_russian_order(school: Organization) -> None:
    assert listed(school) == ["Ёлкина", "Петров", "Серов"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "ёлк"}, ["Ёлкина"]),
        ({"text": "ЕЛК инна"}, ["Ёлкина"]),
        ({"text": "ров"}, ["Петров", "Серов"]),
        ({"text": "100%"}, []),
        ({"text": "чужаков"}, []),
        ({"role": "mentor"}, ["Ёлкина", "Петров"]),
        ({"form": TEACHERS_FORM}, ["Ёлкина"]),
        ({"tab": "no_consent"}, ["Ёлкина", "Серов"]),
        ({"tab": "expiring"}, ["Петров"]),
        ({"tab": "no_pair"}, ["Ёлкина"]),
        ({"tab": "with_pair"}, ["Петров", "Серов"]),
        ({"tab": "ended"}, ["Дубровина"]),
        ({"sort": "-name"}, ["Серов", "Петров", "Ёлкина"]),
        ({"sort": "born"}, ["Ёлкина", "Петров", "Серов"]),
        ({"sort": "nonsense"}, ["Ёлкина", "Петров", "Серов"]),
    ],
)
def test_filters_and_orders(school: Organization, wanted: dict, found: list[str]) -> None:
    assert listed(school, **wanted) == found


def test_the_counts_over_the_list_agree_with_its_parts(school: Organization) -> None:
    with transaction(actor_of(school).scope.reading()) as session:
        summary = people_summary(session, TODAY)

    assert (summary.open, summary.mentors, summary.mentees, summary.both) == (3, 2, 1, 0)
    assert (summary.no_consent, summary.expiring, summary.no_pair, summary.ended) == (2, 1, 1, 1)


def test_a_line_tells_sides_pair_and_consent(school: Organization) -> None:
    with transaction(actor_of(school).scope.reading()) as session:
        petrov = all_people(session, TODAY, PeopleFilter(text="петров"))[0]

    assert petrov.roles == (MENTOR,)
    assert petrov.class_name == "10 «А»"
    assert petrov.consent is ConsentState.EXPIRING
    assert [tie.opposite.short for tie in petrov.ties if tie.opposite] == ["Серов К.Д."]


def test_a_page_of_the_list_asks_at_most_five_questions(school: Organization) -> None:
    asked: list[str] = []
    engine = engine_for(0)
    with transaction(actor_of(school).scope.reading()) as session:
        session.connection()
        event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        people_page(session, TODAY, PeopleFilter())
        people_summary(session, TODAY)

    assert 1 <= len(asked) <= 5


def test_pages_hold_fifty(tree: Tree) -> None:
    for _ in range(51):
        make_participant(tree.school, role=MENTEE)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        first, found = people_page(session, TODAY, PeopleFilter())
        second, _ = people_page(session, TODAY, PeopleFilter(page=2))
    assert (len(first), found, len(second)) == (50, 51, 1)
