"""Commands that read documents and phrases without a database, and score the reader on sample documents."""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portal.roadmaps import cli_template
from tenants.errors import DomainError
from tenants.roadmaps import phrases
from tenants.roadmaps.documents import read_measured, read_safely

FIGURES = ("item_f1", "period", "stage", "responsible", "result")
SUFFIXES = (".docx", ".odt", ".xlsx", ".pdf")
SHOWN = 60


def register(groups: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `roadmap read`, `roadmap score`, `roadmap template` and `phrase read`."""
    roadmap = groups.add_parser("roadmap", help="чтение дорожных карт").add_subparsers(
        required=True, metavar="ДЕЙСТВИЕ"
    )
    reading = roadmap.add_parser("read", help="прочитать дорожную карту из файла DOCX, ODT, XLSX или PDF")
    reading.add_argument("file", type=Path, metavar="ФАЙЛ", help="документ с таблицей мероприятий")
    _common(reading)
    reading.set_defaults(run=read_roadmap)
    scoring = roadmap.add_parser("score", help="сверить чтение с образцами")
    scoring.add_argument("--samples", type=Path, metavar="ПАПКА", help="папка образцов (иначе PORTAL_SAMPLES)")
    scoring.set_defaults(run=score)
    cli_template.add(roadmap)
    phrase = groups.add_parser("phrase", help="чтение сроков").add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    words = phrase.add_parser("read", help="прочитать срок, записанный словами")
    words.add_argument("text", metavar="СРОК", help="например: «до 25 числа каждого месяца»")
    _common(words)
    words.set_defaults(run=read_phrase)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", metavar="ГОД", help="год документа: 2026 или 2026/2027")
    parser.add_argument("--json", action="store_true", help="вывести JSON")


def read_roadmap(arguments: argparse.Namespace) -> None:
    """Print the reading of one file."""
    if not arguments.file.is_file():
        raise DomainError(f"Файла «{arguments.file}» нет.")
    _check_year(arguments.year)
    reading = read_safely(arguments.file, arguments.year)
    sys.stdout.write(_dump(reading) if arguments.json else "\n".join(_roadmap_lines(reading)) + "\n")


def read_phrase(arguments: argparse.Namespace) -> None:
    """Print the reading of one phrase."""
    _check_year(arguments.year)
    reading = phrases.read(arguments.text, arguments.year)
    row = {"phrase": arguments.text, "year": arguments.year, **reading.as_json(), "question": reading.question}
    sys.stdout.write(
        _dump(row) if arguments.json else "".join(f"{name:<11}{value or '–'}\n" for name, value in row.items())
    )


def _check_year(year: str | None) -> None:
    if year is not None and not phrases.DocumentYear.parse(year).known:
        raise DomainError("Год указан неверно. Пример: 2026 или 2026/2027.")


def _dump(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _roadmap_lines(reading: Mapping[str, Any]) -> Iterator[str]:
    """Yield title, message and one line for each measure: number, title, period as written, its reading."""
    yield from (str(reading[key]) for key in ("title", "organisation", "year_or_period", "message") if reading[key])
    stage = None
    for item in reading["items"]:
        if item["stage"] != stage:
            stage = item["stage"]
            yield f"\n{stage or ''}"
        period = item["period"]
        dates = " – ".join(value for value in (period["start"], period["end"]) if value)
        read = " ".join(value for value in (period["kind"], dates, period["recurrence"]) if value)
        written = _short(item["period_raw"] or "–")
        yield f"  {item['number'] or '':<7}{_short(item['title']):<{SHOWN}} | {written} | {read}"
        if item["question"]:
            yield f"         ? {item['question']}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 1] + "…"


def score(arguments: argparse.Namespace) -> None:
    """Print a line `figure NAME=VALUE` for each document, format and figure, and for the phrases."""
    folder = arguments.samples or (Path(os.environ["PORTAL_SAMPLES"]) if "PORTAL_SAMPLES" in os.environ else None)
    if folder is None or not (folder / "roadmaps" / "score.py").is_file():
        raise DomainError("Папка образцов не найдена: укажите --samples или PORTAL_SAMPLES.")
    for line in (*_score_documents(folder / "roadmaps"), *_score_phrases(folder / "dates" / "phrases.tsv")):
        sys.stdout.write(f"figure {line}\n")


def _score_documents(folder: Path) -> Iterator[str]:
    """Compare each document in each format by the samples' own program."""
    peaks = [0]
    with tempfile.TemporaryDirectory() as work:
        for file in sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES):
            parsed = Path(work) / "parsed.json"
            reading, peak = read_measured(file)
            peaks.append(peak)
            parsed.write_text(json.dumps(reading, ensure_ascii=False), encoding="utf-8")
            gold = folder / "gold" / f"{file.stem}.json"
            output = subprocess.run(  # noqa: S603 - the samples' own scorer, named by the person who runs this
                [sys.executable, str(folder / "score.py"), str(gold), str(parsed)],
                capture_output=True, check=True, text=True,
            ).stdout  # fmt: skip
            values = {row["figure"]: row["value"] for row in map(json.loads, output.splitlines())}
            name = file.name.replace(".", "_")
            yield from (f"{name}_{figure}={values[figure]}" for figure in FIGURES)
    yield f"reader_peak_mb={max(peaks) // 1024}"


def _score_phrases(table: Path) -> Iterator[str]:
    """Count right readings without a question, questions, and wrong readings without one."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    right = asked = wrong = 0
    for row in rows:
        reading = phrases.read(row["phrase"], row["year"] or None)
        found = (reading.kind.value, reading.start, reading.end, reading.recurrence)
        same = found == tuple(row[key] or None for key in ("kind", "start", "end", "recurrence"))
        asked += reading.question is not None
        right += same and reading.question is None
        wrong += not same and reading.question is None
    yield f"phrases_right={right / len(rows):.4f}"
    yield f"question_share={asked / len(rows):.4f}"
    yield f"wrong_silent={wrong}"
