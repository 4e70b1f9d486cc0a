"""`portal report …` and `portal edition load`, as the shell calls them."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from portal.cli import main
from reports.rosstat import check_report
from tenants.db import connect
from tests.conftest import Database
from tests.factories.people import make_mentorship
from tests.factories.reports import TEMPLATE, federal_edition, make_report_region
from tests.factories.tree import Tree
from tests.integration.runs.test_federal import fill_card

Portal = Callable[..., int]


@pytest.fixture
def portal(database: Database) -> Portal:
    """Run a command, and leave the process connected as the other tests expect it."""

    def run(*words: object) -> int:
        try:
            return main([str(word) for word in words])
        finally:
            connect(database.login_url)

    return run


def test_a_summary_is_written_to_a_file(tree: Tree, portal: Portal, tmp_path: Path) -> None:
    make_report_region(tree)
    out = tmp_path / "deep" / "summary.xlsx"

    code = portal(
        "report", "regional", "--region", tree.region.code, "--period", "2026-10", "--format", "xlsx", "--out", out
    )

    assert code == 0
    assert openpyxl.load_workbook(out).sheetnames[0] == "Показатели"


def test_a_federal_form_is_written_to_a_file_that_passes_the_check(
    tree: Tree, portal: Portal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill_card(tree.school)
    make_mentorship(tree.school)
    federal_edition(tree.region)
    template, out = tmp_path / "template.xml", tmp_path / "report.xml"
    template.write_text(TEMPLATE, encoding="utf-8")

    code = portal(
        "report", "federal", "--edition", "7770001", "--organization", tree.school.code, "--period", "2026",
        "--format", "xml", "--out", out, "--set", "1/01/3=2", "--set", "title/leader_fio=Орлова А.П.",
    )  # fmt: skip

    assert code == 0
    assert check_report(TEMPLATE.encode(), out.read_bytes()) == []
    capsys.readouterr()
    assert portal("report", "check", template, out, "--json") == 0
    assert json.loads(capsys.readouterr().out)["errors"] == 0


def test_a_refused_report_is_one_line_and_no_file(
    tree: Tree, portal: Portal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill_card(tree.school)
    federal_edition(tree.region)
    out = tmp_path / "report.xml"

    code = portal(
        "report", "federal", "--edition", "7770001", "--organization", tree.school.code, "--period", "2026",
        "--format", "xml", "--out", out, "--set", "1/01/3=8", "--set", "title/leader_fio=Орлова А.П.",
    )  # fmt: skip

    assert code == 1
    assert capsys.readouterr().err.strip().count("\n") == 0
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "regional", "--region", "нет-такого", "--period", "2026-10"), "Организации с кодом"),
        (("report", "regional", "--region", "{school}", "--period", "2026-10"), "Нужен код региона"),
        (("report", "regional", "--region", "{region}", "--period", "октябрь"), "Месяц указан неверно"),
        (("report", "regional", "--region", "{region}", "--period", "2026-10"), "нет опубликованной"),
    ],
)
def test_a_mistake_in_the_words_is_one_line(
    tree: Tree,
    portal: Portal,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    given = [word.format(school=tree.school.code, region=tree.region.code) for word in words]

    assert portal(*given, "--format", "pdf", "--out", tmp_path / "a.pdf") == 1

    assert said in capsys.readouterr().err


def test_a_form_is_loaded_and_published(
    tree: Tree, portal: Portal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "form.xml"
    # Templates of the statistical office come in the old Windows encoding too.
    old = TEMPLATE.replace('encoding="utf-8"', 'encoding="windows-1251"')
    template.write_bytes(old.encode("cp1251"))

    assert portal("edition", "load", template, "--region", tree.region.code, "--draft") == 0
    assert "черновик" in capsys.readouterr().out
    assert portal("edition", "load", template, "--region", tree.region.code) == 0
    assert "опубликована" in capsys.readouterr().out
    assert portal("edition", "load", tmp_path / "none.xml", "--region", tree.region.code) == 1
    capsys.readouterr()
    fill_card(tree.school)
    out = tmp_path / "report.xml"
    code = portal(
        "report", "federal", "--edition", "7770001", "--organization", tree.school.code, "--period", "2026",
        "--format", "xml", "--out", out, "--set", "1/01/3=0", "--set", "title/leader_fio=Орлова А.П.",
    )  # fmt: skip
    assert (code, capsys.readouterr().err) == (0, "")
