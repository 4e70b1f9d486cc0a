"""Sending a month: the check page, sending, taking back, beginning to correct an accepted one."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import formats
from portal.context import actor, db
from portal.forms import Form
from portal.submissions import words
from portal.submissions.blueprint import submissions
from portal.submissions.month_page import address, face_counts
from portal.submissions.month_render import OwnMonth, month_page, own_month
from portal.submissions.schemas import ReasonForm
from reports import months
from tenants import clock, journal
from tenants.errors import ConflictError, InvalidError
from tenants.submissions import commands, entries
from tenants.submissions.commands import OpenFinding
from tenants.submissions.models import Face


@dataclass(frozen=True)
class Question:
    """A question of the controls on the check page, with its field."""

    finding: OpenFinding
    name: str
    typed: str
    error: str
    url: str


@submissions.get("/<int:submission_id>/check")
def check(submission_id: int) -> ResponseReturnValue:
    """Show what will be sent, what blocks it, and what has to be explained."""
    return _check_page(own_month(submission_id))


def _check_page(found: OwnMonth, problem: str = "") -> ResponseReturnValue:
    shown = found.shown
    if shown.revision is not None:
        return redirect(url_for(".month", month=str(found.month)), 303)
    questions = [
        _question(shown.submission.id, one, asked=bool(problem)) for one in shown.findings if one.level != "error"
    ]
    errors = [
        {"text": one.message, "url": address(shown.submission.id, one.cells[0])}
        for one in shown.findings
        if one.level == "error"
    ]
    late = clock.now() > shown.state.due_at and shown.state.first_sent_at is None
    page = render_template(
        "submissions/check.html",
        found=found,
        shown=shown,
        errors=errors,
        empty=shown.submission.cell_count - shown.submission.filled_count,
        questions=questions,
        adjusted=[
            (words.cell_title(shown.definition, cell.place, shown.kind), cell, address(shown.submission.id, cell.place))
            for cell in shown.cells.values()
            if cell.face is Face.ADJUSTED
        ],
        faces=face_counts(shown.cells.values()),
        late=late,
        deadline=words.deadline(shown.window, actor().organization.time_zone),
        problem=problem,
        next_n=shown.state.revision_n + 1,
        period_nav=None,
    )
    return page, 422 if problem else 200


def _question(submission_id: int, finding: OpenFinding, *, asked: bool) -> Question:
    name = f"answer-{finding.condition_key}"
    typed = request.form.get(name, finding.explanation)
    missing = asked and not typed.strip()
    return Question(
        finding, name, typed, "Напишите ответ на вопрос." if missing else "", address(submission_id, finding.cells[0])
    )


@submissions.post("/<int:submission_id>/send")
def send(submission_id: int) -> ResponseReturnValue:
    """Keep the answers of the check page and hand the month in."""
    try:
        for finding in months.check_month(db(), submission_id):
            text = request.form.get(f"answer-{finding.condition_key}", "").strip()
            if text and text != finding.explanation:
                entries.explain(
                    db(), actor(), submission_id, control_id=finding.control_id,
                    condition_key=finding.condition_key, cells=finding.cells, text=text,
                )  # fmt: skip
        revision = months.send_month(db(), actor(), submission_id)
    except ConflictError as error:
        # The numbers were computed anew: they are kept, and the curator looks before sending again.
        months.recount_findings(db(), actor(), submission_id)
        journal.record(db(), actor(), "submission.recomputed", None, submission=submission_id, before_sending=True)
        flash(str(error), "warning")
        return redirect(url_for(".month", month=str(own_month(submission_id).month), fresh=1), 303)
    except InvalidError as error:
        return _check_page(own_month(submission_id), str(error))
    sent = own_month(submission_id)
    number = words.sent_number(sent.shown.submission.period_start, submission_id, revision.n)
    flash(f"Отчёт отправлен {formats.moment(revision.at)}, № {number}.", "success")
    return redirect(url_for(".month", month=str(sent.month)), 303)


@submissions.post("/<int:submission_id>/withdraw")
def withdraw(submission_id: int) -> ResponseReturnValue:
    """Take a sent month back before the reviewer has begun."""
    commands.withdraw_submission(db(), actor(), submission_id)
    flash("Отчёт отозван. Исправьте числа и отправьте снова.", "success")
    return redirect(url_for(".month", month=str(own_month(submission_id).month)), 303)


@submissions.post("/<int:submission_id>/correct")
def correct(submission_id: int) -> ResponseReturnValue:
    """Begin a new revision of an accepted month."""
    form = Form.submitted(ReasonForm)
    if not form.ok:
        return month_page(own_month(submission_id), form=form)
    commands.correct_submission(db(), actor(), submission_id, reason=form.values["reason"])
    months.recompute(db(), actor(), submission_id)
    flash("Отчёт открыт для исправления. Принятая редакция остаётся в своде, пока не примут новую.", "success")
    return redirect(url_for(".month", month=str(own_month(submission_id).month), fresh=1), 303)
