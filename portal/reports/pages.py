"""What the pages of reports show, made of runs, forms and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from portal.context import actor, db
from reports.bindings import words_of
from reports.documents.federal import FederalFigures, SheetRow, is_text, sheet_rows
from reports.documents.words import exact, signed
from reports.editions.definition import EditionDefinition
from reports.editions.parts import CellKey, Periodicity, Section, Source
from reports.forms import definition_of
from reports.month_views.matrix import Bounds
from reports.runs import policy, queries
from reports.runs.differences import Change, differences
from reports.runs.models import Definition, ReportRun, RunState
from reports.runs.periods import bounds_of, period_title, written_period
from reports.runs.progress import Check, StepView, Verdict, checks_of, steps_of, title_of
from reports.runs.queries import RunLine
from tenants import clock
from tenants.organizations.models import Organization
from tenants.organizations.queries import organization_in_reach, reporting_organizations
from tenants.periods import Month

_MONTHS_BACK = 12
_STATES = {
    RunState.PENDING: ("none", "в очереди"),
    RunState.RUNNING: ("draft", "идёт"),
    RunState.READY: ("ok", "готов"),
    RunState.FAILED: ("error", "не сформирован"),
}


@dataclass(frozen=True)
class RunRow:
    """A run in a table of runs."""

    line: RunLine
    title: str
    period: str
    state: tuple[str, str]
    mark: str

    @property
    def run(self) -> ReportRun:
        """Return the run."""
        return self.line.run

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """Return (word, address) of every file."""
        return [
            (item.value.upper(), url_for("reports.download", run_id=self.run.id, format_=item.value))
            for item in self.line.formats
        ]


@dataclass(frozen=True)
class RunPage:
    """Everything the page of one run shows."""

    row: RunRow
    subject: Organization
    steps: list[StepView]
    steps_title: str
    checks: list[Check]
    before: ReportRun | None
    changes: list[Change]
    history: list[RunRow]
    sections: list[tuple[Section, list[SheetRow]]]
    """The form's own rows and columns with their values; empty for a summary."""
    may_ask: bool

    @property
    def run(self) -> ReportRun:
        """Return the run."""
        return self.row.run

    @property
    def fill_url(self) -> str:
        """Return the page on which the values of a federal form are corrected; empty for a summary."""
        if self.run.definition is not Definition.FEDERAL:
            return ""
        period = written_period(Periodicity(self.row.line.periodicity), self.run.period_start)
        return url_for("reports.fill", edition=self.run.edition_id, organization=self.run.subject_id, period=period)

    @property
    def asked(self) -> str:
        """Return how many checks came out how, in words."""
        found = [check.verdict for check in self.checks]
        parts = [("верно", Verdict.OK), ("внимание", Verdict.WARN), ("вопросов", Verdict.QUESTION)]
        counted = [f"{found.count(verdict)} {word}" for word, verdict in parts if verdict in found]
        errors = found.count(Verdict.ERROR)
        return " · ".join([*([f"ошибок {errors}"] if errors else []), *counted])


def run_rows(lines: Sequence[RunLine]) -> list[RunRow]:
    """Return runs as tables show them."""
    return [_row(line) for line in lines]


def _row(line: RunLine) -> RunRow:
    run = line.run
    if run.definition is Definition.REGIONAL_SUMMARY:
        bounds = ", в нынешних границах" if bounds_of(run.parameters) is Bounds.TODAY else ""
        title, period = f"Сводный отчёт{bounds}", run.month.title
    else:
        title, period = line.edition_title, period_title(Periodicity(line.periodicity), run.period_start)
    kind, word = _STATES[run.state]
    if run.state is RunState.RUNNING:
        word = f"идёт, шаг {run.step} из 5"
    mark = f"{run.fingerprint[:4]}-{run.fingerprint[4:8]}".upper() if run.fingerprint else ""
    return RunRow(line, title, period, (kind, word), mark)


def run_page(run_id: int) -> RunPage:
    """Return the page of a run of the acting organization.

    Raises:
        NotFoundError: there is none, or it belongs to somebody else.

    """
    run = queries.own_run(db(), run_id)
    before = queries.run_before(db(), run)
    return RunPage(
        row=_row(queries.line_of(db(), run)),
        subject=organization_in_reach(db(), run.subject_id),
        steps=steps_of(run),
        steps_title=title_of(run),
        checks=checks_of(run),
        before=before,
        changes=differences(before, run) if before else [],
        history=run_rows(queries.runs_of_series(db(), run)),
        sections=_filled(run),
        may_ask=policy.may_ask(actor(), run.definition),
    )


def _filled(run: ReportRun) -> list[tuple[Section, list[SheetRow]]]:
    if run.definition is not Definition.FEDERAL or run.figures is None:
        return []
    definition = definition_of(db(), run.edition_id)
    values = {cell.key: cell.value for cell in FederalFigures.from_json(run.figures).cells}
    shown = {key: value if is_text(definition, key) else _printed(value) for key, value in values.items()}
    return sheets(definition, shown)


def sheets(definition: EditionDefinition, values: Mapping[CellKey, str]) -> list[tuple[Section, list[SheetRow]]]:
    """Return every section of a form with its rows."""
    return [(section, list(sheet_rows(definition, section, values))) for section in definition.sections]


def bound_sheets(definition: EditionDefinition) -> list[tuple[Section, list[SheetRow]]]:
    """Return the form with the source of each cell instead of its value."""
    return sheets(definition, {cell.key: words_of(cell) for cell in definition.cells})


def blank_sheets(definition: EditionDefinition) -> list[tuple[Section, list[SheetRow]]]:
    """Return the form before it is made: counted cells say so, the others are empty."""
    words = {Source.FIGURE: "из учёта", Source.FORMULA: "посчитаем"}
    return sheets(definition, {cell.key: words.get(cell.source, "") for cell in definition.cells})


def _printed(value: str) -> str:
    return exact(Decimal(value)) if value else ""


def months() -> list[tuple[str, str]]:
    """Return the months a summary can be asked for, the latest first."""
    month = Month.of(clock.today(actor().organization.time_zone))
    found = []
    for _ in range(_MONTHS_BACK):
        found.append((str(month), month.title))
        month = month.previous
    return found


def last_ended_month() -> str:
    """Return the month that is proposed: the present one after its reporting day, else the one before."""
    today = clock.today(actor().organization.time_zone)
    month = Month.of(today)
    return str(month if today >= month.day(25) else month.previous)


def subjects() -> list[tuple[str, str]]:
    """Return for whom a federal form can be made: the region as a whole, then every organization."""
    own = actor().organization
    places = reporting_organizations(db())
    return [(str(own.id), f"Весь регион: {own.name_short}"), *((str(item.id), item.name_short) for item in places)]


def proposed_year() -> str:
    """Return the year that is proposed for a federal form."""
    return str(clock.today(actor().organization.time_zone).year)


def change_rows(changes: Sequence[Change]) -> list[tuple[str, str, str, str, str]]:
    """Return changes ready to print: label, before, after, difference, reason."""
    return [
        (item.label, exact(item.before), exact(item.after), signed(item.delta) if item.delta else "–", item.reason)
        for item in changes
    ]
