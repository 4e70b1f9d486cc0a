"""Figures of people: mentors and mentees by their parts in mentoring; each counts once, with or without consent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from reports.figures.definition import AnySelect, Days, Ending, Family, Figure, Life, Nature, years_before
from reports.figures.knowledge import Known, as_known
from tenants.participants.models import EndReason, Participant, ParticipantRole, Participation

_COLUMNS = (
    "region_id", "organization_id", "participant_id", "role", "mentoring_form", "category",
    "started_on", "ended_on", "end_reason", "trained_on",
)  # fmt: skip
_SOURCE = "Участники: участие в наставничестве"
_NOVICE_YEARS = 3
_EARLY = (EndReason.LEFT, EndReason.TRANSFERRED, EndReason.CONSENT_WITHDRAWN)


@dataclass(frozen=True)
class ParticipationRows:
    """Parts in mentoring with their people."""

    known: Known
    region_id: ColumnElement[int]
    organization_id: ColumnElement[int]
    record_id: ColumnElement[int]
    identity_key: ColumnElement[bytes | None]
    keys: Mapping[str, ColumnElement[str]]
    born_on: ColumnElement[date | None]
    experience_since: ColumnElement[date | None]

    def joined(self, statement: AnySelect) -> AnySelect:
        """Return the statement with its FROM."""
        part = self.known.columns
        same = and_(
            Participant.region_id == part.region_id,
            Participant.organization_id == part.organization_id,
            Participant.id == part.participant_id,
        )
        return statement.select_from(self.known.source).join(Participant, same)


def _rows(known_at: datetime | None) -> ParticipationRows:
    known = as_known(Participation, _COLUMNS, known_at)
    part = known.columns
    return ParticipationRows(
        known=known,
        region_id=part.region_id,
        organization_id=part.organization_id,
        record_id=part.participant_id,
        identity_key=Participant.__table__.c.identity_key,
        keys={
            "mentoring_form": part.mentoring_form,
            "role": part.role,
            "category": part.category,
            "sex": Participant.__table__.c.sex,
        },
        born_on=Participant.__table__.c.born_on,
        experience_since=Participant.__table__.c.experience_since,
    )


_ENDINGS = {
    EndReason.COMPLETED: Ending.COMPLETED,
    EndReason.LEFT: Ending.LEFT,
    EndReason.CONSENT_WITHDRAWN: Ending.LEFT,
    EndReason.TRANSFERRED: Ending.TRANSFERRED,
}


def _lives(session: Session, participant_ids: Sequence[int]) -> list[Life]:
    parts = session.scalars(
        select(Participation).where(
            Participation.participant_id.in_(participant_ids),
            or_(Participation.end_reason.is_(None), Participation.end_reason != EndReason.MISTAKE),
        )
    )
    return [
        Life(
            part.participant_id,
            {"mentoring_form": part.mentoring_form, "role": part.role.value, "category": part.category},
            part.started_on,
            part.ended_on,
            None if part.end_reason is None else _ENDINGS[part.end_reason],
        )
        for part in parts
    ]


PEOPLE = Family("people", "participant", _rows, frozenset({"mentoring_form", "role", "category", "sex"}), _lives)


def _counts(rows: ParticipationRows, role: ParticipantRole) -> ColumnElement[bool]:
    part = rows.known.columns
    return and_(part.role == role, or_(part.end_reason.is_(None), part.end_reason != EndReason.MISTAKE))


def _active(rows: ParticipationRows, role: ParticipantRole, days: Days) -> ColumnElement[bool]:
    part = rows.known.columns
    return and_(_counts(rows, role), part.started_on <= days.on, or_(part.ended_on.is_(None), part.ended_on > days.on))


def _ended(rows: ParticipationRows, days: Days, *reasons: EndReason) -> ColumnElement[bool]:
    part = rows.known.columns
    return and_(
        part.role == ParticipantRole.MENTEE,
        part.ended_on > days.after,
        part.ended_on <= days.on,
        part.end_reason.in_(reasons),
    )


def mentors(rows: ParticipationRows, days: Days) -> ColumnElement[bool]:
    """Mentors whose part is not ended at the end of the day."""
    return _active(rows, ParticipantRole.MENTOR, days)


def mentors_trained(rows: ParticipationRows, days: Days) -> ColumnElement[bool]:
    """Of the mentors, those who finished training by the date."""
    return and_(mentors(rows, days), rows.known.columns.trained_on <= days.on)


def mentees(rows: ParticipationRows, days: Days) -> ColumnElement[bool]:
    """Mentees whose part is not ended at the end of the day."""
    return _active(rows, ParticipantRole.MENTEE, days)


def mentees_aged_10_19(rows: ParticipationRows, days: Days) -> ColumnElement[bool]:
    """Of the mentees, those who are ten and not yet twenty; an unknown birth date does not count."""
    return and_(
        mentees(rows, days),
        rows.born_on <= years_before(days.on, 10),
        rows.born_on > years_before(days.on, 20),
    )


def mentees_novice_teachers(rows: ParticipationRows, days: Days) -> ColumnElement[bool]:
    """Of the mentees, those whose teaching work began less than three years ago."""
    return and_(
        mentees(rows, days),
        rows.experience_since <= days.on,
        rows.experience_since > years_before(days.on, _NOVICE_YEARS),
    )


def joined(rows: ParticipationRows, days: Days) -> ColumnElement[bool]:
    """Mentees whose part began between the cuts: with those who ended they lead from one stock to the next."""
    part = rows.known.columns
    return and_(_counts(rows, ParticipantRole.MENTEE), part.started_on > days.after, part.started_on <= days.on)


def completed(rows: ParticipationRows, days: Days) -> ColumnElement[bool]:
    """Mentees who finished their programme between the cuts."""
    return _ended(rows, days, EndReason.COMPLETED)


def left_early(rows: ParticipationRows, days: Days) -> ColumnElement[bool]:
    """Mentees who left between the cuts without finishing, also by transfer or by withdrawing consent."""
    return _ended(rows, days, *_EARLY)


def _figure(condition: Any, nature: Nature, rule: str, role: ParticipantRole = ParticipantRole.MENTEE) -> Figure:  # noqa: ANN401 - conditions of this family
    return Figure(
        name=condition.__name__,
        family=PEOPLE,
        nature=nature,
        unit="people",
        source=_SOURCE,
        rule=rule,
        edition=1,
        condition=condition,
        pinned={"role": role.value},
    )


_MENTOR = ParticipantRole.MENTOR

FIGURES = (
    _figure(mentors, Nature.STOCK, "наставники, чьё участие не завершено на дату; каждый человек один раз", _MENTOR),
    _figure(mentors_trained, Nature.STOCK, "наставники с незавершённым участием, обученные не позже даты", _MENTOR),
    _figure(mentees, Nature.STOCK, "наставляемые, чьё участие не завершено на дату; каждый человек один раз"),
    _figure(mentees_aged_10_19, Nature.STOCK, "наставляемые, которым на дату от 10 до 19 полных лет"),
    _figure(mentees_novice_teachers, Nature.STOCK, "наставляемые с педагогическим стажем меньше 3 лет на дату"),
    _figure(joined, Nature.FLOW, "наставляемые, чьё участие началось после прошлой даты и не позже этой"),
    _figure(completed, Nature.FLOW, "наставляемые, завершившие программу после прошлой даты и не позже этой"),
    _figure(
        left_early,
        Nature.FLOW,
        "наставляемые, выбывшие до срока, перешедшие и отозвавшие согласие после прошлой даты и не позже этой",
    ),
)
