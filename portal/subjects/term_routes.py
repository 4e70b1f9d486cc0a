"""The terms of keeping: everybody reads them, the region sets its own from a date on."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.participants.formpage import FormPage, Input, carried_out, show, typed_values
from portal.subjects.blueprint import retention, today
from portal.subjects.schemas import TERM_OPTIONS, TermForm
from tenants.accounts.models import Role
from tenants.subjects.terms import TERMS, coming_terms, set_term, terms_on


@retention.get("/")
def terms() -> ResponseReturnValue:
    """Show how long each kind of record is kept, and why."""
    return render_template(
        "subjects/terms.html",
        terms=terms_on(db(), today()).values(),
        coming=[(TERMS[row.kind].label, row) for row in coming_terms(db(), today()) if row.kind in TERMS],
        may_set=actor().role is Role.REGION_ADMIN,
    )


@retention.route("/set", methods=["GET", "POST"])
def set_() -> ResponseReturnValue:
    """Set a term of the region."""
    posted = request.method == "POST"
    form = Form.submitted(TermForm) if posted else Form(TermForm, typed_values({"valid_from": today()}))
    if posted and carried_out(form, lambda: set_term(db(), actor(), **form.values, today=today())):
        flash("Срок задан.", "success")
        return redirect(url_for(".terms"), 303)
    rows = (
        (Input("kind", "select", TERM_OPTIONS, empty=None),),
        (Input("months", "number", width="s"), Input("valid_from", "date", width="s")),
        (Input("ground", hint="Приказ или строка номенклатуры дел"),),
    )
    note = "Что уже уничтожено, не вернётся. Более долгий срок действует для того, что ещё хранится."
    back = url_for(".terms")
    return show(FormPage("Срок хранения", rows, "Задать срок", back, [("Сроки хранения", back)], note=note), form)
