"""Figures of meetings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from reports.figures.definition import AnySelect, Days, Family, Figure, Life, Nature
from reports.figures.knowledge import Known, as_known
from tenants.mentorships.models import Meeting, Mentorship, Outcome

_MEETING = ("region_id", "organization_id", "id", "mentorship_id", "held_on", "kind", "cancelled_at")
_MENTORSHIP = ("region_id", "organization_id", "id", "mentoring_form", "outcome")


@dataclass(frozen=True)
class MeetingRows:
    """Meetings with their pairs and groups."""

    known: Known
    pair: Known
    region_id: ColumnElement[int]
    organization_id: ColumnElement[int]
    record_id: ColumnElement[int]
    keys: Mapping[str, ColumnElement[str]]
    identity_key: ColumnElement[bytes | None] | None = None

    def joined(self, statement: AnySelect) -> AnySelect:
        """Return the statement with its FROM."""
        meeting, pair = self.known.columns, self.pair.columns
        same = and_(
            pair.region_id == meeting.region_id,
            pair.organization_id == meeting.organization_id,
            pair.id == meeting.mentorship_id,
        )
        return statement.select_from(self.known.source).join(self.pair.source, same)


def _rows(known_at: datetime | None) -> MeetingRows:
    known, pair = as_known(Meeting, _MEETING, known_at), as_known(Mentorship, _MENTORSHIP, known_at)
    meeting = known.columns
    keys = {"mentoring_form": pair.columns.mentoring_form, "meeting_kind": meeting.kind}
    return MeetingRows(known, pair, meeting.region_id, meeting.organization_id, meeting.id, keys)


def _lives(session: Session, ids: Sequence[int]) -> list[Life]:
    """Return the lives of the pairs behind the meetings: a change is told by pairs that stood before and new ones."""
    rows = session.execute(
        select(Meeting.id, Mentorship.mentoring_form, Mentorship.started_on, Mentorship.ended_on)
        .join(
            Mentorship,
            and_(
                Mentorship.region_id == Meeting.region_id,
                Mentorship.organization_id == Meeting.organization_id,
                Mentorship.id == Meeting.mentorship_id,
            ),
        )
        .where(Meeting.id.in_(ids))
    )
    return [Life(row.id, {"mentoring_form": row.mentoring_form}, row.started_on, row.ended_on, None) for row in rows]


MEETINGS = Family("meetings", "meeting", _rows, frozenset({"mentoring_form", "meeting_kind"}), _lives)


def meetings(rows: MeetingRows, days: Days) -> ColumnElement[bool]:
    """Meetings held between the cuts; cancelled ones and those of a pair recorded by mistake do not count."""
    meeting, outcome = rows.known.columns, rows.pair.columns.outcome
    return and_(
        meeting.held_on > days.after,
        meeting.held_on <= days.on,
        meeting.cancelled_at.is_(None),
        or_(outcome.is_(None), outcome != Outcome.MISTAKE),
    )


FIGURES = (
    Figure(
        name="meetings",
        family=MEETINGS,
        nature=Nature.FLOW,
        unit="meetings",
        source="Пары: встречи",
        rule="встречи, проведённые после прошлой даты и не позже этой, кроме отменённых",
        edition=1,
        condition=meetings,
    ),
)
