"""One member of staff: another role, a deputy, the end of the work."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from portal import formats
from portal.context import actor
from portal.forms import Form
from portal.staff import pages
from portal.staff.routes import staff
from portal.staff.schemas import DeputyForm, DismissForm, RoleForm
from tenants import clock
from tenants.accounts import deputies
from tenants.accounts import staff as commands
from tenants.accounts.deputies import Deputizing
from tenants.accounts.deputy_invitations import invite_deputy
from tenants.accounts.invitations import Invitation
from tenants.accounts.models import Membership
from tenants.db import REGISTRY, ScopedSession, transaction
from tenants.errors import InvalidError

_FORMS: dict[str, type[Schema]] = {"role": RoleForm, "deputy": DeputyForm, "dismiss": DismissForm}


@staff.get("/members/<int:membership_id>")
def member(membership_id: int) -> ResponseReturnValue:
    """Show what may be done about a member."""
    return _page(membership_id)


@staff.post("/members/<int:membership_id>/role")
def change_role(membership_id: int) -> ResponseReturnValue:
    """Give a member another role."""
    return _step(
        membership_id,
        "role",
        lambda registry, form: commands.change_role(registry, actor(), membership_id, form.values["role"]),
        "Роль изменена.",
    )


@staff.post("/members/<int:membership_id>/dismiss")
def dismiss(membership_id: int) -> ResponseReturnValue:
    """End a member's role."""
    return _step(
        membership_id,
        "dismiss",
        lambda registry, form: commands.dismiss(registry, actor(), membership_id, from_day=form.values["from_day"]),
        "Работа завершена. Доступ закрывается с указанного дня.",
    )


@staff.post("/members/<int:membership_id>/deputy")
def deputy(membership_id: int) -> ResponseReturnValue:
    """Let a colleague stand in for a member, or somebody who is invited by letter."""
    return _step(
        membership_id,
        "deputy",
        lambda registry, form: _deputize(registry, membership_id, form.values),
        "Приглашение заместителю отправлено. Срок начнётся, когда его примут, но не раньше первого дня."
        if request.form.get("email", "").strip()
        else "Заместитель назначен. Срок закончится сам.",
    )


def _deputize(registry: ScopedSession, membership_id: int, values: dict[str, Any]) -> Membership | Invitation:
    term = Deputizing(values["since"], values["until"], values["reason"], values["suspends"])
    if values["user_id"] is not None:
        return deputies.appoint(registry, actor(), membership_id, values["user_id"], term)
    return invite_deputy(registry, actor(), membership_id, values["email"], term)


def _step(
    membership_id: int, name: str, do: Callable[[ScopedSession, Form], Membership | Invitation], done: str
) -> ResponseReturnValue:
    form = Form.submitted(_FORMS[name])
    if form.ok:
        try:
            with transaction(REGISTRY) as registry:
                held = do(registry, form)
        except InvalidError as error:
            form.refuse(error)
        else:
            flash(done, "success")
            return redirect(url_for(".show", organization_id=held.organization_id), 303)
    return _page(membership_id, **{name: form})


def _page(membership_id: int, **sent: Form) -> ResponseReturnValue:
    context = pages.member_page(membership_id)
    today = formats.day(clock.today(actor().organization.time_zone))
    begun = {"deputy": {"since": today}, "dismiss": {"from_day": today}}
    forms = {name: sent.get(name) or Form(schema, begun.get(name)) for name, schema in _FORMS.items()}
    if not context["colleagues"] and "user_id" in forms["deputy"].errors:
        # Without colleagues there is no list to choose from: the address is what is missing.
        forms["deputy"].errors["email"] = forms["deputy"].errors.pop("user_id")
    failed = next((form for form in forms.values() if form.errors), None)
    page = render_template("staff/member.html", forms=forms, failed=failed, **context)
    return page, 422 if failed else 200
