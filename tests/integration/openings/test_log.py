"""Who looked: every view from outside and every file is in the log before it is sent; a limit stops one person."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from portal.access import ACCESS
from portal.openings.words import page_words
from portal.operations import worker
from tenants import clock
from tenants.accounts import looking
from tenants.accounts.events import AccountEvent
from tenants.accounts.models import AccessLog, Role
from tenants.db import REGISTRY, transaction
from tenants.notices.models import Letter
from tenants.organizations.models import Organization
from tests.conftest import Database, Seat
from tests.factories.months import open_month
from tests.factories.openings import make_opening
from tests.factories.people import MENTEE, make_mentorship, make_participant
from tests.factories.tree import Tree, make_account

SignIn = Callable[[Role, Organization], Seat]
NOON = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(NOON)


def entries(database: Database, place: Organization, columns: str) -> Sequence[Any]:
    with psycopg.connect(database.admin_url) as connection:
        query = f"select {columns} from access_log where organization_id = %s order by id"
        return connection.execute(query, [place.id]).fetchall()


def test_a_view_of_opened_names_says_whose_and_by_what_right(as_role: SignIn, tree: Tree, database: Database) -> None:
    one = make_participant(tree.school, role=MENTEE)
    seat = as_role(Role.DISTRICT_REVIEWER, tree.district)
    data = {"reach": "person", "subjects": str(one.id), "ground": "audit", "hours": "1", "confirmed": "1"}
    data["reason"] = "Сверка списка наставляемых с приказом школы"
    shown = seat.post(f"openings/people/{tree.school.id}/ask", data=data).location
    seat.get(shown)

    (entry,) = entries(database, tree.school, "action, endpoint, role, place_id, subject_ids, opening_id, viewer_name")

    opening_id = int(shown.rsplit("/", 1)[1])
    assert entry == (
        "view", "openings.show", "district_reviewer", tree.district.id, [one.id], opening_id, "Проверкина В.И.",
    )  # fmt: skip


def test_who_may_not_see_the_names_leaves_no_view(as_role: SignIn, tree: Tree, database: Database) -> None:
    make_participant(tree.school, role=MENTEE)
    opening = make_opening(tree.district, tree.school)

    as_role(Role.AUDITOR, tree.region).get(f"openings/{opening.id}")

    assert entries(database, tree.school, "id") == []


def test_a_file_is_logged_with_its_rows(as_role: SignIn, tree: Tree, database: Database) -> None:
    for _ in range(3):
        make_participant(tree.school, role=MENTEE)
    make_mentorship(tree.school)
    curator = as_role(Role.CURATOR, tree.school)
    assert curator.get("participants/people.xlsx").status_code == 200
    assert curator.get("mentorships/pairs.xlsx").status_code == 200

    found = entries(database, tree.school, "action, endpoint, row_count")

    assert [entry for entry in found if entry[0] == "export"] == [
        ("export", "participants.download", 5),
        ("export", "mentorships.download", 1),
    ]


def test_files_above_the_school_are_logged_too(as_role: SignIn, tree: Tree, database: Database) -> None:
    window = open_month(tree)
    month = f"{window.period_start:%Y-%m}"
    region = as_role(Role.REGION_ADMIN, tree.region)
    for path in (f"submissions/matrix/{month}/xlsx", f"submissions/totals/{month}/xlsx"):
        assert region.get(path).status_code == 200, path

    found = entries(database, tree.region, "action, endpoint, row_count > 0")

    assert found == [("export", "submissions.matrix_xlsx", True), ("export", "submissions.totals_xlsx", True)]


def test_a_changed_or_removed_entry_breaks_the_chain(as_role: SignIn, tree: Tree, database: Database) -> None:
    one = make_participant(tree.school, role=MENTEE)
    seat = as_role(Role.CURATOR, tree.school)
    for _ in range(3):
        seat.get(f"participants/{one.id}")
    ids = [row[0] for row in entries(database, tree.school, "id")]
    assert not set(ids) & set(broken())

    with psycopg.connect(database.admin_url) as connection:
        connection.execute("update access_log set viewer_name = 'Никто' where id = %s", [ids[0]])
    assert ids[0] in broken()
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("delete from access_log where id = %s", [ids[1]])
    assert ids[2] in broken()


def broken() -> list[int]:
    with transaction(REGISTRY.reading()) as session:
        return looking.broken_entries(session)


def test_every_page_with_names_is_called_by_its_own_words() -> None:
    seen = [endpoint for endpoint, rule in ACCESS.items() if rule.names]
    words = {endpoint: page_words(AccessLog(endpoint=endpoint, action=looking.VIEW)) for endpoint in seen}

    assert len(words) > 30
    assert [endpoint for endpoint, said in words.items() if said == "просмотр"] == []


def test_the_school_filters_its_log(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, role=MENTEE)
    director = as_role(Role.DIRECTOR, tree.school)
    director.get(f"participants/{one.id}")
    director.get("participants/people.xlsx")

    assert "карточка участника" in director.get("names-seen/").text.lower()
    assert "карточка участника" not in director.get("names-seen/?action=export").text.lower()
    assert "Записей нет" in director.get("names-seen/?who=outside").text
    assert "Записей нет" in director.get("names-seen/?since=22.11.2026").text
    assert "карточка участника" in director.get("names-seen/?since=21.11.2026&until=21.11.2026").text.lower()
    assert director.get("names-seen/?since=31.11.2026").status_code == 200


def test_a_district_sees_the_log_of_its_own_schools_only(as_role: SignIn, tree: Tree) -> None:
    for place in (tree.school, tree.other_school):
        one = make_participant(place, name="Канарейкина Тест", role=MENTEE)
        as_role(Role.CURATOR, place).get(f"participants/{one.id}")

    page = as_role(Role.DISTRICT_HEAD, tree.district).get("openings/log").text
    auditor = as_role(Role.AUDITOR, tree.region).get("openings/log").text

    assert "Школа № 1" in page
    assert "Школа № 3" not in page
    assert "Школа № 3" in auditor
    assert "Канарейкин" not in page + auditor


def cards_up_to_the_limit(monkeypatch: pytest.MonkeyPatch, seat: Seat, tree: Tree) -> list[int]:
    monkeypatch.setattr(looking, "CARDS_AN_HOUR", 3)
    people = [make_participant(tree.school, role=MENTEE) for _ in range(4)]
    return [seat.get(f"participants/{one.id}").status_code for one in people]


def test_a_script_that_opens_cards_is_stopped_and_the_region_told(
    as_role: SignIn, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = make_account((tree.region, Role.REGION_ADMIN))
    curator, director = as_role(Role.CURATOR, tree.school), as_role(Role.DIRECTOR, tree.school)

    assert cards_up_to_the_limit(monkeypatch, curator, tree) == [200, 200, 200, 429]

    assert "слишком много карточек" in curator.get("participants/").text
    assert director.get("participants/").status_code == 200
    assert "Массовая выгрузка" not in director.get().text
    with transaction(REGISTRY.reading()) as session:
        events = session.scalars(
            select(AccountEvent).where(
                AccountEvent.event == looking.STOPPED, AccountEvent.organization_id == tree.school.id
            )
        ).all()
        letters = session.scalars(select(Letter).where(Letter.kind == looking.STOPPED, Letter.to_email == email)).all()
    assert (len(events), len(letters)) == (1, 1)
    open_month(tree)
    assert "остановлена за сутки: Школа № 1" in as_role(Role.REGION_ADMIN, tree.region).get().text
    clock.travel(NOON + timedelta(minutes=61))
    curator_again = as_role(Role.CURATOR, tree.school)
    assert curator_again.get("participants/").status_code == 200


def test_the_letter_names_the_school_and_nobody(
    as_role: SignIn, tree: Tree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_account((tree.region, Role.REGION_ADMIN))
    monkeypatch.setenv("SMTP_URL", f"folder:{tmp_path}")
    monkeypatch.setenv("PORTAL_ADDRESS", "https://portal.example")
    cards_up_to_the_limit(monkeypatch, as_role(Role.CURATOR, tree.school), tree)

    worker.send_waiting()

    written = [path.read_bytes() for path in tmp_path.glob("*.eml")]
    assert any(f"/o/{tree.region.code}/openings/log".encode() in letter for letter in written)
    assert not any("Проверкина".encode() in letter for letter in written)


def test_too_many_files_are_not_sent(as_role: SignIn, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "EXPORTS_AN_HOUR", 2)
    make_participant(tree.school, role=MENTEE)
    curator = as_role(Role.CURATOR, tree.school)

    answers = [curator.get("participants/people.xlsx") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "PK" not in answers[-1].text[:10]
