"""Review: the queue, one school per screen, accept, return, remarks, several at once, opening again."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import formats
from portal.context import actor, db
from portal.forms import Form
from portal.submissions import review_page as page
from portal.submissions.blueprint import choose_month, submissions
from portal.submissions.schemas import DecisionForm, NoteForm, ReopenForm, ReturnForm
from reports.month_views.review import Waiting, waiting_months
from tenants import journal
from tenants.db import find
from tenants.errors import InvalidError
from tenants.periods import Month
from tenants.submissions import review as commands
from tenants.submissions.models import Submission


@submissions.get("/queue/")
@submissions.get("/queue/<month>")
def queue(month: str | None = None) -> ResponseReturnValue:
    """Go to the first month that waits, or say that none does."""
    chosen = choose_month(db(), month)
    waiting = _waiting(chosen.opened.window.id) if chosen.opened else []
    if waiting:
        return redirect(url_for(".review", submission_id=waiting[0].submission_id), 303)
    return render_template("submissions/queue_empty.html", chosen=chosen, period_nav=chosen.nav(".queue"))


def _waiting(window_id: int) -> list[Waiting]:
    return waiting_months(db(), window_id, actor().organization.id)


@submissions.get("/<int:submission_id>/review")
def review(submission_id: int) -> ResponseReturnValue:
    """Show a sent month; `?revision=` chooses an earlier one."""
    return page.review_page(page.reviewed(submission_id, request.args.get("revision", type=int)))


@submissions.get("/<int:submission_id>/review/<section>/<row>/<column>")
def revision_cell(submission_id: int, section: str, row: str, column: str) -> ResponseReturnValue:
    """Show where a sent number comes from: the records' numbers, no names."""
    found = page.reviewed(submission_id)
    drawer = page.revision_drawer(found, (section, row, column))
    name = "revision_cell" if request.headers.get("HX-Request") else "revision_cell_page"
    return render_template(f"submissions/{name}.html", found=found, drawer=drawer)


@submissions.post("/<int:submission_id>/take")
def take(submission_id: int) -> ResponseReturnValue:
    """Take a month into review; the page asks for it when it opens."""
    commands.take_into_review(db(), actor(), submission_id)
    return (
        ("", 204)
        if request.headers.get("HX-Request")
        else redirect(url_for(".review", submission_id=submission_id), 303)
    )


@submissions.post("/<int:submission_id>/accept")
def accept(submission_id: int) -> ResponseReturnValue:
    """Accept exactly the revision on screen and go on to the next school."""
    form = Form.submitted(DecisionForm)
    if not form.ok:
        raise InvalidError("Страница устарела: в ней нет номера редакции. Откройте отчёт заново.")
    follow = _next_after(submission_id)
    commands.accept_submission(db(), actor(), submission_id, revision_n=form.values["revision_n"])
    flash("Отчёт принят, числа вошли в свод.", "success")
    return redirect(follow, 303)


@submissions.post("/<int:submission_id>/return", endpoint="return")
def return_(submission_id: int) -> ResponseReturnValue:
    """Send a month back with a reason and the remarks noted so far."""
    form = Form.submitted(ReturnForm)
    if "revision_n" in form.errors:
        raise InvalidError("Страница устарела: в ней нет номера редакции. Откройте отчёт заново.")
    follow = _next_after(submission_id)
    if form.ok:
        typed = form.values
        why = commands.Return(typed["reason"], only_cells=typed["only_cells"], answer_by=typed["answer_by"])
        try:
            commands.return_submission(db(), actor(), submission_id, revision_n=typed["revision_n"], why=why)
        except InvalidError as error:
            form.refuse(error)
    if not form.ok:
        return page.review_page(page.reviewed(submission_id), form)
    flash("Отчёт возвращён школе вместе с замечаниями.", "success")
    return redirect(follow, 303)


def _next_after(submission_id: int) -> str:
    """Return the address of the next month that waits, or of the queue's end."""
    submission = find(db(), Submission, submission_id)
    waiting = [one.submission_id for one in _waiting(submission.window_id)]
    later = waiting[waiting.index(submission_id) + 1 :] if submission_id in waiting else []
    rest = later or [one for one in waiting if one != submission_id]
    if rest:
        return url_for(".review", submission_id=rest[0])
    return url_for(".queue", month=str(Month.of(submission.period_start)))


@submissions.post("/<int:submission_id>/note")
def note(submission_id: int) -> ResponseReturnValue:
    """Note a remark; the school sees it when the month is returned."""
    form = Form.submitted(NoteForm)
    place = page.parse_place(form.typed.get("place", ""))
    if not form.ok:
        return page.review_page(page.reviewed(submission_id), form, note_at=place)
    commands.note_remark(db(), actor(), submission_id, place, form.values["text"])
    return redirect(url_for(".review", submission_id=submission_id), 303)


@submissions.post("/<int:submission_id>/note/drop")
def drop_note(submission_id: int) -> ResponseReturnValue:
    """Take a noted remark back."""
    commands.drop_remark(db(), actor(), submission_id, page.parse_place(request.form.get("place", "")))
    return redirect(url_for(".review", submission_id=submission_id), 303)


@submissions.post("/<int:submission_id>/reopen")
def reopen(submission_id: int) -> ResponseReturnValue:
    """Open an accepted month again."""
    form = Form.submitted(ReopenForm)
    if not form.ok:
        return page.review_page(page.reviewed(submission_id), form)
    typed = form.values
    commands.reopen_submission(db(), actor(), submission_id, reason=typed["reason"], answer_by=typed["answer_by"])
    flash("Отчёт открыт для исправления. Принятая редакция остаётся в своде, пока не примут новую.", "success")
    return redirect(url_for(".review", submission_id=submission_id), 303)


@submissions.route("/clean/<month>", methods=["GET", "POST"])
def clean(month: str) -> ResponseReturnValue:
    """List the months without questions, adjustments and remarks; accept those that are ticked."""
    chosen = choose_month(db(), month)
    waiting = [one for one in _waiting(chosen.window.window.id) if one.clean]
    if request.method == "GET":
        return render_template("submissions/clean.html", chosen=chosen, waiting=waiting, period_nav=None)
    ticked = set(request.form.getlist("month"))
    wanted = [one for one in waiting if f"{one.submission_id}.{one.revision_n}" in ticked]
    if wanted:
        journal.record(db(), actor(), "month.accepted_clean", None, month=month, accepted=len(wanted))
    else:
        journal.nothing_changed()
    for one in wanted:
        commands.accept_submission(db(), actor(), one.submission_id, revision_n=one.revision_n)
    done = formats.counted(len(wanted), "отчёт", "отчёта", "отчётов")
    left = len(ticked) - len(wanted)
    flash(f"Принято: {done}." + (f" Изменились с тех пор и ждут: {left}." if left else ""), "success")
    return redirect(url_for(".matrix", month=month), 303)
