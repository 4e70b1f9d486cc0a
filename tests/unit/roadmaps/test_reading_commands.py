"""The reading commands of the console."""

import argparse
import json
import os
from pathlib import Path

import pytest

from portal.roadmaps.cli import register
from tenants.errors import DomainError
from tests.unit.roadmaps.made import WRITERS, Made

SAMPLES = os.environ.get("PORTAL_SAMPLES")
PLAN = Made(
    ["План на 2026 год"],
    [[["№", "Мероприятия", "Сроки", "Ответственные"], ["1", "Сбор заявок", "1-я неделя мая", "Завуч"]]],
)


def run(*words: str) -> None:
    parser = argparse.ArgumentParser(prog="portal")
    register(parser.add_subparsers(required=True))
    arguments = parser.parse_args(words)
    arguments.run(arguments)


def test_a_phrase_is_printed_as_a_row_of_the_table_of_phrases(capsys: pytest.CaptureFixture[str]) -> None:
    run("phrase", "read", "до 7 числа каждого месяца", "--year", "2026", "--json")

    assert json.loads(capsys.readouterr().out) == {
        "phrase": "до 7 числа каждого месяца",
        "year": "2026",
        "kind": "recurring",
        "start": None,
        "end": None,
        "recurrence": "monthly:07",
        "anchor": None,
        "question": None,
    }


def test_a_roadmap_is_printed_with_its_questions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    WRITERS["docx"](PLAN, tmp_path / "plan.docx")

    run("roadmap", "read", str(tmp_path / "plan.docx"), "--json")
    reading = json.loads(capsys.readouterr().out)

    assert reading["items"][0]["question"]
    assert reading["items"][0]["period"]["start"] == "2026-05-01"
    assert reading["message"]


def test_a_person_sees_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    WRITERS["docx"](PLAN, tmp_path / "plan.docx")

    run("roadmap", "read", str(tmp_path / "plan.docx"))
    run("phrase", "read", "май 2026")

    printed = capsys.readouterr().out
    assert "Сбор заявок" in printed
    assert "2026-05-31" in printed


def test_a_missing_file_and_a_wrong_year_are_explained(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="нет"):
        run("roadmap", "read", str(tmp_path / "none.docx"))
    with pytest.raises(DomainError, match="Год"):
        run("phrase", "read", "май", "--year", "какой-то")


@pytest.mark.skipif(not SAMPLES, reason="PORTAL_SAMPLES names no folder of sample documents")
def test_the_score_is_printed_as_figures(capsys: pytest.CaptureFixture[str]) -> None:
    run("roadmap", "score", "--samples", SAMPLES or "")
    lines = capsys.readouterr().out.splitlines()
    figures = dict(line.removeprefix("figure ").split("=") for line in lines)

    assert all(line.startswith("figure ") for line in lines)
    assert figures["wrong_silent"] == "0"
    assert float(figures["reader_peak_mb"]) < 300
    assert min(float(value) for name, value in figures.items() if name.endswith("_item_f1")) >= 0.95
