"""Append-only tables from which a signed act takes what concerns its people: asked for every state of an act."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg

AsRole = Callable[[psycopg.Connection, str, int], AbstractContextManager[None]]
_FORMER = "update {table} set table_name = '{named}', before = '{{\"participant_id\": 77}}'"

SIGNED_AWAY = {
    "person_history": (_FORMER.format(table="person_history", named="consent"), "delete from person_history"),
    "record_history": (
        _FORMER.format(table="record_history", named="participation"),
        'update record_history set before = before || \'{"topic": ""}\'',
    ),
    "twin_question": (
        "update twin_question set participant_id = 77, match_key = '\\x01'",
        "update twin_question set match_key = null",
    ),
}
"""Table → statement that makes every row one of person 77, statement of the destruction."""


def by_a_signed_act(connection: psycopg.Connection, table: str, as_role: AsRole) -> Iterator[str]:
    """Say where an act reaches further than its people, its organization and its signature, or does not reach them."""
    about, statement = SIGNED_AWAY[table]
    expected = {"draft": 0, "proposed": 0, "confirmed": 1, "done": 0}
    for state, wanted in expected.items():
        for subject, count in ((77, wanted), (78, 0)):
            with connection.transaction(force_rollback=True):
                # As the superuser: one row of everybody is about 77, and every organization has an act.
                connection.execute("set local session_replication_role = replica")
                connection.execute(about)
                connection.execute("update destruction set state = %s", [state])
                connection.execute(
                    "update destruction_subject s set participant_id = %s, destruction_id = d.id, erased_at = null"
                    " from destruction d where d.organization_id = s.organization_id",
                    [subject],
                )
                with as_role(connection, "organization", 100):
                    try:
                        touched = connection.execute(statement).rowcount
                    except psycopg.errors.InsufficientPrivilege:
                        touched = -1
            if touched != count:
                yield f"{table}: an act that is {state} touches {touched} rows instead of {count}"
