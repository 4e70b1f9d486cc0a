"""The register of requests: writing one down, prolonging it with its notice, answering it."""

import io

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal import formats
from portal.context import actor, db
from portal.forms import Form
from portal.participants.formpage import FormPage, Input, carried_out, show, typed_values
from portal.subjects.blueprint import subjects, today, whole
from portal.subjects.card_routes import find_place
from portal.subjects.papers import Notice, notice_pdf
from portal.subjects.schemas import KIND_OPTIONS, PROLONGING_OPTIONS, AnswerForm, ProlongForm, RequestForm
from reports.documents.pdf import MEDIA_TYPE
from tenants.db import find
from tenants.errors import NotFoundError
from tenants.participants.models import Participant
from tenants.participants.persons import name_of, names_of
from tenants.subjects import policy, prolonging, requests, stopping
from tenants.subjects.models import Prolonging, RequestKind, SubjectRequest


@subjects.get("/requests")
def request_list() -> ResponseReturnValue:
    """List the requests, those that wait first."""
    with whole() as session:
        found = requests.register(session)
    stops = [one.request for one in found if one.request.kind is RequestKind.STOP]
    return render_template(
        "subjects/requests.html",
        found=found,
        names=names_of(db(), [one.request.participant_id for one in found]),
        may=policy.may_keep(actor()),
        may_prolong=lambda row: prolonging.may_be_prolonged(row, today()),
        ended=stopping.ended_by(db(), [row.id for row in stops]),
        standing=stopping.standing_of(db(), [row.participant_id for row in stops], today()),
    )


@subjects.route("/<int:participant_id>/requests/add", methods=["GET", "POST"])
def add_request(participant_id: int) -> ResponseReturnValue:
    """Write a request down."""
    number = find(db(), Participant, participant_id).number
    posted = request.method == "POST"
    form = Form.submitted(RequestForm) if posted else Form(RequestForm, typed_values({"received_on": today()}))
    if posted and carried_out(form, lambda: _receive(participant_id, form)):
        flash("Обращение внесено, срок ответа – в списке.", "success")
        return redirect(url_for(".request_list"), 303)
    rows = ((Input("kind", "radio", KIND_OPTIONS),), (Input("received_on", "date", width="s"),), (Input("note"),))
    back = url_for(".card", participant_id=participant_id)
    crumbs = [(f"Участник № {number}", back)]
    return show(FormPage("Обращение о данных", rows, "Внести обращение", back, crumbs), form)


def _receive(participant_id: int, form: Form) -> SubjectRequest:
    values = form.values | {"kind": RequestKind(form.values["kind"])}
    return requests.receive(db(), actor(), participant_id, **values, today=today())


@subjects.route("/requests/<int:request_id>/prolong", methods=["GET", "POST"])
def prolong_request(request_id: int) -> ResponseReturnValue:
    """Prolong a request; the notice waits in the list."""
    found = find(db(), SubjectRequest, request_id)
    posted = request.method == "POST"
    form = Form.submitted(ProlongForm) if posted else Form(ProlongForm)
    if posted and carried_out(form, lambda: _prolong(request_id, form)):
        return redirect(_listed(request_id), 303)
    until = prolonging.next_day(db(), actor(), found)
    rows = ((Input("reason", "radio", PROLONGING_OPTIONS),), (Input("words", "textarea"),))
    note = (
        f"Новый срок – {formats.day(until)}: пять рабочих дней после прежнего. Закон разрешает продлить срок один раз и"
        f" требует уведомить заявителя до {formats.day(found.due_on)}. Уведомление можно будет распечатать из списка."
    )
    crumbs = [("Обращения", url_for(".request_list"))]
    return show(
        FormPage("Продление срока ответа", rows, "Продлить", _listed(request_id), crumbs, _about(found), note), form
    )


def _prolong(request_id: int, form: Form) -> None:
    reason, words = Prolonging(form.values["reason"]), form.values["words"]
    row = prolonging.prolong(db(), actor(), request_id, reason=reason, words=words, today=today())
    flash(
        f"Срок продлён до {formats.day(row.due_on)}. Распечатайте уведомление и отправьте его заявителю до"
        f" {formats.day(row.prolonged_from)}.",
        "success",
    )


@subjects.get("/requests/<int:request_id>/notice")
def prolong_notice(request_id: int) -> Response:
    """Return the notice of a prolongation as PDF, filled in for a signature."""
    found = find(db(), SubjectRequest, request_id)
    if found.prolonged_from is None or found.prolonged_on is None or found.prolonged_for is None:
        raise NotFoundError
    place, number = find_place(), find(db(), Participant, found.participant_id).number
    name = name_of(db(), found.participant_id)
    reasons = [found.prolonged_for.label] if found.prolonged_for is not Prolonging.OTHER else []
    notice = Notice(
        operator=place.name,
        operator_address=place.address or "",
        to=name.full if name.first else "",
        number=number,
        asked=found.kind.label,
        received_on=formats.day(found.received_on),
        prolonged_on=formats.day(found.prolonged_on),
        prolonged_from=formats.day(found.prolonged_from),
        due_on=formats.day(found.due_on),
        reason="; ".join([*reasons, *([found.prolonged_words] if found.prolonged_words else [])]),
        ground=prolonging.GROUNDS[found.kind],
        signed_by=actor().name,
        signed_by_post=actor().role_label,
    )
    file_name = f"uvedomlenie-{number}-{found.prolonged_on:%Y-%m-%d}.pdf"
    return send_file(io.BytesIO(notice_pdf(notice)), MEDIA_TYPE, as_attachment=True, download_name=file_name)


@subjects.route("/requests/<int:request_id>", methods=["GET", "POST"])
def answer_request(request_id: int) -> ResponseReturnValue:
    """Close a request; one to stop shows what was withdrawn for it and begins the answer with it."""
    found = find(db(), SubjectRequest, request_id)
    stop, posted = found.kind is RequestKind.STOP, request.method == "POST"
    who = found.participant_id
    ended = stopping.ended_by(db(), [found.id]).get(found.id, ()) if stop else ()
    standing = stopping.standing_of(db(), [who], today()).get(who, ()) if stop else ()
    begin = typed_values({"done_on": today(), "note": stopping.outcome(ended, standing)})
    form = Form.submitted(AnswerForm) if posted else Form(AnswerForm, begin)
    if posted and carried_out(form, lambda: requests.answer(db(), actor(), request_id, **form.values, today=today())):
        flash("Ответ отмечен.", "success")
        return redirect(_listed(request_id), 303)
    rows = ((Input("done_on", "date", width="s"),), (Input("note", "textarea"),))
    crumbs = [("Обращения", url_for(".request_list"))]
    page = FormPage("Ответ на обращение", rows, "Отметить ответ", _listed(request_id), crumbs, _about(found))
    return show(page, form, "subjects/answer.html", row=found, ended=ended, standing=standing)


def _listed(request_id: int) -> str:
    return url_for(".request_list", _anchor=f"request-{request_id}")


def _about(found: SubjectRequest) -> str:
    number = find(db(), Participant, found.participant_id).number
    prolonged = f", продлён с {formats.day(found.prolonged_from)}" if found.prolonged_from else ""
    return (
        f"Участник № {number}: {found.kind.label}, получено {formats.day(found.received_on)},"
        f" срок {formats.day(found.due_on)}{prolonged}"
    )
