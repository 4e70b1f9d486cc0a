"""What the page of the matrix shows: filters, rows of schools, rows of districts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from portal import formats
from portal.submissions.words import Word, days, plan_word, standing_word
from reports.month_views.branches import BranchCount
from reports.month_views.matrix import DIRECT, MatrixLine, Standing, count_by_standing
from tenants.accounts.queries import Colleague
from tenants.roadmaps.queries import Standing as PlanStanding

PAGE = 100
EVERYBODY = "all"
_SORTS = {
    "state": lambda row: row.line.standing,
    "name": lambda row: row.line.place.name_short.lower().replace("ё", "е"),
    "remarks": lambda row: -row.line.remark_count,
    "sent": lambda row: -row.sent.timestamp() if row.sent else 0.0,
}
_TABS = (
    ("", "Все", lambda _: True),
    ("missing", "Не сдали", lambda row: not row.line.standing.handed_in),
    ("waiting", "На проверке", lambda row: row.line.standing.waits),
    ("remarks", "С замечаниями", lambda row: row.line.remark_count > 0),
    ("late", "С опозданием", lambda row: row.line.days_late > 0),
    ("nobody", "Без куратора", lambda row: row.curator is None),
)


@dataclass(frozen=True)
class MatrixFilter:
    """What the address asks to be shown."""

    month: str
    tab: str = ""
    text: str = ""
    sort: str = "state"
    branch: str = ""
    """Id of a district, `all`, or empty: all schools of a district, the districts of a region."""
    page: int = 1
    bounds: str = ""
    """`today` counts a past month by today's tree."""

    @classmethod
    def of(cls, month: str, arguments: MultiDict[str, str]) -> "MatrixFilter":
        """Read an address; what it cannot mean is left out."""
        sort = arguments.get("sort", "")
        branch = arguments.get("branch", "")
        return cls(
            month,
            tab=next((tab for tab, *_ in _TABS if tab == arguments.get("tab")), ""),
            text=arguments.get("q", "")[:80].strip(),
            sort=sort if sort.removeprefix("-") in _SORTS else "state",
            branch=branch if branch.isdigit() or branch == EVERYBODY else "",
            page=max(1, arguments.get("page", 1, type=int)),
            bounds="today" if arguments.get("bounds") == "today" else "",
        )

    def arguments(self, **changes: object) -> dict[str, Any]:
        """Return the parts of an address, with some changed and the empty ones left out."""
        wanted = {
            "month": self.month,
            "tab": self.tab,
            "q": self.text,
            "sort": self.sort,
            "branch": self.branch,
            "bounds": self.bounds,
        }
        return {
            name: value for name, value in (wanted | changes).items() if value and (name, value) != ("sort", "state")
        }


@dataclass(frozen=True)
class SchoolRow:
    """One organization of the matrix."""

    line: MatrixLine
    url: str
    month: Word
    plan: Word | None
    """None where the page does not show plans."""
    plan_url: str
    curator: Colleague | None

    @property
    def sent(self) -> datetime | None:
        """Return when the month was handed in."""
        return None if self.line.state is None else self.line.state.first_sent_at

    @property
    def late(self) -> str:
        """Return by how much a handed-in month was late; a missing one says so itself."""
        return days(self.line.days_late) if self.sent and self.line.days_late else ""


def school_rows(
    lines: Sequence[MatrixLine], plans: Mapping[int, PlanStanding] | None, curators: Mapping[int, Colleague]
) -> list[SchoolRow]:
    """Return the rows in the order of the lines."""
    return [
        SchoolRow(
            line,
            _address(line),
            standing_word(line),
            None if plans is None else plan_word(plans.get(line.place.id)),
            _plan_address(None if plans is None else plans.get(line.place.id)),
            curators.get(line.place.id),
        )
        for line in lines
    ]


def _address(line: MatrixLine) -> str:
    if line.submission is not None and line.state is not None and line.state.revision_n:
        return url_for("submissions.review", submission_id=line.submission.id)
    return url_for("organizations.card", organization_id=line.place.id)


def _plan_address(standing: PlanStanding | None) -> str:
    if standing is None or not standing.version_n:
        return ""
    return url_for("roadmaps.show", roadmap_id=standing.roadmap_id)


def chosen_rows(rows: Sequence[SchoolRow], wanted: MatrixFilter) -> list[SchoolRow]:
    """Return the rows a filter asks for, sorted."""
    condition = next(one for tab, _, one in _TABS if tab == wanted.tab)
    word = wanted.text.lower().replace("ё", "е")
    found = [row for row in rows if condition(row) and (not word or word in _searched(row))]
    key = _SORTS[wanted.sort.removeprefix("-")]
    return sorted(found, key=key, reverse=wanted.sort.startswith("-"))


