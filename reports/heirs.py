"""Organizations merged away: in today's bounds their periods count where the last of their successors stands.

Their records stay with the district in which they stood. The successor's district gets sums, and never a line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tenants.db import Level, ScopedSession, transaction
from tenants.organizations.models import Organization, OrganizationParent
from tenants.organizations.tree import anybody_moved, there_on
from tenants.reorganizations.models import Kind, Reorganization, State
from tenants.submissions.models import Edition, Place
from tenants.submissions.sums import Fact


@dataclass(frozen=True)
class Heir:
    """Where an organization that was merged away counts today."""

    node_id: int
    """District under which the last successor stands, or the region."""
    former_id: int
    """Where the organization itself stood at the end; another one."""
    since: date
    """First day on which the organization was no more."""


@dataclass(frozen=True)
class Came:
    """What organizations of other districts, merged into those of a district, add to its sums in today's bounds."""

    expected: int = 0
    accepted: int = 0
    sums: Mapping[date, Mapping[Place, Decimal]] = field(default_factory=dict)
    """By the first day of a month."""


def tree_changed(region_id: int) -> ColumnElement[bool]:
    """Return whether any organization of a region ever moved or was merged away; the same in every row."""
    merged = select(Reorganization.id).where(Reorganization.region_id == region_id, *_DONE)
    return or_(anybody_moved(region_id), merged.correlate(None).exists())


def heirs_of(session: Session) -> Mapping[int, Heir]:
    """Return, by organization, where those merged away across districts count today; asked once in a transaction."""
    known: Mapping[int, Heir] | None = session.info.get("heirs")
    if known is None:
        known = session.info["heirs"] = {} if session.info.get("tree_changed") is False else _heirs(session)
    return known


def node_today(
    session: Session, organization: InstrumentedAttribute[int], district: InstrumentedAttribute[int]
) -> ColumnElement[int]:
    """Return the column by which rows are summed in today's bounds."""
    heirs = heirs_of(session)
    if not heirs:
        return district.expression
    return case({place: heir.node_id for place, heir in heirs.items()}, value=organization, else_=district)


def came_to(session: ScopedSession, node_id: int, edition: Edition, starts: Sequence[date], cut_on: date) -> Came:
    """Return what others' organizations add to a district; `starts` are months, the first of them the one shown.

    The district does not see their records and is told the sums alone, which the region's scope adds up.
    """
    away = [place for place, heir in heirs_of(session).items() if node_id == heir.node_id]
    if not away:
        return Came()
    region_id = session.scope.region_id
    scope = replace(session.scope, level=Level.REGION, district_id=region_id, organization_id=region_id, read_only=True)
    with transaction(scope) as above:
        places = above.execute(
            select(Organization.id, Organization.kind).where(Organization.id.in_(away), there_on(cut_on))
        ).all()
        expected = [place for place, kind in places if edition.serves(kind.value)]
        sums, handed_in = _sums(above, away, edition.code, starts)
    return Came(len(expected), len(handed_in & set(expected)), sums)


_DONE = (Reorganization.kind == Kind.MERGE, Reorganization.state == State.DONE)


def _heirs(session: Session) -> dict[int, Heir]:
    rows = session.execute(
        select(Reorganization.sources, Reorganization.receiver, Reorganization.takes_effect_on)
        .where(*_DONE)
        .order_by(Reorganization.takes_effect_on, Reorganization.id)
    )
    into = {place: (receiver, day) for sources, receiver, day in rows for place in sources if place != receiver}
    last = {place: _last_of(place, {one: heir for one, (heir, _) in into.items()}) for place in into}
    stands = _standing_under(session, {*last, *last.values()}) if last else {}
    return {
        place: Heir(stands[heir], stands[place], into[place][1])
        for place, heir in last.items()
        if place in stands and heir in stands and stands[heir] != stands[place]
    }


def _last_of(place: int, into: Mapping[int, int]) -> int:
    seen = {place}
    while place in into and into[place] not in seen:
        place = into[place]
        seen.add(place)
    return place


def _standing_under(session: Session, places: Iterable[int]) -> dict[int, int]:
    """Return under whom organizations stand, or stood at the end; every level reads the parents of its region."""
    rows = session.execute(
        select(OrganizationParent.organization_id, OrganizationParent.parent_id)
        .where(OrganizationParent.organization_id.in_(places))
        .order_by(OrganizationParent.valid_from)
    ).all()
    return dict(rows)


def _sums(
    session: Session, places: Sequence[int], code: str, starts: Sequence[date]
) -> tuple[dict[date, dict[Place, Decimal]], set[int]]:
    """Return the sums by month, and who is in those of the first month."""
    cell = (Fact.section_code, Fact.row_code, Fact.column_code)
    mine = (Fact.organization_id.in_(places), Fact.edition_id.in_(select(Edition.id).where(Edition.code == code)))
    found: dict[date, dict[Place, Decimal]] = {}
    for start, section, row, column, value in session.execute(
        select(Fact.period_start, *cell, func.sum(Fact.value))
        .where(*mine, Fact.period_start.in_(starts))
        .group_by(Fact.period_start, *cell)
    ):
        found.setdefault(start, {})[section, row, column] = value
    handed_in = session.scalars(select(Fact.organization_id).where(*mine, Fact.period_start == starts[0]).distinct())
    return found, set(handed_in)
