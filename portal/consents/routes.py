"""The register of consents: who has given what, what runs out, who has to sign anew; many marked at once."""

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.consents import pages
from portal.consents.blueprint import consents
from portal.consents.schemas import MarkForm
from portal.context import actor, db
from portal.formats import counted
from portal.forms import Form
from portal.participants.blueprint import today
from portal.participants.downloads import workbook
from portal.participants.formpage import carried_out, typed_values
from reports.documents.xlsx import Cell
from tenants.participants import consent_texts
from tenants.participants.consent_register import mark_received
from tenants.participants.consent_register import register as read_register
from tenants.participants.consents import NewConsent
from tenants.participants.models import ConsentKind

_COLUMNS = (
    "№", "Фамилия, имя, отчество", "Класс, должность", "Дата рождения", "Цель", "Состояние", "Подписано",
    "Кто подписал", "Форма", "Где хранится", "Редакция", "Действует по", "Отозвано", "14 и 18 лет",
)  # fmt: skip


@consents.route("/", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """List the consents; the searched name comes by POST."""
    return _page(Form(MarkForm, typed_values({"given_on": today()})))


@consents.post("/mark")
def mark() -> ResponseReturnValue:
    """Write one consent down for everybody ticked."""
    form = Form.submitted(MarkForm)
    if carried_out(form, lambda: _mark(form.values)):
        people = counted(len(set(form.values["people"])), "участника", "участников", "участников")
        flash(f"Согласия внесены: у {people}.", "success")
        return redirect(url_for(".register", **pages.link_args(pages.wanted_register())), 303)
    return _page(form)


@consents.get("/consents.xlsx")
def download() -> Response:
    """Return the register on the screen as a workbook."""
    found = read_register(db(), today(), pages.wanted_register(), whole=True)
    texts = {row.id: f"{row.edition} от {row.valid_from:%d.%m.%Y}" for row in consent_texts.editions(db())}
    rows: list[tuple[Cell, ...]] = [
        (
            line.number, line.name.full, line.class_name, line.born_on, line.kind.label, pages.face(line).text,
            *_of_consent(line, texts), pages.task_word(line),
        )
        for line in found.lines
    ]  # fmt: skip
    return workbook("Реестр согласий", _COLUMNS, rows, "soglasiya")


def _of_consent(line: Any, texts: dict[int, str]) -> tuple[Cell, ...]:  # noqa: ANN401 - a line of the register
    row = line.consent
    if row is None:
        return ("",) * 7
    giver = row.given_by.label + (" и ребёнок" if row.child_signed else "")
    kept = "" if line.hidden else row.document
    return (
        row.given_on, giver, row.form.label, kept, texts.get(row.text_id, ""), row.valid_until, row.withdrawn_on,
    )  # fmt: skip


def _mark(values: dict[str, Any]) -> int:
    new = NewConsent(
        values["given_on"], ConsentKind(values["kind"]), document=values["document"], text_id=values["text_id"]
    )
    return mark_received(db(), actor(), values["people"], new, children_signed=values["children_signed"])


def _page(form: Form) -> ResponseReturnValue:
    wanted = pages.wanted_register()
    found = read_register(db(), today(), wanted)
    texts = [
        (str(row.id), f"редакция {row.edition} от {row.valid_from:%d.%m.%Y}")
        for row in consent_texts.editions(db())
        if row.kind.value == wanted.kind
    ]
    html = render_template("consents/register.html", wanted=wanted, found=found, form=form, texts=texts, pages=pages)
    return html, 422 if form.errors else 200
