"""The reviewer's queue: directly subordinate organizations and their plans; for a region, its districts."""

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from tenants import clock
from tenants.db import ScopedSession
from tenants.organizations.models import Organization
from tenants.organizations.queries import REPORTING_KINDS
from tenants.organizations.tree import living_on
from tenants.roadmaps.models import Roadmap, RoadmapState


@dataclass(frozen=True)
class QueueLine:
    """A directly subordinate organization and its plan, if it has one."""

    organization: Organization
    roadmap: Roadmap | None
    state: RoadmapState | None

    @property
    def status(self) -> str:
        """Return the status, or "none" where there is no plan."""
        return self.state.status.value if self.state else "none"


def queue_lines(session: ScopedSession, school_year: int) -> list[QueueLine]:
    """Return the organizations the actor is the parent of, with their plans: waiting first, the longest first.

    One statement.
    """
    rows = session.execute(
        select(Organization, Roadmap, RoadmapState)
        .outerjoin(Roadmap, and_(Roadmap.organization_id == Organization.id, Roadmap.school_year == school_year))
        .outerjoin(RoadmapState, RoadmapState.roadmap_id == Roadmap.id)
        .where(
            Organization.parent_id == session.scope.organization_id,
            Organization.kind.in_(REPORTING_KINDS),
            or_(living_on(clock.today()), Roadmap.id.is_not(None)),
        )
        .order_by(func.app.ru_key(Organization.name_short), Organization.id)
    ).all()
    lines = [QueueLine(*row) for row in rows]
    order = {"sent": 0, "returned": 1, "none": 2, "draft": 3, "approved": 4}
    return sorted(lines, key=lambda line: (order[line.status], _since(line)))


def _since(line: QueueLine) -> float:
    return line.state.sent_at.timestamp() if line.state and line.state.sent_at and line.status == "sent" else 0.0


@dataclass(frozen=True)
class DistrictLine:
    """How the plans of one district's organizations stand."""

    organization: Organization
    total: int
    counts: dict[str, int]
    """By status; "none" counts organizations without a plan."""


def district_lines(session: ScopedSession, school_year: int) -> list[DistrictLine]:
    """Return the districts of the region with their counts, by name. One statement; for the region's queue."""
    child, district = Organization.__table__.alias("child"), Organization
    rows = session.execute(
        select(district, RoadmapState.status, func.count())
        .join(child, child.c.parent_id == district.id)
        .outerjoin(Roadmap, and_(Roadmap.organization_id == child.c.id, Roadmap.school_year == school_year))
        .outerjoin(RoadmapState, RoadmapState.roadmap_id == Roadmap.id)
        .where(
            district.parent_id == session.scope.organization_id,
            child.c.region_id == session.scope.region_id,
            child.c.kind.in_(REPORTING_KINDS),
            or_(child.c.archived_on.is_(None), child.c.archived_on > clock.today(), Roadmap.id.is_not(None)),
        )
        .group_by(district.region_id, district.id, RoadmapState.status)
        .order_by(func.app.ru_key(district.name_short), district.id)
    ).all()
    found: dict[int, DistrictLine] = {}
    for organization, status, count in rows:
        line = found.get(organization.id, DistrictLine(organization, 0, {}))
        counts = line.counts | {status.value if status else "none": int(count)}
        found[organization.id] = DistrictLine(organization, line.total + int(count), counts)
    return list(found.values())
