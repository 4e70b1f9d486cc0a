"""People and pairs are recorded by the forms, categories and role models in use on their first day; old ones stay."""

from datetime import UTC, date, datetime

import pytest

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import InvalidError
from tenants.mentorships.catalogue import Category
from tenants.mentorships.commands import Terms, create_mentorship, edit_mentorship
from tenants.mentorships.programmes import ProgrammeTerms, add_programme
from tenants.participants.models import ParticipantRole, Participation
from tenants.participants.participations import NewPart, add_participation, edit_participation
from tenants.participants.pasting import check_rows
from tenants.settings.mentoring import Categories, Forms, RoleModels
from tests.factories.people import TEACHERS_FORM, make_mentorship, make_participant
from tests.factories.settings import decided
from tests.factories.tree import actor_of

PUPILS = "student_student"
OFF = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(datetime(2026, 11, 10, 9, tzinfo=UTC))


@pytest.fixture
def without_pupils(tree):
    """A region that does without «Ученик – ученик» from 20 November 2026 on; now it is the 28th."""
    decided(tree, Forms(frozenset({PUPILS}), {TEACHERS_FORM: "Учитель – учитель"}), OFF)
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    return tree


def add_part(place, participant, form, day, category=""):
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        part = NewPart(ParticipantRole.MENTOR, form, day, category)
        return add_participation(session, actor, participant.id, part)


def test_a_form_that_is_off_takes_no_part_from_its_day_on_and_earlier_ones_all_the_same(without_pupils):
    place = without_pupils.school
    person, other = make_participant(place), make_participant(place)

    with pytest.raises(InvalidError, match="не применяется") as refused:
        add_part(place, person, PUPILS, OFF)
    assert refused.value.field == "mentoring_form"
    assert add_part(place, other, PUPILS, date(2026, 11, 19)).mentoring_form == PUPILS


def test_a_pair_and_a_programme_of_it_are_refused_too(without_pupils):
    place, actor = without_pupils.school, actor_of(without_pupils.school)
    mentor = make_participant(place, role="mentor", form=PUPILS)
    mentee = make_participant(place, role="mentee", form=PUPILS)

    with pytest.raises(InvalidError, match="не применяется"), transaction(actor.scope) as session:
        create_mentorship(session, actor, Terms(PUPILS, OFF), mentors=[mentor.id], mentees=[mentee.id])
    with pytest.raises(InvalidError, match="не применяется"), transaction(actor.scope) as session:
        add_programme(session, actor, ProgrammeTerms("Программа", PUPILS, OFF))


def test_a_pasted_row_is_told_and_understands_the_regions_words(without_pupils):
    actor = actor_of(without_pupils.school)
    rows = [
        {"name": "Иванова Анна", "role": "наставник", "mentoring_form": "Ученик – ученик", "born_on": "01.02.2010"},
        {"name": "Петрова Анна", "role": "наставник", "mentoring_form": "Учитель – учитель"},
    ]
    with transaction(actor.scope.reading()) as session:
        first, second = check_rows(session, actor, rows)

    assert first.errors == {"mentoring_form": "в регионе сейчас не применяется"}
    assert second.errors == {}
    assert second.person.part.mentoring_form == TEACHERS_FORM


def test_an_old_part_is_read_and_corrected_as_before(without_pupils, as_role):
    place, actor = without_pupils.school, actor_of(without_pupils.school)
    person = make_participant(place, role="mentee", form=PUPILS, name="Старая Запись")
    with transaction(actor.scope) as session:
        row = session.query(Participation).one()
        part = NewPart(row.role, row.mentoring_form, row.started_on, row.category, "7 «Б»")
        edit_participation(session, actor, row.id, part, version=row.version)
    page = as_role(Role.CURATOR, place).get(f"participants/{person.id}").get_data(as_text=True)

    assert "7 «Б»" in page
    assert "ученик – ученик" in page


def test_the_pages_offer_what_is_in_use_in_the_regions_words(without_pupils, as_role):
    curator = as_role(Role.CURATOR, without_pupils.school)
    page = curator.get("participants/add").get_data(as_text=True)
    pair = curator.get("mentorships/add").get_data(as_text=True)
    found = curator.get("mentorships/").get_data(as_text=True)

    assert 'value="student_student"' not in page
    assert "Учитель – учитель" in page
    assert "Ученик – ученик" not in pair
    assert "Ученик – ученик" in found  # the filter of the list still finds old pairs


def test_a_category_that_is_off_is_refused_and_the_usual_one_gives_way(tree):
    decided(tree, Categories(off_mentors=frozenset({Category.EMPLOYER})), date(2026, 11, 10))
    person, other = make_participant(tree.school), make_participant(tree.school)

    with pytest.raises(InvalidError) as refused:
        add_part(tree.school, person, "employer_pupil", date(2026, 11, 10), "employer")
    assert refused.value.field == "category"
    assert add_part(tree.school, other, "employer_pupil", date(2026, 11, 10)).category in {"graduate", "parent"}


def test_a_pair_takes_a_role_model_of_the_region_and_keeps_it_when_the_list_changes(tree, as_role):
    decided(tree, RoleModels({PUPILS: ("лидер – пассивный", "дежурный – новичок")}), date(2026, 11, 10))
    place, actor = tree.school, actor_of(tree.school)
    mentor = make_participant(place, role="mentor", form=PUPILS)
    mentee = make_participant(place, role="mentee", form=PUPILS)
    offered = as_role(Role.CURATOR, place).get(f"mentorships/add?form={PUPILS}").get_data(as_text=True)
    terms = Terms(PUPILS, date(2026, 11, 10), "дежурный – новичок")
    with transaction(actor.scope) as session:
        pair = create_mentorship(session, actor, terms, mentors=[mentor.id], mentees=[mentee.id])
    decided(tree, RoleModels(), date(2026, 11, 11))
    with transaction(actor.scope) as session:
        kept = edit_mentorship(
            session, actor, pair.id, Terms(PUPILS, date(2026, 11, 10), pair.role_model, order_number="5"), version=1
        )

    assert "дежурный – новичок" in offered
    assert "успевающий – неуспевающий" not in offered
    assert (kept.role_model, kept.order_number) == ("дежурный – новичок", "5")


def test_a_role_model_that_the_region_left_out_is_refused(tree):
    decided(tree, RoleModels({PUPILS: ("лидер – пассивный",)}), date(2026, 11, 10))
    place, actor = tree.school, actor_of(tree.school)
    mentor = make_participant(place, role="mentor", form=PUPILS)
    mentee = make_participant(place, role="mentee", form=PUPILS)
    terms = Terms(PUPILS, date(2026, 11, 10), "equal_equal")

    with pytest.raises(InvalidError) as refused, transaction(actor.scope) as session:
        create_mentorship(session, actor, terms, mentors=[mentor.id], mentees=[mentee.id])
    assert refused.value.field == "role_model"


def test_old_pairs_stay_on_the_list(without_pupils, as_role):
    make_mentorship(without_pupils.school)
    page = as_role(Role.CURATOR, without_pupils.school).get("mentorships/").get_data(as_text=True)

    assert "1\N{NO-BREAK SPACE}пара" in page
