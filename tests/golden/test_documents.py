"""The text of documents for a small fixed region. `make golden` rewrites it; read the difference before committing."""

import os
import subprocess
from pathlib import Path

from reports.documents.regional import regional_pdf
from tests.factories.summaries import STAMP, fixed_figures

HERE = Path(__file__).parent


def text_of(pdf: bytes, folder: Path) -> str:
    place = folder / "document.pdf"
    place.write_bytes(pdf)
    words = subprocess.run(["pdftotext", "-layout", place, "-"], capture_output=True, check=True, text=True).stdout
    # Columns are as wide as the faces at hand; what counts is which words stand in which line.
    return "\n".join(" ".join(line.split()) for line in words.splitlines() if line.strip()) + "\n"


def check(name: str, text: str) -> None:
    place = HERE / name
    if os.environ.get("PORTAL_GOLDEN") == "write":
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


def test_the_regional_summary_reads_as_before(tmp_path: Path) -> None:
    check("regional_summary.txt", text_of(regional_pdf(fixed_figures(), STAMP), tmp_path))
