"""«Вход и безопасность» of an organization: the region's rules, and second factors of those below."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.accounts.entering import own_path
from portal.accounts.proof import has_passkeys, proved
from portal.accounts.schemas import RulesForm
from portal.context import actor
from portal.forms import Form
from tenants import journal
from tenants.accounts.events import Who
from tenants.accounts.models import Role
from tenants.accounts.rules import Rules, change_rules, rules_in_force
from tenants.accounts.subordinates import may_reset_factor, subordinates_with_factor
from tenants.accounts.subordinates import reset_factor as reset_factor_of
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError, NotFoundError
from tenants.organizations.models import Organization

security = Blueprint("security", __name__, url_prefix="/o/<code>/security", template_folder="templates")

ROLES = tuple((role.value, role.label) for role in Role)


@security.get("/")
def rules() -> ResponseReturnValue:
    """Show the rules in force and whose second factor may be reset."""
    with transaction(REGISTRY.reading()) as registry:
        found = rules_in_force(registry, actor().organization.region_id)
    return _page(_form(found), found)


@security.post("/")
def set_rules() -> ResponseReturnValue:
    """Put other rules into force."""
    form = Form.submitted(RulesForm)
    form.typed["factor_roles"] = request.form.getlist("factor_roles")
    if form.ok and _change(form):
        flash("Правила действуют с этой минуты.", "success")
        return redirect(url_for(".rules"), 303)
    return _page(form, None), 422


@security.post("/people/<int:user_id>/reset")
def reset_factor(user_id: int) -> ResponseReturnValue:
    """Take the second factor of a subordinate away; the actor's own password, or a passkey, is asked for once more."""
    with transaction(REGISTRY.reading()) as registry:
        if not may_reset_factor(registry, actor(), user_id):
            raise NotFoundError
        found = rules_in_force(registry, actor().organization.region_id)
    if refused := proved(request.form.get("password", "")):
        flash(refused, "error")
        return _page(_form(found), found), 422
    with transaction(REGISTRY) as registry:
        reset_factor_of(registry, actor(), user_id)
    flash("Второй шаг сброшен, входы закрыты. Человек настроит его заново при входе.", "success")
    return redirect(own_path(request.form.get("next") or url_for(".rules")), 303)


def _change(form: Form) -> bool:
    values, me = form.values, actor()
    wanted = Rules(
        values["idle_minutes"], values["longest_hours"], frozenset(Role(role) for role in values["factor_roles"])
    )
    try:
        with transaction(REGISTRY) as registry:
            region = registry.scalars(select(Organization).where(Organization.id == me.organization.region_id)).one()
            if not change_rules(registry, Who(me.user_id, me.name), region, wanted):
                journal.nothing_changed()
    except InvalidError as error:
        form.refuse(error)
    return form.ok


def _form(found: Rules) -> Form:
    values = {"idle_minutes": found.idle_minutes, "longest_hours": found.longest_hours}
    return Form(RulesForm, values | {"factor_roles": [role.value for role in found.factor_roles]})


def _page(form: Form, found: Rules | None) -> str:
    with transaction(REGISTRY.reading()) as registry:
        people = subordinates_with_factor(registry, actor())
    return render_template(
        "security/rules.html", form=form, rules=found, roles=ROLES, people=people, passkeys=has_passkeys()
    )
