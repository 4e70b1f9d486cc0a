"""The archive: what would follow, the step itself, and back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from portal.context import actor, db
from portal.forms import Form
from portal.organizations.blueprint import organizations, today
from portal.organizations.effects import effects_of
from portal.organizations.schemas import ArchiveForm
from portal.participants.fields import Day
from tenants.errors import InvalidError, NotFoundError
from tenants.organizations import commands, policy, queries
from tenants.organizations.models import Organization


@organizations.route("/<int:organization_id>/archive", methods=["GET", "POST"])
def archive(organization_id: int) -> ResponseReturnValue:
    """Show what archiving on a day would mean; then do it."""
    place = queries.organization_in_reach(db(), organization_id)
    if not policy.may_archive(actor(), place):
        raise NotFoundError
    if request.method == "GET":
        typed = {"version": place.version, "archived_on": request.args.get("on", f"{today():%d.%m.%Y}")}
        return _page(place, Form(ArchiveForm, typed))
    form = Form.submitted(ArchiveForm)
    if not form.ok:
        return _page(place, form)
    day, reason = form.values["archived_on"], form.values["reason"]
    try:
        commands.archive_organization(
            db(), actor(), organization_id, on=day, reason=reason, version=form.values["version"]
        )
    except InvalidError as error:
        form.refuse(error)
        return _page(place, form)
    flash(f"«{place.name_short}» в архиве с {day:%d.%m.%Y}. Прошлые периоды остаются как есть.", "success")
    return redirect(url_for(".card", organization_id=organization_id), 303)


@organizations.post("/<int:organization_id>/restore")
def restore(organization_id: int) -> ResponseReturnValue:
    """Take an organization back from the archive."""
    place = commands.restore_organization(db(), actor(), organization_id)
    flash(f"«{place.name_short}» снова в реестре.", "success")
    return redirect(url_for(".card", organization_id=organization_id), 303)


def _page(place: Organization, form: Form) -> ResponseReturnValue:
    try:
        day = Day().deserialize(form.typed.get("archived_on", ""))
    except ValidationError:
        day = today()
    html = render_template(
        "organizations/archive.html", place=place, form=form, day=day, effects=effects_of(db(), place, day)
    )
    return html, 422 if form.errors else 200