def _searched(row: SchoolRow) -> str:
    # Not the curator: what is looked for stands in the address, where no surname belongs.
    return row.line.place.name_short.lower().replace("ё", "е")


def tabs(rows: Sequence[SchoolRow], wanted: MatrixFilter) -> list[dict[str, object]]:
    """Return the chips of the filter with their counts; those that would be empty are left out."""
    found = []
    for tab, text, condition in _TABS:
        count = sum(1 for row in rows if condition(row))
        if tab in ("late", "nobody") and not count and tab != wanted.tab:
            continue
        url = url_for("submissions.matrix", **wanted.arguments(tab=tab, page=None))
        found.append({"text": text, "url": url, "current": tab == wanted.tab, "count": count})
    return found


def meter(lines: Sequence[MatrixLine]) -> list[tuple[str, int, str]]:
    """Return the parts of the bar «Сдали 31 из 42»."""
    return meter_of(count_by_standing(lines))


def meter_of(counts: Mapping[Standing, int]) -> list[tuple[str, int, str]]:
    """Return the same parts from counts."""
    return [
        ("ok", counts[Standing.ACCEPTED] + counts[Standing.CORRECTING], "принято"),
        ("sent", counts[Standing.SENT] + counts[Standing.IN_REVIEW], "на проверке"),
        ("returned", counts[Standing.RETURNED], "возвращено"),
        ("draft", counts[Standing.DRAFT], "черновик"),
        ("gap", counts[Standing.NOT_STARTED], "не начато"),
    ]


@dataclass(frozen=True)
class Head:
    """What the head of the page counts, whatever stands below it."""

    counts: Mapping[Standing, int]
    waiting: int
    """Months that wait for the acting reviewer's own decision."""

    @classmethod
    def of_branches(cls, rows: Sequence[BranchCount]) -> "Head":
        """Return the counts of a region from those of its branches."""
        counts = {standing: sum(row.count(standing) for row in rows) for standing in Standing}
        return cls(counts, sum(row.own_waiting for row in rows))

    @classmethod
    def of_lines(cls, lines: Sequence[MatrixLine], reviewer_id: int) -> "Head":
        """Return the counts of single organizations."""
        mine = [line for line in lines if line.standing.waits and line.place.district_id == reviewer_id]
        return cls(count_by_standing(lines), len(mine))

    @property
    def handed_in(self) -> int:
        """Return how many months the reviewer has or has accepted."""
        return sum(count for standing, count in self.counts.items() if standing.handed_in)

    @property
    def total(self) -> int:
        """Return how many organizations hand the form in."""
        return sum(self.counts.values())


def worst_first(rows: Sequence[BranchCount]) -> list[BranchCount]:
    """Return the districts by their share, the lowest first; what is directly under the region stays last."""
    return sorted(rows, key=lambda row: (row.direct, row.handed_in / row.expected, row.name))


def branch_title(lines: Sequence[MatrixLine], names: Mapping[int, str], branch: str, region_id: int) -> str:
    """Return what the drill-down shows: a district's name, or all organizations."""
    if branch == EVERYBODY:
        return f"Все организации, {formats.number(len(lines))}"
    return DIRECT if int(branch) == region_id else names.get(int(branch), "")


def sheet_rows(rows: Sequence[SchoolRow], names: Mapping[int, str]) -> list[list[str | int | datetime | None]]:
    """Return the rows of the workbook, as on screen."""
    return [
        [
            row.line.place.name_short,
            names.get(row.line.branch_id, ""),
            row.curator.name if row.curator else "",
            row.curator.phone if row.curator else "",
            row.month.text,
            row.plan.text if row.plan else "",
            row.line.remark_count,
            row.sent,
            row.line.days_late,
        ]
        for row in rows
    ]


SHEET_COLUMNS = (
    "Организация", "Район", "Куратор", "Телефон", "Месяц", "Дорожная карта", "Замечаний", "Отправлено",
    "Опоздание, дней",
)  # fmt: skip


def page_of(rows: Sequence[SchoolRow], wanted: MatrixFilter) -> tuple[list[SchoolRow], int]:
    """Return the rows of one page and how many pages there are."""
    pages = max(1, -(-len(rows) // PAGE))
    start = (min(wanted.page, pages) - 1) * PAGE
    return list(rows[start : start + PAGE]), pages


def kept(wanted: MatrixFilter) -> dict[str, object]:
    """Return what the search keeps of the address."""
    return {name: value for name, value in wanted.arguments(q=None).items() if name not in ("month", "page")}
