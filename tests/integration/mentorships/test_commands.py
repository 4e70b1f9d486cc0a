"""Pairs, groups and meetings."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.mentorships.commands import (
    Terms,
    add_member,
    create_mentorship,
    edit_mentorship,
    end_mentorship,
    remove_member,
)
from tenants.mentorships.meetings import MeetingNote, add_meeting, cancel_meeting, edit_meeting, restore_meeting
from tenants.mentorships.models import Mentorship, MentorshipKind, MentorshipMember, Outcome
from tenants.mentorships.programmes import ProgrammeTerms, add_programme, edit_programme, programmes
from tenants.mentorships.queries import (
    PairsFilter,
    listed_pair,
    meetings_of,
    pairs_of,
    pairs_page,
    pairs_summary,
    parts_without_pair,
    silent_pairs,
)
from tenants.organizations.models import Organization
from tests.factories.people import (
    MENTEE,
    MENTOR,
    PUPILS_FORM,
    SEPTEMBER,
    TEACHERS_FORM,
    make_meeting,
    make_mentorship,
    make_participant,
    make_programme,
)
from tests.factories.tree import Tree, actor_of

TODAY = date(2026, 11, 21)
OCTOBER = date(2026, 10, 12)
TERMS = Terms(PUPILS_FORM, SEPTEMBER, role_model="leader_passive", order_number="41", order_on=SEPTEMBER)


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(datetime(2026, 11, 21, 9, tzinfo=UTC))


def people(place: Organization, mentors: int = 1, mentees: int = 1) -> tuple[list[int], list[int]]:
    return (
        [make_participant(place, role=MENTOR).id for _ in range(mentors)],
        [make_participant(place, role=MENTEE).id for _ in range(mentees)],
    )


def created(place: Organization, terms: Terms = TERMS, mentors: int = 1, mentees: int = 1) -> Mentorship:
    actor = actor_of(place)
    mentor_ids, mentee_ids = people(place, mentors, mentees)
    with transaction(actor.scope) as session:
        return create_mentorship(session, actor, terms, mentors=mentor_ids, mentees=mentee_ids)


def test_two_people_are_a_pair_and_three_a_group(tree: Tree) -> None:
    assert created(tree.school).kind is MentorshipKind.PAIR
    group = created(tree.school, mentees=2)
    assert (group.kind, group.number) == (MentorshipKind.GROUP, 2)


def test_members_join_on_the_first_day(tree: Tree) -> None:
    pair = created(tree.school)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        members = session.scalars(select(MentorshipMember).where(MentorshipMember.mentorship_id == pair.id)).all()
    assert [(member.role, member.joined_on) for member in members] == [(MENTOR, SEPTEMBER), (MENTEE, SEPTEMBER)]


def test_who_takes_no_part_in_the_form_cannot_enter(tree: Tree) -> None:
    actor = actor_of(tree.school)
    mentor, outsider = make_participant(tree.school, role=MENTOR), make_participant(tree.school)

    with pytest.raises(InvalidError, match="не участвует") as refusal, transaction(actor.scope) as session:
        create_mentorship(session, actor, TERMS, mentors=[mentor.id], mentees=[outsider.id])
    assert refusal.value.field == "mentees"


def test_a_person_of_another_school_cannot_enter(tree: Tree) -> None:
    actor = actor_of(tree.school)
    mentor, stranger = make_participant(tree.school, role=MENTOR), make_participant(tree.sister, role=MENTEE)

    with pytest.raises(InvalidError), transaction(actor.scope) as session:
        create_mentorship(session, actor, TERMS, mentors=[mentor.id], mentees=[stranger.id])


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (replace(TERMS, role_model="experienced_novice"), "role_model"),
        (replace(TERMS, mentoring_form="employer_student"), "mentoring_form"),
        (replace(TERMS, started_on=date(1926, 9, 1)), "started_on"),
        (replace(TERMS, order_on=date(1926, 9, 1)), "order_on"),
    ],
)
def test_terms_that_cannot_be_right_are_refused_at_their_field(tree: Tree, terms: Terms, field: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        created(tree.school, terms)
    assert refusal.value.field == field


def test_a_side_may_not_be_empty_nor_doubled(tree: Tree) -> None:
    actor = actor_of(tree.school)
    (mentor,), (mentee,) = people(tree.school)

    for mentors, mentees, field in (
        ([], [mentee], "mentors"),
        ([mentor], [], "mentees"),
        ([mentor], [mentor], "mentees"),
    ):
        with pytest.raises(InvalidError) as refusal, transaction(actor.scope) as session:
            create_mentorship(session, actor, TERMS, mentors=mentors, mentees=mentees)
        assert refusal.value.field == field


def test_a_programme_of_another_form_does_not_fit(tree: Tree) -> None:
    programme = make_programme(tree.school, form=TEACHERS_FORM)

    with pytest.raises(InvalidError) as refusal:
        created(tree.school, replace(TERMS, programme_id=programme.id))
    assert refusal.value.field == "programme_id"


def test_the_director_reads_and_does_not_write(tree: Tree) -> None:
    actor = actor_of(tree.school, Role.DIRECTOR)
    pair = make_mentorship(tree.school)

    with transaction(actor.scope) as session, pytest.raises(ForbiddenError):
        add_meeting(session, actor, pair.id, MeetingNote(OCTOBER))


def test_a_foreign_pair_is_not_found(tree: Tree) -> None:
    pair, actor = make_mentorship(tree.school), actor_of(tree.sister)

    with transaction(actor.scope) as session, pytest.raises(NotFoundError):
        add_meeting(session, actor, pair.id, MeetingNote(OCTOBER))


def test_a_corrected_beginning_takes_the_members_along(tree: Tree) -> None:
    pair, actor = created(tree.school, replace(TERMS, started_on=OCTOBER)), actor_of(tree.school)

    with transaction(actor.scope) as session:
        edit_mentorship(session, actor, pair.id, TERMS, version=1)
    with transaction(actor.scope.reading()) as session:
        assert set(session.scalars(select(MentorshipMember.joined_on))) == {SEPTEMBER}


def test_a_stale_pair_shows_both_values(tree: Tree) -> None:
    pair, actor = created(tree.school), actor_of(tree.school)
    with transaction(actor.scope) as session:
        edit_mentorship(session, actor, pair.id, replace(TERMS, order_number="42"), version=1)

    with pytest.raises(ConflictError) as conflict, transaction(actor.scope) as session:
        edit_mentorship(session, actor, pair.id, replace(TERMS, order_number="43"), version=1)
    assert [(one.label, one.theirs, one.mine) for one in conflict.value.differences] == [("Номер приказа", "42", "43")]


def test_an_ended_pair_lets_its_members_go_and_is_ended_once(tree: Tree) -> None:
    pair, actor = created(tree.school), actor_of(tree.school)
    with transaction(actor.scope) as session:
        end_mentorship(session, actor, pair.id, ended_on=OCTOBER, outcome=Outcome.COMPLETED, version=1)

    with transaction(actor.scope.reading()) as session:
        assert set(session.scalars(select(MentorshipMember.left_on))) == {OCTOBER}
    with pytest.raises(WrongStateError), transaction(actor.scope) as session:
        end_mentorship(session, actor, pair.id, ended_on=OCTOBER, outcome=Outcome.COMPLETED)


def test_a_pair_becomes_a_group_with_the_third_and_the_last_of_a_side_stays(tree: Tree) -> None:
    pair, actor = created(tree.school), actor_of(tree.school)
    third = make_participant(tree.school, role=MENTEE)
    with transaction(actor.scope) as session:
        add_member(session, actor, pair.id, participant_id=third.id, role=MENTEE, joined_on=OCTOBER)
        remove_member(session, actor, pair.id, participant_id=third.id, left_on=OCTOBER)
        add_member(session, actor, pair.id, participant_id=third.id, role=MENTEE, joined_on=OCTOBER)

    with transaction(actor.scope.reading()) as session:
        found = listed_pair(session, TODAY, pair.id)
    assert found is not None
    assert (found.kind, len(found.mentees)) == (MentorshipKind.GROUP, 2)
    with pytest.raises(InvalidError, match="Последнего"), transaction(actor.scope) as session:
        remove_member(session, actor, pair.id, participant_id=found.mentors[0].participant_id, left_on=OCTOBER)


@pytest.mark.parametrize(
    ("note", "field"),
    [
        (MeetingNote(date(2026, 11, 22)), "held_on"),
        (MeetingNote(date(2026, 8, 31)), "held_on"),
        (MeetingNote(OCTOBER, minutes=0), "minutes"),
        (MeetingNote(OCTOBER, minutes=601), "minutes"),
        (MeetingNote(OCTOBER, topic="о" * 301), "topic"),
    ],
)
def test_a_meeting_that_cannot_be_right_is_refused(tree: Tree, note: MeetingNote, field: str) -> None:
    pair, actor = make_mentorship(tree.school), actor_of(tree.school)

    with pytest.raises(InvalidError) as refusal, transaction(actor.scope) as session:
        add_meeting(session, actor, pair.id, note)
    assert refusal.value.field == field


def test_a_meeting_is_corrected_cancelled_and_restored(tree: Tree) -> None:
    pair, actor = make_mentorship(tree.school), actor_of(tree.school)
    with transaction(actor.scope) as session:
        meeting = add_meeting(session, actor, pair.id, MeetingNote(OCTOBER, topic="План"))
        edit_meeting(session, actor, meeting.id, MeetingNote(OCTOBER, minutes=45, topic="План работы"), version=1)
    with transaction(actor.scope) as session:
        cancel_meeting(session, actor, meeting.id)
    with transaction(actor.scope.reading()) as session:
        assert pairs_page(session, TODAY, PairsFilter())[0][0].meetings == 0
    with transaction(actor.scope) as session:
        restore_meeting(session, actor, meeting.id)
    with transaction(actor.scope.reading()) as session:
        assert pairs_page(session, TODAY, PairsFilter())[0][0].last_on == OCTOBER
        assert [one.minutes for one in meetings_of(session, pair.id)] == [45]
    with pytest.raises(ConflictError), transaction(actor.scope) as session:
        edit_meeting(session, actor, meeting.id, MeetingNote(OCTOBER, topic="Иное"), version=1)


def test_a_pair_is_silent_after_thirty_days_without_a_meeting(tree: Tree) -> None:
    fresh = make_mentorship(tree.school, started_on=date(2026, 10, 22))
    quiet = make_mentorship(tree.school, started_on=date(2026, 10, 21))
    met = make_mentorship(tree.school)
    make_meeting(tree.school, met, held_on=OCTOBER)
    make_meeting(tree.school, met, held_on=date(2026, 11, 20), cancelled_at=clock.now())
    make_mentorship(tree.school, ended_on=OCTOBER)
    make_mentorship(tree.sister)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        silent = silent_pairs(session, TODAY, 10)
        listed, found = pairs_page(session, TODAY, PairsFilter(tab="silent"))
        summary = pairs_summary(session, TODAY)
    assert [(one.mentorship_id, one.days) for one in silent] == [(met.id, 40), (quiet.id, 31)]
    assert {pair.id for pair in listed} == {met.id, quiet.id}
    assert fresh.id not in {pair.id for pair in listed}
    assert (found, summary.silent, summary.pairs, summary.ended) == (2, 2, 3, 1)


@pytest.mark.parametrize("text", ["серов", "41", "1", "мар пет"])
def test_a_pair_is_found_by_a_name_its_number_or_the_order(tree: Tree, text: str) -> None:
    mentor = make_participant(tree.school, name="Петров Марк", role=MENTOR)
    mentee = make_participant(tree.school, name="Серов Кирилл", role=MENTEE)
    pair = make_mentorship(tree.school, mentors=(mentor,), mentees=(mentee,), order_number="41-од")
    make_mentorship(tree.school)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert [one.id for one in pairs_page(session, TODAY, PairsFilter(text=text))[0]] == [pair.id]
        assert [one.id for one in pairs_of(session, TODAY, mentee.id)] == [pair.id]


def test_who_has_no_pair_yet_is_known(tree: Tree) -> None:
    make_mentorship(tree.school)
    lonely = make_participant(tree.school, role=MENTEE)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert parts_without_pair(session, TODAY, PUPILS_FORM, MENTEE) == [lonely.id]


def test_a_programme_is_added_corrected_and_ended(tree: Tree) -> None:
    actor = actor_of(tree.school)
    terms = ProgrammeTerms("  Первые  шаги ", PUPILS_FORM, SEPTEMBER)
    with transaction(actor.scope) as session:
        programme = add_programme(session, actor, terms)
    with transaction(actor.scope) as session:
        edit_programme(session, actor, programme.id, replace(terms, ended_on=OCTOBER), version=1)

    with transaction(actor.scope.reading()) as session:
        assert [row.title for row in programmes(session)] == ["Первые шаги"]
        assert programmes(session, form=PUPILS_FORM, running_on=TODAY) == []
    with pytest.raises(ConflictError), transaction(actor.scope) as session:
        edit_programme(session, actor, programme.id, terms, version=1)
