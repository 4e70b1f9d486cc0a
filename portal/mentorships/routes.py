"""The list of pairs and groups, a card, its history; creating, correcting, ending."""

from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.mentorships import pages
from portal.mentorships.blueprint import mentorships
from portal.mentorships.downloads import pairs_file
from portal.mentorships.schemas import MEETING_KINDS, OUTCOMES, MeetingForm, OutcomeForm, PairForm, TermsEditForm
from portal.participants.blueprint import form_name, form_options, today
from portal.participants.fields import options_of
from portal.participants.formpage import FormPage, Input, carried_out, show, typed_values
from tenants.db import find
from tenants.errors import NotFoundError
from tenants.history import state_of
from tenants.mentorships import commands
from tenants.mentorships.catalogue import mentoring_form
from tenants.mentorships.models import MeetingKind, Mentorship, MentorshipKind, Outcome
from tenants.mentorships.programmes import programmes as all_programmes
from tenants.mentorships.queries import ListedPair, all_pairs, listed_pair, meetings_of, pairs_page, pairs_summary
from tenants.mentorships.words import role_model_word
from tenants.settings.use import role_models_for


@mentorships.route("/", methods=["GET", "POST"])
def pairs() -> ResponseReturnValue:
    """List pairs and groups; the searched name comes by POST."""
    wanted = pages.wanted_pairs()
    rows, found = pairs_page(db(), today(), wanted)
    summary = pairs_summary(db(), today())
    options = {"kind": options_of(MentorshipKind), "form": form_options(every=True)}
    return render_template(
        "mentorships/pairs.html", wanted=wanted, pairs=rows, found=found, summary=summary, options=options, pages=pages
    )


@mentorships.get("/<int:mentorship_id>")
def pair(mentorship_id: int) -> ResponseReturnValue:
    """Show a pair or group with its meetings."""
    row = find(db(), Mentorship, mentorship_id)
    begin = {"held_on": today(), "kind": MeetingKind.WORK}
    return render_template(
        "mentorships/pair.html",
        pair=found_pair(mentorship_id),
        row=row,
        meetings=meetings_of(db(), mentorship_id),
        programme=next((one for one in all_programmes(db()) if one.id == row.programme_id), None),
        form=Form(MeetingForm, typed_values(begin)),
        kinds=MEETING_KINDS,
        role_model=role_model_word(row.role_model),
    )


@mentorships.get("/<int:mentorship_id>/history")
def history(mentorship_id: int) -> ResponseReturnValue:
    """Show who changed what on a pair."""
    steps = pages.pair_history(db(), mentorship_id)
    back = url_for(".pair", mentorship_id=mentorship_id)
    title = pages.title_of(found_pair(mentorship_id))
    return render_template("participants/history.html", title=title, back=back, steps=steps)


