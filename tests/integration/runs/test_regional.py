"""The summary of a month: its figures, its documents, its differences."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from portal.operations.worker import run_waiting
from reports.documents.regional_figures import RegionalFigures
from reports.runs.differences import differences
from reports.runs.models import Format, ReportRun
from reports.runs.progress import Verdict, checks_of
from reports.runs.queries import file_of_run
from tenants.db import REGISTRY, transaction
from tenants.files import store
from tests.documents import fonts_of, is_tagged, words_of
from tests.factories.reports import USUAL, ReportRegion, accept_month, ask, make_report_region, run_of
from tests.factories.tree import Tree, actor_of


@pytest.fixture
def region(tree: Tree) -> ReportRegion:
    return make_report_region(tree)


def made(region: ReportRegion, *formats: Format) -> ReportRun:
    run = region.ask(*formats)
    run_waiting()
    return run_of(region.tree.region, run.id)


def figures_of(run: ReportRun) -> RegionalFigures:
    return RegionalFigures.from_json(run.figures)


def content(region: ReportRegion, run: ReportRun, format_: Format) -> bytes:
    with transaction(actor_of(region.tree.region).scope.reading()) as session:
        return store.content_of(file_of_run(session, run, format_))


def test_the_region_is_the_sum_of_districts_and_of_what_stands_directly_under_it(region: ReportRegion) -> None:
    figures = figures_of(made(region, Format.XLSX))

    assert [branch.name for branch in figures.branches] == [
        "Ближний район", "Дальний район", "Подведомственные региону",
    ]  # fmt: skip
    pairs = figures.index("pairs")
    sums = [branch.amounts[pairs].now for branch in figures.branches]
    # 20 + 2 of the school, ten more in its sister; nobody of the far district; five more in the college.
    assert sums == [Decimal(22 + 32), None, Decimal(27)]
    assert figures.total("pairs").now == Decimal(81)
    assert figures.total("pairs").before == Decimal(81 - 6)


def test_who_is_missing_stands_beside_the_sum(region: ReportRegion) -> None:
    run = made(region, Format.XLSX)
    figures = figures_of(run)

    assert (figures.accepted, figures.expected) == (3, 4)
    assert [(place.name, place.state) for place in figures.missing] == [("Школа № 3", "на проверке")]
    first = checks_of(run)[0]
    assert (first.verdict, first.title) == (Verdict.WARN, "Неполный свод")
    assert run.progress[1]["note"].replace("\N{NO-BREAK SPACE}", " ") == "3 из 4, без 1 организации"


def test_the_workbook_holds_numbers_and_no_formula(region: ReportRegion) -> None:
    with transaction(REGISTRY) as session:
        session.get(
            type(region.tree.college), (region.tree.region.id, region.tree.college.id)
        ).name_short = '=HYPERLINK("http://example.org";"Колледж")'
    run = made(region, Format.XLSX)

    book = openpyxl.load_workbook(io.BytesIO(content(region, run, Format.XLSX)))

    assert book.sheetnames == ["Показатели", "Свод", "Организации", "Нет в своде"]
    values = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in values if cell.data_type == "f"] == []
    assert [cell.value for cell in values if str(cell.value).startswith("=HYPERLINK")] != []
    pairs = next(row for row in book["Показатели"].iter_rows(values_only=True) if row[0] == "Наставнических пар")
    assert pairs[1:5] == (81, None, 75, 6)


def test_the_pdf_says_in_cyrillic_what_the_figures_say(region: ReportRegion) -> None:
    run = made(region, Format.PDF)
    pdf = content(region, run, Format.PDF)
    plain = " ".join(words_of(pdf).split())

    assert "СВОДНЫЙ ОТЧЁТ" in plain
    assert "3 из 4 организаций, без 1 организации" in plain
    assert "Подведомственные региону" in plain
    assert "Школа № 3" in plain
    assert is_tagged(pdf)
    assert fonts_of(pdf)
    assert set(fonts_of(pdf).values()) == {True}


def test_the_next_run_says_what_changed_and_who_changed_it(region: ReportRegion) -> None:
    first = made(region, Format.XLSX)
    accept_month(region.tree.other_school, region.edition_id, totals=USUAL)

    second = made(region, Format.XLSX)

    found = {change.label: change for change in differences(first, second)}
    assert found["Организаций в своде"].delta == 1
    assert found["Наставнических пар"].delta == 20
    assert found["Наставнических пар"].reason == "приняли ещё 1"
    assert first.fingerprint != second.fingerprint


def test_a_district_gets_the_summary_of_its_own_organizations(region: ReportRegion) -> None:
    question = replace(region.question(Format.XLSX), subject_id=region.tree.district.id)
    run = ask(region.tree.district, question)
    run_waiting()

    figures = figures_of(run_of(region.tree.district, run.id))
    assert [branch.name for branch in figures.branches] == ["Школа № 1", "Школа № 2"]
    assert figures.total("pairs").now == Decimal(54)
