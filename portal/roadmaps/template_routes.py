"""Templates of a region or district: list, page, a simple editor."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.roadmaps.blueprint import asked_year, roadmaps
from portal.roadmaps.schemas import TemplateForm, TemplateMeasureForm
from tenants.errors import InvalidError
from tenants.roadmaps import policy, templates
from tenants.roadmaps.documents import DocumentError
from tenants.roadmaps.imports import MOST_BYTES, read_bytes
from tenants.roadmaps.template_models import RoadmapTemplate, TemplateMeasure


@roadmaps.get("/templates")
def template_list() -> ResponseReturnValue:
    """List the templates the actor's own place keeps, and those from above."""
    return _list_page(Form(TemplateForm))


def _list_page(form: Form) -> ResponseReturnValue:
    page = render_template(
        "roadmaps/templates.html",
        form=form,
        rows=templates.template_lines(db()),
        may_keep=policy.may_keep_templates(actor()),
        plan_id=request.args.get("plan", type=int),
    )
    return page, 422 if form.errors else 200


@roadmaps.post("/templates")
def template_create() -> ResponseReturnValue:
    """Begin a template: empty, from a document, or from a plan."""
    form = Form.submitted(TemplateForm)
    if not form.ok:
        return _list_page(form)
    try:
        template = _created(form.values["title"])
    except (DocumentError, InvalidError) as error:
        flash(str(error), "error")
        return redirect(url_for(".template_list"), 303)
    return redirect(url_for(".template", template_id=template.id), 303)


def _created(title: str) -> RoadmapTemplate:
    file, plan_id = request.files.get("document"), request.form.get("plan_id", type=int)
    if file and file.filename:
        reading = read_bytes(file.read(MOST_BYTES + 1), file.filename, asked_year())
        return templates.create_from_reading(db(), actor(), title, reading, asked_year())
    if plan_id is not None:
        return templates.create_from_plan(db(), actor(), plan_id, title)
    return templates.create_template(db(), actor(), title)


@roadmaps.get("/templates/<int:template_id>")
def template(template_id: int) -> ResponseReturnValue:
    """Show a template; its owner edits it here."""
    return _template_page(template_id, None)


def _template_page(template_id: int, form: Form | None) -> ResponseReturnValue:
    row, measures = templates.template_with_measures(db(), template_id)
    edited = next((one for one in measures if one.id == request.args.get("open", type=int)), None)
    shown = form
    if shown is None and (edited is not None or "add" in request.args):
        shown = Form(TemplateMeasureForm, _typed(edited) if edited else _after(measures))
    page = render_template(
        "roadmaps/template.html",
        template=row,
        measures=measures,
        words=templates.period_words,
        edits=policy.may_keep_templates(actor()) and actor().owns(row),
        form=shown,
    )
    return page, 422 if form else 200


def _typed(row: TemplateMeasure) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(row, name) for name in templates.TEMPLATE_FIELDS}
    return values | {
        "measure_id": row.id,
        "version": row.version,
        "period": templates.period_words(row),
        "required": row.required,
    }


def _after(measures: list[TemplateMeasure]) -> dict[str, object]:
    last = measures[-1] if measures else None
    return {"stage_number": last.stage_number, "stage_title": last.stage_title} if last else {}


@roadmaps.post("/templates/<int:template_id>/measures")
def template_save(template_id: int) -> ResponseReturnValue:
    """Add a measure to a template or save one."""
    form = Form.submitted(TemplateMeasureForm)
    if form.ok:
        values = form.values
        seen = (values["measure_id"], values["version"]) if values["measure_id"] else None
        try:
            row = templates.save_template_measure(db(), actor(), template_id, values, measure=seen)
            return redirect(url_for(".template", template_id=template_id, _anchor=f"t{row.id}"), 303)
        except InvalidError as error:
            form.refuse(error)
    return _template_page(template_id, form)


@roadmaps.post("/templates/<int:template_id>/measures/<int:measure_id>/remove")
def template_remove(template_id: int, measure_id: int) -> ResponseReturnValue:
    """Take a measure out of a template."""
    templates.remove_template_measure(db(), actor(), template_id, measure_id)
    return redirect(url_for(".template", template_id=template_id), 303)


@roadmaps.post("/templates/<int:template_id>/publish")
def template_publish(template_id: int) -> ResponseReturnValue:
    """Make a template the one plans are compared with."""
    templates.publish_template(db(), actor(), template_id)
    flash("Типовая карта действует: с ней сравнивают планы, по ней начинают новые.", "success")
    return redirect(url_for(".template", template_id=template_id), 303)
