"""A table of organizations: upload, say what the columns mean, look at every row, load."""

import io

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.formats import counted
from portal.forms import Form
from portal.organizations.blueprint import organizations, today
from portal.organizations.intake_pages import columns_of, report_context
from portal.organizations.schemas import UploadForm
from portal.organizations.sheets import XLSX, refused_workbook
from tenants.errors import InvalidError
from tenants.organizations import intake_queries, intake_rows, intakes
from tenants.organizations.intake_models import IntakeState
from tenants.organizations.intake_sheet import LABELS


@organizations.route("/import", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    """Take a table in; nothing of it is written to the register yet."""
    form = Form(UploadForm)
    if request.method == "GET":
        return _upload_page(form)
    sent = request.files.get("file")
    try:
        intake = intakes.keep_register(
            db(), actor(), name=sent.filename or "" if sent else "", content=sent.read() if sent else b""
        )
    except InvalidError as error:
        form.refuse(error)
        return _upload_page(form)
    page = ".columns" if intake.state is IntakeState.MAPPING else ".check"
    return redirect(url_for(page, register_import_id=intake.id), 303)


@organizations.route("/import/<int:register_import_id>/columns", methods=["GET", "POST"])
def columns(register_import_id: int) -> ResponseReturnValue:
    """Say what each column of a table fills."""
    intake = intake_queries.intake_of(db(), register_import_id, cells=True)
    refusal, chosen = "", [str(name) for name in intake.fields]
    if request.method == "POST":
        chosen = request.form.getlist("fields")
        try:
            intakes.name_columns(db(), actor(), register_import_id, chosen)
        except InvalidError as error:
            refusal = str(error)
        else:
            return redirect(url_for(".check", register_import_id=register_import_id), 303)
    html = render_template(
        "organizations/columns.html",
        intake=intake,
        columns=columns_of(intake, chosen),
        options=list(LABELS.items()),
        refusal=refusal,
    )
    return html, 422 if refusal else 200


@organizations.get("/import/<int:register_import_id>")
def check(register_import_id: int) -> ResponseReturnValue:
    """Show what every row would do."""
    intake = intake_queries.intake_of(db(), register_import_id)
    if intake.state is IntakeState.MAPPING:
        return redirect(url_for(".columns", register_import_id=register_import_id), 303)
    return render_template("organizations/check.html", **report_context(intake))


@organizations.post("/import/<int:register_import_id>/again")
def check_again(register_import_id: int) -> ResponseReturnValue:
    """Check the rows against the register of this moment."""
    intake = intakes.check_again(db(), actor(), register_import_id)
    moved = len(intake.moved)
    flash(
        f"Проверено заново: {counted(moved, 'строка', 'строки', 'строк')} теперь иначе." if moved else "Без перемен.",
        "warning" if moved else "success",
    )
    return redirect(url_for(".check", register_import_id=register_import_id), 303)


@organizations.post("/import/<int:register_import_id>/answer")
def answer(register_import_id: int) -> ResponseReturnValue:
    """Say of rows with a question that each is an organization of its own."""
    numbers = [int(one) for one in request.form.getlist("rows") if one.isascii() and one.isdigit()]
    intakes.answer_rows(db(), actor(), register_import_id, numbers)
    return redirect(url_for(".check", register_import_id=register_import_id), 303)


@organizations.post("/import/<int:register_import_id>/load")
def load(register_import_id: int) -> ResponseReturnValue:
    """Load the good rows; a second click finds them loaded."""
    done = intakes.load_register(db(), actor(), register_import_id)
    if not done.loaded:
        flash("Реестр изменился, пока Вы смотрели. Ничего не записано: посмотрите отмеченные строки.", "warning")
    else:
        flash(
            f"Загружено: {counted(done.intake.created_count, 'новая', 'новые', 'новых')},"
            f" {counted(done.intake.changed_count, 'изменена', 'изменены', 'изменено')}.",
            "success",
        )
    return redirect(url_for(".check", register_import_id=register_import_id), 303)


@organizations.post("/import/<int:register_import_id>/drop")
def drop(register_import_id: int) -> ResponseReturnValue:
    """Leave a table unloaded."""
    intakes.drop_register(db(), actor(), register_import_id)
    flash("Загрузка отменена, реестр не изменился.", "success")
    return redirect(url_for(".upload"), 303)


@organizations.get("/import/<int:register_import_id>/refused.xlsx")
def refused(register_import_id: int) -> Response:
    """Return the rows that are not loaded, each with what to mend."""
    intake = intake_queries.intake_of(db(), register_import_id, cells=True)
    rows = {row.number: row for row in intake_rows.as_rows(intake.report) if row.errors or row.question}
    content = refused_workbook(intake.headings, intake.cells, intake.fields, rows)
    name = f"ispravit-{today():%Y-%m-%d}.xlsx"
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=name)


def _upload_page(form: Form) -> ResponseReturnValue:
    html = render_template("organizations/upload.html", form=form, recent=intake_queries.recent_intakes(db()))
    return html, 422 if form.errors else 200
