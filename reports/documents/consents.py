"""The printed blank of a consent: a page a person, nine items of 152-ФЗ, статья 9, часть 4. Plain values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.documents.pages import page
from reports.documents.pdf import render_pdf


@dataclass(frozen=True)
class Operator:
    """Item 3: who receives the consent."""

    name: str
    address: str = ""
    """Empty: a line to write it in by hand."""


@dataclass(frozen=True)
class Wording:
    """Items 4 to 8, the same for everybody."""

    title: str
    """«на обработку персональных данных»."""
    goal: str
    data: str
    actions: str
    processor: str
    term: str
    edition: str = ""
    """«редакция 2 от 01.09.2026»; printed at the foot."""


@dataclass(frozen=True)
class Subject:
    """Items 1, 2 and 9: one person and who signs."""

    name: str
    genitive: str
    born_on: date | None = None
    post: str = ""
    """Class or post."""
    representative: str = ""
    """Known name of who signs for a minor; empty: a line."""
    minor: bool = False
    signs_too: bool = False
    """A child from fourteen signs beside the representative."""


def consent_blanks(operator: Operator, wording: Wording, subjects: Sequence[Subject]) -> bytes:
    """Return the PDF with one blank for each person, in their order.

    Raises:
        PdfUnavailableError: the machine cannot set PDF.
        PdfFailedError: there are too many people for one document.

    """
    return render_pdf(page("consent.html", operator=operator, wording=wording, subjects=subjects))
