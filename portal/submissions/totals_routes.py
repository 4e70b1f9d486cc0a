"""The sums of a district or the region: by row and form, by branch, with who is missing."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal import looks
from portal.context import actor, db
from portal.submissions.blueprint import Chosen, choose_month, submissions
from portal.submissions.bounds import TODAY_WORDS, asked_bounds, switch
from portal.submissions.words import column_title, standing_word
from reports.documents.xlsx import table_workbook
from reports.editions.definition import EditionDefinition
from reports.editions.parts import Column, ColumnType, Row, RowType, Section
from reports.forms import definition_by_hash
from reports.month_views.matrix import Bounds, BranchLine, MatrixLine
from reports.month_views.totals import NodeTotals, node_totals, own_values
from tenants import clock
from tenants.errors import NotFoundError
from tenants.organizations.models import OrganizationKind
from tenants.submissions.models import Place

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Line:
    """A row of the form, or of a branch, over the columns of the form."""

    name: str
    number: str
    indent: int
    url: str
    values: tuple[Decimal | None, ...]
    before: Decimal | None
    expected: int = 0
    accepted: int = 0
    current: bool = False
    extra: Decimal | None = None
    """What the months not accepted yet would add to «Всего»."""
    people: Decimal | None = None
    """Distinct people behind «Всего», where they are fewer than the parts taken in organizations."""

    @property
    def amount(self) -> Decimal | None:
        """Return the change of «Всего» against the month before."""
        now = self.values[0]
        return None if now is None or self.before is None else now - self.before


@dataclass(frozen=True)
class Sheet:
    """The form over which the sums are shown."""

    definition: EditionDefinition
    totals: NodeTotals
    month: str

    @property
    def kept(self) -> dict[str, Any]:
        """Return what every address of the page keeps."""
        return {"bounds": Bounds.TODAY.value} if self.totals.bounds is Bounds.TODAY else {}

    @property
    def section(self) -> Section:
        """Return the first section: monthly forms have one."""
        return self.definition.sections[0]

    @property
    def rows(self) -> list[Row]:
        """Return the rows that hold numbers."""
        return [row for row in self.section.rows if row.type is not RowType.HEADING]

    @property
    def columns(self) -> list[Column]:
        """Return the columns of every kind of organization that stands in the sums."""
        kinds = {line.place.kind.value for line in self.totals.lines}
        values = [column for column in self.section.columns if column.type is ColumnType.VALUE]
        return [column for column in values if any(column.serves(kind) for kind in kinds)]

    def lines(self, chosen: Row) -> Iterator[Line]:
        """Return the rows of the form with their sums."""
        first = self.columns[0].code
        for row in self.rows:
            place = (self.section.code, row.code, first)
            yield Line(
                row.name,
                row.number,
                row.indent,
                url_for(".totals", month=self.month, row=row.code, **self.kept),
                tuple(self.totals.value((self.section.code, row.code, column.code)) for column in self.columns),
                self.totals.value(place, before=True),
                current=row.code == chosen.code,
                extra=self.totals.provisional.get(place),
                people=self.people(place),
            )

    def people(self, place: Place, node_id: int | None = None) -> Decimal | None:
        """Return how many people a sum speaks of; None where it counts none, or every person once."""
        node = node_id or self.totals.node_id
        count = self.totals.people.get(node, {}).get(place)
        return None if count == self.totals.value(place, node_id) else count

    def branch(self, branch: BranchLine, row: Row) -> Line:
        """Return the sums of one district for a row."""
        places = [(self.section.code, row.code, column.code) for column in self.columns]
        return Line(
            branch.name,
            "",
            0,
            url_for(".totals", month=self.month, row=row.code, branch=branch.id, **self.kept),
            tuple(self.totals.value(place, branch.id) for place in places),
            self.totals.value(places[0], branch.id, before=True),
            len(branch.lines),
            branch.accepted,
            people=self.people(places[0], branch.id) if branch.id != self.totals.node_id else None,
        )


@submissions.get("/totals/")
@submissions.get("/totals/<month>")
def totals(month: str | None = None) -> ResponseReturnValue:
    """Show the sums; `?row=` opens one row by district or organization, `?branch=` a district of it."""
    chosen = choose_month(db(), month)
    if chosen.opened is None:
        return render_template("submissions/no_window.html", chosen=chosen)
    shown = _sheet(chosen)
    row = _row(shown, request.args.get("row"))
    branch = request.args.get("branch", type=int)
    by_branch = bool(shown.totals.branches) and branch is None
    return render_template(
        "submissions/totals.html",
        chosen=chosen,
        totals=shown.totals,
        columns=[column_title(column) for column in shown.columns],
        headings=[column.name for column in shown.columns],
        lines=list(shown.lines(row)),
        row=row,
        branch=next((one for one in shown.totals.branches if one.id == branch), None),
        branch_lines=[shown.branch(one, row) for one in shown.totals.branches] if by_branch else [],
        organizations=[] if by_branch else _organizations(chosen, shown, row, branch),
        by_branch=by_branch,
        missing=[(line, standing_word(line)) for line in shown.totals.missing],
        branch_names={one.id: one.name for one in shown.totals.branches},
        switch=switch(chosen, ".totals", {"row": row.code} if "row" in request.args else {}),
        kept=shown.kept,
        xlsx_url=url_for(".totals_xlsx", month=str(chosen.month), **shown.kept),
        period_nav=chosen.nav(".totals", **({"row": row.code} if "row" in request.args else {}), **shown.kept),
    )


def _sheet(chosen: Chosen) -> Sheet:
    edition, place = chosen.window.edition, actor().organization
    definition = definition_by_hash(db(), edition.id, edition.sha256)
    region = place.kind is OrganizationKind.REGION
    found = node_totals(db(), chosen.window, definition, node_id=place.id, region=region, bounds=asked_bounds())
    return Sheet(definition, found, str(chosen.month))


def _row(shown: Sheet, code: str | None) -> Row:
    if code is None:
        return next((row for row in shown.rows if row.unit == "pairs"), shown.rows[0])
    found = next((row for row in shown.rows if row.code == code), None)
    if found is None:
        raise NotFoundError("Такой строки в форме нет.")
    return found


def _organizations(
    chosen: Chosen, shown: Sheet, row: Row, branch: int | None
) -> list[tuple[MatrixLine, list[Decimal | None]]]:
    values = own_values(db(), chosen.window, shown.section.code, row.code)
    lines = [line for line in shown.totals.lines if branch is None or line.branch_id == branch]
    ordered = sorted(lines, key=lambda line: line.place.name_short)
    return [(line, [values.get(line.place.id, {}).get(column.code) for column in shown.columns]) for line in ordered]


@submissions.get("/totals/<month>/xlsx")
def totals_xlsx(month: str) -> ResponseReturnValue:
    """Hand out the sums: the node first, then each branch, row by row."""
    chosen = choose_month(db(), month)
    shown = _sheet(chosen)
    found = shown.totals
    rows: list[list[str | int | Decimal | None]] = [
        [
            actor().organization.name_short,
            found.accepted,
            found.expected,
            line.number,
            line.name,
            *line.values,
            line.before,
            line.extra,
        ]
        for line in shown.lines(shown.rows[0])
    ]
    for branch in found.branches:
        for row in shown.rows:
            line = shown.branch(branch, row)
            rows.append(
                [branch.name, line.accepted, line.expected, row.number, row.name, *line.values, line.before, None]
            )
    missing = ", ".join(line.place.name_short for line in found.missing)
    data = table_workbook(
        f"Свод за {chosen.month.title}",
        ["Где", "В своде", "Всего организаций", "Строка", "Показатель"]
        + [column_title(column) for column in shown.columns]
        + [f"Всего, {chosen.month.previous.title}", "Ещё не принято (предварительно)"],
        rows,
        about={
            "Составил": actor().organization.name_short,
            "Состояние на": f"{clock.today():%d.%m.%Y}",
            "Нет в своде": missing or "все сдали",
            "Границы": TODAY_WORDS if found.bounds is Bounds.TODAY else "как было в этом месяце",
        },
    )
    looks.count_rows(len(rows))
    return send_file(io.BytesIO(data), _XLSX, as_attachment=True, download_name=f"свод-{month}.xlsx")
