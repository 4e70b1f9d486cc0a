"""What the pages about pairs and groups are drawn from."""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from portal.formats import counted
from portal.participants.blueprint import today
from tenants.db import ScopedSession, find
from tenants.history import RecordHistory, Step, beginnings, changes
from tenants.mentorships.models import Mentorship, MentorshipMember
from tenants.mentorships.queries import PAGE_SIZE, ListedPair, Member, PairsFilter, PairsSummary, meetings_of
from tenants.mentorships.words import MEETING_WORDS, MEMBER_WORDS, MENTORSHIP_WORDS
from tenants.participants.models import ParticipantRole
from tenants.participants.persons import Name, names_of
from tenants.participants.queries import people_to_choose

TABS = (
    ("", "Все", "open"),
    ("silent", "Давно без встреч", "silent"),
    ("no_order", "Без приказа", "no_order"),
    ("ended", "Завершены", "ended"),
)
_MOST_PAGES = 10_000
_EVENTS = {
    "mentorship.created": "Создана",
    "mentorship.joined": "Вступил участник",
    "mentorship.left": "Вышел участник",
    "meeting.added": "Записана встреча",
    "meeting.cancelled": "Встреча отменена",
    "meeting.restored": "Отмена встречи снята",
}


def wanted_pairs() -> PairsFilter:
    """Return the filter of the address; the searched name comes by POST, since addresses are kept in logs."""
    asked = request.args
    page = asked.get("page", "1")
    return PairsFilter(
        text=request.form.get("q", "").strip()[:100],
        tab=asked.get("tab", ""),
        kind=asked.get("kind", ""),
        form=asked.get("form", ""),
        sort=asked.get("sort", "number"),
        page=min(int(page), _MOST_PAGES) if page.isascii() and page.isdigit() else 1,
    )


def link_args(wanted: PairsFilter, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of an address
    """Return the parts of an address that are not empty; a changed filter begins with the first page."""
    parts = {"tab": wanted.tab, "kind": wanted.kind, "form": wanted.form, "sort": wanted.sort} | changes
    plain = (("sort", "number"), ("page", 1))
    return {name: value for name, value in parts.items() if value and (name, value) not in plain}


def pairs_url(wanted: PairsFilter, **changes: Any) -> str:  # noqa: ANN401 - parts of an address
    """Return the address of the list with some parts of the filter changed."""
    return url_for("mentorships.pairs", **link_args(wanted, **changes))


def summary_line(summary: PairsSummary) -> str:
    """Return «24 пары и 3 группы · без встреч больше 30 дней 2»."""
    if not summary.open:
        return "Сейчас пар и групп нет"
    line = f"{counted(summary.pairs, 'пара', 'пары', 'пар')} и {counted(summary.groups, 'группа', 'группы', 'групп')}"
    return line + (f" · без встреч больше 30 дней {summary.silent}" if summary.silent else "")


def pages_of(found: int) -> int:
    """Return how many pages a list has."""
    return -(-found // PAGE_SIZE)


def names(members: Sequence[Member]) -> str:
    """Return «Котова Е.А., Орлова Н.»."""
    return ", ".join(member.name.short for member in members)


def title_of(pair: ListedPair) -> str:
    """Return «Пара № 5»."""
    return f"{pair.kind.label.capitalize()} № {pair.number}"


def choices(session: ScopedSession, form: str) -> dict[ParticipantRole, list[tuple[int, str]]]:
    """Return who may enter a pair of a form, by side: id and «Иванова Анна Петровна, 7 «А»»."""
    found: dict[ParticipantRole, list[tuple[int, str]]] = {role: [] for role in ParticipantRole}
    for participant_id, name, role, post in people_to_choose(session, today(), form):
        found[role].append((participant_id, f"{name.full}, {post}" if post else name.full))
    return found


def pair_history(session: ScopedSession, mentorship_id: int) -> list[Step]:
    """Return everything that happened to a pair, its members and meetings, newest first."""
    row = find(session, Mentorship, mentorship_id)
    rows = session.scalars(select(MentorshipMember).where(MentorshipMember.mentorship_id == mentorship_id)).all()
    known = names_of(session, {member.participant_id for member in rows})
    members = {member.id: (f"Участник: {_short(known, member)}", member) for member in rows}
    meetings = {one.id: (f"Встреча {one.held_on:%d.%m.%Y}", one) for one in meetings_of(session, mentorship_id)}
    heading = f"{row.kind.label} № {row.number}"
    steps = [
        *changes(session, RecordHistory, {row.id: (heading.capitalize(), row)}, MENTORSHIP_WORDS),
        *changes(session, RecordHistory, dict(members), MEMBER_WORDS),
        *changes(session, RecordHistory, dict(meetings), MEETING_WORDS),
        *beginnings(
            session,
            _EVENTS,
            {
                "mentorship": {row.id: heading},
                "meeting": {key: f"{one.held_on:%d.%m.%Y}, {one.kind.label}" for key, (_, one) in meetings.items()},
            },
        ),
    ]
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _short(known: dict[int, Name], member: MentorshipMember) -> str:
    name = known.get(member.participant_id)
    return name.short if name else f"№ {member.participant_id}"
