"""A federal form is counted from the records, completed by hand, and let out only when its template accepts it."""

from collections.abc import Callable

import pytest
from lxml import etree
from sqlalchemy import text

from portal.operations.worker import run_waiting
from reports.documents.federal import FederalFigures
from reports.rosstat import check_report
from reports.runs.commands import Question
from reports.runs.models import Definition, Format, ReportRun, RunState
from reports.runs.progress import Verdict, checks_of
from reports.runs.queries import file_of_run
from tenants.db import REGISTRY, transaction
from tenants.errors import NotFoundError
from tenants.files import store
from tenants.organizations.models import Organization
from tenants.periods import Month
from tests.factories.people import make_mentorship
from tests.factories.reports import TEMPLATE, ask, federal_edition, run_of
from tests.factories.tree import Tree, actor_of

FILLED = {"1/01/3": "4", "1/02/4": "1", "title/leader_fio": "Орлова А.П."}


@pytest.fixture
def school(tree: Tree) -> Organization:
    """The school has two pairs and the codes that the title page wants."""
    fill_card(tree.school)
    make_mentorship(tree.school)
    make_mentorship(tree.school, form="teacher_teacher")
    return tree.school


def fill_card(place: Organization) -> None:
    with transaction(REGISTRY) as session:
        session.execute(text("update organization set okpo = '12345678' where id = :id"), {"id": place.id})


@pytest.fixture
def make(tree: Tree) -> Callable[..., ReportRun]:
    def run(place: Organization, parameters: dict[str, str], edition_id: int | None = None) -> ReportRun:
        edition_id = edition_id or federal_edition(tree.region)
        question = Question(
            Definition.FEDERAL, edition_id, place.id, Month(2026, 1).first, (Format.XML, Format.XLSX), parameters
        )
        asked = ask(tree.region, question)
        run_waiting()
        return run_of(tree.region, asked.id)

    return run


def content(place: Organization, run: ReportRun, format_: Format) -> bytes:
    with transaction(actor_of(place).scope.reading()) as session:
        return store.content_of(file_of_run(session, run, format_))


def cells(run: ReportRun) -> dict[tuple[str, str], str]:
    return {(cell.row, cell.column): cell.value for cell in FederalFigures.from_json(run.figures).cells}


def test_bound_cells_are_counted_and_the_others_typed(
    tree: Tree, school: Organization, make: Callable[..., ReportRun]
) -> None:
    run = make(school, FILLED)

    assert (run.state, run.error) == (RunState.READY, "")
    assert cells(run) == {("01", "3"): "4", ("02", "3"): "2", ("02", "4"): "1", ("03", "3"): "2"}
    xml = content(tree.region, run, Format.XML)
    assert check_report(TEMPLATE.encode(), xml) == []
    root = etree.fromstring(xml)
    assert root.xpath("//item[@name='okpo']/@value") == ["12345678"]
    assert root.xpath("//item[@name='leader_fio']/@value") == ["Орлова А.П."]
    assert root.xpath("//row[@code='02']/col[@code='3']/text()") == ["2"]


def test_an_error_of_the_template_keeps_the_report_in(
    tree: Tree, school: Organization, make: Callable[..., ReportRun]
) -> None:
    run = make(school, FILLED | {"1/01/3": "9"})

    assert run.state is RunState.FAILED
    assert "ошибок 1" in run.error
    errors = [check for check in checks_of(run) if check.verdict is Verdict.ERROR]
    assert [check.where for check in errors] == ["Контроль 1"]
    assert cells(run)["01", "3"] == "9"
    with pytest.raises(NotFoundError):
        content(tree.region, run, Format.XML)


def test_a_warning_is_shown_and_lets_the_report_out(
    tree: Tree, school: Organization, make: Callable[..., ReportRun]
) -> None:
    run = make(school, FILLED | {"1/02/4": "3"})

    assert run.state is RunState.READY
    warnings = [check for check in checks_of(run) if check.verdict is Verdict.QUESTION]
    assert [check.where for check in warnings] == ["Контроль 2"]
    assert content(tree.region, run, Format.XML).startswith(b"<?xml")


def test_an_empty_field_of_the_title_page_is_named(tree: Tree, make: Callable[..., ReportRun]) -> None:
    run = make(tree.school, FILLED)

    assert run.state is RunState.FAILED
    assert "Код ОКПО" in run.error


def test_a_mandatory_cell_that_nobody_filled_is_named(school: Organization, make: Callable[..., ReportRun]) -> None:
    run = make(school, {"title/leader_fio": "Орлова А.П."})

    assert run.state is RunState.FAILED
    assert "строка 01" in run.error


def test_a_word_where_a_number_belongs_is_named(school: Organization, make: Callable[..., ReportRun]) -> None:
    run = make(school, FILLED | {"1/02/4": "много"})

    assert run.state is RunState.FAILED
    assert "«много» – не число" in run.error


def test_a_bound_cell_cannot_be_overwritten_by_hand(school: Organization, make: Callable[..., ReportRun]) -> None:
    run = make(school, FILLED | {"1/02/3": "99"})

    assert cells(run)["02", "3"] == "2"


def test_the_region_is_the_sum_of_its_organizations(
    tree: Tree, school: Organization, make: Callable[..., ReportRun]
) -> None:
    make_mentorship(tree.college, form="teacher_teacher")
    fill_card(tree.region)
    assert school

    run = make(tree.region, FILLED | {"1/01/3": "6"})

    assert (run.state, run.error) == (RunState.READY, "")
    assert cells(run)["02", "3"] == "3"
    assert FederalFigures.from_json(run.figures).organizations == 4
