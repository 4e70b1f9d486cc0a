"""The card of an organization and the register of a tree."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.organizations.schemas import CardForm
from tenants.errors import InvalidError
from tenants.organizations import commands, policy, queries
from tenants.organizations.models import Organization

organizations = Blueprint("organizations", __name__, url_prefix="/o/<code>/organizations", template_folder="templates")

TIME_ZONES = (
    ("Europe/Kaliningrad", "Калининград, МСК−1"),
    ("Europe/Moscow", "Москва"),
    ("Europe/Samara", "Самара, МСК+1"),
    ("Asia/Yekaterinburg", "Екатеринбург, МСК+2"),
    ("Asia/Omsk", "Омск, МСК+3"),
    ("Asia/Krasnoyarsk", "Красноярск, МСК+4"),
    ("Asia/Irkutsk", "Иркутск, МСК+5"),
    ("Asia/Yakutsk", "Якутск, МСК+6"),
    ("Asia/Vladivostok", "Владивосток, МСК+7"),
    ("Asia/Magadan", "Магадан, МСК+8"),
    ("Asia/Kamchatka", "Камчатка, МСК+9"),
)


@organizations.get("/")
def register() -> ResponseReturnValue:
    """List the organizations of the actor's tree, fifty a page."""
    text, page = request.args.get("q", "").strip()[:100], max(1, request.args.get("page", 1, type=int))
    found = queries.register_page(db(), text=text, page=page)
    parents = {place.id: place for place in queries.districts(db())}
    return render_template("organizations/register.html", found=found, parents=parents, text=text, page=page)


@organizations.get("/card")
@organizations.get("/<int:organization_id>")
def card(organization_id: int | None = None) -> ResponseReturnValue:
    """Show one's own card or the card of an organization below."""
    place = queries.organization_in_reach(db(), organization_id or actor().organization.id)
    return render_template(
        "organizations/card.html",
        place=place,
        labels=commands.CARD_LABELS,
        zones=dict(TIME_ZONES),
        may_edit=policy.may_edit_card(actor(), place),
    )


@organizations.route("/<int:organization_id>/edit", methods=["GET", "POST"])
def edit(organization_id: int) -> ResponseReturnValue:
    """Edit a card."""
    place = queries.organization_in_reach(db(), organization_id)
    if request.method == "GET":
        return _form(place, Form(CardForm, {name: getattr(place, name) for name in ("version", *commands.CARD_LABELS)}))
    form = Form.submitted(CardForm)
    if not form.ok:
        return _form(place, form)
    try:
        commands.edit_card(db(), actor(), organization_id, form.values, version=form.values["version"])
    except InvalidError as error:
        form.refuse(error)
        return _form(place, form)
    flash("Карточка сохранена.", "success")
    return redirect(url_for(".card", organization_id=organization_id), 303)


def _form(place: Organization, form: Form) -> ResponseReturnValue:
    page = render_template("organizations/edit.html", place=place, form=form, zones=TIME_ZONES)
    return page, 422 if form.errors else 200
