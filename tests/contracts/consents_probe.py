"""What the probe of row security knows of consents: a hidden name, and a transfer that was taken back.

Former states and papers go with the name. Nobody above the school is granted them at all, so the probe grants them for
the time of a question: whoever grants them one day must still not see past the name.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.contracts.levels import SEES, owners, role
from tests.contracts.openings_probe import NAMES, PERSON

GO_WITH_THE_NAME = frozenset({"person", "person_history", "consent_paper"})
"""Tables whose rows nobody sees once the name is hidden, but a transaction that asks for subject access."""
PLACE_OF = {level: place for level, (place, _) in SEES.items()} | {"contacts": 10}
_ABOVE = ("district", "region")
_YESTERDAY, _TOMORROW = "app.now() - interval '26 hours'", "app.now() + interval '26 hours'"


def hidden(connection: psycopg.Connection, table: str) -> Iterator[str]:
    """Hide every name and ask each level, without subject access and with it."""
    with connection.transaction(force_rollback=True), _granted_above(connection, table):
        connection.execute("update person set hidden_at = now()")
        for level, shown in _levels(table).items():
            for access in ("", "1"):
                with role(connection, level, PLACE_OF[level]):
                    connection.execute(f"set local app.subject_access = '{access}'")
                    seen = owners(connection, table)
                    if table == PERSON and not access and level == "organization":
                        yield from _untouchable(connection)
                if seen != (shown if access else set()):
                    yield f"{table}: {level} sees {sorted(seen)} hidden, access '{access}'"


def _untouchable(connection: psycopg.Connection) -> Iterator[str]:
    touched = connection.execute("update person set region_id = 1").rowcount
    if touched:
        yield f"person: {touched} hidden rows are changed without subject access"


TRANSFERS: dict[str, tuple[tuple[tuple[str, str | None, str | None], ...], bool]] = {
    "withdrawn": ((("transfer", _YESTERDAY, None),), False),
    "withdrawn, its term ahead": ((("transfer", _YESTERDAY, _TOMORROW),), False),
    "another purpose withdrawn": ((("processing", _YESTERDAY, None),), True),
    "run out": ((("transfer", None, _YESTERDAY),), True),
    "given again": ((("transfer", _YESTERDAY, None), ("transfer", None, None)), True),
    "given again for a term": ((("transfer", _YESTERDAY, None), ("transfer", None, _TOMORROW)), True),
    "given again and run out": ((("transfer", _YESTERDAY, None), ("transfer", None, _YESTERDAY)), False),
    "given again and withdrawn": ((("transfer", _YESTERDAY, None), ("transfer", _YESTERDAY, None)), False),
    "another purpose in force": ((("transfer", _YESTERDAY, None), ("publication", None, None)), False),
}
"""What everybody has signed, as (purpose, withdrawn, last day), and whether names may be shown above the school."""


def transfers_withdrawn(connection: psycopg.Connection, table: str) -> Iterator[str]:
    """Ask every level in each case; in the last ones the consent is another person's, or another organization's."""
    with connection.transaction(force_rollback=True), _granted_above(connection, table):
        for name, (consents, shows) in TRANSFERS.items():
            with _signed(connection, consents):
                yield from _seen(connection, table, name, shows=shows)
        for column in ("participant_id", "organization_id"):
            with _signed(connection, (("transfer", _YESTERDAY, None), ("transfer", None, None)), astray=column):
                yield from _seen(connection, table, f"given by another {column}", shows=False)
            with _signed(connection, (("transfer", _YESTERDAY, None),), astray=column):
                yield from _seen(connection, table, f"withdrawn by another {column}", shows=True)


def _seen(connection: psycopg.Connection, table: str, case: str, *, shows: bool) -> Iterator[str]:
    for level, shown in _levels(table).items():
        expected = shown if shows or level == "organization" else set()
        with role(connection, level, PLACE_OF[level]):
            seen = owners(connection, table)
        if seen != expected:
            yield f"{table}: {level} sees {sorted(seen)} instead of {sorted(expected)}, transfer {case}"


def _levels(table: str) -> dict[str, set[int]]:
    """Return whose rows each level sees when nothing is hidden; contacts are columns of `person` alone."""
    above = {level: NAMES[level] for level in (*_ABOVE, "contacts") if level != "contacts" or table == PERSON}
    return {"organization": SEES["organization"][1], **above}


@contextmanager
def _granted_above(connection: psycopg.Connection, table: str) -> Iterator[None]:
    if table != PERSON:
        for level in _ABOVE:
            connection.execute(f"create policy one_day_{level} on {table} for select to lv_{level} using (true)")
            connection.execute(f"grant select on {table} to lv_{level}")
    yield


@contextmanager
def _signed(
    connection: psycopg.Connection, consents: tuple[tuple[str, str | None, str | None], ...], *, astray: str = ""
) -> Iterator[None]:
    """Let everybody have signed these consents, the last of them for somebody else where `astray` names a column."""
    with connection.transaction(force_rollback=True):
        connection.execute("set local session_replication_role = replica")
        connection.execute("delete from consent")
        for at, (kind, withdrawn, until) in enumerate(consents, start=1):
            values = {"participant_id": "participant_id", "organization_id": "organization_id"}
            if astray and at == len(consents):
                values[astray] = f"{astray} + 1000"
            connection.execute(
                "insert into consent (region_id, district_id, organization_id, participant_id, kind, given_on,"
                f" withdrawn_on, valid_until) select region_id, district_id, {values['organization_id']},"
                f" {values['participant_id']}, '{kind}', date '2020-01-01', {withdrawn or 'null'}, {until or 'null'}"
                " from person"
            )
        yield


CONDITIONS = (
    "c.organization_id = person.organization_id",
    "c.participant_id = person.participant_id",
    "c.kind = 'transfer'",
    "c.withdrawn_on is not null",
    "d.organization_id = person.organization_id",
    "d.participant_id = person.participant_id",
    "d.kind = 'transfer'",
    "d.withdrawn_on is null",
    "d.valid_until >= (app.now() at time zone 'Asia/Kamchatka')::date",
)


def mutants_of_transfer(connection: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """The policy `transfer` of `person` with one of its conditions taken out, or for one level less."""
    policy = connection.execute("select app.transfer_open()").fetchone()[0]
    for words in CONDITIONS:
        assert words in policy
        yield f"transfer without «{words}»", f"alter policy transfer on person using ({policy.replace(words, 'true')})"
    for name, levels in (("transfer", (*_ABOVE, "contacts")), ("hidden", tuple(PLACE_OF))):
        for level in levels:
            others = ", ".join(f"lv_{one}" for one in levels if one != level)
            yield f"{name}: not for {level}", f"alter policy {name} on person to {others}"
