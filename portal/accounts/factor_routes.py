"""The second step of signing in and what it is done with: an application with codes, recovery codes."""

import segno
from flask import flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.blueprint import accounts, person
from portal.accounts.entering import go_on, own_path, wants_json
from portal.accounts.proof import WRONG_CODE, has_codes, has_passkeys, own, prove, proved
from portal.accounts.schemas import CodeForm, OnlyPasswordForm, ProvenCodeForm
from portal.forms import Form
from tenants.accounts import factors
from tenants.accounts.attempts import refuse_guessing_codes
from tenants.accounts.factor_models import FactorKind, SecondFactor
from tenants.accounts.keys import seal, unseal
from tenants.accounts.queries import SignedIn, Stage, signed_in
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError, WrongStateError

_KEY = "totp set-up"
"""Under this key the browser's session keeps the key of an application that is being set up."""
_KEY_HOLDS_SECONDS = 24 * 3600


def again() -> SignedIn | None:
    """Return the person as the sign-in stands after the step."""
    with transaction(REGISTRY.reading()) as registry:
        return signed_in(registry, current_user.get_id())


@accounts.route("/sign-in/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """Show the code of the application, a recovery code, or a passkey after the password."""
    if person().stage is Stage.WHOLE:
        return redirect(own_path(request.args.get("next", "")), 303)
    if request.method == "GET":
        return _code_page(wrong=False)
    with transaction(REGISTRY) as registry:
        refuse_guessing_codes(registry, person().account.id)
        fits = factors.show_code(registry, own(registry), person().sign_in_id, request.form.get("code", ""))
    if fits:
        return go_on(again())
    return (jsonify(message=WRONG_CODE), 422) if wants_json() else (_code_page(wrong=True), 422)


@accounts.get("/factors")
def factor_list() -> str:
    """List the ways of the second step."""
    with transaction(REGISTRY.reading()) as registry:
        mine = factors.factors_of(registry, person().account.id)
        left = factors.recovery_codes_left(registry, person().account.id)
    form = Form(OnlyPasswordForm)
    return render_template(
        "accounts/factors.html", factors=mine, left=left, form=form, has_totp=_has_totp(mine), passkeys=has_passkeys()
    )


@accounts.route("/factors/totp", methods=["GET", "POST"])
def add_totp() -> ResponseReturnValue:
    """Set up an application with codes: scan, type the first code, and the password if it was not typed just now."""
    schema = ProvenCodeForm if person().stage is Stage.WHOLE else CodeForm
    form = Form.submitted(schema) if request.method == "POST" else Form(schema)
    key = _key_of_browser()
    if request.method == "POST" and form.ok and _added(form, key):
        return _codes_or_on()
    return _totp_page(form, key), 422 if form.errors else 200


@accounts.post("/factors/codes")
def new_codes() -> ResponseReturnValue:
    """Make a new set of recovery codes and show it once."""
    if refused := proved(request.form.get("password", "")):
        flash(refused, "error")
        return factor_list(), 422
    with transaction(REGISTRY) as registry:
        codes = factors.renew_recovery_codes(registry, own(registry))
    return render_template("accounts/codes.html", codes=codes, next=url_for(".factor_list"))


@accounts.post("/factors/<int:factor_id>/remove")
def remove_factor(factor_id: int) -> ResponseReturnValue:
    """Take a way of the second step out of use; the password is asked once more."""
    try:
        prove(request.form.get("password", ""))
        with transaction(REGISTRY) as registry:
            factors.remove_factor(registry, own(registry), factor_id, required=person().needs_factor)
    except InvalidError as error:
        flash(str(error), "error")
        return factor_list(), 422
    flash("Способ удалён. Мы написали Вам об этом.", "success")
    return redirect(url_for(".factor_list"), 303)


def _code_page(*, wrong: bool) -> str:
    with transaction(REGISTRY.reading()) as registry:
        mine = factors.factors_of(registry, person().account.id)
    draft = request.form.get("draft", "")
    passkeys = any(one.kind is FactorKind.PASSKEY for one in mine)
    return render_template("accounts/code.html", draft=draft, wrong=wrong, passkeys=passkeys, has_totp=_has_totp(mine))


def _totp_page(form: Form, key: str) -> str:
    if has_codes():
        raise WrongStateError(factors.HAS_CODES)
    picture = segno.make(factors.address_of_key(person().account, key), error="m").svg_data_uri(scale=4, border=2)
    groups = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    must = person().stage is Stage.SET_UP
    return render_template(
        "accounts/totp.html", form=form, picture=picture, key=groups, must=must, passkeys=has_passkeys()
    )


def _key_of_browser() -> str:
    """Return the key on the page, the same for a day: this browser keeps it, sealed, until the first code is right."""
    held = unseal(_KEY, session.get(_KEY, "").encode(), seconds=_KEY_HOLDS_SECONDS) or b""
    owner, _, key = held.decode().partition(" ")
    if owner != str(person().account.id):
        key = factors.new_key()
        session[_KEY] = seal(_KEY, f"{person().account.id} {key}".encode()).decode()
    return key


def _added(form: Form, key: str) -> bool:
    try:
        if "password" in form.values:
            prove(form.values["password"])
        with transaction(REGISTRY) as registry:
            refuse_guessing_codes(registry, person().account.id)
            if not factors.add_totp(registry, own(registry), person().sign_in_id, key, form.values["code"]):
                form.errors["code"] = [WRONG_CODE]
    except InvalidError as error:
        form.refuse(error)
    return form.ok


def _codes_or_on() -> ResponseReturnValue:
    """Show new recovery codes to whoever has none left; codes that somebody keeps stay good."""
    session.pop(_KEY, None)
    target = own_path(request.args.get("next", ""))
    with transaction(REGISTRY) as registry:
        left = factors.recovery_codes_left(registry, person().account.id)
        codes = [] if left else factors.new_recovery_codes(registry, own(registry))
    if codes:
        return render_template("accounts/codes.html", codes=codes, next=target)
    flash(f"Приложение добавлено. Прежние коды восстановления действуют, осталось {left}.", "success")
    return redirect(url_for(".factor_list"), 303)


def _has_totp(mine: list[SecondFactor]) -> bool:
    return any(one.kind is FactorKind.TOTP for one in mine)
