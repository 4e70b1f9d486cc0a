"""Questions about runs."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from reports.runs.models import Definition, Format, ReportRun, ReportRunFile, RunState
from tenants.db import ScopedSession
from tenants.errors import NotFoundError
from tenants.files.models import StoredFile
from tenants.organizations.models import Organization
from tenants.submissions.models import Edition

_PAGE = 50


@dataclass(frozen=True)
class RunLine:
    """A run in the history, with what it is about."""

    run: ReportRun
    subject_name: str
    edition_title: str
    edition_version: str
    periodicity: str
    formats: tuple[Format, ...]
    """Files that can be downloaded."""


def own_run(session: ScopedSession, run_id: int) -> ReportRun:
    """Return a run of the acting organization; anybody else's is not found."""
    run = session.scalars(
        select(ReportRun)
        .where(ReportRun.id == run_id, ReportRun.organization_id == session.scope.organization_id)
        .options(undefer(ReportRun.figures))
    ).one_or_none()
    if run is None:
        raise NotFoundError
    return run


def history(session: ScopedSession, *, definition: Definition | None = None, limit: int = _PAGE) -> list[RunLine]:
    """Return the runs of the acting organization, the newest first."""
    query = _lines(session).order_by(ReportRun.id.desc()).limit(limit)
    if definition is not None:
        query = query.where(ReportRun.definition == definition)
    return _with_files(session, query)


def runs_of_series(session: ScopedSession, run: ReportRun, *, limit: int = 20) -> list[RunLine]:
    """Return the runs of the same report, the newest first."""
    query = _lines(session).where(ReportRun.series == run.series).order_by(ReportRun.number.desc()).limit(limit)
    return _with_files(session, query)


def line_of(session: ScopedSession, run: ReportRun) -> RunLine:
    """Return one run as it stands in the history."""
    return _with_files(session, _lines(session).where(ReportRun.id == run.id))[0]


def run_before(session: ScopedSession, run: ReportRun) -> ReportRun | None:
    """Return the last ready run of the same report before this one, with its figures."""
    return session.scalars(
        select(ReportRun)
        .where(
            ReportRun.organization_id == session.scope.organization_id,
            ReportRun.series == run.series,
            ReportRun.number < run.number,
            ReportRun.state == RunState.READY,
        )
        .options(undefer(ReportRun.figures))
        .order_by(ReportRun.number.desc())
        .limit(1)
    ).one_or_none()


def last_parameters(session: ScopedSession, edition_id: int, subject_id: int) -> dict[str, str]:
    """Return what was entered by hand for the last run of a form and organization; empty where there was none."""
    found = session.scalars(
        select(ReportRun.parameters)
        .where(
            ReportRun.organization_id == session.scope.organization_id,
            ReportRun.edition_id == edition_id,
            ReportRun.subject_id == subject_id,
        )
        .order_by(ReportRun.id.desc())
        .limit(1)
    ).one_or_none()
    return dict(found or {})


def file_of_run(session: ScopedSession, run: ReportRun, format_: Format) -> StoredFile:
    """Return a file of a ready run."""
    found = session.scalars(
        select(StoredFile)
        .join(
            ReportRunFile, (ReportRunFile.region_id == StoredFile.region_id) & (ReportRunFile.file_id == StoredFile.id)
        )
        .where(ReportRunFile.run_id == run.id, ReportRunFile.format == format_)
    ).one_or_none()
    if found is None or run.state is not RunState.READY:
        raise NotFoundError("Такого файла у этого запуска нет.")
    return found


def _lines(session: ScopedSession):  # type: ignore[no-untyped-def]  # noqa: ANN202 - SQLAlchemy's own loose type
    return (
        select(ReportRun, Organization.name_short, Edition.title, Edition.version, Edition.periodicity)
        .join(Organization, (Organization.region_id == ReportRun.region_id) & (Organization.id == ReportRun.subject_id))
        .join(Edition, (Edition.region_id == ReportRun.region_id) & (Edition.id == ReportRun.edition_id))
        .where(ReportRun.organization_id == session.scope.organization_id)
    )


def _with_files(session: Session, query) -> list[RunLine]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - the same
    rows = session.execute(query).all()
    files: dict[int, list[Format]] = {}
    for run_id, format_ in session.execute(
        select(ReportRunFile.run_id, ReportRunFile.format)
        .where(ReportRunFile.run_id.in_([row[0].id for row in rows]))
        .order_by(ReportRunFile.id)
    ):
        files.setdefault(run_id, []).append(format_)
    return [
        RunLine(run, subject, title, version, periodicity, tuple(files.get(run.id, ())))
        for run, subject, title, version, periodicity in rows
    ]
