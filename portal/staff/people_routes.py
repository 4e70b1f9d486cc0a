"""Which accounts belong to one person: the region decides."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor
from portal.forms import Form
from portal.staff.routes import staff
from portal.staff.schemas import JoinForm
from tenants.accounts import people as commands
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError


@staff.get("/people")
def people() -> ResponseReturnValue:
    """Show the accounts of the region that share a name or a person."""
    return _page(Form(JoinForm))


@staff.post("/people/join")
def join() -> ResponseReturnValue:
    """Count two accounts as one person."""
    form = Form.submitted(JoinForm)
    if form.ok:
        try:
            with transaction(REGISTRY) as registry:
                one, other = (commands.account_of_region(registry, actor(), form.values[n]) for n in ("email", "other"))
                commands.join_people(registry, actor(), one.id, other.id)
        except InvalidError as error:
            form.refuse(error)
        else:
            flash("Учтено: это один человек. Отправленное с одной записи не утвердит другая.", "success")
            return redirect(url_for(".people"), 303)
    return _page(form)


@staff.post("/people/<int:account_id>/part")
def part(account_id: int) -> ResponseReturnValue:
    """Count an account as a person of its own."""
    with transaction(REGISTRY) as registry:
        commands.part_person(registry, actor(), account_id)
    flash("Учтено: это разные люди.", "success")
    return redirect(url_for(".people"), 303)


def _page(form: Form) -> ResponseReturnValue:
    with transaction(REGISTRY.reading()) as registry:
        groups = commands.namesakes_of(registry, actor().organization.region_id)
    page = render_template("staff/people.html", groups=groups, form=form, opened=request.method == "POST")
    return page, 422 if form.errors else 200
