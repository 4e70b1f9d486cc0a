"""Openings from before the term ran from the approval: what was promised then ends when it was promised."""

import os
from datetime import UTC, datetime, timedelta

import psycopg

from migrations import apply
from tests.conftest import name_of_database

ASKED = datetime(2026, 11, 21, 9, tzinfo=UTC)
HOURS = timedelta(hours=1)


def test_an_opening_from_before_keeps_the_end_it_was_given() -> None:
    name = name_of_database("term")
    admin, login = (os.environ[one].replace("%7Bdatabase%7D", name) for one in ("TEST_ADMIN_URL", "TEST_LOGIN_URL"))
    with psycopg.connect(admin.replace(name, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    apply.migrate(admin, login, to="0019")
    with psycopg.connect(admin) as connection:
        connection.execute("set session_replication_role = replica")
        ids = [
            connection.execute(
                "insert into name_opening (region_id, district_id, organization_id, user_id, user_name, place_id,"
                " place_name, reach, participant_ids, ground, reason, needs_approval, asked_at, until)"
                " values (1, 2, 3, 1, '', 2, '', %s, '{7}', 'audit', 'двадцать знаков и больше', %s, %s, %s)"
                " returning id",
                [reach, reach == "list", ASKED, ASKED + 24 * HOURS],
            ).fetchone()[0]
            for reach in ("person", "list", "list")
        ]
        connection.execute(
            "insert into name_opening_event (region_id, district_id, organization_id, opening_id, kind, at, user_id,"
            " user_name, place_id, place_name) values (1, 2, 3, %s, 'approved', %s, 2, '', 1, '')",
            [ids[1], ASKED + 20 * HOURS],
        )

    apply.migrate(admin, login)

    with psycopg.connect(admin) as connection:
        rows = connection.execute("select id, term_minutes, until from name_opening order by id").fetchall()
    ends = [ASKED + 24 * HOURS] * 3
    assert rows == [(ids[0], 1440, ends[0]), (ids[1], 240, ends[1]), (ids[2], 1440, ends[2])]
