"""The list behind a number: names in the school's own scope, numbers («№ 17») above it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, url_for
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from portal import formats
from portal.openings.words import number_words
from tenants import clock
from tenants.errors import InvalidError
from tenants.mentorships.catalogue import mentoring_form
from tenants.mentorships.models import Meeting, Mentorship, MentorshipKind, Programme
from tenants.mentorships.queries import Member, members_of
from tenants.openings.queries import age_of, category_of
from tenants.participants.models import Participant, ParticipantRole, Participation
from tenants.participants.persons import Name, names_of
from tenants.periods import SchoolYear

PAGE = 25
_NOUNS = {
    "mentorship": ("пара", "пары", "пар"),
    "participant": ("человек", "человека", "человек"),
    "meeting": ("встреча", "встречи", "встреч"),
    "programme": ("программа", "программы", "программ"),
}
_LISTS = {
    "mentorship": ("mentorships.pairs", "Открыть в парах"),
    "participant": ("participants.people", "Открыть в участниках"),
    "meeting": ("mentorships.pairs", "Открыть в парах"),
    "programme": ("mentorships.pairs", "Открыть в парах"),
}


@dataclass(frozen=True)
class MemberLine:
    """One record behind a number."""

    text: str
    note: str
    day: date | None


def counted_members(kind: str, count: int, unit: str = "") -> str:
    """Return «41 пара»; groups are called groups."""
    nouns = ("группа", "группы", "групп") if unit == "groups" else _NOUNS.get(kind, ("запись", "записи", "записей"))
    return formats.counted(count, *nouns)


def list_link(kind: str) -> tuple[str, str] | None:
    """Return words and address of the page where these records are kept; None where there is none."""
    endpoint, text = _LISTS.get(kind, ("", ""))
    return (text, url_for(endpoint)) if endpoint in current_app.view_functions else None


def member_lines(session: Session, kind: str, ids: Collection[int], *, page: int = 1, named: bool) -> list[MemberLine]:
    """Return one page of the records, the newest first. `named` only in the school's own scope."""
    if not ids:
        return []
    describe = {
        "mentorship": _pairs,
        "participant": _people,
        "meeting": _meetings,
        "programme": _programmes,
    }[kind]
    return describe(session, ids, (page - 1) * PAGE, named)


def _pairs(session: Session, ids: Collection[int], offset: int, named: bool) -> list[MemberLine]:  # noqa: FBT001 - called through the table above
    rows = session.scalars(
        select(Mentorship)
        .where(Mentorship.id.in_(ids))
        .order_by(Mentorship.started_on.desc(), Mentorship.number)
        .offset(offset)
        .limit(PAGE)
    ).all()
    members = members_of(session, [row.id for row in rows]) if named else {}
    return [
        MemberLine(
            pair_title(row.number, row.kind, members.get(row.id, ())), form_word(row.mentoring_form), row.started_on
        )
        for row in rows
    ]


def pair_title(number: int, kind: MentorshipKind, members: Iterable[Member]) -> str:
    """Return «Носов Илья – Ершова Полина», «Носов Илья – 4 наставляемых», or «Пара № 17» without names."""
    mentors = [short_name(one.name) for one in members if one.role is ParticipantRole.MENTOR]
    mentees = [short_name(one.name) for one in members if one.role is ParticipantRole.MENTEE]
    if not mentors or not mentees:
        return f"{kind.label.capitalize()} №\N{NO-BREAK SPACE}{number}"
    seconds = (
        mentees[0]
        if len(mentees) == 1
        else formats.counted(len(mentees), "наставляемый", "наставляемых", "наставляемых")
    )
    return f"{', '.join(mentors)} – {seconds}"


def short_name(name: Name) -> str:
    """Return «Носов Илья»."""
    return f"{name.last} {name.first}".strip()


def form_word(code: str) -> str:
    """Return the short word of a form of mentoring; an unknown code as it is."""
    try:
        return mentoring_form(code).short_label
    except InvalidError:
        return code


def _people(session: Session, ids: Collection[int], offset: int, named: bool) -> list[MemberLine]:  # noqa: FBT001 - the same
    parts = (
        select(
            Participation.participant_id,
            func.array_agg(Participation.mentoring_form.distinct()).label("forms"),
            func.max(Participation.started_on).label("started_on"),
            func.array_agg(
                aggregate_order_by(Participation.category, Participation.started_on.desc(), Participation.id.desc())
            ).label("categories"),
        )
        .where(Participation.participant_id.in_(ids))
        .group_by(Participation.participant_id)
        .subquery()
    )
    columns: list[Any] = [Participant.id, Participant.number, Participant.sex, Participant.age_cohort]
    columns += [parts.c.forms, parts.c.started_on, parts.c.categories]
    query = select(*columns).outerjoin(parts, parts.c.participant_id == Participant.id).where(Participant.id.in_(ids))
    rows = session.execute(
        query.order_by(parts.c.started_on.desc().nulls_last(), Participant.number).offset(offset).limit(PAGE)
    ).all()
    names = names_of(session, [row.id for row in rows]) if named else {}
    return [
        MemberLine(
            short_name(names[row.id]) if row.id in names else _number(row),
            ", ".join(form_word(code) for code in row.forms or ()),
            row.started_on,
        )
        for row in rows
    ]


def _number(row: Any) -> str:  # noqa: ANN401 - a row of _people
    """Return «Участник № 14 · ж · 15 лет · ученик»; the age is that of the last 1 September."""
    age = age_of(row.age_cohort, SchoolYear.of(clock.today()))
    return number_words(row.number, row.sex, age, category_of(row.categories[0] if row.categories else ""))


def _meetings(session: Session, ids: Collection[int], offset: int, named: bool) -> list[MemberLine]:  # noqa: FBT001 - the same
    rows = session.execute(
        select(Meeting.held_on, Meeting.mentorship_id, Mentorship.number, Mentorship.kind, Mentorship.mentoring_form)
        .join(Mentorship, Mentorship.id == Meeting.mentorship_id)
        .where(Meeting.id.in_(ids))
        .order_by(Meeting.held_on.desc(), Meeting.id.desc())
        .offset(offset)
        .limit(PAGE)
    ).all()
    members = members_of(session, {row.mentorship_id for row in rows}) if named else {}
    return [
        MemberLine(
            pair_title(row.number, row.kind, members.get(row.mentorship_id, ())),
            form_word(row.mentoring_form),
            row.held_on,
        )
        for row in rows
    ]


def _programmes(session: Session, ids: Collection[int], offset: int, named: bool) -> list[MemberLine]:  # noqa: FBT001 - the same
    rows = session.scalars(
        select(Programme)
        .where(Programme.id.in_(ids))
        .order_by(Programme.started_on.desc(), Programme.id)
        .offset(offset)
        .limit(PAGE)
    ).all()
    return [
        MemberLine(
            row.title if named else f"Программа №\N{NO-BREAK SPACE}{row.id}",
            form_word(row.mentoring_form),
            row.started_on,
        )
        for row in rows
    ]
