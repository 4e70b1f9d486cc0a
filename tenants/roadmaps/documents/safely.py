"""Reads an uploaded file in a child process that may die instead of the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tenants.roadmaps.documents.errors import BROKEN, TOO_COMPLEX, DocumentError

SECONDS = 9
MOST_ANSWER = 40_000_000
ROOT = Path(__file__).resolve().parents[3]


def read_safely(path: Path, year: str | None = None, name: str | None = None) -> dict[str, Any]:
    """Return the reading of a file as JSON; memory, time and open files of the work are limited.

    `year` ("2026" or "2026/2027") goes before the year that the document names. `name` is the file's name as uploaded.

    Raises:
        DocumentError: the file cannot be read; the sentence says why. A readable file without a plan is no error.

    """
    return read_measured(path, year, name)[0]


def read_measured(path: Path, year: str | None = None, name: str | None = None) -> tuple[dict[str, Any], int]:
    """Return the reading as `read_safely` does, and the peak memory of the child in kB.

    Raises:
        DocumentError: the file cannot be read; the sentence says why.

    """
    request = json.dumps({"path": str(path), "year": year, "name": name or path.name})
    try:
        answer = subprocess.run(
            [sys.executable, "-P", "-m", "tenants.roadmaps.documents.child"],
            input=request.encode(), capture_output=True, timeout=SECONDS, check=False, env=_environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise DocumentError(TOO_COMPLEX) from error
    return _reading(answer.stdout, answer.returncode)


def _environment() -> dict[str, str]:
    """Return as little of the environment as Python needs: no secrets of the server."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "MALLOC_ARENA_MAX": "1"}


def _reading(output: bytes, status: int) -> tuple[dict[str, Any], int]:
    if status < 0 or len(output) > MOST_ANSWER:
        raise DocumentError(TOO_COMPLEX)
    try:
        answer = json.loads(output)
    except ValueError as error:
        raise DocumentError(BROKEN) from error
    if "error" in answer:
        raise DocumentError(str(answer["error"]))
    return answer["reading"], int(answer["peak_kb"])
