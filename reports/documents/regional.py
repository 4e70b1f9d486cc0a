"""The regional summary as a document: the page made of its figures, and the PDF of it."""

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import segno

from reports.documents import charts, findings
from reports.documents.pages import page
from reports.documents.pdf import render_pdf
from reports.documents.regional_figures import (
    MEETINGS,
    MENTEES,
    MENTORS,
    PAIRS,
    Amount,
    Branch,
    RegionalFigures,
    Roadmaps,
)
from reports.documents.words import NBSP, ORGANIZATION, ORGANIZATION_OF, listed, number

_SHOWN_MISSING = 60
_HEADS = (
    (PAIRS, "Пар"),
    (MENTORS, "Наставни\N{SOFT HYPHEN}ков"),
    (MENTEES, "Наставля\N{SOFT HYPHEN}емых"),
    (MEETINGS, "Встреч"),
)


@dataclass(frozen=True)
class Stamp:
    """What a document says about its making; equal figures and equal stamps give equal bytes."""

    number: int
    """Number of the run among the runs of the same report."""
    fingerprint: str
    """sha256 of the figures, in hexadecimal."""
    made_on: date
    made_at: str
    """Moment of the snapshot in the region's zone, in words."""
    changes: str = ""
    """How the figures differ from the run before; empty where there is none or nothing changed."""

    @property
    def mark(self) -> str:
        """Return the short fingerprint, "B41E-09C7"."""
        return short_mark(self.fingerprint)


@dataclass(frozen=True)
class BranchRow:
    """A row of the table by districts, ready to print."""

    name: str
    expected: int
    accepted: int
    amounts: tuple[Decimal | None, ...]
    change: Decimal | None
    meetings: Decimal | None
    last: bool = False

    @property
    def gap(self) -> bool:
        """Return whether somebody is missing from the sums."""
        return self.accepted < self.expected


@dataclass(frozen=True)
class RoadmapRow:
    """A row of the table of plans."""

    name: str
    maps: Roadmaps
    last: bool = False


@dataclass(frozen=True)
class MissingRow:
    """One organization whose report is not in the sums."""

    name: str
    branch: str
    state: str


def short_mark(fingerprint: str) -> str:
    """Return the first eight signs of a fingerprint as people compare them: "B41E-09C7"."""
    return f"{fingerprint[:4]}-{fingerprint[4:8]}".upper()


def regional_pdf(figures: RegionalFigures, stamp: Stamp, *, logo: bytes = b"") -> bytes:
    """Return the summary as PDF; `logo` is a PNG for its head, empty where the region has none.

    Raises:
        PdfUnavailableError: this machine cannot set PDF.
        PdfFailedError: the document could not be set.

    """
    assets = regional_assets(figures, stamp) | ({"logo.png": logo} if logo else {})
    return render_pdf(regional_page(figures, stamp, with_logo=bool(logo)), assets=assets)


def regional_page(figures: RegionalFigures, stamp: Stamp, *, with_logo: bool = False) -> str:
    """Return the summary as HTML."""
    before = figures.period.previous
    missing = missing_rows(figures)
    return page(
        "regional.html",
        figures=figures,
        stamp=stamp,
        with_logo=with_logo,
        finds=findings.find(figures),
        month_title=figures.period.title.replace(" ", NBSP),
        month_name=figures.period.name,
        before_name=before.name,
        before_dative=findings.to_month(before),
        before_locative=findings.in_month(before),
        organization=ORGANIZATION,
        organization_of=ORGANIZATION_OF,
        mentees_title=findings.mentees_title(figures),
        meetings_title=findings.meetings_title(figures),
        meetings_chart=findings.meetings_per_bond(figures) is not None,
        branch_heads=[head for figure, head in _HEADS if figures.index(figure) is not None],
        branch_rows=branch_rows(figures),
        roadmaps=figures.roadmaps(),
        roadmap_rows=roadmap_rows(figures),
        missing_branches=listed(_missing_branches(figures), 4),
        missing_by_branch=listed(_missing_counts(figures), 12),
        missing_shown=missing[:_SHOWN_MISSING],
        missing_rest=max(len(missing) - _SHOWN_MISSING, 0),
    )


