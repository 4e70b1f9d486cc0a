"""What a figure is: a set of records as of a date, with the rule in words and one SELECT behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    Select,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from tenants.errors import InvalidError


@dataclass(frozen=True)
class Span:
    """As of when a figure is taken: stocks at the end of `on`, flows from the day after `after` to `on`.

    `known_at` asks what the records said at an instant: rows recorded later are left out, rows changed later are read
    from their history. It covers participations, mentorships, programmes and meetings; the card of a person (birth
    date, experience, sex) is taken as it stands, since its history is the school's own.
    """

    after: date
    on: date
    known_at: datetime | None = None


@dataclass(frozen=True)
class Days:
    """The days of a span as the conditions of figures read them: parameters of the statement, not yet values."""

    after: ColumnElement[date]
    on: ColumnElement[date]

    @classmethod
    def of(cls, span: Span | None) -> "Days":
        """Return parameters named `after` and `on`, filled from a span; without one they are filled later."""
        if span is None:
            return cls(bindparam("after", None, Date), bindparam("on", None, Date))
        return cls(bindparam("after", span.after, type_=Date), bindparam("on", span.on, type_=Date))


class Nature(StrEnum):
    """Whether a figure is a state at a date or a movement between two."""

    STOCK = "stock"
    FLOW = "flow"


AnySelect: TypeAlias = Select[*tuple[Any, ...]]


class Rows(Protocol):
    """The records of a family, joined once and read by all its figures."""

    @property
    def region_id(self) -> ColumnElement[int]: ...  # noqa: D102 - the column of that name
    @property
    def organization_id(self) -> ColumnElement[int]: ...  # noqa: D102 - the same
    @property
    def record_id(self) -> ColumnElement[int]: ...  # noqa: D102 - id of the record that is counted
    @property
    def identity_key(self) -> ColumnElement[bytes | None] | None: ...  # noqa: D102 - for people only
    @property
    def keys(self) -> Mapping[str, ColumnElement[str]]: ...  # noqa: D102 - what cells may filter by
    def joined(self, statement: AnySelect) -> AnySelect:
        """Return the statement with its FROM."""


class Ending(StrEnum):
    """Why a record stopped counting, in words that all families share."""

    COMPLETED = "completed"
    LEFT = "left"
    TRANSFERRED = "transferred"


@dataclass(frozen=True)
class Life:
    """When a record of a family began and ended: this tells why a number changed."""

    record_id: int
    keys: Mapping[str, str]
    began_on: date
    ended_on: date | None
    ending: Ending | None


@dataclass(frozen=True)
class Family:
    """Figures that read the same records: one statement answers them all."""

    name: str
    record_kind: str
    """Table of the records."""
    rows: Callable[[datetime | None], Rows]
    """Takes `known_at`."""
    keys: frozenset[str]
    lives: Callable[[Session, Sequence[int]], list[Life]]
    """Takes record ids; one recorded by mistake has no life."""


@dataclass(frozen=True)
class Figure:
    """One question to the records."""

    name: str
    family: Family
    nature: Nature
    unit: str
    source: str
    """Where in the portal the records are kept, in Russian."""
    rule: str
    """What is counted, in Russian."""
    edition: int
    """Number of the rule's edition: it grows when the rule changes."""
    condition: Callable[[Any, Days], ColumnElement[bool]]
    """Which rows of the family count."""
    pinned: Mapping[str, str] = field(default_factory=dict)
    """Keys that every counted row has, known from the condition: {"role": "mentor"}."""

    @property
    def record_kind(self) -> str:
        """Return the table of the records."""
        return self.family.record_kind

    def select(self, span: Span) -> AnySelect:
        """Return rows of organization_id, record_kind, record_id, weight and the keys of the family.

        A record comes once for each value of its keys: a person in two forms of mentoring comes twice and is one
        member of the set.
        """
        rows = self.family.rows(span.known_at)
        statement = select(
            rows.organization_id.label("organization_id"),
            literal(self.record_kind).label("record_kind"),
            rows.record_id.label("record_id"),
            literal(1).label("weight"),
            *(column.label(name) for name, column in rows.keys.items()),
        )
        return rows.joined(statement).where(self.condition(rows, Days.of(span))).distinct()


def family_select(figures: tuple[Figure, ...], span: Span | None, keys: tuple[str, ...]) -> AnySelect:
    """Return one statement for figures of one family.

    Columns: record_id, identity_key, then `keys`, then one boolean for each figure, under their names. Without a span
    the statement is to be compiled once: days, region and organization are parameters of these names.
    """
    rows = figures[0].family.rows(None if span is None else span.known_at)
    conditions = [figure.condition(rows, Days.of(span)) for figure in figures]
    identity = cast(null(), LargeBinary) if rows.identity_key is None else rows.identity_key
    statement: AnySelect = select(
        rows.record_id.label("record_id"),
        identity.label("identity_key"),
        *(rows.keys[name].label(name) for name in keys),
        *(condition.label(figure.name) for condition, figure in zip(conditions, figures, strict=True)),
    )
    statement = rows.joined(statement).where(or_(*conditions))
    if span is None:
        # A compiled statement goes past the session, which would have added the predicate.
        statement = statement.where(
            rows.region_id == bindparam("region_id", None, Integer),
            rows.organization_id == bindparam("organization_id", None, Integer),
        )
    return statement


@dataclass(frozen=True)
class Registry:
    """All figures by name."""

    figures: dict[str, Figure]

    def __getitem__(self, name: str) -> Figure:
        """Return a figure.

        Raises:
            InvalidError: there is none of this name.

        """
        if name not in self.figures:
            raise InvalidError(f"Показателя «{name[:60]}» нет.")
        return self.figures[name]

    def add(self, figure: Figure) -> Figure:
        """Register a figure under its name."""
        self.figures[figure.name] = figure
        return figure


def years_before(day: ColumnElement[date], years: int) -> ColumnElement[date]:
    """Return the same day some years earlier; 29 February becomes the 28th."""
    return cast(day - func.make_interval(years), Date)
