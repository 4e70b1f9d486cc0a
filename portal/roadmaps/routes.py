"""The plan of an organization: its page, its beginning, its way to the reviewer."""

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.roadmaps import measure_routes, pages, review_routes, template_routes
from portal.roadmaps.blueprint import asked_year, roadmaps, year_nav
from portal.roadmaps.plan_page import plan_page
from portal.roadmaps.schemas import TitleForm, UploadForm
from tenants.db import find
from tenants.errors import InvalidError
from tenants.files import store
from tenants.roadmaps import commands, imports, plans
from tenants.roadmaps.comparison import published_templates
from tenants.roadmaps.models import Roadmap

__all__ = ["measure_routes", "review_routes", "roadmaps", "template_routes"]


@roadmaps.get("/")
def plan() -> ResponseReturnValue:
    """Show the own plan of a school year, or the three ways to begin one."""
    year = asked_year()
    found = plans.plan_of(db(), actor().organization.id, year)
    if found is not None and found.lines:
        return plan_page(found, None)
    return render_template(
        "roadmaps/begin.html",
        form=Form(UploadForm),
        year=year,
        roadmap=found.roadmap if found else None,
        templates=published_templates(db()),
        period_nav=year_nav(year, ".plan"),
    )


@roadmaps.get("/<int:roadmap_id>")
def show(roadmap_id: int) -> ResponseReturnValue:
    """Show a plan of the tree; those above read it."""
    return plan_page(plans.plan_by_id(db(), roadmap_id), None)


@roadmaps.get("/<int:roadmap_id>/sheet")
def sheet(roadmap_id: int) -> ResponseReturnValue:
    """Show a plan as a document with its approval block, for printing."""
    found = plans.plan_by_id(db(), roadmap_id)
    return render_template("roadmaps/sheet.html", plan=found, groups=pages.groups(found.lines), chip=pages.chip)


@roadmaps.post("/start")
def start() -> ResponseReturnValue:
    """Begin a plan from a template, or an empty one."""
    year, template_id = asked_year(), request.form.get("template_id", "")
    if template_id.isdigit():
        commands.start_from_template(db(), actor(), int(template_id), year)
        flash("План заполнен по типовой карте. Уточните сроки и ответственных.", "success")
        return redirect(url_for(".plan", year=year), 303)
    roadmap = commands.start_plan(db(), actor(), year)
    return redirect(url_for(".add", roadmap_id=roadmap.id), 303)


@roadmaps.post("/upload")
def upload() -> ResponseReturnValue:
    """Read a document into the plan; a refusal is a message, and its journal entry is kept."""
    year, file = asked_year(), request.files.get("document")
    content = file.read(imports.MOST_BYTES + 1) if file else b""
    done = imports.upload_document(
        db(), actor(), content, name=(file.filename if file else "") or "файл", school_year=year
    )
    if done.import_id is None:
        flash(done.refusal, "error")
        return redirect(url_for(".plan", year=year), 303)
    return redirect(url_for(".reading", import_id=done.import_id), 303)


@roadmaps.get("/imports/<int:import_id>")
def reading(import_id: int) -> ResponseReturnValue:
    """Show a document word for word beside what was read, and ask what is unsure."""
    return measure_routes.reading_page(import_id, None)


@roadmaps.post("/imports/<int:import_id>/replace")
def replace(import_id: int) -> ResponseReturnValue:
    """Put the measures of a document in the place of the plan's."""
    imports.replace_plan(db(), actor(), import_id)
    flash("Мероприятия плана заменены прочитанными.", "success")
    return redirect(url_for(".reading", import_id=import_id), 303)


@roadmaps.post("/imports/<int:import_id>/drop")
def drop(import_id: int) -> ResponseReturnValue:
    """Keep the plan as it is."""
    imports.drop_import(db(), actor(), import_id)
    return redirect(url_for(".plan"), 303)


@roadmaps.route("/<int:roadmap_id>/title", methods=["GET", "POST"])
def title(roadmap_id: int) -> ResponseReturnValue:
    """Change the title of a plan."""
    roadmap = find(db(), Roadmap, roadmap_id)
    form = Form(TitleForm, {"title": roadmap.title, "version": roadmap.version})
    if request.method == "POST":
        form = Form.submitted(TitleForm)
        if form.ok:
            commands.rename_plan(db(), actor(), roadmap_id, form.values["title"], version=form.values["version"])
            return redirect(url_for(".plan", year=roadmap.school_year), 303)
    return render_template("roadmaps/title.html", form=form, roadmap=roadmap), 422 if form.errors else 200


@roadmaps.post("/<int:roadmap_id>/send")
def send(roadmap_id: int) -> ResponseReturnValue:
    """Send the plan to the reviewer."""
    year = find(db(), Roadmap, roadmap_id).school_year
    try:
        version = commands.send_roadmap(db(), actor(), roadmap_id)
    except InvalidError as error:
        flash(str(error), "error")
    else:
        flash(f"План отправлен на согласование, версия {version.n}. Решение придёт сюда.", "success")
    return redirect(url_for(".plan", year=year), 303)


@roadmaps.post("/<int:roadmap_id>/recall")
def recall(roadmap_id: int) -> ResponseReturnValue:
    """Take a sent plan back."""
    roadmap = commands.recall_roadmap(db(), actor(), roadmap_id)
    flash("План отозван: его снова можно править.", "success")
    return redirect(url_for(".plan", year=roadmap.school_year), 303)


@roadmaps.post("/<int:roadmap_id>/revise")
def revise(roadmap_id: int) -> ResponseReturnValue:
    """Begin the next version of an approved plan."""
    roadmap = commands.revise_roadmap(db(), actor(), roadmap_id)
    flash("Новая версия начата. Утверждённая действует, пока не утвердят новую.", "success")
    return redirect(url_for(".plan", year=roadmap.school_year), 303)


@roadmaps.get("/files/<int:file_id>")
def document(file_id: int) -> ResponseReturnValue:
    """Hand out a document of a plan: the original or the proof of a measure."""
    row = plans.document_of_plan(db(), file_id)
    return send_file(store.path_of(row), row.media_type, as_attachment=True, download_name=row.name)
