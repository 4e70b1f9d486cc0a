"""The region's report and a federal form, made by the worker's own job and copied to where a visitor finds them."""

from pathlib import Path

from sqlalchemy import select

from portal.demonstration import federal as federal_form
from portal.demonstration.cast import Cast
from portal.demonstration.history import NOW
from portal.operations.worker import run_waiting
from reports.runs.commands import Question, ask_report
from reports.runs.models import Definition, Format, ReportRun, RunState
from reports.runs.queries import file_of_run, own_run
from reports.runs.regional_sums import monthly_edition
from tenants.db import transaction
from tenants.errors import DomainError
from tenants.files import store
from tenants.periods import Month
from tenants.submissions.models import Edition

SCHOOL = "tihiy-plyos"


def regional(cast: Cast, out: Path) -> str:
    """Make the region's summary of the month."""
    with transaction(cast.admin.scope.reading()) as session:
        edition_id = monthly_edition(session, NOW).id
    question = Question(Definition.REGIONAL_SUMMARY, edition_id, cast.admin.organization.id, NOW.first)
    return _make(cast, question, out, f"svod-{NOW}")


def federal(cast: Cast, out: Path) -> str:
    """Make the federal form of one school; it comes out only when the independent check finds nothing."""
    with transaction(cast.admin.scope.reading()) as session:
        edition_id = session.scalars(select(Edition.id).where(Edition.code == federal_form.CODE)).one()
    start = Month(federal_form.YEAR, 1).first
    question = Question(Definition.FEDERAL, edition_id, cast.places[SCHOOL].id, start)
    return _make(cast, question, out, f"forma-{federal_form.CODE}-{SCHOOL}-{federal_form.YEAR}")


def _make(cast: Cast, question: Question, out: Path, name: str) -> str:
    actor = cast.admin
    with transaction(actor.scope) as session:
        asked = ask_report(session, actor, question)
    run_waiting()
    with transaction(actor.scope.reading()) as session:
        run = own_run(session, asked.id)
        if run.state is not RunState.READY:
            raise DomainError(run.error or "Отчёт не сформирован.")
        files = [(format_, store.content_of(file_of_run(session, run, Format(format_)))) for format_ in run.formats]
    for format_, content in files:
        (out / f"{name}.{format_}").write_bytes(content)
    return _words(run, files)


def _words(run: ReportRun, files: list[tuple[str, bytes]]) -> str:
    sizes = ", ".join(f"{format_.upper()} {len(content) // 1024 + 1} КБ" for format_, content in files)
    return f"{sizes}; отпечаток {(run.fingerprint or '')[:8].upper()}"
