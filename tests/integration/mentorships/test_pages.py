"""Pairs and meetings over HTTP."""

import io
import re
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.mentorships.records import describe_members
from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.mentorships.models import Meeting, Mentorship, MentorshipKind
from tenants.organizations.models import Organization
from tenants.participants.models import Participation
from tests.conftest import Seat
from tests.factories.people import (
    MENTEE,
    MENTOR,
    PUPILS_FORM,
    make_meeting,
    make_mentorship,
    make_participant,
    make_programme,
)
from tests.factories.tree import Tree, actor_of

SignIn = Callable[[Role, Organization], Seat]
PAIR = {"mentoring_form": PUPILS_FORM, "started_on": "01.09.2026", "order_number": "41", "order_on": "01.09.2026"}
MEETING = {"held_on": "21.11.2026", "kind": "work"}


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(datetime(2026, 11, 21, 9, tzinfo=UTC))


def meetings_in(place: Organization) -> list[Meeting]:
    with transaction(actor_of(place).scope.reading()) as session:
        return list(session.scalars(select(Meeting).order_by(Meeting.id)))


def test_a_pair_is_created_from_two_ticked_people(as_role: SignIn, tree: Tree) -> None:
    mentor = make_participant(tree.school, name="Петров Марк", role=MENTOR)
    mentees = [make_participant(tree.school, role=MENTEE).id for _ in range(2)]
    seat = as_role(Role.CURATOR, tree.school)

    assert "Петров Марк" in seat.get("mentorships/add").get_data(as_text=True)
    response = seat.post("mentorships/add", data=PAIR | {"mentors": [mentor.id], "mentees": mentees})

    assert response.status_code == 303
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert session.scalars(select(Mentorship.kind)).all() == [MentorshipKind.GROUP]


def test_a_pair_without_a_mentor_says_so_and_keeps_what_was_ticked(as_role: SignIn, tree: Tree) -> None:
    mentee = make_participant(tree.school, role=MENTEE)

    response = as_role(Role.CURATOR, tree.school).post("mentorships/add", data=PAIR | {"mentees": [mentee.id]})
    page = response.get_data(as_text=True)

    assert response.status_code == 422
    assert "Выберите наставника." in page
    assert re.search(rf'name="mentees" value="{mentee.id}"[^>]* checked', page)


def test_a_double_click_writes_one_meeting_down(as_role: SignIn, tree: Tree) -> None:
    pair = make_mentorship(tree.school)
    seat = as_role(Role.CURATOR, tree.school)
    data = MEETING | {"request_key": secrets.token_urlsafe(16)}

    locations = {seat.post(f"mentorships/{pair.id}/meetings/add", data=data).location for _ in range(2)}

    assert len(locations) == 1
    assert [one.held_on for one in meetings_in(tree.school)] == [date(2026, 11, 21)]


def test_a_meeting_is_corrected_cancelled_and_returned_on_screen(as_role: SignIn, tree: Tree) -> None:
    pair = make_mentorship(tree.school)
    meeting = make_meeting(tree.school, pair)
    seat = as_role(Role.CURATOR, tree.school)
    base = f"mentorships/{pair.id}/meetings/{meeting.id}"

    assert seat.get(f"{base}/edit").status_code == 200
    assert seat.post(f"{base}/edit", data=MEETING | {"topic": "Проект", "version": "1"}).status_code == 303
    assert seat.post(f"{base}/edit", data=MEETING | {"topic": "Иное", "version": "1"}).status_code == 409
    assert seat.post(f"{base}/cancel").status_code == 303
    assert "Вернуть" in seat.get(f"mentorships/{pair.id}").get_data(as_text=True)
    assert seat.post(f"{base}/restore").status_code == 303
    assert [(one.topic, one.cancelled_at) for one in meetings_in(tree.school)] == [("Проект", None)]


def test_a_meeting_ahead_is_refused_at_its_field(as_role: SignIn, tree: Tree) -> None:
    pair = make_mentorship(tree.school)

    page = as_role(Role.CURATOR, tree.school).post(
        f"mentorships/{pair.id}/meetings/add", data=MEETING | {"held_on": "22.11.2026"}
    )

    assert page.status_code == 422
    assert "Этот день ещё не наступил." in page.get_data(as_text=True)


def test_a_pair_is_corrected_and_ended_on_screen(as_role: SignIn, tree: Tree) -> None:
    pair = make_mentorship(tree.school)
    programme = make_programme(tree.school)
    seat = as_role(Role.CURATOR, tree.school)

    assert seat.get(f"mentorships/{pair.id}/edit").status_code == 200
    change = PAIR | {"programme_id": str(programme.id), "version": "1"}
    assert seat.post(f"mentorships/{pair.id}/edit", data=change).status_code == 303
    stale = seat.post(f"mentorships/{pair.id}/edit", data=change | {"order_number": "42"})
    assert (stale.status_code, "Номер приказа" in stale.get_data(as_text=True)) == (409, True)
    assert seat.get(f"mentorships/{pair.id}/end").status_code == 200
    end = {"outcome": "completed", "ended_on": "20.11.2026", "version": "2"}
    assert seat.post(f"mentorships/{pair.id}/end", data=end).status_code == 303
    assert "программа выполнена" in seat.get(f"mentorships/{pair.id}").get_data(as_text=True)
    history = seat.get(f"mentorships/{pair.id}/history").get_data(as_text=True)
    assert re.search(r"Номер приказа:.*41", history)


