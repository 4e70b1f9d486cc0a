"""The pages of reports: asking, watching, downloading, binding; foreign runs are not found."""

import io
import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest

from portal.operations.worker import run_waiting
from reports.documents.federal import FederalFigures
from reports.runs.models import Format, RunState
from tenants.accounts.models import Role
from tests.conftest import Seat
from tests.factories.people import make_mentorship
from tests.factories.reports import TEMPLATE, ReportRegion, federal_edition, make_report_region, run_of
from tests.factories.tree import Tree, make_tree
from tests.integration.runs.test_federal import fill_card

AsRole = Callable[..., Seat]


@pytest.fixture
def region(tree: Tree) -> ReportRegion:
    return make_report_region(tree)


@pytest.fixture
def admin(region: ReportRegion, as_role: AsRole) -> Seat:
    return as_role(Role.REGION_ADMIN, region.tree.region)


def run_id_of(location: str) -> int:
    return int(re.search(r"/reports/(\d+)", location).group(1))


def test_a_summary_is_asked_for_watched_and_downloaded(admin: Seat) -> None:
    answer = admin.post("reports/summary", data={"month": "2026-10"})
    assert answer.status_code == 303
    run_id = run_id_of(answer.location)

    waiting = admin.get(f"reports/{run_id}")
    assert "Поставлено в очередь" in waiting.text
    assert 'hx-trigger="every 2s"' in waiting.text
    assert admin.get(f"reports/{run_id}/progress").status_code == 200

    run_waiting()

    assert admin.get(f"reports/{run_id}/progress").headers["HX-Refresh"] == "true"
    ready = admin.get(f"reports/{run_id}").text
    assert "Неполный свод" in ready
    assert "Скачать PDF" in ready
    file = admin.get(f"reports/{run_id}/file/pdf")
    assert file.data.startswith(b"%PDF-")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "Сводный отчёт РЦН 2026-10, запуск 1.pdf" in unquote(file.headers["Content-Disposition"])


def test_a_double_click_leads_to_one_run(admin: Seat) -> None:
    first = admin.post("reports/summary", data={"month": "2026-10", "request_key": "ключ-двойной"})
    second = admin.post("reports/summary", data={"month": "2026-10", "request_key": "ключ-двойной"})
    third = admin.post("reports/summary", data={"month": "2026-10", "request_key": "другой-ключ-1"})

    assert {run_id_of(answer.location) for answer in (first, second, third)} == {run_id_of(first.location)}


def test_a_foreign_run_is_not_found(region: ReportRegion, as_role: AsRole) -> None:
    run = region.ask(Format.XLSX)
    run_waiting()
    other = as_role(Role.REGION_ADMIN, make_tree().region)
    below = as_role(Role.DISTRICT_REVIEWER, region.tree.district)

    for seat in (other, below):
        assert seat.get(f"reports/{run.id}").status_code == 404
        assert seat.get(f"reports/{run.id}/file/xlsx").status_code == 404
        assert seat.post(f"reports/{run.id}/repeat").status_code == 404


def test_an_analyst_reads_and_does_not_ask(region: ReportRegion, as_role: AsRole) -> None:
    run = region.ask(Format.XLSX)
    run_waiting()
    analyst = as_role(Role.REGION_ANALYST, region.tree.region)

    assert "Сформировать" not in analyst.get("reports/").text
    assert analyst.get(f"reports/{run.id}/file/xlsx").status_code == 200
    assert analyst.post("reports/summary", data={"month": "2026-10"}).status_code == 403


def test_a_stopped_run_is_published_no_more(region: ReportRegion, admin: Seat) -> None:
    run = region.ask(Format.XLSX)

    admin.post(f"reports/{run.id}/stop")
    run_waiting()

    stopped = run_of(region.tree.region, run.id)
    assert stopped.state is RunState.FAILED
    assert stopped.error.startswith("Остановлено")
    assert "Повторить" in admin.get(f"reports/{run.id}").text
    again = admin.post(f"reports/{run.id}/repeat")
    assert run_id_of(again.location) != run.id


def test_a_month_without_a_form_is_refused_at_the_field(tree: Tree, as_role: AsRole) -> None:
    answer = as_role(Role.REGION_ADMIN, tree.region).post("reports/summary", data={"month": "2026-10"})

    assert answer.status_code == 422
    assert "нет опубликованной ежемесячной формы" in answer.text


def test_a_template_is_loaded_bound_published_and_made(tree: Tree, as_role: AsRole) -> None:
    admin = as_role(Role.REGION_ADMIN, tree.region)
    fill_card(tree.school)
    make_mentorship(tree.school)
    loaded = admin.post("reports/editions", data={"file": (open_template(), "форма.xml")})
    assert loaded.status_code == 303
    edition_id = int(loaded.location.rsplit("/", 1)[1])

    page = admin.get(f"reports/editions/{edition_id}?cell=1/02/3").text
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    bound = admin.post(
        f"reports/editions/{edition_id}/cells/1/02/3",
        data={"version": version, "source": "figure", "figure": "mentors"},
    )
    assert bound.status_code == 303
    stale = admin.post(
        f"reports/editions/{edition_id}/cells/1/03/3",
        data={"version": version, "source": "figure", "figure": "mentees"},
    )
    assert stale.status_code == 409
    constant = admin.post(
        f"reports/editions/{edition_id}/cells/1/03/4",
        data={"version": int(version) + 1, "source": "formula", "constant": "0"},
    )
    assert constant.status_code == 303
    assert admin.post(f"reports/editions/{edition_id}/publish").status_code == 303

    given = {"edition": edition_id, "organization": tree.school.id, "period": "2026"}
    form = admin.get("reports/federal", query_string=given).text
    assert "из учёта" in form
    assert 'name="cell:1/03/3"' in form
    asked = admin.post(
        "reports/federal",
        data=given | {"cell:1/01/3": "3", "cell:1/03/3": "2", "cell:title/leader_fio": "Орлова А.П."},
    )
    run_waiting()

    run = run_of(tree.region, run_id_of(asked.location))
    assert (run.state, run.error) == (RunState.READY, "")
    cells = {(cell.row, cell.column): cell.value for cell in FederalFigures.from_json(run.figures).cells}
    assert cells == {("01", "3"): "3", ("02", "3"): "1", ("03", "3"): "2", ("03", "4"): "0"}
    assert b"<report" in admin.get(f"reports/{run.id}/file/xml").data


def test_a_published_form_gets_a_new_revision_of_its_bindings(tree: Tree, as_role: AsRole) -> None:
    admin = as_role(Role.REGION_ADMIN, tree.region)
    edition_id = federal_edition(tree.region)

    draft = admin.post(f"reports/editions/{edition_id}/revise").location
    again = admin.post(f"reports/editions/{edition_id}/revise").location

    assert draft == again
    assert not draft.endswith(f"/{edition_id}")
    assert "черновик" in admin.get(draft).text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Файл пуст"),
        (b"<a>", "не читается как XML"),
        (b"<report/>", "Это не шаблон"),
        (b"<!DOCTYPE metaForm><metaForm/>", "DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><metaForm name="&x;"/>', "XML"),
    ],
)
def test_a_bad_template_is_refused_with_one_sentence(tree: Tree, as_role: AsRole, content: bytes, words: str) -> None:
    answer = as_role(Role.REGION_ADMIN, tree.region).post(
        "reports/editions", data={"file": (io.BytesIO(content), "форма.xml")}
    )

    assert answer.status_code == 422
    assert words in answer.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "root:" not in answer.text


def open_template() -> io.BytesIO:
    return io.BytesIO(TEMPLATE.encode())