@mentorships.route("/add", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Create a pair or group of the form in the address."""
    forms = form_options()
    code = request.form.get("mentoring_form") or request.args.get("form", "")
    code = code if code in dict(forms) else forms[0][0]
    begin = typed_values({"mentoring_form": code, "started_on": today(), "mentees": []})
    form = Form.submitted(PairForm) if request.method == "POST" else Form(PairForm, begin)
    made: list[int] = []
    if request.method == "POST" and carried_out(form, lambda: made.append(_created(form.values))):
        flash("Записано. Отмечайте встречи здесь.", "success")
        return redirect(url_for(".pair", mentorship_id=made[0]), 303)
    context = {
        "form": form,
        "forms": forms,
        "code": code,
        "people": pages.choices(db(), code),
        **_terms_options(code, today()),
    }
    return render_template("mentorships/add.html", **context), 422 if form.errors else 200


@mentorships.route("/<int:mentorship_id>/edit", methods=["GET", "POST"])
def edit(mentorship_id: int) -> ResponseReturnValue:
    """Correct the terms of a pair."""
    row = find(db(), Mentorship, mentorship_id)
    form = (
        Form.submitted(TermsEditForm) if request.method == "POST" else Form(TermsEditForm, typed_values(state_of(row)))
    )
    if request.method == "POST" and carried_out(form, lambda: _edited(mentorship_id, form.values)):
        flash("Сохранено.", "success")
        return redirect(url_for(".pair", mentorship_id=mentorship_id), 303)
    options = _terms_options(row.mentoring_form, row.started_on, row.role_model)
    rows = (
        (Input("started_on", "date", width="s"),),
        (Input("order_number", hint="Приказ о закреплении", width="m"), Input("order_on", "date", width="s")),
        (Input("role_model", "select", options["models"], empty="не выбрана"),),
        (Input("programme_id", "select", options["programmes"], empty="не выбрана"),),
    )
    hidden = {"version": form.typed.get("version", ""), "mentoring_form": row.mentoring_form}
    return show(pair_page(mentorship_id, "Правка", rows, "Сохранить", hidden=hidden), form)


@mentorships.route("/<int:mentorship_id>/end", methods=["GET", "POST"])
def end(mentorship_id: int) -> ResponseReturnValue:
    """End a pair with its outcome."""
    row = find(db(), Mentorship, mentorship_id)
    begin = {"ended_on": today(), "version": row.version}
    form = Form.submitted(OutcomeForm) if request.method == "POST" else Form(OutcomeForm, typed_values(begin))
    if request.method == "POST" and carried_out(form, lambda: _ended(mentorship_id, form.values)):
        flash("Завершено.", "success")
        return redirect(url_for(".pair", mentorship_id=mentorship_id), 303)
    rows = (
        (Input("outcome", "radio", OUTCOMES),),
        (Input("ended_on", "date", hint="С этого дня не считается", width="s"),),
    )
    note = "Участие людей продолжается: его завершают в их карточках."
    hidden = {"version": form.typed.get("version", "")}
    return show(pair_page(mentorship_id, "Завершить", rows, "Завершить", hidden=hidden, note=note), form)


@mentorships.get("/pairs.xlsx")
def download() -> Response:
    """Return the list as a workbook."""
    return pairs_file(all_pairs(db(), today(), pages.wanted_pairs()))


def found_pair(mentorship_id: int) -> ListedPair:
    """Return a pair of this organization.

    Raises:
        NotFoundError: there is none.

    """
    found = listed_pair(db(), today(), mentorship_id)
    if found is None:
        raise NotFoundError
    return found


def pair_page(mentorship_id: int, title: str, rows: Any, submit: str, **more: Any) -> FormPage:  # noqa: ANN401 - rows and words of FormPage
    """Return a form page about a pair, named and linked back."""
    found = found_pair(mentorship_id)
    back = url_for(".pair", mentorship_id=mentorship_id)
    crumbs = [("Пары", url_for(".pairs")), (pages.title_of(found), back)]
    people = f"{pages.names(found.mentors)} – {pages.names(found.mentees)}"
    return FormPage(title, rows, submit, back, crumbs, sub=people, **more)


def _models(code: str, started_on: date, former: str) -> list[tuple[str, str]]:
    """Return the role models of a form on a day; the one that the pair has stays among them."""
    found = role_models_for(db(), actor(), mentoring_form(code), started_on)
    options = [(model.code, model.label) for model in found]
    return options if not former or former in dict(options) else [*options, (former, role_model_word(former))]


def _terms_options(code: str, started_on: date, former: str = "") -> dict[str, Any]:
    running = all_programmes(db(), form=code, running_on=today())
    return {
        "models": _models(code, started_on, former),
        "programmes": [(row.id, row.title) for row in running],
        "form_label": form_name(code),
    }


def _terms(values: dict[str, Any]) -> commands.Terms:
    return commands.Terms(
        values["mentoring_form"],
        values["started_on"],
        values["role_model"],
        values["programme_id"],
        values["order_number"],
        values["order_on"],
    )


def _created(values: dict[str, Any]) -> int:
    people = {"mentors": values["mentors"], "mentees": values["mentees"]}
    return commands.create_mentorship(db(), actor(), _terms(values), **people).id


def _edited(mentorship_id: int, values: dict[str, Any]) -> None:
    commands.edit_mentorship(db(), actor(), mentorship_id, _terms(values), version=values["version"])


def _ended(mentorship_id: int, values: dict[str, Any]) -> None:
    outcome = Outcome(values["outcome"])
    commands.end_mentorship(
        db(), actor(), mentorship_id, ended_on=values["ended_on"], outcome=outcome, version=values["version"]
    )
