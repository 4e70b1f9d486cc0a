"""Destruction by a signed act: the name is nowhere, the numbers and the chain of the journal stay."""

import io
from dataclasses import asdict
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.operations.worker import run_job
from reports.figures import FIGURES, Span
from tenants import clock, journal
from tenants.db import transaction
from tenants.errors import ForbiddenError
from tenants.files.store import content_of, file_of
from tenants.jobs.commands import LEASE
from tenants.organizations.models import Organization
from tenants.participants.persons import PersonHistory
from tenants.subjects import commands, erasing, log
from tenants.subjects.models import Destruction, DestructionState, DestructionSubject, Reason
from tests.conftest import Database
from tests.contracts.figures import figure
from tests.documents import is_tagged, words_of
from tests.factories import months
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.subjects import (
    TODAY,
    confirmed,
    curator,
    destroyed,
    director,
    job_of,
    make_outlived,
    proposed,
)
from tests.factories.tree import Tree, actor_of
from tests.integration.subjects.dump import rows_with, tables_with

CANARY, OTHER_CANARY = "Уничтожаев", "Исчезаев"
PAST = Span(after=date(2022, 9, 25), on=date(2022, 10, 25))
PLACES = {"person", "person_history", "consent", "participation", "meeting", "record_history"}


def reload(place: Organization, act: Destruction) -> Destruction:
    with transaction(actor_of(place).scope.reading()) as session:
        return session.get_one(Destruction, (act.region_id, act.id))


def counts(place: Organization, span: Span = PAST) -> dict[str, list[tuple]]:
    """Every figure of the past, its records and breakdown keys."""
    with transaction(actor_of(place).scope.reading()) as session:
        return {
            name: sorted((row.record_id, row.weight) for row in session.execute(question.select(span)))
            for name, question in FIGURES.figures.items()
        }


def test_the_name_is_found_nowhere_after_the_act(database: Database, tree: Tree) -> None:
    gone = make_outlived(tree.school, name=f"{CANARY} Иван Петрович")
    stood = tables_with(database.admin_url, CANARY)

    act = destroyed(tree.school, gone)

    hits = rows_with(database.admin_url, CANARY)
    figure("canary_places_before", len(stood))
    figure("canary_hits_after_destruction", len(hits))
    assert stood >= PLACES
    assert hits == []
    assert act.state is DestructionState.DONE


def test_numbers_of_past_months_stay(tree: Tree) -> None:
    gone = make_outlived(tree.school)
    before = counts(tree.school)

    destroyed(tree.school, gone)

    assert before["mentees"] != []
    assert before["mentees_aged_10_19"] != []
    assert counts(tree.school) == before


def test_a_sent_month_and_its_sets_stay(tree: Tree) -> None:
    leaving = make_participant(tree.school, name="Сорокин Олег Ильич", role=MENTEE, started_on=date(2026, 9, 1))
    make_consent(tree.school, leaving, given_on=date(2026, 9, 1), withdrawn_on=date(2026, 11, 1))
    window = months.open_month(tree)
    months.hand_in(tree, tree.school, window)
    query = (
        "select section_code, row_code, column_code, value, m.ids from revision_cell c left join member_set m"
        " on (m.region_id, m.id) = (c.region_id, c.member_set_id) where c.organization_id = :id order by 1, 2, 3"
    )

    def cells() -> list[tuple]:
        with transaction(actor_of(tree.school).scope.reading()) as session:
            return [tuple(row) for row in session.execute(text(query), {"id": tree.school.id})]

    before, live = cells(), counts(tree.school, Span(after=date(2026, 9, 25), on=date(2026, 10, 25)))
    destroyed(tree.school, leaving)

    assert any(leaving.id in (row[4] or ()) for row in before)
    assert cells() == before
    assert counts(tree.school, Span(after=date(2026, 9, 25), on=date(2026, 10, 25))) == live


def test_the_chain_of_the_journal_stays_whole(tree: Tree) -> None:
    gone = make_outlived(tree.school)
    scope = actor_of(tree.school).scope
    with transaction(scope) as session:
        assert journal.seal(session)

    destroyed(tree.school, gone)

    with transaction(scope) as session:
        assert journal.seal(session)
        assert journal.broken_seals(session) == []


def test_the_others_of_the_pair_keep_everything(tree: Tree) -> None:
    gone = make_outlived(tree.school, partner=True)

    destroyed(tree.school, gone)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        topics = session.scalars(text("select topic from meeting order by held_on")).all()
        assert session.scalar(text("select count(*) from person")) == 1
        assert session.scalar(text("select count(*) from participation")) == 2
    assert topics == ["", "Подготовка к олимпиаде"]


