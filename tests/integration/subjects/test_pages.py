"""Subjects' data over HTTP: the curator proposes, the director signs, everybody else is refused."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg
from sqlalchemy import delete, select

from portal.operations.worker import run_job
from portal.subjects.jobs import draw_up_list
from tenants import clock
from tenants.accounts.models import AccessLog, Role
from tenants.db import REGISTRY, insert, transaction
from tenants.journal import JournalEntry
from tenants.notices.models import Letter, LetterState
from tenants.organizations.models import Organization
from tenants.subjects import sweeping
from tenants.subjects.due import due_subjects
from tenants.subjects.models import DestructionState, Reason, SubjectRequest
from tests.conftest import Database, Seat
from tests.documents import is_tagged, words_of
from tests.factories.people import (
    MENTEE,
    MENTOR,
    make_consent,
    make_meeting,
    make_mentorship,
    make_participant,
    make_programme,
)
from tests.factories.subjects import TODAY, act_of, job_of, make_outlived, proposed
from tests.factories.tree import Tree, actor_of

SignIn = Callable[[Role, Organization], Seat]
KEY = "a-key-of-one-click"


def events_of(place: Organization) -> list[str]:
    with transaction(actor_of(place).scope.reading()) as session:
        return list(session.scalars(select(JournalEntry.event).order_by(JournalEntry.id)))


def test_from_the_list_to_the_papers(as_role: SignIn, tree: Tree) -> None:
    gone = make_outlived(tree.school, name="Уходов Иван Ильич")
    keeper, head = as_role(Role.CURATOR, tree.school), as_role(Role.DIRECTOR, tree.school)

    listed = keeper.get("subjects/").get_data(as_text=True)
    assert "Уходов Иван Ильич" in listed
    assert "истёк срок хранения" in listed
    answer = keeper.post("subjects/propose", data={"participant": gone.id, "request_key": KEY})
    again = keeper.post("subjects/propose", data={"participant": gone.id, "request_key": KEY})
    assert (answer.status_code, again.location) == (303, answer.location)
    act = act_of(tree.school)
    assert "Утвердить и уничтожить" not in keeper.get(f"subjects/acts/{act.id}").get_data(as_text=True)

    page = head.get(f"subjects/acts/{act.id}").get_data(as_text=True)
    assert "Утвердить и уничтожить" in page
    assert "Уходов Иван Ильич" in page
    signed = head.post(f"subjects/acts/{act.id}/confirm", data={"request_key": KEY})
    twice = head.post(f"subjects/acts/{act.id}/confirm", data={"request_key": KEY})
    assert (signed.status_code, twice.status_code, twice.location) == (303, 303, signed.location)
    assert head.post(f"subjects/acts/{act.id}/confirm").status_code == 409
    run_job(job_of(act))

    done = head.get(f"subjects/acts/{act.id}").get_data(as_text=True)
    assert "Уходов" not in done
    assert f"Участник № {gone.number}" in done
    for paper, begin in (("act", b"%PDF"), ("extract", b"%PDF"), ("table", b"PK")):
        assert head.get(f"subjects/acts/{act.id}/{paper}").data.startswith(begin)
    assert "Уходов" not in keeper.get(f"participants/{gone.id}").get_data(as_text=True)
    assert "Уходов" not in keeper.get("participants/?tab=ended").get_data(as_text=True)
    kept = keeper.get(f"subjects/{gone.id}").get_data(as_text=True)
    assert "Имя уничтожено" in kept
    assert events_of(tree.school)[-4:] == [
        "destruction.proposed",
        "destruction.confirmed",
        "subject.destroyed",
        "destruction.carried_out",
    ]


def test_a_curator_does_not_confirm_and_a_director_does_not_propose(as_role: SignIn, tree: Tree) -> None:
    gone = make_outlived(tree.school)
    act = proposed(tree.school, gone)

    assert as_role(Role.CURATOR, tree.school).post(f"subjects/acts/{act.id}/confirm").status_code == 403
    refused = as_role(Role.DIRECTOR, tree.school).post("subjects/propose", data={"participant": gone.id})
    assert refused.status_code == 403


def test_a_director_does_not_sign_the_own_list(as_role: SignIn, tree: Tree, database: Database) -> None:
    act = proposed(tree.school, make_outlived(tree.school))
    head = as_role(Role.DIRECTOR, tree.school)
    with psycopg.connect(database.admin_url) as connection:
        connection.execute(
            "update destruction set proposed_by = (select max(user_id) from membership where organization_id = %s)"
            " where id = %s",
            [tree.school.id, act.id],
        )

    answer = head.post(f"subjects/acts/{act.id}/confirm")

    assert answer.status_code == 403
    assert "должен другой человек" in answer.get_data(as_text=True)
    assert act_of(tree.school).state is DestructionState.PROPOSED


def test_foreign_people_are_not_found(as_role: SignIn, tree: Tree) -> None:
    foreign = make_outlived(tree.sister)
    act = proposed(tree.sister, foreign)
    for role in (Role.CURATOR, Role.DIRECTOR):
        seat = as_role(role, tree.school)
        assert seat.get(f"subjects/{foreign.id}").status_code == 404
        assert seat.post(f"subjects/{foreign.id}/file").status_code == 404
        assert seat.get(f"subjects/acts/{act.id}").status_code == 404
        assert seat.get(f"subjects/acts/{act.id}/act").status_code == 404
    keeper = as_role(Role.CURATOR, tree.school)
    assert keeper.post("subjects/propose", data={"participant": foreign.id}).status_code == 409
    assert keeper.post(f"subjects/{foreign.id}/requests/add", data={"kind": "copy"}).status_code == 404
    assert as_role(Role.DISTRICT_REVIEWER, tree.district).get("subjects/").status_code == 403


def test_free_words_that_name_a_person_are_told_before_the_signature(as_role: SignIn, tree: Tree) -> None:
    gone = make_outlived(tree.school, name="Упомянутов Иван Ильич")
    make_programme(tree.school, title="Программа для Упомянутова")
    act = proposed(tree.school, gone)

    page = as_role(Role.DIRECTOR, tree.school).get(f"subjects/acts/{act.id}").get_data(as_text=True)

    assert "названия программ (1)" in page


def test_a_short_surname_is_looked_for_as_a_whole_word(as_role: SignIn, tree: Tree) -> None:
    gone = make_outlived(tree.school, name="Ким Иван Ильич")
    head = as_role(Role.DIRECTOR, tree.school)
    act = proposed(tree.school, gone)

    make_programme(tree.school, title="Кимоно и другие костюмы")
    before = head.get(f"subjects/acts/{act.id}").get_data(as_text=True)
    make_programme(tree.school, title="Программа с Кимом")
    after = head.get(f"subjects/acts/{act.id}").get_data(as_text=True)

    assert "названия программ" not in before
    assert "названия программ (1)" in after


def test_a_returned_list_keeps_everything(as_role: SignIn, tree: Tree) -> None:
    gone = make_outlived(tree.school, name="Оставшев Иван Ильич")
    act = proposed(tree.school, gone)
    head = as_role(Role.DIRECTOR, tree.school)

    assert head.post(f"subjects/acts/{act.id}/return", data={"reason": ""}).status_code == 422
    assert head.post(f"subjects/acts/{act.id}/return", data={"reason": "Идёт проверка."}).status_code == 303

    page = as_role(Role.CURATOR, tree.school).get(f"subjects/acts/{act.id}").get_data(as_text=True)
    assert "Идёт проверка." in page
    assert "Оставшев Иван Ильич" in page
    assert head.post(f"subjects/acts/{act.id}/confirm").status_code == 409


def card_json(seat: Seat, participant_id: int) -> dict:
    return json.loads(seat.post(f"subjects/{participant_id}/file", data={"format": "json"}).data)


def test_the_card_tells_everything_about_one_and_nothing_about_others(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, name="Сведенцев Иван Ильич", role=MENTEE, born_on=date(2012, 3, 14))
    other = make_participant(tree.school, name="Соседова Мария Петровна", role=MENTOR)
    make_consent(tree.school, one, document="Папка 3, лист 7")
    pair = make_mentorship(tree.school, mentors=(other,), mentees=(one,))
    make_meeting(tree.school, pair, topic="Соседова объяснила задачу, разговор с Соседовой М.П. о книге")
    seat = as_role(Role.CURATOR, tree.school)
    assert seat.get(f"participants/{one.id}").status_code == 200
    assert seat.get("participants/people.xlsx").status_code == 200

    page = seat.get(f"subjects/{one.id}").get_data(as_text=True)
    card = card_json(seat, one.id)
    pdf = seat.post(f"subjects/{one.id}/file", data={"format": "pdf"}).data

    held = {holding["table"]: holding for holding in card["holdings"]}
    assert held["participant"]["rows"][0]["born_on"] == "14.03.2012"
    assert held["person"]["rows"][0]["last_name"] == "Сведенцев"
    assert held["consent"]["rows"][0]["document"] == "Папка 3, лист 7"
    assert held["meeting"]["rows"][0]["topic"].startswith(f"участник № {other.number} объяснила задачу")
    assert held["person"]["columns"]["phone"] == "Телефон"
    assert held["access_log"]["rows"][0]["endpoint"] == "сведения о субъекте" or held["access_log"]["rows"]
    pages = {row["endpoint"] for row in held["access_log"]["rows"]}
    assert {"карточка участника", "выгрузка списка участников в XLSX", "выгрузка сведений о субъекте"} <= pages
    words = words_of(pdf)
    assert is_tagged(pdf)
    assert "Сведенцев Иван Ильич" in words
    for text in (page, json.dumps(card, ensure_ascii=False), words):
        assert "Соседов" not in text
    assert events_of(tree.school)[-2:] == ["subject.card_made", "subject.card_made"]


def test_a_request_is_answered_in_ten_working_days(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, role=MENTEE)
    seat = as_role(Role.CURATOR, tree.school)
    values = {"kind": "copy", "received_on": "27.11.2026", "note": "Просит мать", "request_key": KEY}

    assert seat.post(f"subjects/{one.id}/requests/add", data=values).status_code == 303
    assert seat.post(f"subjects/{one.id}/requests/add", data=values).status_code == 303
    with transaction(actor_of(tree.school).scope.reading()) as session:
        row = session.scalars(select(SubjectRequest)).one()
    assert row.due_on == date(2026, 12, 11)
    assert "ответить до 11.12.2026" in seat.get("subjects/").get_data(as_text=True)
    early = seat.post(f"subjects/requests/{row.id}", data={"done_on": "26.11.2026"})
    assert early.status_code == 422
    assert seat.post(f"subjects/requests/{row.id}", data={"done_on": "28.11.2026"}).status_code == 303
    assert seat.post(f"subjects/requests/{row.id}", data={"done_on": "28.11.2026"}).status_code == 409


def test_the_region_sets_a_term_from_a_day_on(as_role: SignIn, tree: Tree) -> None:
    make_outlived(tree.school, name="Сроков Иван Ильич")
    values = {"kind": "card", "months": "60", "valid_from": "28.11.2026", "ground": "Приказ № 5 от 27.11.2026"}
    center = as_role(Role.REGION_ADMIN, tree.region)
    assert "Сроков" in as_role(Role.CURATOR, tree.school).get("subjects/").get_data(as_text=True)

    assert center.post("retention/set", data=values | {"months": "3"}).status_code == 422
    assert center.post("retention/set", data=values | {"valid_from": "01.11.2026"}).status_code == 422
    assert center.post("retention/set", data=values | {"kind": "act"}).status_code == 422
    assert center.post("retention/set", data=values).status_code == 303

    seat = as_role(Role.CURATOR, tree.school)
    assert "Сроков" not in seat.get("subjects/").get_data(as_text=True)
    page = seat.get("retention/").get_data(as_text=True)
    assert re.search(r"регионом с 28\.11\.2026", page)
    assert seat.post("retention/set", data=values).status_code == 403


def test_who_is_due_and_when(tree: Tree) -> None:
    withdrawn = make_participant(tree.school, role=MENTEE)
    make_consent(tree.school, withdrawn, withdrawn_on=date(2026, 11, 5))
    mistaken = make_participant(
        tree.school, role=MENTEE, ended_on=date(2026, 10, 1), started_on=date(2026, 9, 1), end_reason="mistake"
    )
    past = make_participant(tree.school, role=MENTEE, started_on=date(2022, 9, 1), ended_on=date(2023, 11, 29))
    running = make_participant(tree.school, role=MENTEE)
    make_consent(tree.school, running, valid_until=date(2026, 10, 1))
    with transaction(actor_of(tree.school).scope.reading()) as session:
        due = {one.participant_id: one for one in due_subjects(session, TODAY)}

    assert due.keys() == {withdrawn.id, mistaken.id, past.id}
    assert (due[withdrawn.id].reason, due[withdrawn.id].due_on) == (Reason.WITHDRAWN, date(2026, 12, 5))
    assert (due[mistaken.id].reason, due[mistaken.id].due_on) == (Reason.PURPOSE, date(2026, 10, 31))
    assert (due[past.id].reason, due[past.id].due_on) == (Reason.TERM, date(2026, 11, 29))
    assert {one for one in due if due[one].ripe(TODAY)} == {withdrawn.id, mistaken.id}


def test_the_portal_draws_a_list_up_once(tree: Tree) -> None:
    make_outlived(tree.school)

    assert draw_up_list(tree.school, TODAY) == 1
    assert draw_up_list(tree.school, TODAY) == 0
    act = act_of(tree.school)
    assert (act.state, act.number) == (DestructionState.DRAFT, 1)
    assert draw_up_list(tree.sister, TODAY) == 0


def test_outlived_rows_of_the_registry_go(tree: Tree, database: Database) -> None:
    old, young = datetime(2020, 1, 1, tzinfo=UTC), clock.now()
    with psycopg.connect(database.admin_url) as connection:
        for at in (old, young):
            connection.execute(
                "insert into sign_in_attempt (email_hash, network_hash, at, succeeded) values ('a', 'b', %s, true)",
                [at],
            )
            connection.execute(
                "insert into access_log (at, user_id, region_id, organization_id, endpoint)"
                " values (%s, 1, %s, %s, 'x')",
                [at, tree.region.id, tree.school.id],
            )
            connection.execute(
                "insert into request_key (region_id, district_id, organization_id, user_id, key, endpoint, created_at)"
                " values (%s, %s, %s, 1, %s, 'x', %s)",
                [tree.region.id, tree.district.id, tree.school.id, f"key-of-{at.year}", at],
            )
    with transaction(REGISTRY) as session:
        for at in (old, young):
            insert(session, Letter(kind="x", to_email="a@b.c", subject_id=1, state=LetterState.SENT, finished_at=at))

    swept = sweeping.sweep_registry() | sweeping.sweep_regions()

    assert all(swept[table] >= 1 for table in ("sign_in_attempt", "letter", "access_log", "request_key"))
    with psycopg.connect(database.admin_url) as connection:
        for table, column in (("sign_in_attempt", "at"), ("letter", "finished_at"), ("request_key", "created_at")):
            assert connection.execute(f"select count(*) from {table} where {column} < '2021-01-01'").fetchone() == (0,)
        left = connection.execute("select at from access_log where organization_id = %s", [tree.school.id]).fetchall()
    assert len(left) == 1


def test_views_of_the_last_year_cannot_be_deleted(tree: Tree) -> None:
    with transaction(REGISTRY) as session:
        insert(session, AccessLog(user_id=1, region_id=tree.region.id, organization_id=tree.school.id, endpoint="x"))
        mine = AccessLog.organization_id == tree.school.id
        session.execute(delete(AccessLog).where(mine))
        left = session.scalars(select(AccessLog.endpoint).where(mine)).all()

    assert left == ["x"]
