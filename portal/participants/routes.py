"""The list of people, a card, its history; adding and correcting a card."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.participants import pages
from portal.participants.blueprint import category_options, form_options, participants, today
from portal.participants.downloads import people_file
from portal.participants.formpage import FormPage, Input, carried_out, show, typed_values
from portal.participants.schemas import CONSENT_KINDS, ROLE_OPTIONS, SEX_OPTIONS, CardForm, PersonForm
from tenants.db import find
from tenants.mentorships.queries import pairs_of
from tenants.participants import commands, consents
from tenants.participants.consents import NewConsent
from tenants.participants.models import Participant, ParticipantRole
from tenants.participants.papers import papers_of
from tenants.participants.participations import NewPart, parts_of
from tenants.participants.persons import Name, name_of
from tenants.participants.queries import all_people, people_page, people_summary
from tenants.participants.withdrawal import may_undo, withdrawals_of

CONTACTS = (
    (Input("phone", "tel", width="m"), Input("email", "email", width="l")),
    (Input("representative", hint="Имя и телефон того, кто подписывает за несовершеннолетнего"),),
    (Input("genitive", hint="Для бланка согласия, если портал склоняет неверно: Ивановой Анны Петровны"),),
    (
        Input("sex", "select", SEX_OPTIONS, width="m"),
        Input("experience_since", "date", hint="Для педагогов: первый день стажа", width="m"),
    ),
)


@participants.route("/", methods=["GET", "POST"])
def people() -> ResponseReturnValue:
    """List the people; the searched name comes by POST."""
    return render_template("participants/people.html", **people_context())


def people_context() -> dict[str, Any]:
    """Return what the list is drawn from."""
    wanted = pages.wanted_people()
    rows, found = people_page(db(), today(), wanted)
    summary = people_summary(db(), today())
    return {
        "wanted": wanted,
        "people": rows,
        "found": found,
        "summary": summary,
        "options": pages.filter_options(),
        "pages": pages,
    }


@participants.get("/<int:participant_id>")
def person(participant_id: int) -> ResponseReturnValue:
    """Show a card."""
    participant = find(db(), Participant, participant_id)
    names, rows = commands.shown_person(db(), participant_id), consents.consents_of(db(), participant_id)
    return render_template(
        "participants/person.html" if names else "participants/hidden.html",
        participant=participant,
        names=names,
        name=name_of(db(), participant_id),
        parts=parts_of(db(), participant_id),
        consents=rows,
        pairs=pairs_of(db(), today(), participant_id),
        age=pages.age_on(participant.born_on),
        blank_kinds=CONSENT_KINDS,
        papers=papers_of(db(), [row.id for row in rows]),
        withdrawals=withdrawals_of(db(), participant_id),
        may_undo=lambda row: may_undo(row, actor()),
        consent_state=lambda row: consents.state_of_consent(row, participant.born_on, today()),
    )


@participants.get("/<int:participant_id>/history")
def history(participant_id: int) -> ResponseReturnValue:
    """Show who changed what on a card."""
    participant, names = commands.person_of(db(), participant_id)
    steps = pages.person_history(db(), participant_id)
    back = url_for(".person", participant_id=participant_id)
    return render_template(
        "participants/history.html",
        title=names.name.full,
        subject=f"участник № {participant.number}",
        back=back,
        steps=steps,
    )


@participants.route("/add", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Write one person down."""
    form = Form.submitted(PersonForm) if _posted() else Form(PersonForm, typed_values({"started_on": today()}))
    made: list[int] = []
    if _posted() and carried_out(form, lambda: made.append(_added(form.values))):
        flash("Участник записан.", "success")
        return redirect(url_for(".person", participant_id=made[0]), 303)
    return show(_add_page(form), form)


@participants.route("/<int:participant_id>/edit", methods=["GET", "POST"])
def edit(participant_id: int) -> ResponseReturnValue:
    """Correct a card."""
    commands.person_of(db(), participant_id)
    form = Form.submitted(CardForm) if _posted() else _card_form(participant_id)
    if _posted() and carried_out(form, lambda: _edited(participant_id, form.values)):
        flash("Карточка сохранена.", "success")
        return redirect(url_for(".person", participant_id=participant_id), 303)
    back = url_for(".person", participant_id=participant_id)
    rows = ((Input("name"),), (Input("born_on", "date", width="s"),), *CONTACTS)
    page = FormPage(
        "Правка карточки", rows, "Сохранить карточку", back, hidden={"version": form.typed.get("version", "")}
    )
    return show(page, form)


@participants.get("/people.xlsx")
def download() -> Response:
    """Return the list on the screen as a workbook."""
    return people_file(all_people(db(), today(), pages.wanted_people()))


def _posted() -> bool:
    return request.method == "POST"


def _added(values: dict[str, Any]) -> int:
    part = NewPart(
        ParticipantRole(values["role"]),
        values["mentoring_form"],
        values["started_on"],
        values["category"],
        values["class_name"],
        values["trained_on"],
    )
    card, given_on = _card(values), values["consent_on"]
    consent = given_on and NewConsent(
        given_on,
        given_by=consents.usual_giver(card.born_on, given_on),
        valid_until=values["consent_until"],
        document=values["consent_document"],
    )
    new = commands.NewPerson(card, part, consent)
    return commands.add_person(db(), actor(), new, namesake=values["namesake"]).id


def _edited(participant_id: int, values: dict[str, Any]) -> None:
    commands.edit_person(db(), actor(), participant_id, _card(values), version=values["version"])


def _card(values: dict[str, Any]) -> commands.Card:
    fields = ("born_on", "sex", "experience_since", "phone", "email", "representative", "genitive")
    return commands.Card(Name.parse(values["name"]), **{name: values[name] for name in fields})


def _card_form(participant_id: int) -> Form:
    participant, names = commands.person_of(db(), participant_id)
    values = {
        "name": names.name.full,
        "version": commands.card_version(participant, names),
        **{name: getattr(participant, name) for name in ("born_on", "sex", "experience_since")},
        **{name: getattr(names, name) for name in ("phone", "email", "representative", "genitive")},
    }
    return Form(CardForm, typed_values(values))


def _add_page(form: Form) -> FormPage:
    twin = any("уже записан" in sentence for sentence in form.errors.get("name", []))
    rows = (
        (Input("name", hint="Например: Иванова Анна Петровна"),),
        *(((Input("namesake", "checkbox"),),) if twin else ()),
        (Input("role", "radio", ROLE_OPTIONS),),
        (Input("mentoring_form", "select", form_options(), width="m"), Input("class_name", hint="", width="m")),
        (Input("born_on", "date", width="s"), Input("consent_on", "date", width="s")),
    )
    more = (
        (
            Input("started_on", "date", width="s"),
            Input("category", "select", category_options(), empty="по форме и роли", width="m"),
        ),
        (
            Input("consent_until", "date", width="s"),
            Input("consent_document", width="m"),
            Input("trained_on", "date", width="s"),
        ),
        *CONTACTS,
    )
    note = "Согласие – отдельный документ на бумаге; здесь его дата. Без неё участник попадёт в «Без согласия»."
    back = url_for(".people")
    return FormPage("Новый участник", rows, "Записать участника", back, [("Участники", back)], note=note, more=more)
