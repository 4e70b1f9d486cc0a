"""The card of a subject and its files."""

import io
import json

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.subjects.blueprint import subjects, today, whole
from portal.subjects.papers import card_pdf
from reports.documents.pdf import MEDIA_TYPE
from tenants import journal
from tenants.accounts.models import Role
from tenants.db import find
from tenants.organizations.models import Organization
from tenants.participants.consents import consents_of
from tenants.participants.models import Participant
from tenants.participants.withdrawal import may_undo, withdrawals_of
from tenants.subjects import policy
from tenants.subjects.card import SubjectCard, as_json, card_of, views_of
from tenants.subjects.facts import INFORMATION_SYSTEM


@subjects.get("/<int:participant_id>")
def card(participant_id: int) -> ResponseReturnValue:
    """Show everything held about one person."""
    kept = _consents(participant_id) if actor().role is Role.KEEPER else {}
    return render_template("subjects/card.html", card=_card(participant_id), may=policy.may_keep(actor()), **kept)


def _consents(participant_id: int) -> dict[str, object]:
    """Return what a keeper may withdraw or take back: in an archive there is no other page of the person."""
    return {
        "standing": [row for row in consents_of(db(), participant_id) if row.withdrawn_on is None],
        "undoable": [row for row in withdrawals_of(db(), participant_id) if may_undo(row, actor())],
    }


@subjects.post("/<int:participant_id>/file")
def card_file(participant_id: int) -> Response:
    """Make the card as PDF, or as JSON with stable keys; the making is an event."""
    made, kind = _card(participant_id), "json" if request.form.get("format") == "json" else "pdf"
    subject = find(db(), Participant, participant_id)
    journal.record(db(), actor(), "subject.card_made", subject, format=kind, number=made.number)
    name = f"svedeniya-{made.number}-{today():%Y-%m-%d}.{kind}"
    if kind == "pdf":
        return send_file(io.BytesIO(card_pdf(made, _about())), MEDIA_TYPE, as_attachment=True, download_name=name)
    content = json.dumps(as_json(made, _about()), ensure_ascii=False, indent=2).encode()
    return send_file(io.BytesIO(content), "application/json", as_attachment=True, download_name=name)


def _card(participant_id: int) -> SubjectCard:
    views = views_of(actor().organization, participant_id)
    with whole() as session:
        return card_of(session, participant_id, actor().organization, views, today())


def _about() -> dict[str, str]:
    place = find_place()
    return {
        "Оператор": place.name,
        "Адрес оператора": place.address or "не указан в карточке организации",
        "Информационная система": INFORMATION_SYSTEM,
        "Источник данных": "внесены сотрудниками организации со слов участника и представителя и из их документов",
        "Составлены": f"{today():%d.%m.%Y}, {actor().name}, {actor().role_label}",
    }


def find_place() -> Organization:
    """Return the actor's organization."""
    return db().get_one(Organization, (actor().organization.region_id, actor().organization.id))
