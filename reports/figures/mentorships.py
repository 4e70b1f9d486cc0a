"""Figures of pairs, groups and the programmes they follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from reports.figures.definition import AnySelect, Days, Ending, Family, Figure, Life, Nature
from reports.figures.knowledge import Known, as_known
from tenants.mentorships.models import Mentorship, MentorshipKind, Outcome, Programme

_MENTORSHIP = (
    "region_id", "organization_id", "id", "kind", "mentoring_form", "role_model",
    "order_on", "started_on", "ended_on", "outcome",
)  # fmt: skip
_PROGRAMME = ("region_id", "organization_id", "id", "mentoring_form", "started_on", "ended_on")


@dataclass(frozen=True)
class PlainRows:
    """Records of one table, without people."""

    known: Known
    region_id: ColumnElement[int]
    organization_id: ColumnElement[int]
    record_id: ColumnElement[int]
    keys: Mapping[str, ColumnElement[str]]
    identity_key: ColumnElement[bytes | None] | None = None

    def joined(self, statement: AnySelect) -> AnySelect:
        """Return the statement with its FROM."""
        return statement.select_from(self.known.source)


def _mentorships(known_at: datetime | None) -> PlainRows:
    known = as_known(Mentorship, _MENTORSHIP, known_at)
    row = known.columns
    keys = {"mentoring_form": row.mentoring_form, "kind": row.kind, "role_model": row.role_model}
    return PlainRows(known, row.region_id, row.organization_id, row.id, keys)


def _programmes(known_at: datetime | None) -> PlainRows:
    known = as_known(Programme, _PROGRAMME, known_at)
    row = known.columns
    return PlainRows(known, row.region_id, row.organization_id, row.id, {"mentoring_form": row.mentoring_form})


_ENDINGS = {
    Outcome.COMPLETED: Ending.COMPLETED,
    Outcome.STOPPED: Ending.LEFT,
    Outcome.TRANSFERRED: Ending.TRANSFERRED,
}


def _mentorship_lives(session: Session, ids: Sequence[int]) -> list[Life]:
    rows = session.scalars(
        select(Mentorship).where(
            Mentorship.id.in_(ids), or_(Mentorship.outcome.is_(None), Mentorship.outcome != Outcome.MISTAKE)
        )
    )
    return [
        Life(
            row.id,
            {"mentoring_form": row.mentoring_form, "kind": row.kind.value, "role_model": row.role_model},
            # It counts from the order on, even where the two met before.
            max(row.started_on, row.order_on or row.started_on),
            row.ended_on,
            None if row.outcome is None else _ENDINGS[row.outcome],
        )
        for row in rows
    ]


def _programme_lives(session: Session, ids: Sequence[int]) -> list[Life]:
    return [
        Life(
            row.id,
            {"mentoring_form": row.mentoring_form},
            row.started_on,
            row.ended_on,
            None if row.ended_on is None else Ending.COMPLETED,
        )
        for row in session.scalars(select(Programme).where(Programme.id.in_(ids)))
    ]


MENTORSHIPS = Family(
    "mentorships",
    "mentorship",
    _mentorships,
    frozenset({"mentoring_form", "kind", "role_model"}),
    _mentorship_lives,
)
PROGRAMMES = Family("programmes", "programme", _programmes, frozenset({"mentoring_form"}), _programme_lives)


def _standing(rows: PlainRows, days: Days) -> ColumnElement[bool]:
    row = rows.known.columns
    return and_(row.started_on <= days.on, or_(row.ended_on.is_(None), row.ended_on > days.on))


def _ordered(rows: PlainRows, kind: MentorshipKind, days: Days) -> ColumnElement[bool]:
    row = rows.known.columns
    return and_(
        row.kind == kind,
        row.order_on <= days.on,
        _standing(rows, days),
        or_(row.outcome.is_(None), row.outcome != Outcome.MISTAKE),
    )


def pairs(rows: PlainRows, days: Days) -> ColumnElement[bool]:
    """Pairs with an order, not ended at the end of the day; one recorded by mistake never counts."""
    return _ordered(rows, MentorshipKind.PAIR, days)


def groups(rows: PlainRows, days: Days) -> ColumnElement[bool]:
    """Count groups with an order, not ended at the end of the day."""
    return _ordered(rows, MentorshipKind.GROUP, days)


def programmes(rows: PlainRows, days: Days) -> ColumnElement[bool]:
    """Programmes in force at the end of the day."""
    return _standing(rows, days)


FIGURES = (
    Figure(
        name="programmes",
        family=PROGRAMMES,
        nature=Nature.STOCK,
        unit="programmes",
        source="Пары: программы наставничества",
        rule="программы, действующие на дату",
        edition=1,
        condition=programmes,
    ),
    Figure(
        name="pairs",
        family=MENTORSHIPS,
        nature=Nature.STOCK,
        unit="pairs",
        source="Пары",
        rule="пары с приказом, не завершённые на дату",
        edition=1,
        condition=pairs,
    ),
    Figure(
        name="groups",
        family=MENTORSHIPS,
        nature=Nature.STOCK,
        unit="groups",
        source="Пары: группы",
        rule="группы с приказом, не завершённые на дату",
        edition=1,
        condition=groups,
    ),
)
