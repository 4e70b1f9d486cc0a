"""People over HTTP: who may open what, one click one person, thirty people in one paste."""

import io
import re
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.models import Consent, Participant, Participation
from tenants.participants.persons import Person
from tenants.participants.queries import PeopleFilter, people_page
from tests.conftest import Database, Seat
from tests.factories.people import (
    MENTEE,
    MENTOR,
    make_consent,
    make_mentorship,
    make_participant,
    make_participation,
)
from tests.factories.tree import Tree, actor_of

SignIn = Callable[[Role, Organization], Seat]
TODAY = date(2026, 11, 21)
NEW = {
    "name": "Иванова Анна Петровна",
    "role": "mentee",
    "mentoring_form": "student_student",
    "born_on": "04.05.2013",
    "class_name": "7 «А»",
    "started_on": "01.09.2026",
    "consent_on": "12.10.2026",
}
SURNAMES = [f"Тестов{first}{second}" for first in "абвгд" for second in "аеиоуя"]


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(datetime(2026, 11, 21, 9, tzinfo=UTC))


def people_of(place: Organization) -> list[str]:
    with transaction(actor_of(place).scope.reading()) as session:
        return [person.name.full for person in people_page(session, TODAY, PeopleFilter())[0]]


def thirty() -> str:
    lines = ["ФИО\tРоль\tФорма\tДата рождения\tКласс\tСогласие"]
    lines += [
        f"{name} Пётр\tнаставляемый\tУченик – ученик\t{at % 28 + 1:02d}.03.2013\t7 «А»\t12.10.2026"
        for at, name in enumerate(SURNAMES)
    ]
    return "\n".join(lines)


def grid_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input name="(rows-\d+-\w+)"[^>]*? value="([^"]+)"', page))


def test_the_list_shows_names_marks_and_the_pair(as_role: SignIn, tree: Tree) -> None:
    petrov = make_participant(tree.school, name="Петров Марк Андреевич", role=MENTOR)
    serov = make_participant(tree.school, name="Серов Кирилл Денисович", role=MENTEE)
    make_mentorship(tree.school, mentors=(petrov,), mentees=(serov,))
    seat = as_role(Role.CURATOR, tree.school)

    page = seat.post("participants/", data={"q": "петр"}).get_data(as_text=True)

    assert "<mark>Петр</mark>ов Марк Андреевич" in page
    assert "Серов К.Д." in page
    assert "найдено 1" in page


@pytest.mark.parametrize("path", ["participants/", "participants/{id}", "participants/people.xlsx", "mentorships/"])
def test_district_and_region_do_not_get_these_pages(as_role: SignIn, tree: Tree, path: str) -> None:
    person = make_participant(tree.school, role=MENTEE)

    for role, place in ((Role.DISTRICT_REVIEWER, tree.district), (Role.REGION_ADMIN, tree.region)):
        assert as_role(role, place).get(path.format(id=person.id)).status_code == 403


@pytest.mark.parametrize("path", ["participants/{id}", "participants/{id}/edit", "participants/{id}/history"])
def test_a_person_of_a_sister_school_is_not_found(as_role: SignIn, tree: Tree, path: str) -> None:
    person = make_participant(tree.sister, role=MENTEE)

    assert as_role(Role.CURATOR, tree.school).get(path.format(id=person.id)).status_code == 404


def test_the_director_reads_and_does_not_write(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school, role=MENTEE)
    seat = as_role(Role.DIRECTOR, tree.school)

    assert seat.get(f"participants/{person.id}").status_code == 200
    assert "Править карточку" not in seat.get(f"participants/{person.id}").get_data(as_text=True)
    assert seat.post("participants/add", data=NEW).status_code == 403


def test_a_view_of_a_card_is_written_down(as_role: SignIn, tree: Tree, database: Database) -> None:
    person = make_participant(tree.school, role=MENTEE)
    as_role(Role.DIRECTOR, tree.school).get(f"participants/{person.id}")

    with psycopg.connect(database.admin_url) as connection:
        seen = connection.execute(
            "select endpoint, subject from access_log where organization_id = %s", [tree.school.id]
        ).fetchall()
    assert seen == [("participants.person", f"participant_id={person.id}")]


