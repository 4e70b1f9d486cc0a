"""Reports: ask for one, watch it being made, download it, see what changed."""

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.reports import pages
from portal.reports.schemas import FederalForm, SummaryForm
from reports import bindings
from reports.documents.federal import period_bounds
from reports.editions.parts import Periodicity
from reports.forms import definition_of
from reports.month_views.matrix import Bounds
from reports.runs import commands, policy, queries
from reports.runs.commands import Question
from reports.runs.federal import TITLE, title_of
from reports.runs.models import Definition, Format
from reports.runs.periods import BOUNDS, period_title, read_period
from reports.runs.regional_sums import monthly_edition
from tenants.db import find
from tenants.errors import InvalidError, NotFoundError
from tenants.files import store
from tenants.organizations.queries import organization_in_reach
from tenants.periods import Month
from tenants.submissions.models import Edition

reports = Blueprint("reports", __name__, url_prefix="/o/<code>/reports", template_folder="templates")
_HAND = "cell:"
"""Fields of the page whose names begin so carry values entered by hand."""


@reports.get("/")
def runs() -> ResponseReturnValue:
    """Show what was made and ask for more."""
    return _runs(Form(SummaryForm, {"month": pages.last_ended_month()}), _blank_federal())


def _blank_federal() -> Form:
    return Form(FederalForm, {"period": pages.proposed_year()})


def _runs(summary: Form, federal: Form) -> ResponseReturnValue:
    forms = bindings.federal_editions(db()) if policy.may_ask(actor(), Definition.FEDERAL) else []
    page = render_template(
        "reports/runs.html",
        rows=pages.run_rows(queries.history(db())),
        form=summary,
        federal=federal,
        editions=[(item.id, item.title) for item in forms],
        months=pages.months(),
        subjects=pages.subjects() if forms else [],
        may_ask=policy.may_ask(actor(), Definition.REGIONAL_SUMMARY),
    )
    return page, 422 if summary.errors or federal.errors else 200


@reports.post("/summary")
def ask() -> ResponseReturnValue:
    """Ask for the summary of a month."""
    form = Form.submitted(SummaryForm)
    if not form.ok:
        return _runs(form, _blank_federal())
    month = Month.parse(form.values["month"])
    try:
        edition_id = monthly_edition(db(), month).id
    except NotFoundError as error:
        form.refuse(InvalidError(str(error), field="month"))
        return _runs(form, _blank_federal())
    bounds = {BOUNDS: Bounds.TODAY.value} if form.values["bounds"] else {}
    question = Question(
        Definition.REGIONAL_SUMMARY, edition_id, actor().organization.id, month.first, parameters=bounds
    )
    run_ = commands.ask_report(db(), actor(), question)
    return redirect(url_for(".run", run_id=run_.id), 303)


@reports.get("/federal")
def fill() -> ResponseReturnValue:
    """Show a federal form before it is made: what is counted, what is entered by hand."""
    form = Form(FederalForm, request.args)
    form.errors = {name: [str(text) for text in texts] for name, texts in FederalForm().validate(request.args).items()}
    if not form.ok:
        return _runs(Form(SummaryForm, {"month": pages.last_ended_month()}), form)
    edition = find(db(), Edition, int(request.args["edition"]))
    subject = organization_in_reach(db(), int(request.args["organization"]))
    start = period_bounds(Periodicity(edition.periodicity), read_period(request.args["period"]))[0]
    definition = definition_of(db(), edition.id)
    typed = queries.last_parameters(db(), edition.id, subject.id)
    return render_template(
        "reports/fill.html",
        edition=edition,
        subject=subject,
        period_words=period_title(definition.periodicity, start),
        sections=pages.blank_sheets(definition),
        title=title_of(definition, subject, typed),
        typed=typed,
        counts=bindings.counts_of(definition),
        given=request.args,
    )


@reports.post("/federal")
def ask_federal() -> ResponseReturnValue:
    """Ask for a federal form with the values that were entered."""
    form = Form.submitted(FederalForm)
    if not form.ok:
        return _runs(Form(SummaryForm, {"month": pages.last_ended_month()}), form)
    edition = find(db(), Edition, form.values["edition"])
    start = period_bounds(Periodicity(edition.periodicity), read_period(form.values["period"]))[0]
    typed = {name.removeprefix(_HAND): value.strip() for name, value in request.form.items() if name.startswith(_HAND)}
    given = {name: value for name, value in typed.items() if value and _belongs(name)}
    question = Question(Definition.FEDERAL, edition.id, form.values["organization"], start, parameters=given)
    run_ = commands.ask_report(db(), actor(), question)
    return redirect(url_for(".run", run_id=run_.id), 303)


def _belongs(name: str) -> bool:
    return name.startswith(f"{TITLE}/") or name.count("/") == 2  # noqa: PLR2004 - section/row/column


@reports.get("/<int:run_id>")
def run(run_id: int) -> ResponseReturnValue:
    """Show one run: how far it is, what the checks said, what changed."""
    page = pages.run_page(run_id)
    return render_template("reports/run.html", page=page, changes=pages.change_rows(page.changes))


@reports.get("/<int:run_id>/progress")
def progress(run_id: int) -> ResponseReturnValue:
    """Answer the page that waits: the five steps, or a reload once the run is over."""
    page = pages.run_page(run_id)
    if page.run.state.open:
        return render_template("reports/progress.html", page=page)
    return Response(status=200, headers={"HX-Refresh": "true"})


@reports.get("/<int:run_id>/file/<format_>")
def download(run_id: int, format_: str) -> ResponseReturnValue:
    """Hand out a file of a ready run of the acting organization."""
    if format_ not in [item.value for item in Format]:
        raise NotFoundError
    found = queries.file_of_run(db(), queries.own_run(db(), run_id), Format(format_))
    answer = send_file(
        io.BytesIO(store.content_of(found)), found.media_type, as_attachment=True, download_name=found.name
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@reports.post("/<int:run_id>/repeat")
def repeat(run_id: int) -> ResponseReturnValue:
    """Ask once more for what a finished run answered."""
    again = commands.repeat_report(db(), actor(), run_id)
    return redirect(url_for(".run", run_id=again.id), 303)


@reports.post("/<int:run_id>/stop")
def stop(run_id: int) -> ResponseReturnValue:
    """Stop a run that is under way."""
    commands.stop_report(db(), actor(), run_id)
    flash("Формирование остановлено.", "info")
    return redirect(url_for(".run", run_id=run_id), 303)
