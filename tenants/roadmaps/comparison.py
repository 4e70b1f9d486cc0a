"""Plans laid beside the template that applies to them: the nearest published one, as it stands."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.roadmaps.conformity import Conformity, Deviation, PlanRow, compare
from tenants.roadmaps.models import Roadmap, RoadmapState, RoadmapVersion, VersionMeasure
from tenants.roadmaps.template_models import RoadmapTemplate, TemplateMeasure, TemplateStatus

Templates = dict[RoadmapTemplate, list[TemplateMeasure]]


def published_templates(session: Session) -> Templates:
    """Return the published templates that the scope reads, with their measures in order; the nearest owner's first."""
    rows = session.execute(
        select(RoadmapTemplate, TemplateMeasure)
        .join(
            TemplateMeasure,
            (TemplateMeasure.template_id == RoadmapTemplate.id) & TemplateMeasure.removed_at.is_(None),
        )
        .where(RoadmapTemplate.status == TemplateStatus.PUBLISHED)
        .order_by(RoadmapTemplate.id, TemplateMeasure.position, TemplateMeasure.id)
    ).all()
    found: Templates = {}
    for template, measure in rows:
        found.setdefault(template, []).append(measure)
    # A district's own template stands before the region's.
    return dict(sorted(found.items(), key=lambda one: one[0].organization_id == one[0].region_id))


def compare_with_nearest(
    rows: Sequence[PlanRow], roadmap: Roadmap, templates: Templates
) -> tuple[RoadmapTemplate | None, Conformity]:
    """Compare with the template the plan was made from; else with the one of the nearest owner it is most like."""
    named = [template for template in templates if template.id == roadmap.template_id]
    owners = [template.organization_id for template in templates]
    nearest = [template for template in templates if template.organization_id == owners[0]]
    results = [(template, compare(rows, templates[template], roadmap.school_year)) for template in named or nearest]
    if not results:
        return None, compare(rows, (), roadmap.school_year)
    return max(results, key=lambda one: len(one[1].pairs))


def deviations_by_roadmap(session: Session, roadmap_ids: Iterable[int]) -> dict[int, tuple[Deviation, ...]]:
    """Return the deviations of the last version sent of each plan; a plan never sent is absent."""
    ids = list(roadmap_ids)
    if not ids:
        return {}
    templates = published_templates(session)
    rows = session.execute(
        select(Roadmap, VersionMeasure)
        .join(RoadmapState, RoadmapState.roadmap_id == Roadmap.id)
        .join(
            RoadmapVersion,
            (RoadmapVersion.roadmap_id == Roadmap.id) & (RoadmapVersion.n == RoadmapState.version_n),
        )
        .join(VersionMeasure, VersionMeasure.version_id == RoadmapVersion.id)
        .where(Roadmap.id.in_(ids))
        .order_by(Roadmap.id, VersionMeasure.position)
    ).all()
    plans: dict[Roadmap, list[PlanRow]] = {}
    for roadmap, measure in rows:
        plans.setdefault(roadmap, []).append(measure)
    return {
        roadmap.id: compare_with_nearest(measures, roadmap, templates)[1].deviations
        for roadmap, measures in plans.items()
    }
