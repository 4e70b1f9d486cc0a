"""What falls due, the acts of destruction, and their papers."""

import io

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.formats import counted
from portal.forms import Form
from portal.participants.formpage import FormPage, Input, carried_out, show
from portal.subjects.blueprint import subjects, today, whole
from portal.subjects.schemas import ReturnForm
from tenants.accounts.models import Role
from tenants.db import find
from tenants.errors import NotFoundError
from tenants.files.store import content_of, file_of
from tenants.participants.persons import names_of
from tenants.subjects import commands, policy
from tenants.subjects.catalogue import KEYS_STAY, categories
from tenants.subjects.due import due_subjects
from tenants.subjects.mentions import mentions
from tenants.subjects.models import Destruction, DestructionState
from tenants.subjects.people import matching, people_held
from tenants.subjects.requests import register
from tenants.subjects.terms import TERMS

PAPERS = {"act": "act_file_id", "extract": "extract_file_id", "table": "table_file_id"}


@subjects.route("/", methods=["GET", "POST"])
def overview() -> ResponseReturnValue:
    """Show who falls due in the next ninety days, the acts, the requests that wait; a searched name comes by POST."""
    return render_template(
        "subjects/overview.html",
        **_people(),
        acts=commands.acts_of(db()),
        draft=commands.draft_of(db()),
        may_propose=policy.may_keep(actor()),
    )


def _people() -> dict[str, object]:
    with whole() as session:
        due = due_subjects(session, today())
        waiting = [one for one in register(session) if one.request.done_on is None]
        held = people_held(session) if actor().role is Role.KEEPER else []
    listed = [one.participant_id for one in due] + [one.participant_id for one in held]
    listed += [one.request.participant_id for one in waiting]
    ripe = [one for one in due if one.ripe(today())]
    names, text = names_of(db(), listed), request.form.get("q", "").strip()[:100]
    found = matching(held, names, text)
    return {
        "due": due,
        "ripe": ripe,
        "waiting": waiting,
        "held": held,
        "found": found,
        "text": text,
        "names": names,
    }


@subjects.post("/propose")
def propose() -> ResponseReturnValue:
    """Hand the ticked people to the director."""
    chosen = {int(one) for one in request.form.getlist("participant") if one.isdecimal()}
    made = commands.propose(db(), actor(), chosen, today())
    whom = "другому хранителю" if actor().role is Role.KEEPER else "директору"
    flash(f"Список № {made.number} передан на утверждение {whom}.", "success")
    return redirect(url_for(".act", destruction_id=made.id), 303)


@subjects.get("/acts/<int:destruction_id>")
def act(destruction_id: int) -> ResponseReturnValue:
    """Show an act: names that may be shown while they are there, numbers otherwise."""
    found = find(db(), Destruction, destruction_id)
    people = commands.subjects_of(db(), destruction_id)
    ids = [one.participant_id for one in people]
    names = names_of(db(), ids)
    with whole() as session:
        asked = found.state is DestructionState.PROPOSED
        named = mentions(session, list(names_of(session, ids).values())) if asked else []
    return render_template("subjects/act.html", people=people, names=names, named=named, **_about_act(found))


def _about_act(found: Destruction) -> dict[str, object]:
    return {
        "act": found,
        "categories": categories(),
        "keys_stay": KEYS_STAY,
        "may_confirm": policy.may_confirm(actor(), found),
        "own": actor().is_person(found.proposed_by),
        "signs": policy.may_sign(actor()),
        "DONE": DestructionState.DONE,
        "keep_until": found.done_at and TERMS["act"].end(found.done_at.date()),
    }


@subjects.post("/acts/<int:destruction_id>/confirm")
def confirm(destruction_id: int) -> ResponseReturnValue:
    """Sign an act; the job carries it out."""
    found = commands.confirm(db(), actor(), destruction_id)
    count = len(commands.subjects_of(db(), destruction_id))
    who = counted(count, "участника", "участников", "участников")
    flash(f"Акт № {found.number} утверждён: данные {who} уничтожаются. Акт и выгрузка появятся здесь.", "success")
    return redirect(url_for(".act", destruction_id=destruction_id), 303)


@subjects.route("/acts/<int:destruction_id>/return", methods=["GET", "POST"])
def send_back(destruction_id: int) -> ResponseReturnValue:
    """Return a list to the curator."""
    found = find(db(), Destruction, destruction_id)
    form = Form.submitted(ReturnForm) if request.method == "POST" else Form(ReturnForm)
    back = url_for(".act", destruction_id=destruction_id)
    if request.method == "POST" and carried_out(
        form, lambda: commands.send_back(db(), actor(), destruction_id, form.values["reason"])
    ):
        flash(f"Список № {found.number} возвращён.", "success")
        return redirect(back, 303)
    rows = ((Input("reason", "textarea"),),)
    note = "Данные остаются. Тот, кто составил список, увидит причину и составит новый."
    return show(FormPage(f"Возврат списка № {found.number}", rows, "Вернуть", back, note=note), form)


@subjects.get("/acts/<int:destruction_id>/<paper>")
def act_file(destruction_id: int, paper: str) -> Response:
    """Return the act, or the extract of the journal as PDF or workbook."""
    found = find(db(), Destruction, destruction_id)
    file_id = getattr(found, PAPERS.get(paper, ""), None)
    if file_id is None:
        raise NotFoundError
    row = file_of(db(), file_id)
    return send_file(io.BytesIO(content_of(row)), row.media_type, as_attachment=True, download_name=row.name)
