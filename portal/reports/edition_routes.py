"""Forms of the region: load a template, bind its cells to figures, publish it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.reports import pages
from portal.reports.routes import reports
from portal.reports.schemas import BindingForm, UploadForm
from reports import bindings
from reports.editions.parts import Cell, CellKey
from reports.forms import definition_of, load_edition
from reports.runs import policy
from tenants.db import find
from tenants.errors import InvalidError, NotFoundError, WrongStateError
from tenants.submissions.editions import publish_edition
from tenants.submissions.models import Edition, EditionStatus

__all__ = ["reports"]


@reports.get("/editions")
def editions() -> ResponseReturnValue:
    """List the forms of the region."""
    return _editions(Form(UploadForm))


def _editions(form: Form) -> ResponseReturnValue:
    page = render_template(
        "reports/editions.html",
        editions=[(item, bindings.counts_of(definition_of(db(), item.id))) for item in bindings.editions(db())],
        form=form,
        may_keep=policy.may_keep_editions(actor()),
    )
    return page, 422 if form.errors else 200


@reports.post("/editions")
def load() -> ResponseReturnValue:
    """Load a template; what cannot be read is refused with one sentence and nothing of it is kept."""
    form = Form.submitted(UploadForm)
    try:
        edition_ = load_edition(db(), actor(), *_uploaded(), publish=False)
    except (InvalidError, WrongStateError) as error:
        form.refuse(InvalidError(str(error), field="file"))
        return _editions(form)
    flash("Шаблон загружен. Привяжите ячейки к показателям и опубликуйте форму.", "success")
    return redirect(url_for(".edition", edition_id=edition_.id), 303)


def _uploaded() -> tuple[str, bytes]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidError("Выберите файл шаблона.")
    if not sent.filename.lower().endswith(".xml"):
        raise InvalidError("Шаблон Росстата – это файл XML.")
    with sent.stream as stream:
        return sent.filename, stream.read()


@reports.get("/editions/<int:edition_id>")
def edition(edition_id: int) -> ResponseReturnValue:
    """Show a form in its own rows and columns; `cell` opens the binding of one cell."""
    chosen = _chosen(edition_id, request.args.get("cell", ""))
    form = Form(BindingForm, _typed(chosen)) if chosen else None
    return _edition(edition_id, chosen, form)


def _edition(edition_id: int, chosen: Cell | None, form: Form | None) -> ResponseReturnValue:
    found = find(db(), Edition, edition_id)
    definition = definition_of(db(), edition_id)
    page = render_template(
        "reports/edition.html",
        edition=found,
        sections=pages.bound_sheets(definition),
        counts=bindings.counts_of(definition),
        controls=definition.controls,
        chosen=chosen,
        binding=form,
        figures=[(item.name, f"{item.rule} ({item.unit})") for item in bindings.figure_choices()],
        filters=bindings.filter_choices(),
        draft=found.status is EditionStatus.DRAFT,
        may_keep=policy.may_keep_editions(actor()),
    )
    return page, 422 if form and form.errors else 200


@reports.post("/editions/<int:edition_id>/cells/<path:cell>")
def bind(edition_id: int, cell: str) -> ResponseReturnValue:
    """Give one cell another source."""
    chosen, form = _chosen(edition_id, cell), Form.submitted(BindingForm)
    if chosen is None:
        raise NotFoundError
    if not form.ok:
        return _edition(edition_id, chosen, form)
    filters = {name: form.values[name] for name, _, _ in bindings.filter_choices()}
    binding = bindings.Binding(form.values["source"], form.values["figure"], filters, form.values["constant"])
    try:
        bindings.bind(db(), actor(), edition_id, chosen.key, binding, version=form.values["version"])
    except InvalidError as error:
        form.refuse(error)
        return _edition(edition_id, chosen, form)
    return redirect(url_for(".edition", edition_id=edition_id, cell=cell, _anchor="bound"), 303)


@reports.post("/editions/<int:edition_id>/publish")
def publish(edition_id: int) -> ResponseReturnValue:
    """Publish a form: reports can be made by it, its bindings stay as they are."""
    publish_edition(db(), actor(), edition_id)
    flash("Форма опубликована. Отчёты по ней формируют на странице «Отчёты».", "success")
    return redirect(url_for(".edition", edition_id=edition_id), 303)


@reports.post("/editions/<int:edition_id>/revise")
def revise(edition_id: int) -> ResponseReturnValue:
    """Begin a new revision of the bindings of a published form."""
    draft = bindings.revise(db(), actor(), edition_id)
    return redirect(url_for(".edition", edition_id=draft.id), 303)


def _chosen(edition_id: int, name: str) -> Cell | None:
    key = _key(name)
    return bindings.cell_of(definition_of(db(), edition_id), key) if key else None


def _key(name: str) -> CellKey | None:
    parts = name.split("/")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None  # noqa: PLR2004 - section, row, column


def _typed(cell: Cell) -> dict[str, object]:
    binding = bindings.binding_of(cell)
    values: dict[str, object] = {"source": binding.source.value, "figure": binding.figure}
    return values | {"constant": binding.constant} | dict(binding.filters)
