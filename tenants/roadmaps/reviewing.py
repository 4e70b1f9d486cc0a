"""What a reviewer looks at: one frozen version, the version before it, and all remarks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.errors import NotFoundError
from tenants.organizations.models import Organization
from tenants.roadmaps.models import Roadmap, RoadmapState, RoadmapVersion, VersionMeasure
from tenants.roadmaps.plans import RemarkLine, remark_lines


@dataclass(frozen=True)
class UnderReview:
    """A version of a plan, with its predecessor where there is one."""

    organization: Organization
    roadmap: Roadmap
    state: RoadmapState
    version: RoadmapVersion
    rows: Sequence[VersionMeasure]
    before: Sequence[VersionMeasure]
    remarks: Sequence[RemarkLine]


def under_review(session: Session, roadmap_id: int) -> UnderReview:
    """Return the last version sent of a plan. Three statements.

    Raises:
        NotFoundError: the plan is out of reach, or was never sent.

    """
    return _version(session, roadmap_id, None)


def version_of(session: Session, roadmap_id: int, number: int) -> UnderReview:
    """Return a version by its number."""
    return _version(session, roadmap_id, number)


def _version(session: Session, roadmap_id: int, number: int | None) -> UnderReview:
    head = session.execute(
        select(Organization, Roadmap, RoadmapState)
        .join(Roadmap, Roadmap.organization_id == Organization.id)
        .join(RoadmapState, RoadmapState.roadmap_id == Roadmap.id)
        .where(Roadmap.id == roadmap_id)
    ).one_or_none()
    if head is None:
        raise NotFoundError
    organization, roadmap, state = head
    wanted = number or state.version_n
    rows = session.execute(
        select(RoadmapVersion, VersionMeasure)
        .join(VersionMeasure, VersionMeasure.version_id == RoadmapVersion.id)
        .where(RoadmapVersion.roadmap_id == roadmap.id, RoadmapVersion.n.in_((wanted - 1, wanted)))
        .order_by(RoadmapVersion.n, VersionMeasure.position)
    ).all()
    version = next((version for version, _ in rows if version.n == wanted), None)
    if version is None:
        raise NotFoundError("Такой версии плана нет: он ещё не отправлялся.")
    return UnderReview(
        organization,
        roadmap,
        state,
        version,
        [row for one, row in rows if one.n == wanted],
        [row for one, row in rows if one.n == wanted - 1],
        remark_lines(session, roadmap.id),
    )
