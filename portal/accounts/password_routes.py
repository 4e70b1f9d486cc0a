"""Change the password; ask for a new one by letter and set it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.blueprint import accounts, person
from portal.accounts.entering import own_path
from portal.accounts.proof import has_passkeys, own, prove
from portal.accounts.schemas import AddressForm, NewPasswordForm, PasswordForm
from portal.forms import Form
from tenants.accounts import own_account
from tenants.accounts.attempts import network_of, note_attempt
from tenants.accounts.factor_models import LinkPurpose
from tenants.accounts.links import link_of
from tenants.accounts.queries import Stage
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError


@accounts.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Change one's own password."""
    form = Form.submitted(PasswordForm) if request.method == "POST" else Form(PasswordForm)
    if request.method == "POST" and form.ok and _change(form):
        flash("Пароль изменён. На других устройствах вход закрыт.", "success")
        return redirect(own_path(request.args.get("next", "")), 303)
    must_change = person().stage is Stage.PASSWORD
    page = render_template("accounts/password.html", form=form, must_change=must_change, passkeys=has_passkeys())
    return page, 422 if form.errors else 200


@accounts.route("/reset", methods=["GET", "POST"])
def ask_reset() -> ResponseReturnValue:
    """Ask for a letter; the answer is the same whether anybody has this address or not."""
    form = Form.submitted(AddressForm) if request.method == "POST" else Form(AddressForm)
    if request.method == "GET" or not form.ok:
        return render_template("accounts/ask_reset.html", form=form), 422 if form.errors else 200
    with transaction(REGISTRY) as registry:
        own_account.ask_reset(registry, form.values["email"])
    return render_template("accounts/asked.html")


@accounts.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    """Set a new password by the link of a letter; opening the link uses nothing up."""
    form = Form.submitted(NewPasswordForm) if request.method == "POST" else Form(NewPasswordForm)
    if request.method == "GET":
        with transaction(REGISTRY.reading()) as registry:
            link_of(registry, LinkPurpose.RESET, token)
    elif form.ok and _reset(form, token):
        flash("Пароль изменён. Войдите с новым.", "success")
        return redirect(url_for(".sign_in"), 303)
    return render_template("accounts/reset.html", form=form), 422 if form.errors else 200


def _reset(form: Form, token: str) -> bool:
    try:
        with transaction(REGISTRY) as registry:
            email = own_account.reset_password(registry, token, form.values["password"])
            note_attempt(registry, email, network_of(request.remote_addr or ""), succeeded=True)
    except InvalidError as error:
        form.refuse(error)
    return form.ok


def _change(form: Form) -> bool:
    old, new = form.values["old"], form.values["password"]
    try:
        prove(old, field="old")
        with transaction(REGISTRY) as registry:
            own_account.change_password(registry, own(registry), new=new, keep_id=person().sign_in_id)
    except InvalidError as error:
        form.refuse(error)
    return form.ok
