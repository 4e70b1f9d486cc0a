"""What the pages about people are drawn from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for

from portal.formats import counted
from portal.participants.blueprint import form_name, form_options, today
from portal.participants.fields import options_of
from tenants.db import ScopedSession
from tenants.history import RecordHistory, Step, beginnings, changes
from tenants.participants.commands import person_of
from tenants.participants.consents import ConsentState, consents_of
from tenants.participants.models import ParticipantRole
from tenants.participants.participations import parts_of
from tenants.participants.persons import PersonHistory, name_key
from tenants.participants.queries import PAGE_SIZE, ListedPerson, PeopleFilter, PeopleSummary
from tenants.participants.words import (
    CONSENT_WORDS,
    PARTICIPANT_WORDS,
    PARTICIPATION_WORDS,
    PERSON_WORDS,
)

TABS = (
    ("", "Все", "open"),
    ("no_consent", "Без согласия", "no_consent"),
    ("expiring", "Истекает", "expiring"),
    ("no_pair", "Без пары", "no_pair"),
    ("ended", "Закончили", "ended"),
)
COLUMNS = (("name", "Фамилия, имя, отчество"), ("", "Роль"), ("class", "Класс, должность"), ("born", "Дата рождения"))
_MOST_PAGES = 10_000


@dataclass(frozen=True)
class Consent:
    """The consent as a line shows it: kind of the face, words, whether it must be seen."""

    kind: str
    word: str
    loud: bool


def wanted_people() -> PeopleFilter:
    """Return the filter of the address; the searched name comes by POST, since addresses are kept in logs."""
    asked = request.args
    page = asked.get("page", "1")
    return PeopleFilter(
        text=request.form.get("q", "").strip()[:100],
        tab=asked.get("tab", ""),
        role=asked.get("role", ""),
        form=asked.get("form", ""),
        sort=asked.get("sort", "name"),
        page=min(int(page), _MOST_PAGES) if page.isascii() and page.isdigit() else 1,
    )


def link_args(wanted: PeopleFilter, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of an address
    """Return the parts of an address that are not empty; a changed filter begins with the first page."""
    parts = {"tab": wanted.tab, "role": wanted.role, "form": wanted.form, "sort": wanted.sort} | changes
    return {
        name: value for name, value in parts.items() if value and (name, value) not in (("sort", "name"), ("page", 1))
    }


def people_url(wanted: PeopleFilter, **changes: Any) -> str:  # noqa: ANN401 - parts of an address
    """Return the address of the list with some parts of the filter changed."""
    return url_for("participants.people", **link_args(wanted, **changes))


def summary_line(summary: PeopleSummary) -> str:
    """Return «96 человек: 38 наставников и 62 наставляемых, из них 4 в обеих ролях»."""
    if not summary.open:
        return "Сейчас никто не участвует"
    people = counted(summary.open, "человек", "человека", "человек")
    mentors = counted(summary.mentors, "наставник", "наставника", "наставников")
    mentees = counted(summary.mentees, "наставляемый", "наставляемых", "наставляемых")
    line = f"{people}: {mentors} и {mentees}"
    if summary.both:
        line += f", из них {summary.both} в обеих ролях"
    return line + (f" · согласия скоро истекают у {summary.expiring}" if summary.expiring else "")


def pages_of(found: int) -> int:
    """Return how many pages a list has."""
    return -(-found // PAGE_SIZE)


def roles_word(person: ListedPerson) -> str:
    """Return «наставник, наставляемый»."""
    return ", ".join(role.label for role in person.roles)


def consent_face(person: ListedPerson) -> Consent:
    """Return how the consent of a line looks."""
    until, given = person.valid_until, person.given_on
    faces = {
        ConsentState.OK: Consent(
            "ok", f"до {until:%d.%m.%Y}" if until else f"с {given:%d.%m.%Y}" if given else "", loud=False
        ),
        ConsentState.EXPIRING: Consent("soon", f"истекает {until:%d.%m}" if until else "", loud=True),
        ConsentState.EXPIRED: Consent("error", f"истекло {until:%d.%m.%Y}" if until else "", loud=True),
        ConsentState.WITHDRAWN: Consent(
            "stopped", f"отозвано {person.withdrawn_on:%d.%m.%Y}" if person.withdrawn_on else "", loud=True
        ),
        ConsentState.OUTGROWN: Consent("error", "нужна новая подпись", loud=True),
        ConsentState.MISSING: Consent("error", "нет, от родителя" if person.by_representative else "нет", loud=True),
    }
    return faces[person.consent]


def lacks(person: ListedPerson) -> str:
    """Return what the card lacks: «нет телефона»; empty where it is complete."""
    gaps = []
    if person.hidden:
        return ""
    if not person.consent.in_force:
        gaps.append("согласия")
    if person.born_on is None:
        gaps.append("даты рождения")
    if not person.phone:
        gaps.append("телефона")
    return "нет " + ", ".join(gaps) if gaps else ""


def marked(text: str, wanted: str) -> Iterator[tuple[str, bool]]:
    """Cut a name into pieces, True where a searched word stands; ё finds е."""
    words = [word for word in name_key(wanted).split() if word]
    key = text.lower().replace("ё", "е")
    hits = [False] * len(text)
    for word in words:
        at = key.find(word)
        while at >= 0 and len(key) == len(text):
            hits[at : at + len(word)] = [True] * len(word)
            at = key.find(word, at + 1)
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or hits[at] != hits[start]:
            yield text[start:at], hits[start]
            start = at


def filter_options() -> dict[str, list[tuple[str, str]]]:
    """Return what the two selects of the list offer."""
    return {"role": options_of(ParticipantRole), "form": form_options(every=True)}


_EVENTS = {
    "participant.added": "Записан",
    "participation.added": "Участие начато",
    "consent.given": "Согласие внесено",
}


def person_history(session: ScopedSession, participant_id: int) -> list[Step]:
    """Return everything that happened to a card and its records, newest first."""
    participant, person = person_of(session, participant_id)
    parts = {row.id: f"{row.role.label}, {form_name(row.mentoring_form)}" for row in parts_of(session, participant_id)}
    part_rows = {row.id: (f"Участие: {parts[row.id]}", row) for row in parts_of(session, participant_id)}
    consents = {
        row.id: (f"Согласие {row.kind.label} от {row.given_on:%d.%m.%Y}", row)
        for row in consents_of(session, participant_id)
    }
    steps = [
        *changes(session, PersonHistory, {person.id: ("Карточка", person)}, PERSON_WORDS),
        *changes(session, PersonHistory, {participant.id: ("Карточка", participant)}, PARTICIPANT_WORDS),
        *changes(session, PersonHistory, dict(consents), CONSENT_WORDS),
        *changes(session, RecordHistory, dict(part_rows), PARTICIPATION_WORDS),
        *beginnings(
            session,
            _EVENTS,
            {
                "participant": {participant.id: f"карточка № {participant.number}"},
                "participation": parts,
                "consent": {key: f"{row.kind.label}, от {row.given_on:%d.%m.%Y}" for key, (_, row) in consents.items()},
            },
        ),
    ]
    return sorted(steps, key=lambda step: step.at, reverse=True)


def age_on(born_on: date | None, day: date | None = None) -> int | None:
    """Return full years on a day, today unless said."""
    if born_on is None:
        return None
    on = day or today()
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
