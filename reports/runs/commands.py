"""Ask for a report. The row is the job: it is written with the change, a worker finds it, a sweeper rings again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from reports.runs import policy
from reports.runs.models import Definition, Format, ReportRun, RunState
from reports.runs.periods import BOUNDS
from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import ScopedSession, find, insert, lock_key
from tenants.errors import ForbiddenError, InvalidError, WrongStateError
from tenants.jobs import commands as jobs
from tenants.organizations.queries import organization_in_reach
from tenants.submissions.models import Edition, EditionStatus

JOB = "report"
FORMATS: Mapping[Definition, tuple[Format, ...]] = {
    Definition.REGIONAL_SUMMARY: (Format.PDF, Format.XLSX),
    Definition.FEDERAL: (Format.XML, Format.XLSX),
}
"""What each report can be made into, in the order of making."""
_MOST_PARAMETERS = 20_000


@dataclass(frozen=True)
class Question:
    """Which report is asked for."""

    definition: Definition
    edition_id: int
    subject_id: int
    period_start: date
    formats: Sequence[Format] = ()
    """Empty means all that the report can be made into."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Values entered by hand, by the place of their cell: "1/02/4"."""

    @property
    def series(self) -> str:
        """Return the name under which runs are numbered and compared."""
        # Another tree is another report: its runs are compared with each other.
        bounds = f":{self.parameters[BOUNDS]}" if BOUNDS in self.parameters else ""
        return f"{self.definition.value}:{self.edition_id}:{self.subject_id}:{self.period_start}{bounds}"

    @property
    def wanted(self) -> list[str]:
        """Return the formats in the order of making."""
        return [item.value for item in FORMATS[self.definition] if not self.formats or item in self.formats]

    @property
    def key(self) -> str:
        """Return a key that equal questions share."""
        whole = [self.series, self.wanted, sorted(self.parameters.items())]
        return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


def ask_report(session: ScopedSession, actor: Actor, question: Question) -> ReportRun:
    """Ask for a report; the same question asked while its report is being made gives the run that is under way."""
    if not policy.may_ask(actor, question.definition):
        raise ForbiddenError("Отчёт формирует администратор региона или отдел образования.")
    if question.definition is Definition.REGIONAL_SUMMARY and question.subject_id != actor.organization.id:
        raise ForbiddenError("Сводный отчёт формируют по своему району или региону.")
    _check(session, question)
    lock_key(session, f"report:{question.series}")
    standing = session.scalars(
        select(ReportRun).where(
            ReportRun.organization_id == actor.organization.id,
            ReportRun.asking_key == question.key,
            ReportRun.state.in_((RunState.PENDING, RunState.RUNNING)),
        )
    ).one_or_none()
    if standing is not None:
        journal.nothing_changed()
        return standing
    run = insert(
        session,
        ReportRun(
            definition=question.definition,
            edition_id=question.edition_id,
            subject_id=question.subject_id,
            period_start=question.period_start,
            parameters=dict(question.parameters),
            formats=question.wanted,
            series=question.series,
            number=_next_number(session, actor, question.series),
            asking_key=question.key,
            asked_by=actor.user_id or None,
            asked_by_name=actor.name,
        ),
    )
    jobs.request(session, JOB, run.id)
    journal.record(session, actor, "report.asked", run, definition=question.definition.value, number=run.number)
    return run


def repeat_report(session: ScopedSession, actor: Actor, run_id: int) -> ReportRun:
    """Ask again for the report of a run that is over; the old run stays in the history as it ended."""
    run = find(session, ReportRun, run_id)
    if run.state.open:
        raise WrongStateError("Этот отчёт ещё формируется.")
    return ask_report(session, actor, question_of(run))


def stop_report(session: ScopedSession, actor: Actor, run_id: int) -> ReportRun:
    """Stop a run that is under way; what its worker still does is published no more."""
    run = find(session, ReportRun, run_id, lock=True)
    if not policy.may_ask(actor, run.definition):
        raise ForbiddenError("Остановить может тот, кто формирует отчёты.")
    if not run.state.open:
        raise WrongStateError("Этот отчёт уже сформирован или остановлен.")
    run.state, run.finished_at = RunState.FAILED, clock.now()
    run.error = f"Остановлено: {actor.name}." if actor.name else "Остановлено."
    journal.record(session, actor, "report.stopped", run, number=run.number)
    return run


def question_of(run: ReportRun) -> Question:
    """Return the question that a run answers."""
    return Question(
        run.definition,
        run.edition_id,
        run.subject_id,
        run.period_start,
        tuple(Format(item) for item in run.formats),
        run.parameters,
    )


def _check(session: ScopedSession, question: Question) -> None:
    subject = organization_in_reach(session, question.subject_id)
    edition = find(session, Edition, question.edition_id)
    if edition.status is not EditionStatus.PUBLISHED:
        raise WrongStateError("Форма ещё не опубликована. Привяжите показатели и опубликуйте её.")
    if not question.wanted:
        raise InvalidError("Выберите, в каком виде нужен отчёт.", field="formats")
    if subject.kind.reports and not edition.serves(subject.kind.value):
        raise InvalidError("Эту форму организации такого вида не сдают.", field="organization")
    if len(question.parameters) > _MOST_PARAMETERS:
        raise InvalidError("Значений, введённых вручную, слишком много.")


def _next_number(session: ScopedSession, actor: Actor, series: str) -> int:
    last = session.scalar(
        select(func.max(ReportRun.number)).where(
            ReportRun.organization_id == actor.organization.id, ReportRun.series == series
        )
    )
    return (last or 0) + 1
