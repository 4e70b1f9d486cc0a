"""A withdrawal hides the name by construction, ends what it must, and is undone exactly."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text, update

from tenants import clock
from tenants.db import Level, TenantRow, transaction
from tenants.errors import InvalidError, WrongStateError
from tenants.history import state_of
from tenants.mentorships.models import Mentorship, MentorshipMember
from tenants.organizations.models import Organization
from tenants.participants.commands import Card, add_person, edit_person
from tenants.participants.commands import NewPerson as New
from tenants.participants.consents import NewConsent, consent_allows
from tenants.participants.models import Consent, ConsentKind, Giver, Participation
from tenants.participants.participations import NewPart
from tenants.participants.persons import HiddenName, Name, Person, PersonHistory
from tenants.participants.queries import PeopleFilter, all_people, ties_of
from tenants.participants.withdrawal import Withdrawal, withdraw_consent
from tenants.participants.withdrawal_effects import effects_of
from tests.factories.openings import make_opening
from tests.factories.people import MENTEE, MENTOR, make_consent, make_mentorship, make_participant
from tests.factories.tree import Tree, actor_of
from tests.integration.consents.doing import WITHDRAWN, canary, given, shown, undone, withdrawn

RECORDS = (Participation, Mentorship, MentorshipMember)


def records(place: Organization) -> dict[tuple[str, int], dict[str, Any]]:
    """Every part, pair and member of a school as it stands, but for the count of changes."""
    with transaction(actor_of(place).scope) as session:
        rows: list[TenantRow] = [row for model in RECORDS for row in session.scalars(select(model))]
        return {(row.__tablename__, row.id): state_of(row) | {"version": 0} for row in rows}


def people_in_raw_sql(place: Organization, **scope: bool) -> int:
    with transaction(replace(actor_of(place).scope, **scope)) as session:
        return int(session.scalar(text("select count(*) from person where last_name = :name"), {"name": WITHDRAWN}))


def test_the_last_withdrawal_hides_the_name_from_raw_sql(tree: Tree) -> None:
    _, consent = canary(tree.school)

    row = withdrawn(tree.school, consent)

    assert people_in_raw_sql(tree.school) == 0
    assert people_in_raw_sql(tree.school, subject_access=True) == 1
    assert (row.hides, row.destroy_due_on) == (True, row.withdrawn_on + timedelta(days=30))


def test_contacts_that_were_open_to_the_district_close_with_the_name(tree: Tree) -> None:
    person, consent = canary(tree.school)
    district = actor_of(tree.district)
    make_opening(district, tree.school, [person.id], contacts=True)

    def phones() -> int:
        with transaction(replace(district.scope.reading(), level=Level.CONTACTS)) as session:
            return int(session.scalar(text("select count(phone) from person")) or 0)

    assert phones() == 1
    withdrawn(tree.school, consent)
    assert phones() == 0


def test_former_states_of_the_name_are_hidden_too(tree: Tree) -> None:
    person, consent = canary(tree.school)
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        edit_person(session, actor, person.id, Card(Name(WITHDRAWN, "Прохор"), person.born_on), version=2)
    withdrawn(tree.school, consent)

    with transaction(actor.scope) as session:
        assert session.scalar(select(func.count(PersonHistory.id))) == 0
    with transaction(replace(actor.scope, subject_access=True)) as session:
        assert session.scalar(select(func.count(PersonHistory.id))) >= 2


def test_a_hidden_row_can_neither_be_changed_nor_made(tree: Tree) -> None:
    _, consent = canary(tree.school)
    withdrawn(tree.school, consent)

    with transaction(actor_of(tree.school).scope) as session:
        session.execute(update(Person).values(phone="8 900 000-00-00"))
    with transaction(replace(actor_of(tree.school).scope, subject_access=True)) as session:
        assert session.scalars(select(Person.phone)).all() == [""]


def test_the_number_stands_for_a_hidden_name(tree: Tree) -> None:
    person, consent = canary(tree.school)
    withdrawn(tree.school, consent)

    name = shown(tree.school, person)

    assert isinstance(name, HiddenName)
    assert name.full == "Участник №\N{NO-BREAK SPACE}1 · имя скрыто: согласие отозвано"


def test_a_consent_signed_after_the_withdrawal_keeps_the_name(tree: Tree) -> None:
    person, consent = canary(tree.school)
    make_consent(tree.school, person, given_on=date(2026, 10, 1))

    row = withdrawn(tree.school, consent, date(2026, 9, 30))

    assert (row.hides, row.destroy_due_on) == (False, None)
    assert shown(tree.school, person).last == WITHDRAWN


def test_a_consent_of_the_parents_outgrown_at_eighteen_keeps_no_name(tree: Tree) -> None:
    person, _ = canary(tree.school, born_on=date(2008, 3, 1))
    today = clock.today()
    with transaction(actor_of(tree.school).scope) as session:
        session.execute(update(Consent).values(given_on=date(2024, 9, 1), given_by=Giver.REPRESENTATIVE))
    own = given(tree.school, person, NewConsent(date(2026, 9, 2)))
    with transaction(actor_of(tree.school).scope) as session:
        effects = effects_of(session, own, today)

    row = withdrawn(tree.school, own)

    assert (effects.last, effects.destroy_due_on) == (True, today + timedelta(days=30))
    assert (row.hides, row.destroy_due_on) == (True, today + timedelta(days=30))
    assert isinstance(shown(tree.school, person), HiddenName)


@pytest.mark.parametrize("kind", [kind for kind in ConsentKind if kind is not ConsentKind.PROCESSING])
def test_purposes_are_not_merged(tree: Tree, kind: ConsentKind) -> None:
    person, _ = canary(tree.school)
    other = make_consent(tree.school, person, kind=kind)
    today = clock.today()

    withdrawn(tree.school, other)

    with transaction(actor_of(tree.school).scope) as session:
        assert not consent_allows(session, person.id, kind, today)
        assert consent_allows(session, person.id, ConsentKind.PROCESSING, today)
    assert shown(tree.school, person).last == WITHDRAWN


def test_the_district_can_ask_whether_a_transfer_is_allowed(tree: Tree) -> None:
    person, _ = canary(tree.school)
    transfer = make_consent(tree.school, person, kind=ConsentKind.TRANSFER)

    def allowed() -> bool:
        with transaction(actor_of(tree.district).scope) as session:
            return consent_allows(session, person.id, ConsentKind.TRANSFER, clock.today())

    assert allowed()
    withdrawn(tree.school, transfer)
    assert not allowed()


def test_a_new_consent_shows_the_name_again_and_stops_the_destruction(tree: Tree) -> None:
    person, consent = canary(tree.school)
    withdrawn(tree.school, consent, date(2026, 10, 1))

    given(tree.school, person, NewConsent(date(2026, 10, 20), given_by=Giver.REPRESENTATIVE))

    assert shown(tree.school, person).last == WITHDRAWN
    with transaction(actor_of(tree.school).scope) as session:
        assert session.scalar(text("select count(*) from consent_withdrawal where destroy_due_on is not null")) == 0


def test_a_consent_to_another_purpose_shows_nothing_again(tree: Tree) -> None:
    person, consent = canary(tree.school)
    withdrawn(tree.school, consent)

    given(tree.school, person, NewConsent(date(2026, 10, 20), ConsentKind.SURVEY, Giver.REPRESENTATIVE))

    assert isinstance(shown(tree.school, person), HiddenName)


def test_a_hidden_person_is_not_written_down_twice(tree: Tree) -> None:
    person, consent = canary(tree.school)
    withdrawn(tree.school, consent)
    actor = actor_of(tree.school)
    card = Card(Name(WITHDRAWN, "Прохор", "Лукич"), person.born_on)
    part = NewPart(MENTEE, "student_student", date(2026, 9, 1))

    with pytest.raises(InvalidError, match="под номером 1"), transaction(actor.scope) as session:
        add_person(session, actor, New(card, part), namesake=True)


def test_undo_restores_name_parts_pairs_and_everybody_in_them(tree: Tree) -> None:
    person, consent = canary(tree.school)
    others = [make_participant(tree.school, role=MENTEE) for _ in range(2)]
    mentor = make_participant(tree.school, role=MENTOR)
    make_mentorship(tree.school, mentors=(mentor,), mentees=(person,))
    make_mentorship(tree.school, mentors=(mentor,), mentees=(person, *others))
    make_mentorship(tree.school, mentors=(mentor,), mentees=(others[0],))
    before = records(tree.school)

    row = withdrawn(tree.school, consent)
    between = records(tree.school)
    undone(tree.school, row)

    assert sum(before[key] != between[key] for key in before) == 5, "a part, a pair, its two members, one of a group"
    assert records(tree.school) == before
    assert shown(tree.school, person).last == WITHDRAWN
    with pytest.raises(WrongStateError):
        undone(tree.school, row)


def test_undo_ends_with_the_day_of_the_school(tree: Tree) -> None:
    moment = datetime(2026, 11, 20, 23, 30, tzinfo=ZoneInfo("Europe/Moscow"))
    _, consent = canary(tree.school)
    clock.travel(moment)
    row = withdrawn(tree.school, consent)

    clock.travel(moment + timedelta(hours=1))
    with pytest.raises(WrongStateError, match="в день записи"):
        undone(tree.school, row)


def test_undo_refuses_where_a_pair_was_changed_since(tree: Tree) -> None:
    person, consent = canary(tree.school)
    pair = make_mentorship(tree.school, mentees=(person,))
    row = withdrawn(tree.school, consent)
    with transaction(actor_of(tree.school).scope) as session:
        session.execute(update(Mentorship).where(Mentorship.id == pair.id).values(outcome="completed"))

    with pytest.raises(WrongStateError, match="изменили"):
        undone(tree.school, row)
    assert isinstance(shown(tree.school, person), HiddenName)


def test_the_preview_says_what_then_happens(tree: Tree) -> None:
    person, consent = canary(tree.school)
    others = [make_participant(tree.school, role=MENTEE) for _ in range(2)]
    pair = make_mentorship(tree.school, mentees=(person,))
    group = make_mentorship(tree.school, mentees=(person, *others))
    with transaction(actor_of(tree.school).scope) as session:
        effects = effects_of(session, consent, clock.today())

    withdrawn(tree.school, consent)

    assert {one.id: one.ends for one in effects.pairs} == {pair.id: True, group.id: False}
    with transaction(actor_of(tree.school).scope) as session:
        ended = session.scalars(select(Mentorship.id).where(Mentorship.ended_on.is_not(None))).all()
    assert ended == [pair.id]
    assert len(effects.parts) == 1


def test_the_journal_tells_the_withdrawal_without_a_name(tree: Tree) -> None:
    _, consent = canary(tree.school)
    undone(tree.school, withdrawn(tree.school, consent))

    with transaction(actor_of(tree.school).scope) as session:
        entries = session.execute(
            text("select event, detail::text from journal where part_of_id is null order by id")
        ).all()
    assert [event for event, _ in entries] == ["consent.withdrawn", "consent.restored"]
    assert WITHDRAWN not in "".join(detail for _, detail in entries)


def test_a_withdrawal_while_a_list_is_read_tears_nothing(tree: Tree) -> None:
    person, consent = canary(tree.school)
    mentor = make_participant(tree.school, role=MENTOR)
    make_mentorship(tree.school, mentors=(mentor,), mentees=(person,))
    today = clock.today()

    with transaction(actor_of(tree.school).scope.reading()) as export:
        first = all_people(export, today, PeopleFilter())
        actor = actor_of(tree.school)
        with transaction(actor.scope) as session:
            withdraw_consent(session, actor, consent.id, Withdrawal())
        after = all_people(export, today, PeopleFilter(tab="ended"))
        ties = ties_of(export, today, [mentor.id])

    assert WITHDRAWN in {one.name.last for one in first}
    assert [one.name.last for one in after] == [f"Участник №\N{NO-BREAK SPACE}{person.number}"]
    assert ties == {}
