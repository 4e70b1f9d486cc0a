"""Makes the summary of a month: takes the figures, checks them, sets the files."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from reports.controls import Finding, check
from reports.documents.pdf import PdfUnavailableError
from reports.documents.regional import Stamp, regional_pdf
from reports.documents.regional_figures import Branch, RegionalFigures
from reports.documents.regional_xlsx import regional_xlsx
from reports.documents.words import ORGANIZATION, ORGANIZATION_OF, counted, coverage
from reports.editions.definition import EditionDefinition
from reports.editions.parts import CellKey, CellValue
from reports.forms import definition_of
from reports.runs.attempts import Attempt, MadeFile
from reports.runs.differences import changes_in_words
from reports.runs.models import Format
from reports.runs.periods import bounds_of
from reports.runs.progress import Check, Verdict
from reports.runs.queries import run_before
from reports.runs.regional_sums import collect
from tenants import clock
from tenants.organizations.queries import organization_in_reach
from tenants.settings.logos import logo_on


@dataclass(frozen=True)
class _Head:
    """What the files of a run carry of their organization."""

    name: str
    logo: bytes
    """PNG; empty where the region has no logo."""


def make(attempt: Attempt) -> None:
    """Make one summary."""
    run = attempt.run
    attempt.tell(1, run.month.title)
    with attempt.snapshot() as session:
        subject = organization_in_reach(session, run.subject_id)
        definition = definition_of(session, run.edition_id)
        taken_at = clock.now()
        attempt.tell(1, f"{run.month.title}, редакция {definition.version}")
        figures = collect(session, subject, run.edition_id, run.month, bounds_of(run.parameters))
        before = run_before(session, run)
        picture = logo_on(session, subject.region_id, subject.time_zone)
    attempt.tell(2, f"{coverage(figures.accepted, figures.expected)}")
    checks = checks_of_figures(figures, definition)
    asked = sum(1 for item in checks if item.verdict in (Verdict.QUESTION, Verdict.ERROR))
    attempt.tell(3, f"{len(checks)}, вопросов {asked}" if asked else f"{len(checks)}, вопросов нет")
    fingerprint = attempt.freeze(figures.to_json(), taken_at, checks)
    # Every file is made of what was frozen, so that the same run can be set again later.
    frozen = RegionalFigures.from_json(figures.to_json())
    changes = changes_in_words(before.number, before.figures or {}, frozen.to_json()) if before else ""
    local = taken_at.astimezone(ZoneInfo(subject.time_zone))
    stamp = Stamp(run.number, fingerprint, local.date(), f"{local:%d.%m.%Y, %H:%M}", changes)
    logo = picture.content if picture else b""
    attempt.publish(*_files(attempt, frozen, stamp, checks, _Head(subject.name_short, logo)))


def _files(
    attempt: Attempt, figures: RegionalFigures, stamp: Stamp, checks: list[Check], head: _Head
) -> tuple[list[MadeFile], list[Check]]:
    wanted = [Format(item) for item in attempt.run.formats]
    bounds = ", в нынешних границах" if figures.bounds else ""
    name = f"Сводный отчёт {head.name} {figures.month}{bounds}, запуск {stamp.number}"
    made: list[MadeFile] = []
    attempt.tell(4, "таблицы и графики", 0, len(wanted))
    # The table first: it takes a moment and says what the typeset document will say.
    for number, format_ in enumerate(sorted(wanted, key=lambda item: item is Format.PDF), 1):
        attempt.tell(4 if number < len(wanted) else 5, format_.value.upper(), number - 1, len(wanted))
        try:
            pdf = format_ is Format.PDF
            content = regional_pdf(figures, stamp, logo=head.logo) if pdf else regional_xlsx(figures, stamp)
        except PdfUnavailableError as error:
            if len(wanted) == 1:
                raise
            checks = [*checks, Check(Verdict.WARN, "Нет PDF", str(error))]
            continue
        made.append(MadeFile(format_, f"{name}.{format_.value}", content))
    attempt.tell(4, "готово", len(wanted), len(wanted))
    attempt.tell(5, " и ".join(item.format.value.upper() for item in made), len(made), len(wanted))
    return sorted(made, key=lambda item: wanted.index(item.format)), checks


def checks_of_figures(figures: RegionalFigures, definition: EditionDefinition) -> list[Check]:
    """Return what the summary's own checks say: who is missing, whether sums add up, the form's controls."""
    return [_completeness(figures), *_sums(figures), *_controls(figures, definition)]


def _completeness(figures: RegionalFigures) -> Check:
    if not figures.missing:
        text = f"Приняты отчёты всех {counted(figures.expected, ORGANIZATION_OF)}"
        return Check(Verdict.OK, "Свод полный", text)
    count = len(figures.missing)
    gaps = [branch.name for branch in figures.branches if not branch.complete]
    text = f"Нет принятых отчётов: {counted(count, ORGANIZATION)} из {figures.expected}"
    return Check(Verdict.WARN, "Неполный свод", text, ", ".join(gaps[:3]) + (" и др." if len(gaps) > 3 else ""))  # noqa: PLR2004 - three names fit the line


def _sums(figures: RegionalFigures) -> list[Check]:
    """Look whether the region is the sum of its branches, row by row."""
    wrong = []
    for at, line in enumerate(figures.lines):
        parts = [amount.now for branch in figures.branches if (amount := branch.amounts[at]).now is not None]
        if sum(parts, Decimal(0)) != (line.total.now or 0):
            wrong.append(line.name)
    if wrong:
        return [Check(Verdict.ERROR, "Ошибка", f"Сумма по строкам не сходится: {name}", "Регион") for name in wrong]
    return [Check(Verdict.OK, "Верно", f"Итог равен сумме частей: {len(figures.lines)} строк", "Таблица 1")]


def _controls(figures: RegionalFigures, definition: EditionDefinition) -> list[Check]:
    """Look at the form's controls over «Всего» of every branch; a control over other columns is the school's."""
    found = [
        Check(Verdict.QUESTION, "Вопрос", finding.message, branch.name)
        for branch in figures.branches
        for finding in _findings(definition, _values(figures, branch, definition))
    ]
    if not found and figures.accepted:
        text = f"Контроли формы соблюдены: {len(definition.controls)} в каждой строке свода"
        return [Check(Verdict.OK, "Верно", text, "Все части")]
    return found


def _findings(definition: EditionDefinition, values: Mapping[CellKey, CellValue]) -> list[Finding]:
    found = check(definition, values) if values else []
    return [finding for finding in found if all(cell in values for cell in finding.cells)]


def _values(figures: RegionalFigures, branch: Branch, definition: EditionDefinition) -> Mapping[CellKey, CellValue]:
    section = definition.sections[0]
    total = next(column for column in section.columns if column.type.value == "Z")
    return {
        (section.code, line.code, total.code): amount.now
        for line, amount in zip(figures.lines, branch.amounts, strict=True)
        if amount.now is not None
    }
