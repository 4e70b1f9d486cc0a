"""The staff of an organization, its invitations, and what somebody who leaves hands over."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor
from portal.forms import Form
from portal.staff import pages
from portal.staff.handover_page import handover_page
from portal.staff.schemas import InvitationForm
from tenants.accounts import invitations
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError
from tenants.organizations.models import Organization

staff = Blueprint("staff", __name__, url_prefix="/o/<code>/staff", template_folder="templates")

_SENT = "Приглашение отправлено. Ссылка в письме действует трое суток."


@staff.get("/")
@staff.get("/<int:organization_id>")
def show(organization_id: int | None = None) -> ResponseReturnValue:
    """Show who works in one's own organization or in one below."""
    return render_template("staff/show.html", **pages.staff_page(organization_id or actor().organization.id))


@staff.route("/<int:organization_id>/invite", methods=["GET", "POST"])
def invite(organization_id: int) -> ResponseReturnValue:
    """Invite somebody by a letter."""
    place, roles = pages.place_and_roles(organization_id)
    form = Form(InvitationForm, {"role": roles[0].value if roles else ""})
    if pages.posted():
        form = Form.submitted(InvitationForm)
        if form.ok and _invited(form, place):
            flash(_SENT, "success")
            return redirect(url_for(".show", organization_id=place.id), 303)
    page = render_template("staff/invite.html", place=place, form=form, roles=[(r.value, r.label) for r in roles])
    return page, 422 if form.errors else 200


def _invited(form: Form, place: Organization) -> bool:
    role: Role = form.values["role"]
    try:
        with transaction(REGISTRY) as registry:
            invitations.invite(registry, actor(), place.id, role, form.values["email"])
    except InvalidError as error:
        form.refuse(error)
        return False
    return True


@staff.post("/invitations/<int:invitation_id>/resend")
def resend(invitation_id: int) -> ResponseReturnValue:
    """Send an invitation again, with a new link."""
    with transaction(REGISTRY) as registry:
        place_id = invitations.resend(registry, actor(), invitation_id).organization_id
    flash(f"{_SENT} Прежняя ссылка больше не работает.", "success")
    return redirect(url_for(".show", organization_id=place_id), 303)


@staff.post("/invitations/<int:invitation_id>/take-back")
def take_back(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    with transaction(REGISTRY) as registry:
        place_id = invitations.take_back(registry, actor(), invitation_id).organization_id
    flash("Приглашение отозвано. Ссылка из письма больше не работает.", "success")
    return redirect(url_for(".show", organization_id=place_id), 303)


@staff.get("/handover")
def handover() -> ResponseReturnValue:
    """Show what somebody who leaves hands over, and somebody who returns takes up."""
    return render_template("staff/handover.html", **handover_page())
