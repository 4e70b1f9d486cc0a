"""Change the address: the new one confirms by a link, the old one may take it back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.blueprint import accounts
from portal.accounts.proof import has_codes, has_passkeys, own, prove
from portal.accounts.schemas import EmailForm
from portal.forms import Form
from tenants.accounts import own_account
from tenants.accounts.factor_models import LinkPurpose
from tenants.accounts.links import link_of
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError


@accounts.route("/email", methods=["GET", "POST"])
def email() -> ResponseReturnValue:
    """Ask for another address: the password, and the code where the person has an application, once more."""
    form = Form.submitted(EmailForm) if request.method == "POST" else Form(EmailForm)
    if request.method == "POST" and form.ok and _ask(form):
        flash("Мы отправили ссылку на новый адрес. Пока её не открыли, вход остаётся по прежнему.", "success")
        return redirect(url_for(".devices"), 303)
    page = render_template("accounts/email.html", form=form, guarded=has_codes(), passkeys=has_passkeys())
    return page, 422 if form.errors else 200


@accounts.route("/email/<token>", methods=["GET", "POST"])
def confirm_email(token: str) -> ResponseReturnValue:
    """Confirm the new address."""
    if request.method == "GET":
        return _ask_once_more(LinkPurpose.EMAIL, token)
    with transaction(REGISTRY) as registry:
        own_account.confirm_email(registry, token)
    flash("Адрес изменён. Входите теперь с новым.", "success")
    return redirect(url_for("start"), 303)


@accounts.route("/email-back/<token>", methods=["GET", "POST"])
def undo_email(token: str) -> ResponseReturnValue:
    """Bring the former address back: «это не я»."""
    if request.method == "GET":
        return _ask_once_more(LinkPurpose.EMAIL_UNDO, token)
    with transaction(REGISTRY) as registry:
        own_account.undo_email(registry, token)
    flash(
        "Прежний адрес вернулся. Все входы закрыты, пароль, коды восстановления и недавно добавленные способы"
        " второго шага больше не действуют. Ссылку для нового пароля мы отправили на этот адрес.",
        "warning",
    )
    return redirect(url_for(".sign_in"), 303)


def _ask_once_more(purpose: LinkPurpose, token: str) -> str:
    """Ask before anything changes: programs that look through letters open links too."""
    with transaction(REGISTRY.reading()) as registry:
        link = link_of(registry, purpose, token)
    return render_template("accounts/email_link.html", undo=purpose is LinkPurpose.EMAIL_UNDO, email=link.email)


def _ask(form: Form) -> bool:
    try:
        prove(form.values["password"], form.values["code"] if has_codes() else None)
        with transaction(REGISTRY) as registry:
            own_account.ask_email_change(registry, own(registry), form.values["email"])
    except InvalidError as error:
        form.refuse(error)
    return form.ok
