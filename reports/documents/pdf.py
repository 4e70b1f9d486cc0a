"""Sets an HTML page as PDF in a process of its own: bounded memory and time, no file and no network within reach."""

import base64
import json
import subprocess
import sys
from collections.abc import Mapping

from reports.documents.typesetting import Exit
from tenants.errors import DomainError

TIME_SECONDS = 120
MEDIA_TYPE = "application/pdf"


class PdfUnavailableError(DomainError):
    """The machine cannot set PDF; other formats can be made all the same."""


class PdfFailedError(DomainError):
    """One document could not be set."""


def render_pdf(html: str, *, assets: Mapping[str, bytes] | None = None, seconds: float = TIME_SECONDS) -> bytes:
    """Return the page as a tagged PDF (PDF/UA-1) with embedded fonts; equal input gives equal bytes.

    The page may refer to `assets` by `asset:<name>` and to nothing else.

    Raises:
        PdfUnavailableError: the typesetter or its fonts are not installed.
        PdfFailedError: the document is too large, takes too long or refers to something it may not.

    """
    order = {"html": html, "assets": {name: base64.b64encode(body).decode() for name, body in (assets or {}).items()}}
    command = [sys.executable, "-m", "reports.documents.typesetting"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module under our own interpreter, no shell
            command, input=json.dumps(order).encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PdfFailedError("PDF не сделан: документ набирался слишком долго.") from error
    if done.returncode == Exit.DONE and done.stdout.startswith(b"%PDF-"):
        return done.stdout
    raise _refusal(done.returncode, done.stderr.decode(errors="replace").strip())


def _refusal(code: int, words: str) -> DomainError:
    if code == Exit.UNAVAILABLE:
        return PdfUnavailableError(words.splitlines()[-1] if words else "PDF не сделан: набор не установлен.")
    if code == Exit.TOO_LONG:
        return PdfFailedError("PDF не сделан: в документе слишком много страниц. Возьмите XLSX.")
    return PdfFailedError("PDF не сделан: документ не поместился в отведённую память или содержит недопустимое.")
