"""Texts of consents: what holds now, and the next edition of an organization's own."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.consents.blueprint import consents
from portal.consents.schemas import TextForm
from portal.context import actor, db
from portal.forms import Form
from portal.participants.blueprint import today
from portal.participants.formpage import FormPage, Input, carried_out, show, typed_values
from tenants.errors import NotFoundError
from tenants.participants import consent_texts
from tenants.participants.consent_texts import TextParts
from tenants.participants.models import ConsentKind


@consents.get("/texts")
def texts() -> ResponseReturnValue:
    """Show the text of every purpose that holds today."""
    found = consent_texts.current_texts(db(), today())
    may = consent_texts.may_publish(actor())
    return render_template("consents/texts.html", texts=list(found.values()), may=may)


@consents.route("/texts/<purpose>/edit", methods=["GET", "POST"])
def edit_text(purpose: str) -> ResponseReturnValue:
    """Publish the next edition of a text."""
    chosen = purpose_of(purpose)
    begin = vars(consent_texts.current_texts(db(), today())[chosen].parts) | {"valid_from": today()}
    form = Form.submitted(TextForm) if request.method == "POST" else Form(TextForm, typed_values(begin))
    if request.method == "POST" and carried_out(form, lambda: _publish(chosen, form.values)):
        flash("Новая редакция опубликована. Подписанные согласия остаются при своей.", "success")
        return redirect(url_for(".texts"), 303)
    rows = (
        (Input("valid_from", "date", width="s"),),
        *((Input(name, "textarea"),) for name in ("goal", "data", "actions", "processor", "term")),
    )
    back, title = url_for(".texts"), f"Согласие {chosen.label}: новая редакция"
    return show(FormPage(title, rows, "Опубликовать редакцию", back, [("Тексты согласий", back)]), form)


def purpose_of(kind: str) -> ConsentKind:
    """Return the purpose that an address names.

    Raises:
        NotFoundError: there is no such purpose.

    """
    if kind not in set(ConsentKind):
        raise NotFoundError
    return ConsentKind(kind)


def _publish(kind: ConsentKind, values: dict[str, Any]) -> object:
    parts = TextParts(**{name: values[name].strip() for name in TextParts.__dataclass_fields__})
    return consent_texts.publish_text(db(), actor(), kind, values["valid_from"], parts)
