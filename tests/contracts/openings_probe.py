"""What the probe of row security knows of openings: who may say what, and every reason why names stay closed.

One person of each place; the probe works as user 1, in district 10 and in region 1. Every opening below but the running
ones is wrong in exactly one way, and all of these are about people of nodes that nothing else opens.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import psycopg

OPENING, EVENT, PERSON = "name_opening", "name_opening_event", "person"
SPEAKERS = {OPENING: ("district", "region"), EVENT: ("organization", "district", "region")}
"""Which levels may insert, in the person's own name and from the place of work."""
ME, COLLEAGUE = 1, 2
NAMES = {"district": {100, 101}, "region": {110, 120}, "contacts": {101}}
"""Whose names user 1 sees at each level (contacts: in district 10)."""
CONTACTS_SEE = {one: {10, 100, 101} for one in (OPENING, EVENT, "consent")} | {PERSON: NAMES["contacts"]}


@dataclass(frozen=True)
class Case:
    """An opening as the probe writes it."""

    region: int
    district: int
    organization: int
    place: int
    participant: int
    user: int = ME
    begins: str = "-1 hour"
    ends: str = "1 hour"
    """Of what needs approval: until when it may be given."""
    contacts: bool = False
    approval: bool = False
    events: tuple[tuple[str, int, int], ...] = ()
    """(kind, user, place of work)"""
    said: str = "-30 minutes"
    """When the events happened."""
    minutes: int = 120


def cases(person_of: dict[int, int]) -> Iterator[Case]:
    """Every opening; `person_of` names the participant of each node."""
    yield Case(1, 10, 100, 10, person_of[100])
    yield Case(1, 10, 101, 10, person_of[101], contacts=True)
    yield Case(1, 1, 120, 1, person_of[120])
    # The request itself has ended long ago: the term runs from the approval.
    approved = (("approved", COLLEAGUE, 1),)
    ago = {"begins": "-3 hours", "ends": "-1 hour", "said": "-90 minutes"}
    yield Case(1, 11, 110, 1, person_of[110], approval=True, events=approved, **ago)
    for district, node, place, stranger in ((10, 10, 10, 11), (11, 11, 1, 10)):
        whole = Case(1, district, node, place, person_of[node], contacts=True)
        yield replace(whole, user=COLLEAGUE)
        yield replace(whole, begins="-2 hours", ends="-1 second")
        yield replace(whole, begins="1 second")
        yield replace(whole, events=(("ended", ME, place),))
        yield replace(whole, events=(("refused", COLLEAGUE, place),))
        yield replace(whole, approval=True)
        yield replace(whole, approval=True, events=(("approved", ME, place),))
        second = (("approved", COLLEAGUE, place),)
        yield replace(whole, approval=True, events=second, minutes=29)
        yield replace(whole, approval=True, events=second, said="1 second")
        yield replace(whole, approval=True, events=second, begins="-2 hours", ends="-31 minutes")
        yield replace(whole, approval=True, events=(("approved", COLLEAGUE, stranger),))
        # No such kind exists yet: what is no approval must not be taken for one.
        yield replace(whole, approval=True, events=(("other", COLLEAGUE, place),))
        yield replace(whole, place=stranger)
        yield replace(whole, participant=999)
        # The right person in the wrong organization.
        yield replace(whole, organization=101 if node == 10 else 110, district=10 if node == 10 else 11)
    yield Case(2, 20, 200, 10, person_of[200])
    yield Case(2, 20, 200, 1, person_of[200])


def prepare_openings(connection: psycopg.Connection) -> None:
    """Replace the probe's plain rows by the cases; events keep one plain row for each place beside them."""
    person_of = dict(connection.execute("select organization_id, participant_id from person").fetchall())
    connection.execute("delete from name_opening_event")
    connection.execute("delete from name_opening")
    for case in cases(person_of):
        opening = connection.execute(
            "insert into name_opening"
            " (region_id, district_id, organization_id, user_id, user_name, place_id, place_name,"
            " reach, participant_ids, ground, reason, contacts, needs_approval, term_minutes, asked_at, until) values"
            " (%s, %s, %s, %s, 'u', %s, 'p', 'list', %s, 'audit', 'r', %s, %s, %s,"
            " app.now() + %s::interval, app.now() + %s::interval) returning id",
            [case.region, case.district, case.organization, case.user, case.place, [case.participant],
             case.contacts, case.approval, case.minutes, case.begins, case.ends],
        ).fetchone()[0]  # fmt: skip
        for kind, user, place in case.events:
            keys = (case.region, case.district, case.organization)
            _event(connection, keys, opening, kind, user, place, case.said)


def fill_up(connection: psycopg.Connection, places: dict[int, tuple[int, int, int]]) -> None:
    """Give every place an opening and an event of long ago, so that reading by level can be asked."""
    for keys in places.values():
        opening = connection.execute(
            "insert into name_opening"
            " (region_id, district_id, organization_id, user_id, user_name, place_id, place_name,"
            " reach, participant_ids, ground, reason, needs_approval, term_minutes, asked_at, until) values"
            " (%s, %s, %s, 77, 'u', 77, 'p', 'list', '{1}', 'audit', 'r', false, 1, app.now(), app.now()) returning id",
            keys,
        ).fetchone()[0]
        _event(connection, keys, opening, "approved", 77, 77)


