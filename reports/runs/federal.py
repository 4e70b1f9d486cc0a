"""Makes a federal form for one organization or for all of them together, and lets out only what passed the check."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import undefer

from reports.controls import check, fill_formulas
from reports.documents.federal import (
    FederalCell,
    FederalFigures,
    TitleValue,
    federal_xlsx,
    federal_xml,
    is_text,
    period_bounds,
    period_number,
    read_value,
)
from reports.documents.regional import short_mark
from reports.documents.words import ORGANIZATION, counted
from reports.editions.definition import EditionDefinition
from reports.editions.parts import CellKey, CellValue, Level, Source
from reports.forms import definition_of, template_bytes
from reports.rosstat import CheckMessage, check_report
from reports.runs.attempts import Attempt, MadeFile
from reports.runs.federal_sums import computed_cells
from reports.runs.models import Format
from reports.runs.progress import Check, Verdict
from tenants import clock
from tenants.db import ScopedSession
from tenants.errors import WrongStateError
from tenants.organizations.models import Organization
from tenants.organizations.queries import organization_in_reach, reporting_organizations
from tenants.submissions.models import Edition

TITLE = "title"
"""Section name under which parameters keep fields of the title page: "title/phone"."""
CARD: Mapping[str, str] = {
    "okpo": "okpo",
    "name": "name",
    "leader_post": "head_post",
    "leader_fio": "head_name",
    "responsible_post": "responsible_post",
    "responsible_fio": "responsible_name",
    "phone": "responsible_phone",
    "email": "responsible_email",
    "inn": "inn",
    "ogrn": "ogrn",
    "oktmo": "oktmo",
    "address": "address",
}
"""Fields of title pages and the columns of the organization's card that fill them."""


def make(attempt: Attempt) -> None:
    """Make one federal report."""
    run = attempt.run
    with attempt.snapshot() as session:
        taken_at = clock.now()
        subject = organization_in_reach(session, run.subject_id)
        definition, template = definition_of(session, run.edition_id), template_of(session, run.edition_id)
        _, after = period_bounds(definition.periodicity, run.period_start)
        places = _places(session, subject, run.edition_id, after - timedelta(days=1))
    number = period_number(definition.periodicity, run.period_start)
    attempt.tell(1, f"период {number}, {run.period_start.year} г.")
    figures = _figures(attempt, definition, subject, places)
    attempt.tell(2, counted(len(places), ORGANIZATION))
    values = figures.values(definition)
    own = _controls(definition, values, number)
    attempt.tell(3, f"замечаний {len(own)}" if own else "замечаний нет")
    fingerprint = attempt.freeze(figures.to_json(), taken_at, own)
    files = _files(attempt, figures, definition, short_mark(fingerprint))
    attempt.tell(5, "проверяем")
    checks = _verdict(template, files, own)
    errors = sum(1 for item in checks if item.verdict is Verdict.ERROR)
    if errors:
        attempt.tell(5, f"ошибок {errors}")
        attempt.refuse(
            f"Отчёт не прошёл проверку по шаблону: ошибок {errors}. Исправьте значения и сформируйте отчёт ещё раз.",
            checks,
        )
        return
    attempt.tell(5, "ошибок нет")
    attempt.publish([item for item in files if item.format.value in run.formats], checks)


def template_of(session: ScopedSession, edition_id: int) -> bytes:
    """Return the template's XML as it was loaded.

    Raises:
        WrongStateError: the edition was not loaded from a template.

    """
    edition = session.scalars(select(Edition).where(Edition.id == edition_id).options(undefer(Edition.template))).one()
    if not edition.template:
        raise WrongStateError("У этой формы нет шаблона Росстата: отчёт в XML по ней не формируется.")
    return template_bytes(edition.template)


def title_of(definition: EditionDefinition, subject: Organization, typed: Mapping[str, str]) -> tuple[TitleValue, ...]:
    """Return the title page: what was typed for this report, else what the organization's card says."""
    return tuple(
        TitleValue(
            field.code,
            field.name or field.code,
            typed.get(f"{TITLE}/{field.code}") or getattr(subject, CARD.get(field.code, ""), None) or "",
        )
        for field in definition.title_fields
    )


def _places(session: ScopedSession, subject: Organization, edition_id: int, on: date) -> list[Organization]:
    if subject.kind.reports:
        return [subject]
    edition = session.get_one(Edition, (subject.region_id, edition_id))
    return [place for place in reporting_organizations(session, on=on) if edition.serves(place.kind.value)]


