"""How the plans of organizations stand, for the summary."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.documents.regional_figures import Roadmaps
from tenants.periods import SchoolYear
from tenants.roadmaps.models import Roadmap
from tenants.roadmaps.queries import execution_by_organization


def roadmaps_by_organization(session: Session, year: SchoolYear, as_of: date) -> Mapping[int, Roadmaps] | None:
    """Return how plans in force are carried out as of the end of a day, by organization.

    Organizations without an approved plan are not there; None where nobody has a plan for the year at all.
    """
    if session.scalars(select(Roadmap.id).where(Roadmap.school_year == year.begins).limit(1)).first() is None:
        return None
    found = execution_by_organization(session, year.begins, as_of)
    return {
        place: Roadmaps(1, 1, execution.planned, execution.done, execution.overdue)
        for place, execution in found.items()
    }