def test_the_papers_say_what_the_order_asks(tree: Tree) -> None:
    gone = make_outlived(tree.school)

    act = confirmed(tree.school, gone)
    run_job(job_of(act))

    act = reload(tree.school, act)
    with transaction(actor_of(tree.school).scope.reading()) as session:
        paper, extract, table = (
            content_of(file_of(session, file_id or 0))
            for file_id in (act.act_file_id, act.extract_file_id, act.table_file_id)
        )
    words = " ".join(words_of(paper).split())
    for asked in (
        tree.school.name,
        tree.region.name,
        "Портал наставничества",
        f"№ {gone.number}",
        "фамилия, имя, отчество",
        "истёк срок",
        "Способ уничтожения",
        "Орлов П.С., директор",
        "28.11.2026",
    ):
        assert asked in words
    assert is_tagged(paper)
    assert is_tagged(extract)
    sheet = load_workbook(io.BytesIO(table)).worksheets[0]
    events = [row[3].value for row in sheet.iter_rows(min_row=2)]
    assert events == ["список передан на утверждение", "акт утверждён", "данные уничтожены"]
    assert "Тестов" not in words + words_of(extract)


def test_who_proposed_does_not_confirm_under_another_role(tree: Tree) -> None:
    gone = make_outlived(tree.school)
    act = proposed(tree.school, gone)
    same = asdict(director(tree.school)) | {
        "user_id": act.proposed_by,
        "organization": director(tree.school).organization,
    }

    with transaction(director(tree.school).scope) as session, pytest.raises(ForbiddenError, match="другой человек"):
        commands.confirm(session, type(director(tree.school))(**same), act.id)

    assert reload(tree.school, act).state is DestructionState.PROPOSED


def test_the_database_itself_wants_two_people(tree: Tree) -> None:
    act = proposed(tree.school, make_outlived(tree.school))
    with (
        pytest.raises(DBAPIError, match="ck_destruction_two_people"),
        transaction(curator(tree.school).scope) as session,
    ):
        session.execute(
            text("update destruction set state = 'confirmed', confirmed_by = proposed_by where id = :id"),
            {"id": act.id},
        )


def test_a_signed_list_takes_nobody_in(tree: Tree) -> None:
    other = make_participant(tree.school, role=MENTEE)
    act = confirmed(tree.school, make_outlived(tree.school))

    with pytest.raises(DBAPIError, match="signed act is closed"), transaction(curator(tree.school).scope) as session:
        session.add(
            DestructionSubject(
                destruction_id=act.id, participant_id=other.id, number=9, reason=Reason.TERM, due_on=TODAY
            )
        )


def test_no_history_goes_without_a_signature(tree: Tree) -> None:
    gone = make_outlived(tree.school)
    proposed(tree.school, gone)
    with transaction(actor_of(tree.school).scope) as session:
        session.execute(text("delete from person_history"))
        left = session.scalar(text("select count(*) from person_history"))

    assert left == 2


def test_a_signature_opens_nobody_elses_history(tree: Tree) -> None:
    other, gone = make_outlived(tree.school, name="Петров Марк Ильич"), make_outlived(tree.school)
    confirmed(tree.school, gone)
    with transaction(actor_of(tree.school).scope) as session:
        session.execute(text("delete from person_history"))
        left = session.scalars(select(PersonHistory.before)).all()

    assert left
    assert {one.get("participant_id", one["id"]) for one in left} == {other.id}


def test_a_worker_killed_half_way_ends_the_same(
    database: Database, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_outlived(tree.school, name=f"{OTHER_CANARY} {first} Ильич") for first in ("Иван", "Пётр", "Олег")]
    act = confirmed(tree.school, *people)
    real, seen = erasing.erase, []

    def dies_at_the_second(session: object, participant_id: int) -> object:
        seen.append(participant_id)
        answer = real(session, participant_id)
        if len(seen) == 2:
            # What a killed worker leaves: the transaction is never committed.
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(erasing, "erase", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run_job(job_of(act))
    monkeypatch.setattr(erasing, "erase", real)

    half = reload(tree.school, act)
    with transaction(actor_of(tree.school).scope.reading()) as session:
        standing = session.scalar(text("select count(*) from person p where last_name = :name"), {"name": OTHER_CANARY})
    assert (half.state, half.act_file_id, standing) == (DestructionState.CONFIRMED, None, 2)
    clock.travel(clock.now() + 2 * LEASE)
    run_job(job_of(act))
    assert reload(tree.school, act).state is DestructionState.DONE
    assert rows_with(database.admin_url, OTHER_CANARY) == []
    assert len(log.lines_of()) == 1


def test_running_it_twice_changes_nothing(tree: Tree) -> None:
    act = confirmed(tree.school, make_outlived(tree.school))
    run_job(job_of(act))
    act = reload(tree.school, act)
    with transaction(actor_of(tree.school).scope.reading()) as session:
        events = session.scalar(text("select count(*) from journal"))

    run_job(job_of(act))

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert session.scalar(text("select count(*) from journal")) == events
    assert reload(tree.school, act).done_at == act.done_at
