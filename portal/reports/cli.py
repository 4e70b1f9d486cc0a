"""`portal report …`: the same runs and jobs as on screen, made in this process."""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import select

from portal.config import Settings
from portal.operations.worker import run_job
from portal.reports.cli_check import add_check
from reports.documents.federal import period_bounds
from reports.editions.parts import Periodicity
from reports.runs.commands import JOB, Question, ask_report
from reports.runs.models import Definition, Format, ReportRun, RunState
from reports.runs.periods import read_period
from reports.runs.queries import file_of_run, own_run
from reports.runs.regional_sums import monthly_edition
from tenants.accounts.actor import Actor, system_actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, ScopedSession, connect, transaction
from tenants.errors import DomainError, InvalidError, NotFoundError
from tenants.files import store
from tenants.jobs.models import Job
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.queries import organization_by_code
from tenants.periods import Month
from tenants.submissions.models import Edition, EditionStatus

_WAIT_SECONDS = 900
_ROLES = {OrganizationKind.REGION: Role.REGION_ADMIN, OrganizationKind.DISTRICT: Role.DISTRICT_REVIEWER}


def register(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of reports."""
    report = groups.add_parser("report", help="отчёты").add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    regional = report.add_parser("regional", help="сводный отчёт региона или района за месяц")
    regional.add_argument("--region", required=True, metavar="CODE", help="код региона или района")
    regional.add_argument("--period", required=True, metavar="2026-10", help="месяц")
    _result(regional, ("pdf", "xlsx"))
    regional.set_defaults(run=_regional)
    federal = report.add_parser("federal", help="федеральная форма организации или региона")
    federal.add_argument("--edition", required=True, metavar="CODE", help="код формы")
    federal.add_argument("--organization", required=True, metavar="CODE", help="код организации или региона")
    federal.add_argument("--period", required=True, metavar="2026", help="2026, 2026-10 или 2026-Q3")
    federal.add_argument("--set", action="append", default=[], metavar="1/02/4=7", help="значение вручную, можно много")
    _result(federal, ("xml", "xlsx"))
    federal.set_defaults(run=_federal)
    add_check(report)


def _result(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    parser.add_argument("--format", required=True, choices=formats, help="вид файла")
    parser.add_argument("--out", required=True, type=Path, metavar="F", help="куда записать файл")


def _regional(arguments: argparse.Namespace) -> int:
    actor = _actor_of(arguments.region)
    month = Month.parse(arguments.period)
    with transaction(actor.scope.reading()) as session:
        edition_id = monthly_edition(session, month).id
    question = Question(
        Definition.REGIONAL_SUMMARY, edition_id, actor.organization.id, month.first, (Format(arguments.format),)
    )
    return _make(actor, question, arguments.out)


def _federal(arguments: argparse.Namespace) -> int:
    with _registry() as session:
        subject = organization_by_code(session, arguments.organization)
        region = session.get_one(Organization, (subject.region_id, subject.region_id))
        actor = system_actor(workplace(region), Role.REGION_ADMIN)
    with transaction(actor.scope.reading()) as session:
        edition = _published(session.scalars(select(Edition).where(Edition.code == arguments.edition)).all())
        start = period_bounds(Periodicity(edition.periodicity), read_period(arguments.period))[0]
    question = Question(
        Definition.FEDERAL, edition.id, subject.id, start, (Format(arguments.format),), _typed(arguments.set)
    )
    return _make(actor, question, arguments.out)


def _published(found: Sequence[Edition]) -> Edition:
    known = [edition for edition in found if edition.status is EditionStatus.PUBLISHED]
    if not known:
        raise NotFoundError("Опубликованной формы с таким кодом нет.")
    return max(known, key=lambda edition: edition.id)


def _typed(given: Sequence[str]) -> dict[str, str]:
    pairs = [item.partition("=") for item in given]
    if any(not mark for _, mark, _ in pairs):
        raise InvalidError("Значение вручную записывают так: --set 1/02/4=7.")
    return {name: value for name, _, value in pairs}


def _registry() -> AbstractContextManager[ScopedSession]:
    settings = Settings.from_environment().need("database_url")
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=2)
    return transaction(REGISTRY.reading())


def _actor_of(code: str) -> Actor:
    with _registry() as session:
        place = organization_by_code(session, code)
        if place.kind not in _ROLES:
            raise InvalidError("Нужен код региона или района.")
        return system_actor(workplace(place), _ROLES[place.kind])


def _make(actor: Actor, question: Question, out: Path) -> int:
    """Ask, do the job here, and write the file; a worker that was faster is waited for."""
    with transaction(actor.scope) as session:
        run = ask_report(session, actor, question)
    with transaction(REGISTRY.reading()) as registry:
        job_id = registry.scalars(select(Job.id).where(Job.kind == JOB, Job.subject_id == run.id)).one()
    run_job(job_id)
    done = _ended(actor, run.id)
    if done.state is RunState.FAILED:
        raise DomainError(done.error)
    with transaction(actor.scope.reading()) as session:
        content = store.content_of(file_of_run(session, done, Format(done.formats[0])))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content)
    except OSError as error:
        raise InvalidError(f"Файл {out} не записать: {error.strerror}.") from error
    sys.stdout.write(f"{out}: запуск {done.number}, отпечаток {(done.fingerprint or '')[:8].upper()}\n")
    return 0


def _ended(actor: Actor, run_id: int) -> ReportRun:
    for _ in range(_WAIT_SECONDS):
        with transaction(actor.scope.reading()) as session:
            run = own_run(session, run_id)
        if not run.state.open:
            return run
        time.sleep(1)
    raise DomainError("Отчёт формируется слишком долго. Посмотрите на него на странице «Отчёты».")
