"""The register of a tree, the card of an organization, a new organization."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.organizations.blueprint import TIME_ZONES, organizations
from portal.organizations.keeping import keeping_of
from portal.organizations.pages import register_context, wanted
from portal.organizations.schemas import CardForm, FoundForm
from tenants.errors import InvalidError
from tenants.organizations import codes, commands, naming, policy, queries
from tenants.organizations.codes import CARD_LABELS
from tenants.organizations.models import Organization, OrganizationKind


@organizations.get("/")
def register() -> ResponseReturnValue:
    """List the organizations of the actor's tree, fifty a page."""
    page = max(1, request.args.get("page", 1, type=int))
    return render_template("organizations/register.html", **register_context(wanted(), page))


@organizations.get("/card")
@organizations.get("/<int:organization_id>")
def card(organization_id: int | None = None) -> ResponseReturnValue:
    """Show one's own card or the card of an organization below."""
    place = queries.organization_in_reach(db(), organization_id or actor().organization.id)
    return render_template(
        "organizations/card.html",
        place=place,
        labels=CARD_LABELS,
        zones=dict(TIME_ZONES),
        doubt=codes.doubt({"inn": place.inn, "kpp": place.kpp}),
        may_edit=policy.may_edit_card(actor(), place),
        may_archive=policy.may_archive(actor(), place),
        keeping=keeping_of(place),
    )


@organizations.route("/<int:organization_id>/edit", methods=["GET", "POST"])
def edit(organization_id: int) -> ResponseReturnValue:
    """Edit a card."""
    place = queries.organization_in_reach(db(), organization_id)
    if request.method == "GET":
        return _form(place, Form(CardForm, {name: getattr(place, name) for name in ("version", *CARD_LABELS)}))
    form = _checked(Form.submitted(CardForm), besides=place)
    if not form.ok:
        return _form(place, form)
    try:
        commands.edit_card(db(), actor(), organization_id, form.values, version=form.values["version"])
    except InvalidError as error:
        form.refuse(error)
        return _form(place, form)
    flash("Карточка сохранена.", "success")
    return redirect(url_for(".card", organization_id=organization_id), 303)


@organizations.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Found an organization below the actor's."""
    if request.method == "GET":
        typed = {"parent": request.args.get("parent", ""), "time_zone": actor().organization.time_zone}
        return _new_form(Form(FoundForm, typed))
    form = _checked(Form.submitted(FoundForm))
    try:
        found = _found(form) if form.ok else None
    except InvalidError as error:
        form.refuse(error)
        found = None
    if found is None:
        return _new_form(form)
    flash(f"Организация заведена, код {found.code}.", "success")
    return redirect(url_for(".card", organization_id=found.id), 303)


def _found(form: Form) -> Organization:
    values = form.values
    parent = queries.organization_in_reach(db(), values["parent"])
    if not values["code"]:
        taken = queries.taken_elsewhere(naming.proposals(values["name_short"], parent.code))
        # An error elsewhere on the form shows the proposal, so that it can be mended.
        values["code"] = form.typed["code"] = naming.free_code(values["name_short"], parent.code, taken)
    return commands.found_organization(db(), actor(), OrganizationKind(values["kind"]), parent.id, values)


def _checked(form: Form, besides: Organization | None = None) -> Form:
    """Check the card's fields all at once, and ask where another organization has the same codes."""
    card = codes.read_card({name: str(form.typed.get(name, "")) for name in CARD_LABELS})
    for name, message in card.faults.items():
        form.errors.setdefault(name, [message])
    if form.ok and not form.values["same_inn"] and (inn := card.values["inn"]) and _codes_change(card.values, besides):
        region_id = actor().organization.region_id
        twin = queries.twin_of(region_id, inn, card.values["kpp"] or "", besides=besides.id if besides else None)
        if twin:
            form.errors["same_inn"] = [_same_inn(twin)]
    return form


def _same_inn(twin: queries.Twin) -> str:
    return (
        f"Такой же ИНН у «{twin.name}», код {twin.code}. Если это опечатка, исправьте ИНН; если филиал, поставьте"
        " отметку и сохраните ещё раз."
    )


def _codes_change(values: dict[str, str | None], besides: Organization | None) -> bool:
    return besides is None or (values["inn"], values["kpp"]) != (besides.inn, besides.kpp)


def _form(place: Organization, form: Form) -> ResponseReturnValue:
    page = render_template("organizations/edit.html", place=place, form=form, zones=TIME_ZONES)
    return page, 422 if form.errors else 200


def _new_form(form: Form) -> ResponseReturnValue:
    own = actor().organization
    parents = [(own.id, own.name_short)]
    parents += [] if actor().role.of_district else [(one.id, one.name_short) for one in queries.districts(db())]
    kinds = [(kind.value, kind.label) for kind in policy.kinds_to_create(actor())]
    page = render_template("organizations/new.html", form=form, zones=TIME_ZONES, parents=parents, kinds=kinds)
    return page, 422 if form.errors else 200