def _figures(
    attempt: Attempt, definition: EditionDefinition, subject: Organization, places: list[Organization]
) -> FederalFigures:
    run = attempt.run
    start, after = period_bounds(definition.periodicity, run.period_start)
    found: dict[CellKey, Decimal] = {}
    for done, place in enumerate(places):
        attempt.tell(2, place.name_short, done, len(places))
        cells = computed_cells(attempt.claim.scope, place, definition, (start, after - timedelta(days=1)))
        for key, value in cells.items():
            found[key] = found.get(key, Decimal(0)) + value
    values = _with_typed(definition, found, run.parameters)
    return FederalFigures(
        edition_code=definition.code,
        edition_version=definition.version,
        edition=definition.title,
        okud=definition.okud,
        subject=subject.name,
        year=run.period_start.year,
        period=period_number(definition.periodicity, run.period_start),
        title=title_of(definition, subject, run.parameters),
        cells=tuple(_cell(definition, key, value) for key, value in values.items() if value is not None),
        organizations=0 if subject.kind.reports else len(places),
    )


def _with_typed(
    definition: EditionDefinition, computed: Mapping[CellKey, CellValue], typed: Mapping[str, str]
) -> dict[CellKey, CellValue]:
    values: dict[CellKey, CellValue] = dict(computed)
    for name, words in typed.items():
        key = cell_key(name)
        cell = definition.cell(key) if key else None
        if key is None or cell is None or cell.source is not Source.MANUAL or not words:
            continue
        plain = read_value(definition, key, words)
        values[key] = plain if is_text(definition, key) else Decimal(plain)
    values |= {key: value for key, value in fill_formulas(definition, values).items() if value is not None}
    order = {cell.key: at for at, cell in enumerate(definition.cells)}
    return dict(sorted(values.items(), key=lambda item: order.get(item[0], len(order))))


def cell_key(name: str) -> CellKey | None:
    """Return the place that a parameter's name speaks of, "1/02/4"; None for a field of the title page."""
    parts = name.split("/")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None  # noqa: PLR2004 - section, row, column


def _cell(definition: EditionDefinition, key: CellKey, value: CellValue) -> FederalCell:
    known = definition.cell(key)
    source = known.source.value if known else Source.MANUAL.value
    return FederalCell(*key, f"{value:f}" if isinstance(value, Decimal) else str(value), source)


def _controls(definition: EditionDefinition, values: Mapping[CellKey, CellValue], number: int) -> list[Check]:
    faces = {Level.ERROR: (Verdict.ERROR, "Ошибка"), Level.QUERY: (Verdict.QUESTION, "Предупреждение")}
    return [
        Check(*faces[finding.level], finding.message, f"Контроль {finding.control_id}")
        for finding in check(definition, values, period=number)
    ]


def _files(attempt: Attempt, figures: FederalFigures, definition: EditionDefinition, mark: str) -> list[MadeFile]:
    """Write the files; the XML is always made, since nothing goes out that has not been checked by it."""
    run = attempt.run
    attempt.tell(4, "XML", 0, 2)
    name = f"{definition.okud or definition.code} {figures.year}-{figures.period:02d}, запуск {run.number}"
    made = [MadeFile(Format.XML, f"{name}.xml", federal_xml(figures, definition))]
    attempt.tell(4, "XLSX", 1, 2)
    made.append(MadeFile(Format.XLSX, f"{name}.xlsx", federal_xlsx(figures, definition, mark)))
    attempt.tell(4, "XML и XLSX", 2, 2)
    return made


def _verdict(template: bytes, files: list[MadeFile], own: list[Check]) -> list[Check]:
    xml = next(item.content for item in files if item.format is Format.XML)
    said = [_check(message) for message in check_report(template, xml)]
    # The validator repeats the controls of the form: its words stand, ours stay where it was silent.
    rest = [] if any(item.where.startswith("Контроль") for item in said) else own
    if not any(item.verdict is Verdict.ERROR for item in said):
        said.append(Check(Verdict.OK, "Верно", "Отчёт принят независимой проверкой по шаблону", "rosstat-flc"))
    return [*said, *rest]


def _check(message: CheckMessage) -> Check:
    verdict, title = (Verdict.ERROR, "Ошибка") if message.is_error else (Verdict.QUESTION, "Предупреждение")
    return Check(verdict, title, message.text, message.where)