def test_a_double_click_writes_one_person_down(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    data = NEW | {"request_key": secrets.token_urlsafe(16)}

    first, second = seat.post("participants/add", data=data), seat.post("participants/add", data=data)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert people_of(tree.school) == ["Иванова Анна Петровна"]


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(as_role: SignIn, tree: Tree) -> None:
    response = as_role(Role.CURATOR, tree.school).post(
        "participants/add", data=NEW | {"born_on": "31.11.2013", "role": ""}
    )

    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Исправьте 2 ошибки" in page
    assert "В ноябре 30 дней" in page
    assert 'value="31.11.2013"' in page


def test_a_namesake_is_asked_about_and_then_written_down(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    teacher = NEW | {"mentoring_form": "teacher_teacher"}
    seat.post("participants/add", data=teacher)

    asked = seat.post("participants/add", data=teacher | {"born_on": ""})
    assert asked.status_code == 422
    assert 'name="namesake"' in asked.get_data(as_text=True)
    assert seat.post("participants/add", data=teacher | {"born_on": "", "namesake": "1"}).status_code == 303


def test_a_conflict_offers_both_values_and_the_choice_is_saved(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school, name="Иванова Анна", role=MENTEE)
    seat = as_role(Role.CURATOR, tree.school)
    path = f"participants/{person.id}/edit"
    form = {"name": "Иванова Анна", "born_on": "14.03.2012", "version": "2"}
    assert seat.post(path, data=form | {"phone": "111"}).status_code == 303

    conflict = seat.post(path, data=form | {"phone": "222"})
    page = conflict.get_data(as_text=True)

    assert conflict.status_code == 409
    assert "111" in page
    assert "222" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert seat.post(path, data=form | {"phone": "222", "version": version[1]}).status_code == 303
    assert "222" in seat.get(f"participants/{person.id}").get_data(as_text=True)


def test_thirty_people_are_pasted_looked_at_and_loaded(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)

    page = seat.post("participants/paste", data={"block": thirty()}).get_data(as_text=True)
    assert "Готовы 30" in page
    response = seat.post("participants/paste/load", data=grid_of(page))

    assert response.status_code == 303
    assert len(people_of(tree.school)) == 30
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert len(session.scalars(select(Consent)).all()) == 30


def test_refused_rows_stay_with_the_error_in_the_cell(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    block = thirty().replace("наставляемый", "ментор", 1).replace("02.03.2013", "31.02.2013", 1)

    page = seat.post("participants/paste", data={"block": block}).get_data(as_text=True)
    assert "Готовы 28 · исправьте 2" in page
    loaded = seat.post("participants/paste/load", data=grid_of(page))
    rest = loaded.get_data(as_text=True)

    assert loaded.status_code == 200
    assert "наставник или наставляемый?" in rest
    assert "в феврале 28 дней" in rest
    assert "Записано: 28" in rest
    assert len(people_of(tree.school)) == 28
    mended = {
        key: "05.03.2013" if value == "31.02.2013" else value.replace("ментор", "наставник")
        for key, value in grid_of(rest).items()
    }
    assert seat.post("participants/paste/load", data=mended).status_code == 303
    assert len(people_of(tree.school)) == 30


def test_the_same_paste_twice_finds_everybody_written_down(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    page = seat.post("participants/paste", data={"block": thirty()}).get_data(as_text=True)
    seat.post("participants/paste/load", data=grid_of(page))

    again = seat.post("participants/paste", data={"block": thirty()}).get_data(as_text=True)
    seat.post("participants/paste/load", data=grid_of(page))

    assert "уже записаны 30" in again
    assert len(people_of(tree.school)) == 30


def test_a_known_row_completes_the_card_where_it_is_ticked(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school, name="Орлов Лев", born_on=date(2010, 2, 1), role=MENTOR, class_name="9 «А»")
    seat = as_role(Role.CURATOR, tree.school)
    row = "Орлов Лев\tнаставник\tУченик – ученик\t01.02.2010\t10 «А»\t12.10.2026"
    page = seat.post("participants/paste", data={"block": row}).get_data(as_text=True)

    assert seat.post("participants/paste/load", data=grid_of(page) | {"complete": "0"}).status_code == 303
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert session.scalars(select(Participation.class_name)).all() == ["10 «А»"]
        assert session.scalars(select(Consent.participant_id)).all() == [person.id]


def test_a_form_chosen_once_fills_the_rows_without_one(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    block = "ФИО\tРоль\tДата рождения\nОрлов Лев\tнаставник\t01.02.2010"

    assert "выберите форму" in seat.post("participants/paste", data={"block": block}).get_data(as_text=True)
    chosen = seat.post("participants/paste", data={"block": block, "form": "student_student"}).get_data(as_text=True)
    assert "Готовы 1" in chosen


def test_a_workbook_feeds_the_same_table_and_a_bad_file_gets_a_sentence(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    sample = seat.get("participants/sample.xlsx").data

    page = seat.post("participants/paste", data={"file": (io.BytesIO(sample), "list.xlsx")}).get_data(as_text=True)
    bad = seat.post("participants/paste", data={"file": (io.BytesIO(b"PK\x03\x04torn"), "list.xlsx")})

    assert "Готовы 2" in page
    assert bad.status_code == 422
    assert "не читается как таблица" in bad.get_data(as_text=True)


def test_the_refused_rows_come_as_a_workbook_that_says_what_to_mend(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    page = seat.post("participants/paste", data={"block": "ФИО\tРоль\nОрлов Лев\tментор"}).get_data(as_text=True)

    book = load_workbook(io.BytesIO(seat.post("participants/paste/errors.xlsx", data=grid_of(page)).data))
    lines = [[cell.value for cell in row] for row in book.worksheets[0]]

    assert lines[0][-1] == "Что исправить"
    assert "наставник или наставляемый?" in str(lines[1][-1])


def test_the_list_comes_as_a_workbook(as_role: SignIn, tree: Tree) -> None:
    make_participant(tree.school, name="=Орлов Лев".lstrip("="), role=MENTOR)

    response = as_role(Role.DIRECTOR, tree.school).get("participants/people.xlsx")

    assert [cell.value for cell in load_workbook(io.BytesIO(response.data)).worksheets[0][2]][1:3] == ["Орлов", "Лев"]


def test_a_withdrawn_consent_ends_the_part_on_screen(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school, role=MENTEE)
    consent = make_consent(tree.school, person)
    seat = as_role(Role.CURATOR, tree.school)

    path = f"participants/{person.id}/consents/{consent.id}/withdraw"
    assert seat.post(path, data={"withdrawn_on": "20.11.2026", "version": "1"}).status_code == 303
    page = seat.get(f"participants/{person.id}").get_data(as_text=True)
    assert "отозвано 20.11.2026" in page
    assert "согласие отозвано" in page
    assert people_of(tree.school) == []


def test_parts_are_added_corrected_and_ended_on_screen(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school)
    part = make_participation(tree.school, person)
    seat = as_role(Role.CURATOR, tree.school)
    base = f"participants/{person.id}/parts"
    values = {"role": "mentee", "mentoring_form": "student_student", "started_on": "01.09.2026", "class_name": "8 «Б»"}

    assert seat.get(f"{base}/{part.id}/edit").status_code == 200
    assert seat.post(f"{base}/{part.id}/edit", data=values | {"version": "1"}).status_code == 303
    assert seat.post(f"{base}/add", data=values | {"role": "mentor"}).status_code == 303
    assert seat.post(f"{base}/add", data=values | {"role": "mentor"}).status_code == 422
    end = {"end_reason": "left", "ended_on": "10.11.2026", "version": "2"}
    assert seat.get(f"{base}/{part.id}/end").status_code == 200
    assert seat.post(f"{base}/{part.id}/end", data=end).status_code == 303
    assert "выбыл досрочно" in seat.get(f"participants/{person.id}").get_data(as_text=True)


def test_a_consent_is_written_down_on_screen(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school, role=MENTEE)
    seat = as_role(Role.CURATOR, tree.school)
    values = {"kind": "processing", "given_on": "12.10.2026", "given_by": "representative", "valid_until": "31.08.2027"}

    assert seat.get(f"participants/{person.id}/consents/add").status_code == 200
    assert seat.post(f"participants/{person.id}/consents/add", data=values).status_code == 303
    assert "до 31.08.2027" in seat.get("participants/").get_data(as_text=True)


def test_the_history_tells_who_changed_what_in_words(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    card = seat.post("participants/add", data=NEW).location
    change = {"name": "Иванова Инна Петровна", "born_on": "04.05.2013", "version": "2"}
    assert seat.post(f"{card}/edit", data=change).status_code == 303

    page = seat.get(f"{card}/history").get_data(as_text=True)

    assert re.search(r"Имя:.*Анна.*Инна", page)
    assert "Записан: карточка № 1" in page
    assert "Проверкина В.И." in page


def test_an_empty_list_says_what_to_do(as_role: SignIn, tree: Tree) -> None:
    page = as_role(Role.CURATOR, tree.school).get("participants/").get_data(as_text=True)

    assert "Участников пока нет" in page
    assert "Вставить из Excel" in page


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=999999999999", "?page=x", "?sort=nonsense", "?tab=nonsense", "?form='"]
)
def test_no_address_of_the_list_breaks_it(as_role: SignIn, tree: Tree, query: str) -> None:
    make_participant(tree.school, role=MENTEE)

    assert as_role(Role.CURATOR, tree.school).get(f"participants/{query}").status_code == 200


def test_no_name_stands_in_the_counted_tables(tree: Tree, database: Database) -> None:
    make_participant(tree.school, name="Канарейкина Анна", role=MENTEE)

    with psycopg.connect(database.admin_url) as connection:
        for table in ("participant", "participation", "journal", "record_history"):
            found = connection.execute(f"select count(*) from {table} t where t::text ilike '%канарейкин%'").fetchone()
            assert found == (0,), table
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert session.scalars(select(Person.last_name)).all() == ["Канарейкина"]
        assert session.scalars(select(Participant.number)).all() == [1]
