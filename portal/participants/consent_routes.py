"""Consents of one person: writing one down, and withdrawing one after its effects were shown."""

import io
from contextlib import closing
from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.formats import counted
from portal.forms import Form
from portal.participants.blueprint import participants, today
from portal.participants.formpage import FormPage, Input, carried_out, show, typed_values
from portal.participants.schemas import CONSENT_KINDS, GIVER_OPTIONS, RECEIVED_OPTIONS, ConsentForm, WithdrawForm
from tenants.accounts.models import Role
from tenants.db import find
from tenants.files import store
from tenants.participants import consent_texts, papers, withdrawal
from tenants.participants.consent_models import ConsentWithdrawal, Received
from tenants.participants.consents import NewConsent, usual_giver
from tenants.participants.consents import give_consent as give
from tenants.participants.models import Consent, ConsentKind, Giver, Participant, Participation
from tenants.participants.papers import Scan
from tenants.participants.persons import name_of
from tenants.participants.withdrawal import Withdrawal
from tenants.participants.withdrawal import withdraw_consent as withdraw
from tenants.participants.withdrawal_effects import effects_of
from tenants.subjects.models import SubjectRequest
from tenants.subjects.stopping import open_stop
from tenants.submissions.affected import months_reached


@participants.route("/<int:participant_id>/consents/add", methods=["GET", "POST"])
def give_consent(participant_id: int) -> ResponseReturnValue:
    """Write down a consent."""
    participant = find(db(), Participant, participant_id)
    asked = request.args.get("kind", "")
    kind = ConsentKind(asked) if asked in set(ConsentKind) else ConsentKind.PROCESSING
    begin = {"given_on": today(), "given_by": usual_giver(participant.born_on, today()), "kind": kind, "form": "paper"}
    form = Form.submitted(ConsentForm) if request.method == "POST" else Form(ConsentForm, typed_values(begin))
    if request.method == "POST" and carried_out(form, lambda: _give(participant_id, form.values)):
        return redirect(_card(participant_id), 303)
    return show(_consent_page(participant_id), form)


@participants.route("/<int:participant_id>/consents/<int:consent_id>/withdraw", methods=["GET", "POST"])
def withdraw_consent(participant_id: int, consent_id: int) -> ResponseReturnValue:
    """Show what a withdrawal would change, then write it down."""
    row = find(db(), Consent, consent_id, participant_id=participant_id)
    asked = open_stop(db(), participant_id)
    # A request to stop is the withdrawal: its days run from the day on which it came.
    on = asked.received_on if asked and asked.received_on >= row.given_on else today()
    begin = {"withdrawn_on": on, "received": Received.PAPER, "version": row.version}
    form = Form.submitted(WithdrawForm) if request.method == "POST" else Form(WithdrawForm, typed_values(begin))
    ended: list[Participation] = []
    if request.method == "POST" and carried_out(form, lambda: ended.extend(_withdraw(consent_id, form.values, asked))):
        parts = counted(len(ended), "участие", "участия", "участий")
        flash(f"Согласие отозвано. Завершено: {parts}." if ended else "Согласие отозвано.", "success")
        after = url_for("subjects.answer_request", request_id=asked.id) if asked else _card(participant_id)
        return redirect(after, 303)
    effects = _effects(row, participant_id, form.values.get("withdrawn_on") or on)
    page = render_template("participants/withdraw.html", form=form, asked=asked, **effects)
    return page, 422 if form.errors else 200


@participants.post("/<int:participant_id>/withdrawals/<int:withdrawal_id>/undo")
def undo_withdrawal(participant_id: int, withdrawal_id: int) -> ResponseReturnValue:
    """Take back a withdrawal that was recorded by mistake."""
    find(db(), ConsentWithdrawal, withdrawal_id, participant_id=participant_id)
    row = withdrawal.undo_withdrawal(db(), actor(), withdrawal_id)
    back = "имя, участие и пары возвращены" if row.hides else "согласие снова действует"
    flash(f"Отзыв отменён: {back}.", "success")
    return redirect(_card(participant_id), 303)


@participants.get("/<int:participant_id>/consents/<int:consent_id>/scan")
def consent_scan(participant_id: int, consent_id: int) -> Response:
    """Send the scan of a consent."""
    row = papers.scan_of(db(), participant_id, consent_id)
    content = io.BytesIO(store.content_of(row))
    return send_file(content, row.media_type, as_attachment=True, download_name=row.name)


def _card(participant_id: int) -> str:
    """Return where the person's records are seen; in an archive that is the card of the subject."""
    page = "subjects.card" if actor().role is Role.KEEPER else "participants.person"
    return url_for(page, participant_id=participant_id)


def _consent_page(participant_id: int) -> FormPage:
    rows = (
        (Input("kind", "radio", CONSENT_KINDS),),
        (Input("given_on", "date", width="s"), Input("valid_until", "date", width="s")),
        (Input("given_by", "radio", GIVER_OPTIONS),),
        (Input("giver_name", hint="Кто подписал за несовершеннолетнего"),),
        (Input("giver_basis", hint="Например: мать, свидетельство о рождении; или: опекун, акт № 14"),),
        (Input("child_signed", "checkbox"),),
        (Input("document", hint="Например: личное дело, папка 3"),),
        (Input("scan", "file", hint="PDF, JPEG или PNG до 10 МБ. Скан видит только Ваша организация"),),
        (Input("text_id", "select", _editions(), empty="по образцу портала", width="l"),),
    )
    crumbs = [("Участники", url_for(".people")), (name_of(db(), participant_id).short, _card(participant_id))]
    return FormPage("Согласие", rows, "Внести согласие", _card(participant_id), crumbs, upload=True)


def _editions() -> list[tuple[str, str]]:
    return [
        (str(row.id), f"{row.kind.label}, редакция {row.edition} от {row.valid_from:%d.%m.%Y}")
        for row in consent_texts.editions(db())
    ]


def _give(participant_id: int, values: dict[str, Any]) -> None:
    row = give(db(), actor(), participant_id, _consent(values))
    if row.withdrawn_on is None:
        flash("Согласие внесено.", "success")
        return
    since = f"{row.withdrawn_on:%d.%m.%Y}"
    flash(
        f"Согласие внесено, но не действует: оно подписано раньше отзыва от {since}. Нужно новое согласие.", "warning"
    )


def _consent(values: dict[str, Any]) -> NewConsent:
    return NewConsent(
        values["given_on"],
        ConsentKind(values["kind"]),
        Giver(values["given_by"]),
        values["valid_until"],
        values["document"],
        giver_name=values["giver_name"],
        giver_basis=values["giver_basis"],
        child_signed=values["child_signed"],
        text_id=values["text_id"],
        scan=_scan(),
    )


def _scan() -> Scan | None:
    sent = request.files.get("scan")
    if sent is None or not sent.filename:
        return None
    with closing(sent):
        return Scan(sent.read(papers.LARGEST + 1))


def _withdraw(consent_id: int, values: dict[str, Any], asked: SubjectRequest | None) -> list[Participation]:
    received = Received(values["received"] or Received.PAPER)
    told = Withdrawal(values["withdrawn_on"], received, values["version"], asked.id if asked else None)
    return withdraw(db(), actor(), consent_id, told)


def _effects(row: Consent, participant_id: int, day: date) -> dict[str, object]:
    months = months_reached(db(), today())
    return {
        "consent": row,
        "effects": effects_of(db(), row, day),
        "drafts": [one for one in months if one.changes],
        "frozen": [one for one in months if one.frozen],
        "name": name_of(db(), participant_id),
        "back": _card(participant_id),
        "received": RECEIVED_OPTIONS,
    }
