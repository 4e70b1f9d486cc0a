"""The matrix: who has handed in the month, by school for a district, by district for the region."""

import io

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal import looks
from portal.context import actor, db
from portal.submissions import matrix_page as page
from portal.submissions.blueprint import Chosen, choose_month, submissions
from portal.submissions.bounds import TODAY_WORDS, asked_bounds, switch
from portal.submissions.words import due_text, time_left
from reports.documents.xlsx import table_workbook
from reports.heirs import Came, came_to
from reports.month_views import matrix as view
from reports.month_views.branches import branch_counts
from reports.month_views.matrix import Matrix, MatrixLine
from reports.moved import Gone, gone_from
from tenants import clock
from tenants.accounts.queries import curators_of
from tenants.db import REGISTRY, transaction
from tenants.organizations.models import OrganizationKind
from tenants.periods import SchoolYear
from tenants.roadmaps.queries import roadmap_status_by_organization

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@submissions.get("/matrix/")
@submissions.get("/matrix/<month>")
def matrix(month: str | None = None) -> ResponseReturnValue:
    """Show how every organization stands; a region begins with its districts."""
    chosen = choose_month(db(), month)
    if chosen.opened is None:
        return render_template("submissions/no_window.html", chosen=chosen)
    wanted = page.MatrixFilter.of(str(chosen.month), request.args)
    if not wanted.branch and _is_region() and not wanted.text and not wanted.tab:
        return _districts(chosen, wanted)
    return _schools(chosen, view.matrix(db(), chosen.opened, bounds=asked_bounds()), wanted)


@submissions.get("/matrix/<month>/xlsx")
def matrix_xlsx(month: str) -> ResponseReturnValue:
    """Hand out the matrix as it is filtered on screen."""
    chosen = choose_month(db(), month)
    wanted = page.MatrixFilter.of(month, request.args)
    found = view.matrix(db(), chosen.window, bounds=asked_bounds())
    rows = page.chosen_rows(_rows(chosen, _in_branch(found, wanted)), wanted)
    data = table_workbook(
        f"Сдача за {chosen.month.title}",
        page.SHEET_COLUMNS,
        page.sheet_rows(rows, found.names),
        about={
            "Составил": actor().organization.name_short,
            "Состояние на": f"{clock.today():%d.%m.%Y}",
            "Границы": TODAY_WORDS if wanted.bounds else "как было в этом месяце",
        },
    )
    looks.count_rows(len(rows))
    return send_file(io.BytesIO(data), _XLSX, as_attachment=True, download_name=f"сдача-{month}.xlsx")


def _is_region() -> bool:
    return actor().organization.kind is OrganizationKind.REGION


def _districts(chosen: Chosen, wanted: page.MatrixFilter) -> ResponseReturnValue:
    rows = branch_counts(db(), chosen.window, bounds=asked_bounds())
    return render_template(
        "submissions/districts.html",
        rows=page.worst_first(rows),
        **_frame(chosen, page.Head.of_branches(rows), wanted),
    )


def _schools(chosen: Chosen, matrix_: Matrix, wanted: page.MatrixFilter) -> ResponseReturnValue:
    shown = _in_branch(matrix_, wanted)
    rows = _rows(chosen, shown)
    found = page.chosen_rows(rows, wanted)
    on_page, pages = page.page_of(found, wanted)
    region = _is_region()
    names = matrix_.names if region else {}
    return render_template(
        "submissions/matrix.html",
        rows=on_page,
        found=len(found),
        pages=pages,
        tabs=page.tabs(rows, wanted),
        names=names,
        branch=page.branch_title(shown, names, wanted.branch or page.EVERYBODY, actor().organization.id)
        if region
        else "",
        kept=page.kept(wanted),
        **_frame(chosen, page.Head.of_lines(shown, actor().organization.id), wanted),
    )


def _frame(chosen: Chosen, head: page.Head, wanted: page.MatrixFilter) -> dict[str, object]:
    window, zone = chosen.window.window, actor().organization.time_zone
    moment = view.same_time_before(chosen.window, zone)
    return {
        "chosen": chosen,
        "wanted": wanted,
        "period_nav": chosen.nav("submissions.matrix", **_kept(wanted)),
        "switch": switch(chosen, "submissions.matrix", {"branch": wanted.branch} if wanted.branch else {}),
        "gone": _gone(chosen, wanted),
        "came": _came(chosen, wanted),
        "meter": page.meter_of(head.counts),
        "handed_in": head.handed_in,
        "total": head.total,
        "waiting": 0 if actor().role.only_reads else head.waiting,
        "queue_url": url_for(".queue", month=wanted.month),
        "clean_url": url_for(".clean", month=wanted.month),
        "due": due_text(window),
        "left": time_left(window, zone),
        "moment": moment,
        "before": None if wanted.branch else view.handed_in_by(db(), chosen.window, moment),
        "xlsx_url": url_for(".matrix_xlsx", **wanted.arguments()),
    }


def _kept(wanted: page.MatrixFilter) -> dict[str, str]:
    return {name: value for name, value in (("branch", wanted.branch), ("bounds", wanted.bounds)) if value}


def _gone(chosen: Chosen, wanted: page.MatrixFilter) -> Gone:
    """Return what stood under the acting district in the month and has moved on since."""
    opened = chosen.window
    if _is_region() or wanted.bounds:
        return Gone()
    own = actor().organization.id
    return gone_from(db(), own, opened.edition.code, opened.window.period_start, opened.window.cut_on)


def _came(chosen: Chosen, wanted: page.MatrixFilter) -> Came:
    """Return what others' organizations, merged into those of the acting district, add in today's bounds."""
    opened = chosen.window
    if _is_region() or not wanted.bounds:
        return Came()
    own = actor().organization.id
    return came_to(db(), own, opened.edition, (opened.window.period_start,), opened.window.cut_on)


def _in_branch(found: Matrix, wanted: page.MatrixFilter) -> list[MatrixLine]:
    if not _is_region():
        # Rights follow today's tree, the month its own: a school that came later stands in the queue, not here;
        # in today's bounds one that was merged away stands with its successor.
        return [line for line in found.lines if line.branch_id == actor().organization.id]
    if not wanted.branch.isdigit():
        return list(found.lines)
    return [line for line in found.lines if line.branch_id == int(wanted.branch)]


def _rows(chosen: Chosen, lines: list[MatrixLine]) -> list[page.SchoolRow]:
    plans = roadmap_status_by_organization(db(), SchoolYear.of(chosen.month.last).begins)
    with transaction(REGISTRY.reading()) as registry:
        curators = curators_of(registry, [line.place.id for line in lines])
    return page.school_rows(lines, plans, curators)