def regional_assets(figures: RegionalFigures, stamp: Stamp) -> dict[str, bytes]:
    """Return the pictures that the page names."""
    return {"qr.svg": _qr(figures, stamp), "mentees.svg": _mentees(figures), "meetings.svg": _meetings(figures)}


def branch_rows(figures: RegionalFigures) -> list[BranchRow]:
    """Return the table by districts; the region itself is the last row."""
    shown = [figure for figure, _ in _HEADS if figures.index(figure) is not None]
    rows = [
        BranchRow(
            branch.name,
            branch.expected,
            branch.accepted,
            tuple(figures.amount(branch, figure).now for figure in shown),
            _comparable(branch, figures.amount(branch, MENTEES)),
            findings.meetings_per_bond(figures, branch),
        )
        for branch in figures.branches
    ]
    whole = BranchRow(
        figures.words.whole,
        figures.expected,
        figures.accepted,
        tuple(figures.total(figure).now for figure in shown),
        figures.total(MENTEES).change,
        findings.meetings_per_bond(figures),
        last=True,
    )
    return [*rows, whole]


def _comparable(branch: Branch, amount: Amount) -> Decimal | None:
    return amount.change if branch.accepted and branch.accepted_before else None


def roadmap_rows(figures: RegionalFigures) -> list[RoadmapRow]:
    """Return the table of plans; the region itself is the last row. Empty where plans are not part of the summary."""
    whole = figures.roadmaps()
    rows = [RoadmapRow(branch.name, branch.roadmaps) for branch in figures.branches if branch.roadmaps]
    return [*rows, RoadmapRow(figures.words.whole, whole, last=True)] if whole else []


def missing_rows(figures: RegionalFigures) -> list[MissingRow]:
    """Return the organizations whose reports are not in the sums, with the name of their district."""
    names = {branch.id: branch.name for branch in figures.branches if figures.level == "region"}
    return [
        MissingRow(place.name, names.get(place.branch_id, figures.region), place.state) for place in figures.missing
    ]


def _missing_branches(figures: RegionalFigures) -> list[str]:
    return [branch.mention for branch in figures.branches if not branch.complete]


def _missing_counts(figures: RegionalFigures) -> list[str]:
    gaps = [(branch.expected - branch.accepted, branch.mention) for branch in figures.branches if not branch.complete]
    return [f"{name}{NBSP}– {count}" for count, name in sorted(gaps, key=lambda gap: (-gap[0], gap[1]))]


def _note(branch: Branch) -> str:
    return "" if branch.complete else f"без {branch.expected - branch.accepted} из {branch.expected}"


def _mentees(figures: RegionalFigures) -> bytes:
    rows = [(figures.amount(branch, MENTEES), branch) for branch in figures.branches]
    return charts.bars(
        [
            charts.Bar(branch.name, amount.now, _note(branch), amount.before if figures.before_exists else None)
            for amount, branch in sorted(rows, key=lambda row: (-(row[0].now or 0), row[1].name))
        ]
    )


def _meetings(figures: RegionalFigures) -> bytes:
    rows = [(findings.meetings_per_bond(figures, branch), branch) for branch in figures.branches]
    mean = findings.meetings_per_bond(figures)
    return charts.bars(
        [
            charts.Bar(branch.name, value, _note(branch))
            for value, branch in sorted(rows, key=lambda row: (-(row[0] or 0), row[1].name))
        ],
        mean=None if mean is None else charts.Mean(f"{figures.words.whole.lower()} {number(mean, 1)}", mean),
        digits=1,
    )


def _qr(figures: RegionalFigures, stamp: Stamp) -> bytes:
    words = f"Сводный отчёт {figures.month}, запуск {stamp.number}, sha256 {stamp.fingerprint}"
    target = io.BytesIO()
    segno.make(words, error="m", micro=False).save(
        target, kind="svg", border=0, dark="#17202d", xmldecl=False, svgclass=None, lineclass=None, omitsize=True
    )
    return target.getvalue()
