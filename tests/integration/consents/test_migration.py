"""Consents that an older withdrawal left in force end as the command ends them today."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from migrations import apply
from tests.conftest import name_of_database

DAY = date(2026, 10, 15)
RECORDED = datetime(2026, 10, 15, 9, tzinfo=UTC)
BEFORE, AFTER = RECORDED - timedelta(days=30), RECORDED + timedelta(hours=1)
ROW = {"region_id": 1, "district_id": 2, "organization_id": 3}


@pytest.fixture(scope="module")
def urls() -> tuple[str, str]:
    name = name_of_database("older")
    admin, login = (os.environ[one].replace("%7Bdatabase%7D", name) for one in ("TEST_ADMIN_URL", "TEST_LOGIN_URL"))
    with psycopg.connect(admin.replace(name, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    apply.migrate(admin, login, to="0026")
    with connected(admin) as connection:
        _records(connection)
    apply.migrate(admin, login)
    return admin, login


@contextmanager
def connected(admin: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(admin) as connection:
        connection.execute("set session_replication_role = replica")
        yield connection


def insert(connection: psycopg.Connection, table: str, **values: object) -> int:
    values |= ROW
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    row = connection.execute(
        f"insert into {table} ({columns}) values ({marks}) returning id",
        list(values.values()),
    ).fetchone()
    return row[0]


def consent(connection: psycopg.Connection, who: int, given_on: date, **values: object) -> int:
    values = {"kind": "processing", "recorded_at": BEFORE, "document": f"c{who}"} | values
    return insert(connection, "consent", participant_id=who, given_on=given_on, **values)


def person(connection: psycopg.Connection, who: int) -> None:
    insert(connection, "person", participant_id=who, last_name="Дубов", first_name="А", name_key="дубов а")


def withdrawn(connection: psycopg.Connection, who: int, kind: str = "processing", day: date = DAY) -> int:
    """One consent withdrawn as it was then: alone."""
    row = consent(connection, who, date(2026, 9, 1), kind=kind, withdrawn_on=day, document="withdrawn")
    insert(
        connection,
        "consent_withdrawal",
        consent_id=row,
        participant_id=who,
        withdrawn_on=day,
        received="paper",
        recorded_at=RECORDED,
    )
    return row


OLD = date(2025, 9, 1)
CASES: dict[int, tuple[str, date, dict[str, object], date | None]] = {
    # number: what it is, signed, columns, the day it ends or None
    11: ("an open-ended paper of the year before", OLD, {}, DAY),
    12: ("a term that ran on the day", OLD, {"valid_until": DAY}, DAY),
    13: ("a term that had run out", OLD, {"valid_until": DAY - timedelta(days=1)}, None),
    14: ("another purpose", OLD, {"kind": "publication"}, None),
    15: ("signed after the withdrawal", DAY + timedelta(days=1), {"recorded_at": AFTER}, None),
    16: ("signed on the day and written down before", DAY, {}, DAY),
    17: ("signed on the day and written down after: a new consent", DAY, {"recorded_at": AFTER}, None),
    18: ("found later, signed before", OLD, {"recorded_at": AFTER}, DAY),
    19: ("withdrawn by itself", OLD, {"withdrawn_on": date(2025, 12, 1)}, date(2025, 12, 1)),
    20: ("outgrown", OLD, {"given_by": "representative"}, DAY),
}
NOBODY, TWICE, UNDONE, LATER, GONE = 30, 31, 32, 33, 34


def _records(connection: psycopg.Connection) -> None:
    connection.execute(
        "insert into organization (region_id, district_id, id, parent_id, kind, code, name, name_short, time_zone)"
        " overriding system value values (1, 2, 3, 2, 'school', 'older', 'Школа', 'Школа', 'Europe/Moscow')"
    )
    for who in (*CASES, NOBODY, TWICE, UNDONE, LATER, GONE):
        connection.execute(
            "insert into participant (region_id, district_id, organization_id, id, number)"
            " overriding system value values (1, 2, 3, %s, %s)",
            [who, who],
        )
    for who, (_, given_on, values, _) in CASES.items():
        person(connection, who)
        withdrawn(connection, who)
        consent(connection, who, given_on, **values)
    person(connection, NOBODY)
    consent(connection, NOBODY, OLD)
    person(connection, TWICE)
    withdrawn(connection, TWICE)
    withdrawn(connection, TWICE, day=DAY + timedelta(days=9))
    consent(connection, TWICE, OLD)
    person(connection, UNDONE)
    row = consent(connection, UNDONE, date(2026, 9, 1))
    insert(
        connection,
        "consent_withdrawal",
        consent_id=row,
        participant_id=UNDONE,
        withdrawn_on=DAY,
        received="paper",
        recorded_at=RECORDED,
        undone_at=AFTER,
    )
    consent(connection, UNDONE, OLD)
    person(connection, LATER)
    withdrawn(connection, LATER)
    consent(connection, LATER, OLD)
    consent(connection, LATER, DAY + timedelta(days=3), recorded_at=AFTER, document="new")
    withdrawn(connection, GONE)
    consent(connection, GONE, OLD)


@pytest.mark.parametrize("who", CASES, ids=[case[0] for case in CASES.values()])
def test_a_consent_ends_as_the_command_would_end_it(urls: tuple[str, str], who: int) -> None:
    with psycopg.connect(urls[0]) as connection:
        rows = connection.execute(
            "select withdrawn_on from consent where participant_id = %s and document = %s", [who, f"c{who}"]
        ).fetchall()

    assert rows == [(CASES[who][3],)]


def test_who_withdrew_nothing_and_who_took_it_back_keep_their_consents(urls: tuple[str, str]) -> None:
    with psycopg.connect(urls[0]) as connection:
        count = connection.execute(
            "select count(*) from consent where participant_id = any(%s) and withdrawn_on is null", [[NOBODY, UNDONE]]
        ).fetchone()

    assert count == (3,)


def test_the_earliest_withdrawal_ends_it(urls: tuple[str, str]) -> None:
    with psycopg.connect(urls[0]) as connection:
        found = connection.execute(
            "select withdrawn_on from consent where participant_id = %s and document = %s", [TWICE, f"c{TWICE}"]
        ).fetchone()

    assert found == (DAY,)


def test_what_was_ended_leaves_its_trace(urls: tuple[str, str]) -> None:
    with psycopg.connect(urls[0]) as connection:
        (row,) = connection.execute("select id, version from consent where document = 'c11'").fetchall()
        entry = {"table": "consent", "id": row[0], "before": {"withdrawn_on": None}}
        entry["after"] = {"withdrawn_on": DAY.isoformat()}
        ended = connection.execute("select ended from consent_withdrawal where participant_id = 11").fetchone()
        former = connection.execute(
            "select before ->> 'withdrawn_on', user_id from person_history"
            " where table_name = 'consent' and record_id = %s",
            [row[0]],
        ).fetchall()
        events = connection.execute(
            "select event, actor_name, detail from journal where subject_kind = 'consent' and subject_id = %s", [row[0]]
        ).fetchall()
        all_events = connection.execute("select count(*) from journal").fetchone()

    assert row[1] == 2
    assert ended == ([entry],)
    assert former == [(None, None)]
    assert events == [("consent.caught_up", "Портал", {"on": DAY.isoformat(), "changes": [entry]})]
    ending = [who for who, case in CASES.items() if case[3] == DAY]
    # Twice, later, gone: one each.
    assert all_events == (len(ending) + 3,)


def test_a_name_without_a_ground_is_hidden_and_falls_due(urls: tuple[str, str]) -> None:
    with psycopg.connect(urls[0]) as connection:
        hidden = connection.execute("select participant_id from person where hidden_at is not null order by 1")
        people = [row[0] for row in hidden.fetchall()]
        due = connection.execute(
            "select participant_id, withdrawn_on, destroy_due_on from consent_withdrawal where hides order by 1"
        ).fetchall()

    last = DAY + timedelta(days=9)
    assert people == [11, 12, 16, 18, 20, TWICE]
    assert [row[0] for row in due] == people
    assert due[0] == (11, DAY, DAY + timedelta(days=30))
    assert due[-1] == (TWICE, last, last + timedelta(days=30))


def test_running_it_again_changes_nothing(urls: tuple[str, str]) -> None:
    with psycopg.connect(urls[0]) as connection:
        before = connection.execute("select id, version from consent order by id").fetchall()

    apply.migrate(*urls, to="-1")
    apply.migrate(*urls)

    with psycopg.connect(urls[0]) as connection:
        assert connection.execute("select id, version from consent order by id").fetchall() == before
