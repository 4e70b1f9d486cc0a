"""Parts in mentoring and consents of one person."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.formats import counted
from portal.forms import Form
from portal.participants.blueprint import form_name, form_options, participants, today
from portal.participants.formpage import FormPage, Input, carried_out, show, typed_values
from portal.participants.schemas import (
    CATEGORY_OPTIONS,
    CONSENT_KINDS,
    END_REASONS,
    GIVER_OPTIONS,
    ROLE_OPTIONS,
    ConsentForm,
    EndForm,
    PartForm,
    WithdrawForm,
)
from tenants.db import find
from tenants.participants import participations
from tenants.participants.commands import person_of
from tenants.participants.consents import NewConsent, usual_giver
from tenants.participants.consents import give_consent as give
from tenants.participants.consents import withdraw_consent as withdraw
from tenants.participants.models import Consent, ConsentKind, EndReason, Giver, ParticipantRole, Participation
from tenants.participants.participations import NewPart

_PART_ROWS = (
    (Input("role", "radio", ROLE_OPTIONS),),
    (Input("started_on", "date", width="s"), Input("trained_on", "date", width="s")),
)


@participants.route("/<int:participant_id>/parts/add", methods=["GET", "POST"])
def add_part(participant_id: int) -> ResponseReturnValue:
    """Begin one more part of a person."""
    form = (
        Form.submitted(PartForm) if request.method == "POST" else Form(PartForm, typed_values({"started_on": today()}))
    )
    add = lambda: participations.add_participation(db(), actor(), participant_id, _part(form.values))  # noqa: E731 - run only where the form is right
    if request.method == "POST" and carried_out(form, add):
        flash("Участие добавлено.", "success")
        return redirect(_card(participant_id), 303)
    return show(_part_page(participant_id, "Новое участие", "Добавить участие", form), form)


@participants.route("/<int:participant_id>/parts/<int:participation_id>/edit", methods=["GET", "POST"])
def edit_part(participant_id: int, participation_id: int) -> ResponseReturnValue:
    """Correct a part."""
    row = find(db(), Participation, participation_id)
    form = Form.submitted(PartForm) if request.method == "POST" else _part_form(row)
    edit = lambda: participations.edit_participation(  # noqa: E731 - run only where the form is right
        db(), actor(), participation_id, _part(form.values), version=form.values["version"]
    )
    if request.method == "POST" and carried_out(form, edit):
        flash("Участие исправлено.", "success")
        return redirect(_card(participant_id), 303)
    return show(_part_page(participant_id, "Правка участия", "Сохранить", form), form)


@participants.route("/<int:participant_id>/parts/<int:participation_id>/end", methods=["GET", "POST"])
def end_part(participant_id: int, participation_id: int) -> ResponseReturnValue:
    """End a part."""
    row = find(db(), Participation, participation_id)
    begin = {"ended_on": today(), "version": row.version}
    form = Form.submitted(EndForm) if request.method == "POST" else Form(EndForm, typed_values(begin))
    if request.method == "POST" and carried_out(form, lambda: _end(participation_id, form.values)):
        flash("Участие завершено. Открытые пары этой роли тоже закрыты.", "success")
        return redirect(_card(participant_id), 303)
    rows = (
        (Input("end_reason", "radio", END_REASONS),),
        (Input("ended_on", "date", hint="С этого дня участник не считается", width="s"),),
    )
    title = f"Завершить: {row.role.label}, {form_name(row.mentoring_form).lower()}"
    note = "Вместе с участием закроются открытые пары этой роли. Записанное по ошибке не считается ни в одном отчёте."
    return show(_page(participant_id, title, rows, "Завершить участие", form, note=note), form)


@participants.route("/<int:participant_id>/consents/add", methods=["GET", "POST"])
def give_consent(participant_id: int) -> ResponseReturnValue:
    """Write down a consent."""
    participant, _ = person_of(db(), participant_id)
    begin = {"given_on": today(), "given_by": usual_giver(participant.born_on, today()), "kind": ConsentKind.PROCESSING}
    form = Form.submitted(ConsentForm) if request.method == "POST" else Form(ConsentForm, typed_values(begin))
    if request.method == "POST" and carried_out(
        form, lambda: give(db(), actor(), participant_id, _consent(form.values))
    ):
        flash("Согласие внесено.", "success")
        return redirect(_card(participant_id), 303)
    rows = (
        (Input("kind", "radio", CONSENT_KINDS),),
        (Input("given_on", "date", width="s"), Input("valid_until", "date", hint="", width="s")),
        (Input("given_by", "radio", GIVER_OPTIONS),),
        (Input("document", hint="Например: личное дело, папка 3. Скан согласия портал не хранит"),),
    )
    return show(_page(participant_id, "Согласие", rows, "Внести согласие", form), form)


@participants.route("/<int:participant_id>/consents/<int:consent_id>/withdraw", methods=["GET", "POST"])
def withdraw_consent(participant_id: int, consent_id: int) -> ResponseReturnValue:
    """Write down that a consent was withdrawn."""
    row = find(db(), Consent, consent_id)
    begin = {"withdrawn_on": today(), "version": row.version}
    form = Form.submitted(WithdrawForm) if request.method == "POST" else Form(WithdrawForm, typed_values(begin))
    ended: list[Participation] = []
    if request.method == "POST" and carried_out(form, lambda: ended.extend(_withdraw(consent_id, form.values))):
        parts = counted(len(ended), "участие", "участия", "участий")
        flash(f"Согласие отозвано. Завершено: {parts}." if ended else "Согласие отозвано.", "success")
        return redirect(_card(participant_id), 303)
    rows = ((Input("withdrawn_on", "date", hint="С этого дня согласия нет", width="s"),),)
    last = row.kind is ConsentKind.PROCESSING
    note = "Если другого действующего согласия нет, участие и пары завершатся этим днём." if last else ""
    return show(
        _page(participant_id, f"Отозвать согласие {row.kind.label}", rows, "Отозвать согласие", form, note=note), form
    )


def _card(participant_id: int) -> str:
    return url_for(".person", participant_id=participant_id)


def _page(participant_id: int, title: str, rows: Any, submit: str, form: Form, **more: Any) -> FormPage:  # noqa: ANN401 - rows of FormPage
    _, names = person_of(db(), participant_id)
    hidden = {"version": form.typed["version"]} if form.typed.get("version") else {}
    crumbs = [("Участники", url_for(".people")), (names.name.short, _card(participant_id))]
    return FormPage(title, rows, submit, _card(participant_id), crumbs, hidden=hidden, **more)


def _part_page(participant_id: int, title: str, submit: str, form: Form) -> FormPage:
    choice = (Input("mentoring_form", "select", form_options(), width="m"), Input("class_name", width="m"))
    category = (Input("category", "select", CATEGORY_OPTIONS, empty="по форме и роли", width="m"),)
    return _page(participant_id, title, (_PART_ROWS[0], choice, _PART_ROWS[1], category), submit, form)


def _part_form(row: Participation) -> Form:
    return Form(PartForm, typed_values({**participations.part_values(row), "version": row.version}))


def _part(values: dict[str, Any]) -> NewPart:
    return NewPart(
        ParticipantRole(values["role"]),
        values["mentoring_form"],
        values["started_on"],
        values["category"],
        values["class_name"],
        values["trained_on"],
    )


def _end(participation_id: int, values: dict[str, Any]) -> None:
    participations.end_participation(
        db(),
        actor(),
        participation_id,
        ended_on=values["ended_on"],
        reason=EndReason(values["end_reason"]),
        version=values["version"],
    )


def _consent(values: dict[str, Any]) -> NewConsent:
    return NewConsent(
        values["given_on"],
        ConsentKind(values["kind"]),
        Giver(values["given_by"]),
        values["valid_until"],
        values["document"],
    )


def _withdraw(consent_id: int, values: dict[str, Any]) -> list[Participation]:
    return withdraw(db(), actor(), consent_id, on=values["withdrawn_on"], version=values["version"])
