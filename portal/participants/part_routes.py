"""Parts in mentoring of one person."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.participants.blueprint import category_options, form_name, form_options, participants, today
from portal.participants.formpage import FormPage, Input, carried_out, show, typed_values
from portal.participants.schemas import (
    CATEGORY_OPTIONS,
    END_REASONS,
    ROLE_OPTIONS,
    EndForm,
    PartForm,
)
from tenants.db import find
from tenants.participants import participations
from tenants.participants.models import EndReason, ParticipantRole, Participation
from tenants.participants.participations import NewPart
from tenants.participants.persons import name_of

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
    if request.method == "POST" and carried_out(
        form, lambda: participations.add_participation(db(), actor(), participant_id, _part(form.values))
    ):
        flash("Участие добавлено.", "success")
        return redirect(_card(participant_id), 303)
    return show(_part_page(participant_id, "Новое участие", "Добавить участие", form), form)


@participants.route("/<int:participant_id>/parts/<int:participation_id>/edit", methods=["GET", "POST"])
def edit_part(participant_id: int, participation_id: int) -> ResponseReturnValue:
    """Correct a part."""
    row = find(db(), Participation, participation_id, participant_id=participant_id)
    form = Form.submitted(PartForm) if request.method == "POST" else _part_form(row)
    if request.method == "POST" and carried_out(
        form,
        lambda: participations.edit_participation(
            db(), actor(), participation_id, _part(form.values), version=form.values["version"]
        ),
    ):
        flash("Участие исправлено.", "success")
        return redirect(_card(participant_id), 303)
    return show(_part_page(participant_id, "Правка участия", "Сохранить", form), form)


@participants.route("/<int:participant_id>/parts/<int:participation_id>/end", methods=["GET", "POST"])
def end_part(participant_id: int, participation_id: int) -> ResponseReturnValue:
    """End a part."""
    row = find(db(), Participation, participation_id, participant_id=participant_id)
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


def _card(participant_id: int) -> str:
    return url_for(".person", participant_id=participant_id)


def _page(participant_id: int, title: str, rows: Any, submit: str, form: Form, **more: Any) -> FormPage:  # noqa: ANN401 - rows of FormPage
    name = name_of(db(), participant_id)
    hidden = {"version": form.typed["version"]} if form.typed.get("version") else {}
    crumbs = [("Участники", url_for(".people")), (name.short, _card(participant_id))]
    return FormPage(title, rows, submit, _card(participant_id), crumbs, hidden=hidden, **more)


def _part_page(participant_id: int, title: str, submit: str, form: Form) -> FormPage:
    # A part that is being corrected keeps its form and category, in use or not.
    known = "version" in form.typed
    choice = (Input("mentoring_form", "select", form_options(every=known), width="m"), Input("class_name", width="m"))
    categories = CATEGORY_OPTIONS if known else category_options()
    category = (Input("category", "select", categories, empty="по форме и роли", width="m"),)
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
