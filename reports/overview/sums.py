"""The main sums of a district or region beside the month before, always with whose months are in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import dropwhile

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from reports.forms import definition_by_hash
from reports.overview.figures import key_places
from tenants.db import Level, ScopedSession
from tenants.periods import Month
from tenants.submissions.models import Place
from tenants.submissions.queries import OpenWindow
from tenants.submissions.sums import Fact, Rollup

TREND_MONTHS = 12


@dataclass(frozen=True)
class Compared:
    """A sum over the organizations that are in both months, which alone can be compared while a sum is incomplete."""

    now: Decimal
    before: Decimal
    organization_count: int

    @property
    def amount(self) -> Decimal:
        """Return the difference."""
        return self.now - self.before


@dataclass(frozen=True)
class KeyFigure:
    """One main number above the school."""

    label: str
    value: Decimal | None
    before: Decimal | None
    compared: Compared | None
    """None where no organization is in both months."""
    trend: tuple[Decimal | None, ...]
    """The last months, the oldest first; the shown one only once its sum is complete."""


@dataclass(frozen=True)
class BranchFigures:
    """The main numbers of a district, or of what stands directly under the region."""

    values: Mapping[str, Decimal]
    """By the word of the number."""
    organization_count: int


@dataclass(frozen=True)
class KeyFigures:
    """The main numbers of the newest month that has any, with who is in them."""

    month: Month
    figures: tuple[KeyFigure, ...]
    organization_count: int
    expected_count: int
    before_count: int
    before_expected: int
    """The same of the month before; 0 where nothing was accepted then."""
    by_branch: Mapping[int, BranchFigures] = field(default_factory=dict)
    """By district, and by the region's own id for what stands directly under it."""

    @property
    def complete(self) -> bool:
        """Return whether every organization is in the sums."""
        return self.organization_count >= self.expected_count


def key_figures(session: ScopedSession, windows: Sequence[OpenWindow]) -> KeyFigures | None:
    """Return the main numbers of the acting node; `windows` come newest first. None before the first acceptance.

    Two statements.
    """
    if not windows:
        return None
    # Every version of the form is looked at with the places of the newest: its codes are stable.
    newest = windows[0].edition
    places = key_places(definition_by_hash(session, newest.id, newest.sha256))
    rows = _rows(session, windows, places.values())
    own = session.scope.organization_id
    known = {row.period_start for row in rows if row.organization_id == own}
    shown = next((one for one in windows if one.window.period_start in known), None)
    if shown is None:
        return None
    month = Month.of(shown.window.period_start)
    compared = _compared(session, month, {one.edition.id for one in windows}, places.values())
    mine = {(row.period_start, row.place): row for row in rows if row.organization_id == own}
    counts = _coverage(mine, month), _coverage(mine, month.previous)
    months = _last_months(month if counts[0][0] >= counts[0][1] else month.previous)
    return KeyFigures(
        month=month,
        figures=tuple(
            KeyFigure(
                label,
                _value(mine.get((month.first, place))),
                _value(mine.get((month.previous.first, place))),
                compared.get(place),
                _since_first(_value(mine.get((one.first, place))) for one in months),
            )
            for label, place in places.items()
        ),
        organization_count=counts[0][0],
        expected_count=counts[0][1],
        before_count=counts[1][0],
        before_expected=counts[1][1],
        by_branch=_by_branch(rows, own, month, places) if session.scope.level is Level.REGION else {},
    )


def _rows(session: ScopedSession, windows: Sequence[OpenWindow], places: Iterable[Place]) -> Sequence[Rollup]:
    starts = [one.window.period_start for one in windows]
    return session.scalars(
        select(Rollup).where(
            Rollup.edition_id.in_({one.edition.id for one in windows}),
            Rollup.period_start.in_(starts),
            tuple_(Rollup.section_code, Rollup.row_code, Rollup.column_code).in_(list(places)),
            # Districts are shown for one month only, and that is one of the two newest or the page says none.
            or_(Rollup.organization_id == session.scope.organization_id, Rollup.period_start.in_(starts[:2])),
        )
    ).all()


def _compared(
    session: ScopedSession, month: Month, editions: Collection[int], places: Iterable[Place]
) -> dict[Place, Compared]:
    codes = (Fact.section_code, Fact.row_code, Fact.column_code)
    # Both months in one pass of the index: joining a fact to that of the month before seeks once an organization.
    each = (
        select(
            *codes,
            func.sum(Fact.value).filter(Fact.period_start == month.first).label("now"),
            func.sum(Fact.value).filter(Fact.period_start == month.previous.first).label("before"),
        )
        .where(
            Fact.period_start.in_((month.first, month.previous.first)),
            tuple_(*codes).in_(list(places)),
            Fact.edition_id.in_(editions),
            *_in_own_sums(session),
        )
        .group_by(*codes, Fact.organization_id)
        .subquery()
    )
    where = (each.c.section_code, each.c.row_code, each.c.column_code)
    rows = session.execute(
        select(*where, func.sum(each.c.now), func.sum(each.c.before), func.count())
        .where(each.c.now.is_not(None), each.c.before.is_not(None))
        .group_by(*where)
    )
    return {(s, r, c): Compared(value, value_before, count) for s, r, c, value, value_before, count in rows}


def _in_own_sums(session: ScopedSession) -> tuple[ColumnElement[bool], ...]:
    """Leave out of a district's comparison what stood in another district's sums."""
    if session.scope.level is not Level.DISTRICT:
        return ()
    return (Fact.period_district_id == session.scope.organization_id,)


def _coverage(rows: Mapping[tuple[date, Place], Rollup], month: Month) -> tuple[int, int]:
    found = [row for (start, _), row in rows.items() if start == month.first]
    return (
        max((row.organization_count for row in found), default=0),
        max((row.expected_count for row in found), default=0),
    )


def _value(row: Rollup | None) -> Decimal | None:
    return None if row is None else row.value


def _since_first(values: Iterable[Decimal | None]) -> tuple[Decimal | None, ...]:
    return tuple(dropwhile(lambda value: value is None, values))


def _last_months(last: Month) -> list[Month]:
    months = [last]
    while len(months) < TREND_MONTHS:
        months.append(months[-1].previous)
    return months[::-1]


def _by_branch(
    rows: Iterable[Rollup], region_id: int, month: Month, places: Mapping[str, Place]
) -> dict[int, BranchFigures]:
    words = {place: word for word, place in places.items()}
    nodes: dict[int, list[Rollup]] = {}
    for row in rows:
        if row.period_start == month.first:
            nodes.setdefault(row.organization_id, []).append(row)
    found = {
        node: BranchFigures(
            {words[row.place]: row.value for row in own},
            max(row.organization_count for row in own),
        )
        for node, own in nodes.items()
    }
    whole = found.pop(region_id, None)
    return found if whole is None else found | {region_id: _rest(whole, found.values())}


def _rest(whole: BranchFigures, districts: Iterable[BranchFigures]) -> BranchFigures:
    """Return what the districts do not explain: it stands directly under the region."""
    districts = list(districts)
    return BranchFigures(
        {
            word: value - sum((one.values.get(word, Decimal(0)) for one in districts), Decimal(0))
            for word, value in whole.values.items()
        },
        whole.organization_count - sum(one.organization_count for one in districts),
    )