def test_a_member_joins_and_leaves_a_group_on_screen(as_role: SignIn, tree: Tree) -> None:
    pair = make_mentorship(tree.school)
    third = make_participant(tree.school, name="Орлов Лев", role=MENTEE)
    seat = as_role(Role.CURATOR, tree.school)

    assert "Орлов Лев" in seat.get(f"mentorships/{pair.id}/members/add").get_data(as_text=True)
    joining = {"participant_id": str(third.id), "role": "mentee", "joined_on": "10.11.2026"}
    assert seat.post(f"mentorships/{pair.id}/members/add", data=joining).status_code == 303
    leaving = {"participant_id": str(third.id), "left_on": "20.11.2026"}
    assert seat.get(f"mentorships/{pair.id}/members/{third.id}/remove").status_code == 200
    assert seat.post(f"mentorships/{pair.id}/members/{third.id}/remove", data=leaving).status_code == 303
    assert "до 20.11.2026" in seat.get(f"mentorships/{pair.id}").get_data(as_text=True)


def test_programmes_are_kept_on_screen(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    values = {"title": "Первые шаги", "mentoring_form": PUPILS_FORM, "started_on": "01.09.2026"}

    assert "Программ пока нет" in seat.get("mentorships/programmes").get_data(as_text=True)
    assert seat.post("mentorships/programmes/add", data=values).status_code == 303
    page = seat.get("mentorships/programmes").get_data(as_text=True)
    assert "Первые шаги" in page
    edit = re.search(r"programmes/(\d+)/edit", page)
    assert edit
    change = values | {"title": "Первые шаги в школе", "version": "1"}
    assert seat.get(f"mentorships/programmes/{edit[1]}/edit").status_code == 200
    assert seat.post(f"mentorships/programmes/{edit[1]}/edit", data=change).status_code == 303


def test_a_pair_of_a_sister_school_is_not_found(as_role: SignIn, tree: Tree) -> None:
    pair = make_mentorship(tree.sister)
    seat = as_role(Role.CURATOR, tree.school)

    for path in ("", "/edit", "/history", "/meetings/add"):
        assert seat.get(f"mentorships/{pair.id}{path}").status_code == 404
    assert seat.post(f"mentorships/{pair.id}/meetings/add", data=MEETING).status_code == 404


def test_the_list_is_searched_by_name_and_comes_as_a_workbook(as_role: SignIn, tree: Tree) -> None:
    mentor = make_participant(tree.school, name="Петров Марк", role=MENTOR)
    make_mentorship(tree.school, mentors=(mentor,), order_number="41-од")
    make_mentorship(tree.school)
    seat = as_role(Role.DIRECTOR, tree.school)

    assert "найдено 1" in seat.post("mentorships/", data={"q": "марк"}).get_data(as_text=True)
    sheet = load_workbook(io.BytesIO(seat.get("mentorships/pairs.xlsx").data)).worksheets[0]
    assert [row[2].value for row in sheet][1] == "Петров Марк"


def test_the_list_behind_a_number_names_records_in_the_school_and_numbers_them_above(tree: Tree) -> None:
    mentor = make_participant(tree.school, name="Петров Марк Андреевич", role=MENTOR)
    mentee = make_participant(tree.school, name="Серов Кирилл Денисович", role=MENTEE)
    pair = make_mentorship(tree.school, mentors=(mentor,), mentees=(mentee,))
    meeting, programme = make_meeting(tree.school, pair), make_programme(tree.school, title="Первые шаги")

    def titles(place: Organization) -> dict[str, list[str]]:
        with transaction(actor_of(place).scope.reading()) as session:
            parts = session.scalars(select(Participation.id)).all()
            ids = {
                "participant": [mentor.id],
                "participation": parts,
                "mentorship": [pair.id],
                "meeting": [meeting.id],
                "programme": [programme.id],
            }
            return {
                kind: [line.title for line in describe_members(session, kind, found)] for kind, found in ids.items()
            }

    assert titles(tree.school) == {
        "participant": ["Петров Марк Андреевич"],
        "participation": ["Петров Марк Андреевич, наставник", "Серов Кирилл Денисович, наставляемый"],
        "mentorship": ["Пара № 1: Петров М.А. – Серов К.Д."],
        "meeting": ["Пара № 1: Петров М.А. – Серов К.Д.: рабочая встреча"],
        "programme": ["Первые шаги"],
    }
    assert titles(tree.district)["participation"] == ["Участник № 1, наставник", "Участник № 2, наставляемый"]
    assert titles(tree.district)["mentorship"] == ["Пара № 1"]
    assert titles(tree.sister)["mentorship"] == []
