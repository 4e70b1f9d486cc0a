"""Draws the month of the acting organization: empty, with the school, with the reviewer, accepted."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from portal import formats
from portal.context import actor, db
from portal.forms import Form
from portal.submissions import words
from portal.submissions.blueprint import Chosen, choose_of, windows_by_month
from portal.submissions.freshness import changed_since
from portal.submissions.month_page import (
    AnyCell,
    Marks,
    face_counts,
    finding_lines,
    grid_rows,
    narrow_cells,
    rows_of_interest,
)
from portal.submissions.origin import origin
from portal.submissions.schemas import AdjustForm, AnswerForm, EntryForm, ExplainForm, ReasonForm
from reports import differences
from reports.editions.definition import Source
from reports.month_views.sheets import Begun, History, begun_months, cells_reported, read_sheet
from reports.month_views.totals import history_of
from reports.months import Sheet
from tenants import clock
from tenants.errors import NotFoundError
from tenants.periods import Month
from tenants.submissions import policy, queries
from tenants.submissions.models import Place, Status
from tenants.submissions.queries import Said


@dataclass(frozen=True)
class OwnMonth:
    """The month of the acting organization with what was said about it."""

    chosen: Chosen
    shown: Sheet
    remarks: tuple[Said, ...]
    """Of the last return, while the month is with the school."""
    history: History
    """Accepted numbers of the months before."""
    before: Begun | None = None
    """The month before, where it was begun."""

    @property
    def month(self) -> Month:
        """Return the period."""
        return Month.of(self.shown.submission.period_start)

    @property
    def editable(self) -> bool:
        """Return whether the actor may write into the draft."""
        return self.shown.revision is None and policy.may_fill(actor(), self.shown.submission)


def own_month(submission_id: int) -> OwnMonth:
    """Return a month as the school sees it: the draft while it is with the school, else what was sent.

    Raises:
        NotFoundError: it is not a month of the acting organization.

    """
    windows = windows_by_month(db())
    begun = begun_months(db(), actor().organization.id, windows)
    one = next((one for one in begun.values() if one.submission.id == submission_id), None)
    if one is None:
        raise NotFoundError
    return shown_month(choose_of(windows, str(one.month)), begun)


def shown_month(chosen: Chosen, begun: Mapping[Month, Begun]) -> OwnMonth:
    """Return a begun month with its numbers, its history and what the reviewer said."""
    one, place = begun[chosen.month], actor().organization
    state = one.state
    history = history_of(db(), place.id, one.opened.edition.code, chosen.month)
    before = begun.get(chosen.month.previous)
    shown = read_sheet(
        db(), one, before, history, place.kind.value,
        revision_n=None if state.status.with_school else state.revision_n,
    )  # fmt: skip
    returned = state.status is Status.RETURNED
    said = queries.remarks_of(db(), one.submission.id, revision_n=state.revision_n) if returned else []
    return OwnMonth(chosen, shown, tuple(said), history, before)


def month_page(found: OwnMonth, *, opened: Place | None = None, form: Form | None = None) -> ResponseReturnValue:
    """Draw the grid, with «Откуда число» of a cell beside it where one is open."""
    shown = found.shown
    marks = Marks.of(shown.findings, found.remarks, opened)
    section = shown.definition.sections[0]
    rows = grid_rows(shown, section, marks, found.history, editable=found.editable)
    before = _returned_cells(shown)
    interesting = rows_of_interest(rows, shown, before) if before else rows
    only_some = bool(before) and len(interesting) < len(rows) and request.args.get("rows") != "all"
    page = render_template(
        "submissions/month.html",
        found=found,
        shown=shown,
        section=section,
        columns=section.columns_for(shown.kind),
        rows=interesting if only_some else rows,
        counts=(len(interesting), len(rows)) if before else None,
        only_some=only_some,
        findings=finding_lines(shown),
        faces=face_counts(shown.cells.values()),
        word=words.state_word(shown.submission, shown.state),
        deadline=words.deadline(shown.window, actor().organization.time_zone),
        saved_at=_saved_at(shown),
        late=clock.now() > shown.state.due_at and shown.state.first_sent_at is None,
        computed=words.ago(shown.submission.computed_at, clock.now()) if shown.submission.computed_at else "",
        stale=found.editable and not request.args.get("fresh") and _stale(shown),
        number=words.sent_number(shown.submission.period_start, shown.submission.id, shown.state.revision_n),
        reason_form=form if form and isinstance(form.schema, ReasonForm) else Form(ReasonForm),
        period_nav=found.chosen.nav("submissions.month"),
        drawer=drawer_context(found, opened, form) if opened else None,
    )
    return page, 422 if form is not None and form.errors else 200


def _returned_cells(shown: Sheet) -> Mapping[Place, AnyCell]:
    if shown.state.status is not Status.RETURNED or shown.revision is not None:
        return {}
    return queries.revision_cells(db(), queries.revision_of(db(), shown.submission.id, shown.state.revision_n).id)


def _saved_at(shown: Sheet) -> str:
    """Return the time of the last change of a number, with its day where it was not today."""
    moments = [one for cell in shown.cells.values() if (one := getattr(cell, "adjusted_at", None)) is not None]
    last = max([*moments, shown.submission.computed_at or shown.submission.started_at])
    text = formats.short_moment(last)
    return text[-5:] if text.startswith(f"{clock.today(actor().organization.time_zone):%d.%m}") else text


def _stale(shown: Sheet) -> bool:
    moment = shown.submission.computed_at
    return moment is None or changed_since(db(), moment)


def drawer_context(found: OwnMonth, place: Place, form: Form | None = None) -> dict[str, object]:
    """Return what the drawer of a cell shows: its origin, its questions and remarks, and what may be written."""
    shown = found.shown
    told = origin(db(), shown, place, _change(found, place), named=True)
    cell = shown.cells[place]
    bound = shown.definition.cell(place)
    opens = found.editable and shown.state.opens(place)
    row = next(one for one in shown.definition.section(place[0]).rows if one.code == place[1].split("#")[0])
    return {
        "origin": told,
        "cell": cell,
        "title": words.cell_title(shown.definition, place, shown.kind),
        "value": words.number_text(cell.text_value if cell.value is None else cell.value),
        "opens": opens,
        "by_hand": opens and (bound is None or bound.source is Source.MANUAL or not cell.computed),
        "adjustable": opens and cell.computed is not None,
        "questions": [finding for finding in shown.findings if finding.cells[0] == place],
        "remarks": [said for said in found.remarks if said.remark.place == place],
        "narrow": narrow_cells(row, shown.definition.section(place[0]), shown, place),
        "forms": _forms(cell, form),
        "place": place,
    }


def _change(found: OwnMonth, place: Place) -> differences.Change | None:
    """Return why a number differs from the month before; None without one, or where nothing changed."""
    shown, before = found.shown, found.before
    if shown.revision is not None:
        return differences.changes_in(shown.revision).get(place)
    if before is None:
        return None
    sides = (
        differences.Side(differences.span_of(before.opened.window), cells_reported(db(), before)),
        differences.Side(differences.span_of(shown.window), shown.cells),
    )
    cells = [cell for cell in shown.definition.cells_for(shown.kind) if cell.key == place]
    return differences.changes_between(db(), cells, *sides).get(place)


def _forms(cell: AnyCell, typed: Form | None) -> dict[str, Form]:
    version = getattr(cell, "version", 0)
    adjusted = {"version": version}
    if cell.adjustment_reason:
        until = cell.adjusted_until
        adjusted |= {
            "value": words.typed_number(cell.value),
            "reason": cell.adjustment_reason,
            "until": f"{until:%d.%m.%Y}" if until else "",
        }
    fresh = {
        "adjust": Form(AdjustForm, adjusted),
        "enter": Form(EntryForm, {"version": version, "value": words.typed_number(cell.value)}),
        "explain": Form(ExplainForm),
        "answer": Form(AnswerForm),
    }
    names: dict[type[Schema], str] = {AdjustForm: "adjust", ExplainForm: "explain", AnswerForm: "answer"}
    name = names.get(type(typed.schema)) if typed is not None else None
    return fresh if typed is None or name is None else fresh | {name: typed}
