"""Questions about uploaded tables of organizations."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import defer, undefer

from tenants.db import ScopedSession
from tenants.errors import NotFoundError
from tenants.files.models import StoredFile
from tenants.organizations.intake_models import RegisterImport
from tenants.organizations.intake_rows import Row
from tenants.organizations.models import Organization

_RECENT = 20


@dataclass(frozen=True)
class RecentIntake:
    """An uploaded table with the name of its file."""

    intake: RegisterImport
    name: str


def intake_of(session: ScopedSession, intake_id: int, *, cells: bool = False) -> RegisterImport:
    """Return an uploaded table of this scope; `cells` reads its content with it."""
    query = select(RegisterImport).where(RegisterImport.id == intake_id)
    if cells:
        query = query.options(undefer(RegisterImport.cells))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def recent_intakes(session: ScopedSession) -> Sequence[RecentIntake]:
    """Return the last tables, newest first. One statement."""
    # The list needs neither the rows nor their outcomes.
    rows = session.execute(
        select(RegisterImport, StoredFile.name)
        .options(defer(RegisterImport.report), defer(RegisterImport.answers))
        .join(StoredFile, StoredFile.id == RegisterImport.file_id)
        .order_by(RegisterImport.id.desc())
        .limit(_RECENT)
    )
    return [RecentIntake(*row) for row in rows]


def moved_since(session: ScopedSession, rows: Sequence[Row]) -> list[int]:
    """Return the numbers of the rows whose organization was saved since the check. One statement."""
    columns = Organization.__table__.c
    stands = session.execute(
        select(columns.id, columns.version, columns.code).where(columns.region_id == session.scope.region_id)
    ).all()
    versions, codes = {one.id: one.version for one in stands}, {one.code for one in stands}
    return [
        row.number
        for row in rows
        if (row.organization_id is not None and versions.get(row.organization_id) != row.version)
        or (row.organization_id is None and row.state.goes and row.code in codes)
    ]
