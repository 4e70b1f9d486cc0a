"""Measures: edit, add, remove, reorder, questions of the reading, dates of events, execution."""

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.roadmaps import pages
from portal.roadmaps.blueprint import roadmaps
from portal.roadmaps.plan_page import Drawer, plan_page, refused
from portal.roadmaps.schemas import AnchorForm, AnswerForm, DoneForm, MeasureForm, ReplyForm
from tenants import journal
from tenants.db import find
from tenants.errors import InvalidError
from tenants.files import store
from tenants.roadmaps import executions, measures, plans, policy, questions, reviews
from tenants.roadmaps.models import Measure, Roadmap, RoadmapImport


@roadmaps.route("/<int:roadmap_id>/add", methods=["GET", "POST"])
def add(roadmap_id: int) -> ResponseReturnValue:
    """Add a measure."""
    plan = plans.plan_by_id(db(), roadmap_id)
    if request.method == "GET":
        return plan_page(plan, Drawer("add", Form(MeasureForm, {"stage_title": request.args.get("stage", "")})))
    form = Form.submitted(MeasureForm)
    if form.ok:
        try:
            row = measures.add_measure(db(), actor(), roadmap_id, form.values)
            return redirect(_on_plan(plan.roadmap, row.id), 303)
        except InvalidError as error:
            form.refuse(error)
    return refused(plan, "add", form, None)


@roadmaps.post("/measures/<int:measure_id>/edit")
def edit(measure_id: int) -> ResponseReturnValue:
    """Save a measure."""
    roadmap = _roadmap_of(measure_id)
    form = Form.submitted(MeasureForm)
    if form.ok:
        try:
            measures.edit_measure(db(), actor(), measure_id, form.values, version=form.values["version"])
            return redirect(_on_plan(roadmap, measure_id), 303)
        except InvalidError as error:
            form.refuse(error)
    return refused(plans.plan_by_id(db(), roadmap.id), "edit", form, measure_id)


@roadmaps.post("/measures/<int:measure_id>/remove")
def remove(measure_id: int) -> ResponseReturnValue:
    """Take a measure out of the plan."""
    roadmap = _roadmap_of(measure_id)
    measures.remove_measure(db(), actor(), measure_id)
    flash("Мероприятие убрано из плана.", "success")
    return redirect(url_for(".plan", year=roadmap.school_year, removed=measure_id), 303)


@roadmaps.post("/measures/<int:measure_id>/restore")
def restore(measure_id: int) -> ResponseReturnValue:
    """Put a removed measure back."""
    roadmap = _roadmap_of(measure_id)
    measures.restore_measure(db(), actor(), measure_id)
    return redirect(_on_plan(roadmap, measure_id), 303)


@roadmaps.post("/measures/<int:measure_id>/move")
def move(measure_id: int) -> ResponseReturnValue:
    """Move a measure up or down."""
    roadmap = _roadmap_of(measure_id)
    measures.move_measure(db(), actor(), measure_id, up=request.form.get("to") == "up")
    target = url_for(".plan", year=roadmap.school_year, open=measure_id, do="edit", _anchor=f"m{measure_id}")
    return redirect(target, 303)


@roadmaps.post("/measures/<int:measure_id>/anchor")
def anchor(measure_id: int) -> ResponseReturnValue:
    """Date the event that measures wait for."""
    roadmap = _roadmap_of(measure_id)
    form = Form.submitted(AnchorForm)
    if not form.ok:
        return refused(plans.plan_by_id(db(), roadmap.id), "date", form, measure_id)
    count = measures.set_anchor(db(), actor(), measure_id, form.values["happened_on"])
    flash(f"Сроки проставлены. Мероприятий, которые ждали этого события: {count}.", "success")
    return redirect(_on_plan(roadmap, measure_id), 303)


