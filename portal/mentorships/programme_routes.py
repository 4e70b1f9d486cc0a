"""Programmes of mentoring."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.mentorships.blueprint import mentorships
from portal.mentorships.schemas import ProgrammeForm
from portal.participants.blueprint import form_options, today
from portal.participants.formpage import FormPage, Input, carried_out, show, typed_values
from tenants.db import find
from tenants.history import state_of
from tenants.mentorships.models import Programme
from tenants.mentorships.programmes import ProgrammeTerms
from tenants.mentorships.programmes import add_programme as write_down
from tenants.mentorships.programmes import edit_programme as correct
from tenants.mentorships.programmes import programmes as all_programmes


@mentorships.get("/programmes")
def programmes() -> ResponseReturnValue:
    """List the programmes."""
    return render_template("mentorships/programmes.html", programmes=all_programmes(db()))


@mentorships.route("/programmes/add", methods=["GET", "POST"])
def add_programme() -> ResponseReturnValue:
    """Write a programme down."""
    form = (
        Form.submitted(ProgrammeForm)
        if request.method == "POST"
        else Form(ProgrammeForm, typed_values({"started_on": today()}))
    )
    if request.method == "POST" and carried_out(form, lambda: write_down(db(), actor(), _terms(form.values))):
        flash("Программа записана.", "success")
        return redirect(url_for(".programmes"), 303)
    return show(_page("Новая программа", "Записать программу"), form)


@mentorships.route("/programmes/<int:programme_id>/edit", methods=["GET", "POST"])
def edit_programme(programme_id: int) -> ResponseReturnValue:
    """Correct or end a programme."""
    begin = typed_values(state_of(find(db(), Programme, programme_id)))
    form = Form.submitted(ProgrammeForm) if request.method == "POST" else Form(ProgrammeForm, begin)
    if request.method == "POST" and carried_out(form, lambda: _edit(programme_id, form.values)):
        flash("Программа сохранена.", "success")
        return redirect(url_for(".programmes"), 303)
    return show(_page("Правка программы", "Сохранить программу", version=form.typed.get("version", "")), form)


def _page(title: str, submit: str, **hidden: Any) -> FormPage:  # noqa: ANN401 - hidden values of a form
    rows = (
        (Input("title"),),
        (Input("mentoring_form", "select", form_options(every=True), width="m"),),
        (Input("started_on", "date", width="s"), Input("ended_on", "date", hint="", width="s")),
    )
    back = url_for(".programmes")
    note = "Окончание – первый день, когда программа уже не идёт. Пока она идёт, оставьте его пустым."
    crumbs = [("Пары", url_for(".pairs")), ("Программы", back)]
    return FormPage(title, rows, submit, back, crumbs, hidden=hidden, note=note)


def _terms(values: dict[str, Any]) -> ProgrammeTerms:
    return ProgrammeTerms(values["title"], values["mentoring_form"], values["started_on"], values["ended_on"])


def _edit(programme_id: int, values: dict[str, Any]) -> None:
    correct(db(), actor(), programme_id, _terms(values), version=values["version"])
