"""What the page of the journal shows: events of records and of accounts in one line of time."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.journal.words import COLUMNS, EVENTS, GROUPS, VALUES
from tenants import journal
from tenants.accounts import events, people
from tenants.accounts.actor import Actor
from tenants.db import REGISTRY, Level, ScopedSession, transaction
from tenants.errors import NotFoundError
from tenants.history import day_word
from tenants.organizations.models import Organization

PAGE = 50
_MOST_PEOPLE = 50
"""In one filter: their numbers stand in the address."""
ACCOUNTS = "accounts"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SIZE = re.compile(r"\d+ (?:items|bytes)")
"""What the journal keeps of contents and sets: they have pages of their own."""
_CODE = re.compile(r"[a-z][a-z_]*")
"""A stored value of an enumeration: shown in its words, or not at all."""
_STEPS = frozenset({"name_opening_event", "submission_event"})
"""Tables that write down a step, as the journal does: the kind of step is in the words of the event already."""


@dataclass(frozen=True)
class Wanted:
    """What a reader asks the journal for."""

    group: str = ""
    user_ids: tuple[int, ...] = ()
    """Accounts of whoever did it."""
    organization_id: int | None = None
    before: datetime | None = None
    """Only what happened earlier: the next page."""


@dataclass(frozen=True)
class Change:
    """One value that a step changed, in words; `personal` values are named and not told."""

    label: str
    before: str
    after: str
    personal: bool = False


@dataclass(frozen=True)
class Line:
    """One step as a person reads it."""

    at: datetime
    who: str
    what: str
    place: str
    records: tuple[tuple[Change, ...], ...]
    """What changed, record by record."""
    parts: tuple[str, ...] = ()


def lines(session: ScopedSession, actor: Actor, wanted: Wanted) -> tuple[list[Line], datetime | None]:
    """Return a page of the journal, newest first, and the instant from which the next page goes on (None at the end).

    Raises:
        NotFoundError: the organization or the group is not the reader's.

    """
    names = _places(session)
    if wanted.organization_id is not None and wanted.organization_id not in names:
        raise NotFoundError
    nouns = _nouns(wanted.group)
    found: list[Line] = []
    if wanted.group != ACCOUNTS:
        query = journal.Wanted(nouns, wanted.user_ids, wanted.organization_id, wanted.before)
        found += [_line(entry, parts, names) for entry, parts in journal.newest(session, query, limit=PAGE + 1)]
    if wanted.group in ("", ACCOUNTS):
        found += _account_lines(actor, wanted, names)
    found.sort(key=lambda line: line.at, reverse=True)
    return found[:PAGE], found[PAGE - 1].at if len(found) > PAGE else None


def people_named(session: ScopedSession, actor: Actor, words: str) -> list[int]:
    """Return the people of a name who did something in what the reader sees; nobody else is betrayed."""
    with transaction(REGISTRY.reading()) as registry:
        named = people.named(registry, actor.organization.region_id, words)
        seen = events.actors_among(registry, actor.organization.region_id, list(_places(session)), named)
    return sorted(seen | journal.actors_among(session, named))[:_MOST_PEOPLE]


def _places(session: ScopedSession) -> dict[int, str]:
    query = select(Organization.id, Organization.name_short)
    if session.scope.level is Level.ORGANIZATION:
        query = query.where(Organization.id == session.scope.organization_id)
    elif session.scope.level is Level.DISTRICT:
        query = query.where(Organization.district_id == session.scope.district_id)
    return {row.id: row.name_short for row in session.execute(query)}


def _nouns(group: str) -> Sequence[str]:
    if not group:
        return ()
    for code, _, nouns in GROUPS:
        if code == group:
            return nouns
    raise NotFoundError


def _line(entry: journal.JournalEntry, parts: Sequence[journal.JournalEntry], names: Mapping[int, str]) -> Line:
    detail = entry.detail
    what = EVENTS.get(entry.event, entry.event)
    records = [tuple(_changes(change)) for change in detail.get("changes", ())]
    records.append(tuple(_plain_changes(detail.get("before"), detail.get("after"))))
    seen = tuple(words for part in parts if (words := EVENTS.get(part.event, part.event)) != what)
    place = names.get(entry.organization_id, "")
    told = tuple(record for record in records if record)
    return Line(entry.at, entry.actor_name, what, place, told, tuple(dict.fromkeys(seen)))


def _changes(change: Mapping[str, Any]) -> Iterator[Change]:
    unsaid = {"kind"} if change.get("table") in _STEPS else ()
    yield from _plain_changes(change.get("before"), change.get("after"), unsaid)
    for name in change.get("personal", ()):
        if name in COLUMNS:
            yield Change(COLUMNS[name], "", "", personal=True)


def _plain_changes(before: object, after: object, unsaid: Collection[str] = ()) -> list[Change]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return []
    names = [name for name in {**before, **after} if name in COLUMNS and name not in unsaid]
    # A number says which record it is, and so it comes first.
    names.sort(key=lambda name: name != "number")
    told = [Change(COLUMNS[name], _word(before.get(name)), _word(after.get(name))) for name in names]
    # A new record says what it holds; a code without words would say nothing to a person.
    return [one for one in told if one.before != one.after]


def _word(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    text = str(value)
    if _SIZE.fullmatch(text):
        return ""
    if _CODE.fullmatch(text):
        return VALUES.get(text, "")
    return day_word(text) if _DAY.fullmatch(text) else text


def _account_lines(actor: Actor, wanted: Wanted, names: Mapping[int, str]) -> list[Line]:
    places = [wanted.organization_id] if wanted.organization_id is not None else list(names)
    with transaction(REGISTRY.reading()) as registry:
        found = events.newest_of_organizations(
            registry,
            actor.organization.region_id,
            places,
            before=wanted.before,
            user_ids=wanted.user_ids,
            limit=PAGE + 1,
        )
    return [
        Line(
            entry.at,
            entry.actor_name or "Портал",
            EVENTS.get(entry.event, entry.event),
            names.get(entry.organization_id or 0, ""),
            tuple(filter(None, [tuple(_plain_changes(entry.detail.get("before"), entry.detail.get("after")))])),
        )
        for entry in found
    ]
