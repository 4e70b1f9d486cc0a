"""The text of documents for a small fixed region. `make golden` rewrites it; read the difference before committing."""

import os
from pathlib import Path

from reports.documents.regional import regional_pdf
from tests.documents import words_of
from tests.factories.summaries import STAMP, fixed_figures

HERE = Path(__file__).parent


def check(name: str, text: str) -> None:
    place = HERE / name
    if os.environ.get("PORTAL_GOLDEN") == "write":
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


def test_the_regional_summary_reads_as_before() -> None:
    check("regional_summary.txt", words_of(regional_pdf(fixed_figures(), STAMP)))
