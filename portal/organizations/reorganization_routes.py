"""Moves, mergers and splits: the list, the form, the preview with every effect, the result."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.organizations import reorganization_form as filling
from portal.organizations import reorganization_pages as pages
from portal.organizations.reorganization_schemas import ChoiceForm, VersionForm
from tenants import clock, journal
from tenants.db import find
from tenants.errors import InvalidError, NotFoundError
from tenants.reorganizations import commands, policy
from tenants.reorganizations.checking import MOST_MERGED
from tenants.reorganizations.conflicts import conflicts
from tenants.reorganizations.models import Kind, Reorganization, State
from tenants.reorganizations.preview import preview

reorganizations = Blueprint(
    "reorganizations", __name__, url_prefix="/o/<code>/organizations/changes", template_folder="templates"
)


@reorganizations.app_context_processor
def _words() -> dict[str, object]:
    return {"changes_of": pages.changes_of, "came_from": pages.came_from}


@reorganizations.get("/")
def listing() -> ResponseReturnValue:
    """List every change with its state."""
    return render_template(
        "reorganizations/listing.html", rows=pages.plan_rows(db()), may=policy.may_reorganize(actor()), kinds=list(Kind)
    )


@reorganizations.route("/new/<change>", methods=["GET", "POST"])
def begin(change: str) -> ResponseReturnValue:
    """Write a change down; its page then shows what it would do."""
    chosen = _kind(change)
    if request.method == "GET":
        return _form(chosen, filling.empty_form(chosen, request.args.get("source", "")))
    form = Form.submitted(filling.FORMS[chosen])
    if "more" in request.form:
        journal.nothing_changed()
        return _form(chosen, *filling.with_more_lines(form.typed))
    row = _drafted(chosen, form) if form.ok else None
    if row is None:
        return _form(chosen, form)
    return redirect(url_for(".show", reorganization_id=row.id), 303)


def _drafted(kind: Kind, form: Form) -> Reorganization | None:
    try:
        return commands.draft_reorganization(db(), actor(), filling.change_of(kind, form))
    except InvalidError as error:
        filling.refuse(form, error)
        return None


def _kind(text: str) -> Kind:
    if text not in [kind.value for kind in Kind]:
        raise NotFoundError
    return Kind(text)


def _form(kind: Kind, form: Form, fresh: str = "") -> ResponseReturnValue:
    page = render_template(
        "reorganizations/form.html",
        kind=kind,
        form=form,
        places=filling.places(),
        parents=filling.parents(),
        lines=filling.source_lines(form) if kind is Kind.MERGE else (),
        most=MOST_MERGED,
        fresh=fresh,
    )
    return page, 422 if form.errors else 200


@reorganizations.get("/<int:reorganization_id>")
def show(reorganization_id: int) -> ResponseReturnValue:
    """Show a change: before its day every effect, afterwards what went over."""
    return _show(find(db(), Reorganization, reorganization_id))


def _show(plan: Reorganization, error: str = "") -> ResponseReturnValue:
    choice = commands.chosen_of(db(), plan.id)
    ahead = plan.state.may_be_undone
    found = preview(db(), plan, choice) if ahead else None
    page = render_template(
        "reorganizations/plan.html",
        plan=plan,
        found=found,
        conflicts=conflicts(db(), found) if found else [],
        title=pages.title_of_plan(plan),
        face=pages.FACES[plan.state],
        pages=pages,
        may=policy.may_reorganize(actor()),
        waits=plan.state in (State.PLANNED, State.RUNNING)
        and plan.takes_effect_on <= clock.today(actor().organization.time_zone),
        error=error,
    )
    return page, 422 if error else 200


@reorganizations.post("/<int:reorganization_id>/people")
def choose(reorganization_id: int) -> ResponseReturnValue:
    """Say who goes with a split."""
    form = Form.submitted(ChoiceForm)
    try:
        staff = filling.placements_of(request.form)
        commands.choose_people(db(), actor(), reorganization_id, form.values.get("participants", []), staff)
    except InvalidError as error:
        return _show(find(db(), Reorganization, reorganization_id), str(error))
    return redirect(url_for(".show", reorganization_id=reorganization_id) + "#effects", 303)


@reorganizations.post("/<int:reorganization_id>/plan")
def plan(reorganization_id: int) -> ResponseReturnValue:
    """Set a draft on its day."""
    form = Form.submitted(VersionForm)
    row = find(db(), Reorganization, reorganization_id)
    if not form.ok:
        return _show(row, "Посмотрите последствия ещё раз и повторите.")
    try:
        commands.plan_reorganization(db(), actor(), reorganization_id, version=form.values["version"])
    except InvalidError as error:
        return _show(row, str(error))
    flash(f"Запланировано на {row.takes_effect_on:%d.%m.%Y}. До этого дня можно отменить.", "success")
    return redirect(url_for(".show", reorganization_id=reorganization_id), 303)


@reorganizations.post("/<int:reorganization_id>/cancel")
def cancel(reorganization_id: int) -> ResponseReturnValue:
    """Take a change back before its day."""
    commands.cancel_reorganization(db(), actor(), reorganization_id)
    flash("Отменено. В учёте ничего не изменилось.", "success")
    return redirect(url_for(".listing"), 303)


@reorganizations.post("/<int:reorganization_id>/repeat")
def repeat(reorganization_id: int) -> ResponseReturnValue:
    """Go on with a change whose job has failed."""
    commands.repeat_reorganization(db(), actor(), reorganization_id)
    flash("Выполнение продолжится с того места, где остановилось.", "info")
    return redirect(url_for(".show", reorganization_id=reorganization_id), 303)