@roadmaps.post("/measures/<int:measure_id>/answer")
def answer(measure_id: int) -> ResponseReturnValue:
    """Answer the question of a reading and go on to the next one."""
    import_id = request.form.get("import_id", type=int)
    form = Form.submitted(AnswerForm)
    if form.ok:
        try:
            given = measures.Answer(form.values["choice"], form.values["start"], form.values["end"])
            measures.answer_question(db(), actor(), measure_id, given)
            return redirect(_after_answer(measure_id, import_id), 303)
        except InvalidError as error:
            form.refuse(error)
    journal.nothing_changed()
    flash(" ".join(text for texts in form.errors.values() for text in texts), "error")
    return redirect(_back_to_question(measure_id, import_id), 303)


def _after_answer(measure_id: int, import_id: int | None) -> str:
    if import_id is not None:
        return url_for(".reading", import_id=import_id, _anchor="question")
    return _on_plan(_roadmap_of(measure_id), measure_id)


def _back_to_question(measure_id: int, import_id: int | None) -> str:
    if import_id is not None:
        return url_for(".reading", import_id=import_id, ask=measure_id, _anchor="question")
    return url_for(".plan", year=_roadmap_of(measure_id).school_year, open=measure_id, do="edit")


@roadmaps.post("/measures/<int:measure_id>/done")
def done(measure_id: int) -> ResponseReturnValue:
    """Mark a measure done."""
    roadmap = _roadmap_of(measure_id)
    form = Form.submitted(DoneForm)
    if form.ok:
        try:
            executions.mark_done(db(), actor(), measure_id, _done(form))
            return redirect(_on_plan(roadmap, measure_id), 303)
        except InvalidError as error:
            form.refuse(error)
    return refused(plans.plan_by_id(db(), roadmap.id), "done", form, measure_id)


def _done(form: Form) -> executions.Done:
    file = request.files.get("document")
    return executions.Done(
        form.values["done_on"],
        form.values["note"],
        (file.filename if file else "") or "",
        file.read() if file else b"",
        form.values["occurrence_on"],
    )


@roadmaps.post("/executions/<int:execution_id>/undo")
def undo(execution_id: int) -> ResponseReturnValue:
    """Take a mark of execution back."""
    measure_id = executions.undo_done(db(), actor(), execution_id)
    return redirect(_on_plan(_roadmap_of(measure_id), measure_id), 303)


@roadmaps.post("/remarks/<int:remark_id>/answer")
def reply(remark_id: int) -> ResponseReturnValue:
    """Answer a remark of the reviewer."""
    form = Form.submitted(ReplyForm)
    if not form.ok:
        raise InvalidError("Напишите ответ на замечание.")
    reviews.answer_remark(db(), actor(), remark_id, form.values["text"])
    target = urlsplit(request.form.get("next", ""))
    # Only a path of this site: an address of another one would lead the person away.
    return redirect(target.path if target.path.startswith("/o/") and not target.netloc else url_for(".plan"), 303)


def reading_page(import_id: int, form: Form | None) -> ResponseReturnValue:
    """Render a document beside its reading; the first open question, or the one asked for, is drawn open."""
    row = find(db(), RoadmapImport, import_id)
    plan = plans.plan_by_id(db(), row.roadmap_id or 0)
    asking = [line.measure for line in plan.questions]
    wanted = request.args.get("ask", type=int)
    asked = next((one for one in asking if one.id == wanted), asking[0] if asking else None)
    return render_template(
        "roadmaps/reading.html",
        row=row,
        plan=plan,
        used=row.state.value == "used" and plan.roadmap.source_file_id == row.file_id,
        groups=pages.groups(plan.lines),
        chip=pages.chip,
        asking=asking,
        asked=asked,
        place=asking.index(asked) + 1 if asked else 0,
        choices=questions.choices(asked.period_raw, row.school_year) if asked else (),
        only_questions=request.args.get("show") == "questions",
        edits=policy.may_edit(actor(), plan.roadmap),
        file=store.file_of(db(), row.file_id),
        form=form or Form(AnswerForm),
    )


def _roadmap_of(measure_id: int) -> Roadmap:
    return find(db(), Roadmap, find(db(), Measure, measure_id).roadmap_id)


def _on_plan(roadmap: Roadmap, measure_id: int) -> str:
    return url_for(".plan", year=roadmap.school_year, _anchor=f"m{measure_id}")
