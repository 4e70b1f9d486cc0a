"""Organizations that stood under a district in a period and moved on: it keeps their sums, not their records."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from reports.heirs import heirs_of, node_today
from tenants.organizations.models import OrganizationParent
from tenants.submissions.expected import parents_on
from tenants.submissions.models import Edition, Place
from tenants.submissions.sums import Fact, Rollup


@dataclass(frozen=True)
class Gone:
    """What a district's sums of a period hold of organizations that it no longer sees."""

    expected: int = 0
    accepted: int = 0
    sums: Mapping[Place, Decimal] = field(default_factory=dict)


def gone_from(session: Session, node_id: int, code: str, period_start: date, cut_on: date) -> Gone:
    """Return the rest of a district's sums that its own organizations do not explain. Runs in the district's scope."""
    rows = _parents_of_moved(session)
    today = _last(rows)
    then = parents_on(rows, cut_on)
    away = {place for place, parent in then.items() if parent == node_id and today[place] != node_id}
    if not away:
        return Gone()
    editions = select(Edition.id).where(Edition.code == code)
    whole = session.scalars(
        select(Rollup).where(
            Rollup.organization_id == node_id, Rollup.edition_id.in_(editions), Rollup.period_start == period_start
        )
    ).all()
    place = (Fact.section_code, Fact.row_code, Fact.column_code)
    seen = {
        (section, row, column): (value, count)
        for section, row, column, value, count in session.execute(
            select(*place, func.sum(Fact.value), func.count())
            .where(
                Fact.edition_id.in_(editions),
                Fact.period_start == period_start,
                Fact.period_district_id == node_id,
            )
            .group_by(*place)
        )
    }
    nothing = (Decimal(0), 0)
    accepted = max((one.organization_count - seen.get(one.place, nothing)[1] for one in whole), default=0)
    sums = {one.place: one.value - seen.get(one.place, nothing)[0] for one in whole}
    return Gone(len(away), min(accepted, len(away)), sums if accepted else {})


def moved_since(session: Session, cut_on: date, node_id: int | None = None) -> int:
    """Return how many organizations count elsewhere today than on a day: moved, or merged into one that stands there.

    `node_id` counts those of one district only.
    """
    rows = _parents_of_moved(session)
    heirs = {place: heir for place, heir in heirs_of(session).items() if heir.since > cut_on}
    then = {place: heir.former_id for place, heir in heirs.items()} | parents_on(rows, cut_on)
    now = _last(rows) | {place: heir.node_id for place, heir in heirs.items()}
    return sum(
        1
        for place, parent in then.items()
        if parent != now[place] and (node_id is None or node_id in (parent, now[place]))
    )


def _parents_of_moved(session: Session) -> list[OrganizationParent]:
    """Return where organizations that ever moved hung, in order of days; asked once in a transaction."""
    known: list[OrganizationParent] | None = session.info.get("parents_of_moved")
    if known is None and session.info.get("tree_changed") is False:
        known = session.info["parents_of_moved"] = []
    if known is None:
        rows = session.scalars(select(OrganizationParent).order_by(OrganizationParent.valid_from)).all()
        many = Counter(row.organization_id for row in rows)
        known = session.info["parents_of_moved"] = [row for row in rows if many[row.organization_id] > 1]
    return known


def _last(rows: Iterable[OrganizationParent]) -> dict[int, int]:
    return {row.organization_id: row.parent_id for row in rows}


def sums_today(
    session: Session, code: str, starts: Sequence[date], region_id: int | None
) -> dict[date, dict[int, dict[Place, Decimal]]]:
    """Return sums by period and node, summed by today's tree; `region_id` None: of the scope.

    What was merged away counts where its successor stands; what stands directly under the region is in its sum and
    in no node of its own.
    """
    node = node_today(session, Fact.organization_id, Fact.district_id).label("node")
    rows = session.execute(
        select(Fact.period_start, node, Fact.section_code, Fact.row_code, Fact.column_code, func.sum(Fact.value))
        .join(Edition, Edition.id == Fact.edition_id)
        .where(Edition.code == code, Fact.period_start.in_(starts))
        .group_by(Fact.period_start, literal_column("node"), Fact.section_code, Fact.row_code, Fact.column_code)
    )
    found: dict[date, dict[int, dict[Place, Decimal]]] = {}
    for start, district, section, row, column, value in rows:
        place = (section, row, column)
        nodes = found.setdefault(start, {})
        whole = nodes.setdefault(region_id or district, {})
        whole[place] = whole.get(place, Decimal(0)) + value
        if region_id is not None and district != region_id:
            nodes.setdefault(district, {})[place] = value
    return found
