"""The month of a school: its grid, where a number comes from, what the school writes into it, sending."""

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import formats
from portal.context import actor, db
from portal.forms import Form
from portal.submissions import matrix_routes, review_routes, sending_routes, totals_routes
from portal.submissions.blueprint import choose_month, submissions
from portal.submissions.month_page import address
from portal.submissions.month_render import OwnMonth, drawer_context, month_page, own_month, shown_month
from portal.submissions.schemas import AdjustForm, AnswerForm, EntryForm, ExplainForm, VersionForm
from reports import months
from reports.month_views.sheets import begun_months
from tenants import clock
from tenants.errors import ConflictError, InvalidError, NotFoundError, WrongStateError
from tenants.submissions import entries, policy, queries
from tenants.submissions.models import Place

__all__ = ["matrix_routes", "review_routes", "sending_routes", "submissions", "totals_routes"]

_CELL = "/<int:submission_id>/cells/<section>/<row>/<column>"


@submissions.get("/month/")
@submissions.get("/month/<month>")
def month(month: str | None = None) -> ResponseReturnValue:
    """Show the own month: the grid, or the way to begin it."""
    chosen = choose_month(db(), month)
    if chosen.opened is None:
        return render_template("submissions/no_window.html", chosen=chosen)
    begun = begun_months(db(), actor().organization.id, chosen.windows)
    if chosen.month not in begun:
        serves = chosen.opened.edition.serves(actor().organization.kind.value) and policy.may_start(actor())
        nav = chosen.nav(".month")
        return render_template("submissions/begin.html", chosen=chosen, serves=serves, period_nav=nav)
    return month_page(shown_month(chosen, begun))


@submissions.post("/month/<month>/start")
def start(month: str) -> ResponseReturnValue:
    """Begin a month and fill it from the records."""
    months.start_month(db(), actor(), choose_month(db(), month).window.window.id)
    return _turn_to(url_for(".month", month=month))


@submissions.post("/<int:submission_id>/recompute")
def recompute(submission_id: int) -> ResponseReturnValue:
    """Fill the month from the records again; the page asks for it by itself when records have moved on."""
    filled = months.recompute(db(), actor(), submission_id)
    if filled.changed:
        flash(f"Пересчитано по учёту: изменилось ячеек – {len(filled.changed)}.", "info")
    if filled.lapsed:
        flash(f"Срок поправок истёк, вернулось число из учёта: ячеек – {len(filled.lapsed)}.", "warning")
    month = own_month(submission_id).month
    return _turn_to(url_for(".month", month=str(month), fresh=1))


def _turn_to(url: str) -> Response:
    """Send the browser to a page, also when htmx asked."""
    if request.headers.get("HX-Request"):
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = url
        return answer
    return make_response(redirect(url, 303))


@submissions.get(_CELL)
def cell(submission_id: int, section: str, row: str, column: str) -> ResponseReturnValue:
    """Show where a number comes from: beside the grid, or alone for htmx."""
    found, place = _month_with(submission_id, (section, row, column))
    if request.headers.get("HX-Request"):
        return render_template("submissions/cell.html", found=found, drawer=drawer_context(found, place))
    return month_page(found, opened=place)


def _month_with(submission_id: int, place: Place) -> tuple[OwnMonth, Place]:
    found = own_month(submission_id)
    if place not in found.shown.cells:
        raise NotFoundError("Такой ячейки в отчёте нет.")
    return found, place


@submissions.post(_CELL + "/adjust")
def adjust(submission_id: int, section: str, row: str, column: str) -> ResponseReturnValue:
    """Report another number than the records hold."""
    place, form = (section, row, column), Form.submitted(AdjustForm)
    if form.ok and form.values["value"] is None:
        form.refuse(InvalidError("Введите число.", field="value"))
    if form.ok:
        wanted = entries.Adjustment(form.values["value"], form.values["reason"], form.values["until"])
        try:
            entries.adjust(db(), actor(), submission_id, place, wanted, version=form.values["version"])
        except InvalidError as error:
            form.refuse(error)
    return _written(submission_id, place, form, "Поправка внесена. Проверяющий увидит оба числа и причину.")


@submissions.post(_CELL + "/restore")
def restore(submission_id: int, section: str, row: str, column: str) -> ResponseReturnValue:
    """Let a cell show the records again."""
    place, form = (section, row, column), Form.submitted(VersionForm)
    entries.drop_adjustment(db(), actor(), submission_id, place, version=form.values.get("version"))
    return _written(submission_id, place, form, "В ячейке снова число из учёта.")


@submissions.post("/<int:submission_id>/explain")
def explain(submission_id: int) -> ResponseReturnValue:
    """Answer a question of the controls."""
    form = Form.submitted(ExplainForm)
    asked = [
        one for one in months.check_month(db(), submission_id) if one.condition_key == form.typed.get("condition_key")
    ]
    if not asked:
        raise NotFoundError("Этого вопроса больше нет: числа изменились.")
    question = asked[0]
    if form.ok:
        entries.explain(
            db(), actor(), submission_id, control_id=question.control_id, condition_key=question.condition_key,
            cells=question.cells, text=form.values["text"],
        )  # fmt: skip
    return _written(submission_id, question.cells[0], form, "Ответ сохранён, его увидит проверяющий.")


@submissions.post("/<int:submission_id>/remarks/<int:remark_id>/answer")
def answer(submission_id: int, remark_id: int) -> ResponseReturnValue:
    """Answer a remark of the reviewer."""
    form = Form.submitted(AnswerForm)
    said = next((one for one in queries.remarks_of(db(), submission_id) if one.remark.id == remark_id), None)
    if said is None:
        raise NotFoundError
    if form.ok:
        entries.answer_remark(db(), actor(), remark_id, form.values["text"])
    return _written(submission_id, said.remark.place, form, "Ответ сохранён.")


def _written(submission_id: int, place: Place, form: Form, done: str) -> ResponseReturnValue:
    whole = place == ("", "", "")
    if not form.ok:
        return month_page(own_month(submission_id), opened=None if whole else place, form=form)
    months.recount_findings(db(), actor(), submission_id)
    flash(done, "success")
    return redirect(url_for(".month") if whole else address(submission_id, place), 303)


@submissions.post(_CELL + "/enter")
def enter(submission_id: int, section: str, row: str, column: str) -> ResponseReturnValue:
    """Save a number by hand while it is typed; answers JSON for the page's own script."""
    form = Form.submitted(EntryForm)
    if not form.ok:
        return jsonify(message="; ".join(form.errors.get("value", ["число не понято"]))), 422
    try:
        written = entries.set_manual(
            db(), actor(), submission_id, (section, row, column), form.values["value"], version=form.values["version"]
        )
    except (InvalidError, WrongStateError, ConflictError) as error:
        return jsonify(message=_stands(error)), 422 if isinstance(error, InvalidError) else 409
    months.recount_findings(db(), actor(), submission_id)
    return jsonify(version=written.version, saved_at=f"{formats.moment(clock.now())[-5:]}")


def _stands(error: InvalidError | WrongStateError | ConflictError) -> str:
    """Return the sentence, with the number that stands where somebody else was faster."""
    if isinstance(error, ConflictError) and error.differences:
        return f"{error} Сейчас в ячейке: {error.differences[0].theirs or 'пусто'}."
    return str(error)
