"""People: written down once, corrected with care, ended with a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.journal import JournalEntry
from tenants.mentorships.models import Mentorship, Outcome
from tenants.organizations.models import Organization
from tenants.participants.commands import Card, NewPerson, add_person, card_version, edit_person, person_of
from tenants.participants.consents import (
    ConsentState,
    NewConsent,
    consents_of,
    give_consent,
    state_on,
    usual_giver,
)
from tenants.participants.models import EndReason, Giver, Participant, ParticipantRole, Participation
from tenants.participants.participations import NewPart, add_participation, edit_participation, end_participation
from tenants.participants.persons import Name
from tenants.participants.withdrawal import Withdrawal, withdraw_consent
from tests.factories.people import (
    MENTEE,
    MENTOR,
    PUPILS_FORM,
    SEPTEMBER,
    TEACHERS_FORM,
    make_consent,
    make_mentorship,
    make_participant,
    make_participation,
)
from tests.factories.tree import Tree, actor_of

OCTOBER = date(2026, 10, 12)
ANNA = Card(Name("Иванова", "Анна", "Петровна"), date(2013, 5, 4))
PART = NewPart(MENTEE, PUPILS_FORM, SEPTEMBER, class_name="7 «А»")


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(datetime(2026, 11, 21, 9, tzinfo=UTC))


def added(place: Organization, card: Card = ANNA, part: NewPart = PART, **more: object) -> Participant:
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        return add_person(session, actor, NewPerson(card, part, **more))


def test_a_new_person_gets_a_number_a_part_and_a_consent(tree: Tree) -> None:
    person = added(tree.school, consent=NewConsent(OCTOBER, given_by=Giver.REPRESENTATIVE))

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert person.number == 1
        assert session.scalars(select(Participation.category)).all() == ["pupil"]
        assert [row.given_by for row in consents_of(session, person.id)] == [Giver.REPRESENTATIVE]
        assert session.scalars(select(JournalEntry.event).order_by(JournalEntry.id)).all() == [
            "participant.added",
            "participation.added",
            "consent.given",
        ]


def test_the_journal_holds_no_name(tree: Tree) -> None:
    added(tree.school)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert "иванов" not in str([row.detail for row in session.scalars(select(JournalEntry))]).lower()


def test_the_same_name_and_birth_date_are_one_person_whatever_the_spelling(tree: Tree) -> None:
    added(tree.school, Card(Name("Королёва", "Алёна"), date(2013, 5, 4)))

    with pytest.raises(InvalidError, match="уже записан под номером 1"):
        added(tree.school, Card(Name("  КОРОЛЕВА", "алена "), date(2013, 5, 4)))


def test_a_person_of_the_same_name_without_a_birth_date_is_a_question(tree: Tree) -> None:
    added(tree.school)
    actor = actor_of(tree.school)
    nameless, teacher = replace(ANNA, born_on=None), replace(PART, mentoring_form=TEACHERS_FORM)

    with pytest.raises(InvalidError, match="уже записан"):
        added(tree.school, nameless, teacher)
    with transaction(actor.scope) as session:
        assert add_person(session, actor, NewPerson(nameless, teacher), namesake=True).number == 2


def test_two_schools_that_know_one_person_hold_the_same_key_and_not_each_others_record(tree: Tree) -> None:
    here, there = added(tree.school), added(tree.sister)

    assert here.identity_key == there.identity_key
    with transaction(actor_of(tree.school).scope.reading()) as session, pytest.raises(NotFoundError):
        person_of(session, there.id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"card": Card(Name("Иванова", ""))}, "name"),
        ({"card": Card(Name("Иванова2", "Анна"))}, "name"),
        ({"card": replace(ANNA, born_on=date(1890, 1, 1))}, "born_on"),
        ({"card": replace(ANNA, born_on=None)}, "born_on"),
        ({"card": replace(ANNA, experience_since=date(2027, 1, 1))}, "experience_since"),
        ({"part": replace(PART, mentoring_form="employer_student")}, "mentoring_form"),
        ({"part": replace(PART, mentoring_form="nonsense")}, "mentoring_form"),
        ({"part": replace(PART, category="teacher")}, "category"),
        ({"part": replace(PART, started_on=date(1999, 9, 1))}, "started_on"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(tree: Tree, change: dict, field: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        added(tree.school, **change)

    assert refusal.value.field == field


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.DISTRICT_REVIEWER, Role.REGION_ADMIN])
def test_only_the_curator_writes(tree: Tree, role: Role) -> None:
    actor = actor_of(tree.school, role)

    with transaction(actor.scope) as session, pytest.raises(ForbiddenError):
        add_person(session, actor, NewPerson(ANNA, PART))


def test_a_stale_card_shows_both_values_and_overwrites_nothing(tree: Tree) -> None:
    person, actor = added(tree.school), actor_of(tree.school)
    with transaction(actor.scope) as session:
        seen = card_version(*person_of(session, person.id))
        edit_person(session, actor, person.id, replace(ANNA, phone="+7 900 111-22-33"), version=seen)

    with pytest.raises(ConflictError) as conflict, transaction(actor.scope) as session:
        edit_person(session, actor, person.id, replace(ANNA, phone="+7 900 000-00-00"), version=seen)

    shown = [(one.label, one.theirs, one.mine) for one in conflict.value.differences]
    assert shown == [("Телефон", "+7 900 111-22-33", "+7 900 000-00-00")]
    with transaction(actor.scope.reading()) as session:
        assert person_of(session, person.id)[1].phone == "+7 900 111-22-33"


def test_a_corrected_name_changes_the_identity_key(tree: Tree) -> None:
    person, actor = added(tree.school), actor_of(tree.school)

    with transaction(actor.scope) as session:
        edit_person(session, actor, person.id, replace(ANNA, name=Name("Иванова", "Инна", "Петровна")), version=2)
    with transaction(actor.scope.reading()) as session:
        assert person_of(session, person.id)[0].identity_key != person.identity_key


def test_one_part_in_a_form_and_role_at_a_time(tree: Tree) -> None:
    person, actor = added(tree.school), actor_of(tree.school)

    with pytest.raises(InvalidError, match="уже участвует"), transaction(actor.scope) as session:
        add_participation(session, actor, person.id, PART)
    with transaction(actor.scope) as session:
        mentor = add_participation(session, actor, person.id, replace(PART, role=ParticipantRole.MENTOR))
        assert mentor.category == "pupil"


def test_a_part_is_corrected_with_its_version(tree: Tree) -> None:
    person = make_participant(tree.school)
    part, actor = make_participation(tree.school, person), actor_of(tree.school)

    with transaction(actor.scope) as session:
        edit_participation(session, actor, part.id, replace(PART, class_name="8 «Б»"), version=1)
    with pytest.raises(ConflictError) as conflict, transaction(actor.scope) as session:
        edit_participation(session, actor, part.id, replace(PART, class_name="9 «В»"), version=1)
    assert [(one.theirs, one.mine) for one in conflict.value.differences] == [("8 «Б»", "9 «В»")]


def test_ending_a_part_takes_the_person_out_of_the_pair_and_ends_it(tree: Tree) -> None:
    mentee = make_participant(tree.school)
    part, actor = make_participation(tree.school, mentee), actor_of(tree.school)
    pair = make_mentorship(tree.school, mentees=(mentee,))

    with transaction(actor.scope) as session:
        end_participation(session, actor, part.id, ended_on=OCTOBER, reason=EndReason.TRANSFERRED)
    with transaction(actor.scope.reading()) as session:
        found = session.scalars(select(Mentorship).where(Mentorship.id == pair.id)).one()
        assert (found.ended_on, found.outcome) == (OCTOBER, Outcome.TRANSFERRED)


def test_a_group_lives_on_without_the_one_who_left(tree: Tree) -> None:
    mentees = tuple(make_participant(tree.school) for _ in range(2))
    parts = [make_participation(tree.school, person) for person in mentees]
    group, actor = make_mentorship(tree.school, mentees=mentees), actor_of(tree.school)

    with transaction(actor.scope) as session:
        end_participation(session, actor, parts[0].id, ended_on=OCTOBER, reason=EndReason.LEFT)
    with transaction(actor.scope.reading()) as session:
        assert session.scalars(select(Mentorship).where(Mentorship.id == group.id)).one().ended_on is None


@pytest.mark.parametrize(("day", "error"), [(date(2026, 8, 31), "не раньше"), (date(2026, 12, 1), "не наступил")])
def test_a_part_ends_neither_before_it_began_nor_ahead(tree: Tree, day: date, error: str) -> None:
    part, actor = make_participation(tree.school, make_participant(tree.school)), actor_of(tree.school)

    with pytest.raises(InvalidError, match=error), transaction(actor.scope) as session:
        end_participation(session, actor, part.id, ended_on=day, reason=EndReason.LEFT)


def test_a_part_ends_once(tree: Tree) -> None:
    part = make_participation(tree.school, make_participant(tree.school), ended_on=OCTOBER)
    actor = actor_of(tree.school)

    with pytest.raises(WrongStateError), transaction(actor.scope) as session:
        end_participation(session, actor, part.id, ended_on=OCTOBER, reason=EndReason.LEFT)


def test_a_withdrawn_consent_ends_the_open_parts_the_same_day(tree: Tree) -> None:
    person, actor = make_participant(tree.school), actor_of(tree.school)
    make_participation(tree.school, person, role=MENTEE)
    make_participation(tree.school, person, role=MENTOR)
    make_participation(tree.school, person, role=MENTEE, form=TEACHERS_FORM, ended_on=SEPTEMBER + timedelta(days=9))
    consent = make_consent(tree.school, person)

    with transaction(actor.scope) as session:
        ended = withdraw_consent(session, actor, consent.id, Withdrawal(OCTOBER))
        assert [(row.ended_on, row.end_reason) for row in ended] == [(OCTOBER, EndReason.CONSENT_WITHDRAWN)] * 2
    with pytest.raises(WrongStateError), transaction(actor.scope) as session:
        withdraw_consent(session, actor, consent.id, Withdrawal(OCTOBER))


def test_a_consent_signed_after_the_withdrawal_keeps_the_parts_going(tree: Tree) -> None:
    person, actor = make_participant(tree.school, role=MENTEE), actor_of(tree.school)
    old = make_consent(tree.school, person)
    make_consent(tree.school, person, given_on=OCTOBER)

    with transaction(actor.scope) as session:
        assert withdraw_consent(session, actor, old.id, Withdrawal(OCTOBER - timedelta(days=1))) == []


def test_a_consent_may_not_end_before_it_begins(tree: Tree) -> None:
    person, actor = make_participant(tree.school), actor_of(tree.school)

    with pytest.raises(InvalidError) as refusal, transaction(actor.scope) as session:
        give_consent(session, actor, person.id, NewConsent(OCTOBER, valid_until=SEPTEMBER))
    assert refusal.value.field == "valid_until"


@pytest.mark.parametrize(
    ("given", "until", "withdrawn", "state"),
    [
        (None, None, None, ConsentState.MISSING),
        (SEPTEMBER, None, None, ConsentState.OK),
        (SEPTEMBER, OCTOBER, None, ConsentState.EXPIRING),
        (SEPTEMBER, OCTOBER - timedelta(days=1), None, ConsentState.EXPIRED),
        (SEPTEMBER, OCTOBER + timedelta(days=31), None, ConsentState.OK),
        (SEPTEMBER, None, OCTOBER, ConsentState.WITHDRAWN),
        (SEPTEMBER, None, OCTOBER + timedelta(days=1), ConsentState.OK),
    ],
)
def test_the_state_of_a_consent_on_the_twelfth_of_october(
    given: date | None, until: date | None, withdrawn: date | None, state: ConsentState
) -> None:
    assert state_on(OCTOBER, given, until, withdrawn) is state


@pytest.mark.parametrize(
    ("born_on", "giver"),
    [(date(2008, 10, 12), Giver.SELF), (date(2008, 10, 13), Giver.REPRESENTATIVE), (None, Giver.SELF)],
)
def test_a_representative_signs_until_the_eighteenth_birthday(born_on: date | None, giver: Giver) -> None:
    assert usual_giver(born_on, OCTOBER) is giver