def _event(
    connection: psycopg.Connection,
    keys: tuple[int, int, int],
    opening: int,
    kind: str,
    user: int,
    place: int,
    said: str = "-30 minutes",
) -> None:
    connection.execute(
        "insert into name_opening_event (region_id, district_id, organization_id, opening_id, kind, user_id, user_name,"
        " place_id, place_name, at) values (%s, %s, %s, %s, %s, %s, 'u', %s, 'p', app.now() + %s::interval)",
        [*keys, opening, kind, user, place, said],
    )


CONTACT_COLUMNS = ("phone", "email", "representative")


def contacts_read(connection: psycopg.Connection, table: str) -> Iterator[str]:
    """Say what is wrong with what the role of contacts reads."""
    with _as_contacts(connection):
        seen = {owner for (owner,) in connection.execute(f'select organization_id from "{table}"').fetchall()}
    if seen != CONTACTS_SEE[table]:
        yield f"{table}: contacts sees {sorted(seen)} instead of {sorted(CONTACTS_SEE[table])}"


def columns_kept_apart(connection: psycopg.Connection) -> Iterator[str]:
    """Say where a level reads a column of `person` that is not its own: contacts above, names beside contacts."""
    for level, columns in (
        ("district", (*CONTACT_COLUMNS, "name_key")),
        ("region", (*CONTACT_COLUMNS, "name_key")),
        ("contacts", ("last_name", "first_name", "middle_name", "name_key")),
    ):
        for column in columns:
            granted = connection.execute(
                "select has_column_privilege(%s, 'person', %s, 'select')", [f"lv_{level}", column]
            ).fetchone()[0]
            if granted:
                yield f"person: {level} may read {column}"


def spoken_for_others(connection: psycopg.Connection, table: str, insert: str, place: int, level: str) -> Iterator[str]:
    """Say where a row may be written in somebody else's name, or from a place of work that is not one's own."""
    for name, user, work in (("another user", COLLEAGUE, place), ("another place", ME, 9)):
        with connection.transaction(force_rollback=True):
            try:
                connection.execute(insert.replace("{user}", str(user)).replace("{place}", str(work)))
            except psycopg.errors.InsufficientPrivilege:
                continue
        yield f"{table}: {level} may insert for {name}"
    if table == EVENT:
        yield from _said_at_another_hour(connection, insert.format(user=ME, place=place), level)


def _said_at_another_hour(connection: psycopg.Connection, insert: str, level: str) -> Iterator[str]:
    """Say where an event may be dated by whoever writes it."""
    names, values = insert.split(") values (")
    for shift in ("-1 minute", "1 minute"):
        with connection.transaction(force_rollback=True):
            try:
                connection.execute(f"{names}, at) values ({values[:-1]}, app.now() + interval '{shift}')")
            except psycopg.errors.InsufficientPrivilege:
                continue
        yield f"{EVENT}: {level} may date an event {shift} away"


@contextmanager
def _as_contacts(connection: psycopg.Connection) -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        connection.execute(
            "set local app.region = '1'; set local app.district = '10'; set local app.organization = '10';"
            " set local app.uid = '1'; set local role lv_contacts"
        )
        yield


CONDITIONS = {
    "whose organization": "o.organization_id = person.organization_id",
    "whose people": "person.participant_id = any (o.participant_ids)",
    "who looks": "o.user_id = (select current_setting('app.uid')::bigint)",
    "from where": "o.place_id = (select current_setting('app.organization')::int)",
    "not before": "o.asked_at <= app.now()",
    "not after": "else o.until > app.now()",
    "with contacts": "o.contacts",
    "not ended": "e.kind in ('ended', 'refused')",
    "approved": "e.kind = 'approved'",
    "by a second person": "e.user_id <> o.user_id",
    "of the place or the region": "e.place_id in (o.place_id, o.region_id)",
    "lists wait": "o.needs_approval",
    "approved in time": "e.at < o.until",
    "no approval ahead": "e.at <= app.now()",
    "term from the approval": "e.at + o.term_minutes * interval '1 minute' > app.now()",
}
"""Each condition of the policy, by the words that a mutant takes out."""
INSTEAD = {"not ended": "false", "lists wait": "false", "not after": "else true"}
"""What a mutant says in their place, where it is not plain truth."""


def mutants_of_person(connection: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """Every policy of `person` above the school with one of its conditions taken out."""
    for level in ("district", "region", "contacts"):
        reach = "app.reach_contacts()" if level == "contacts" else f"app.reach('{level}')"
        contacts = "true" if level == "contacts" else "false"
        policy = connection.execute(f"select app.opened({reach}, {contacts})").fetchone()[0]
        for name, words in CONDITIONS.items():
            if words not in policy:
                assert (name, level) in {("with contacts", "district"), ("with contacts", "region")}
                continue
            broken = policy.replace(words, INSTEAD.get(name, "true"))
            yield f"{level}: policy without «{name}»", f"alter policy select_{level} on person using ({broken})"
        for column in CONTACT_COLUMNS if level != "contacts" else ("last_name",):
            yield f"{level}: extra column {column}", f"grant select ({column}) on person to lv_{level}"
