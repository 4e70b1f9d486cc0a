"""Passkeys: make one, show one. The browser's answers travel as JSON in a form field."""

from flask import Response, flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.blueprint import accounts, person
from portal.accounts.entering import own_path
from portal.accounts.proof import own, proved
from portal.accounts.webauthn import raw_id, site
from portal.accounts.words import browser_words
from tenants.accounts import passkeys
from tenants.accounts.attempts import refuse_guessing_codes
from tenants.accounts.factors import recovery_codes_left
from tenants.accounts.queries import Stage
from tenants.db import REGISTRY, transaction

_NOT_TAKEN = "Ключ не подошёл. Попробуйте ещё раз или введите код."


@accounts.post("/sign-in/passkey/options")
def passkey_options() -> ResponseReturnValue:
    """Return what the browser needs to show a passkey."""
    with transaction(REGISTRY) as registry:
        options = passkeys.authentication_options(registry, person().account.id, person().sign_in_id, site())
    return Response(options, mimetype="application/json")


@accounts.post("/sign-in/passkey")
def show_passkey() -> ResponseReturnValue:
    """Take a passkey as the second step."""
    answer = request.form.get("answer", "")
    with transaction(REGISTRY) as registry:
        refuse_guessing_codes(registry, person().account.id)
        fits = passkeys.show_passkey(
            registry, own(registry), person().sign_in_id, site(), answer=answer, raw=raw_id(answer)
        )
    if not fits:
        return jsonify(message=_NOT_TAKEN), 422
    return jsonify(next=own_path(request.args.get("next", "")))


@accounts.post("/proof/options")
def proof_options() -> ResponseReturnValue:
    """Return what the browser needs to show a passkey instead of the password, before a sensitive step."""
    with transaction(REGISTRY) as registry:
        options = passkeys.authentication_options(
            registry, person().account.id, person().sign_in_id, site(), alone=True
        )
    return Response(options, mimetype="application/json")


@accounts.post("/factors/passkey/options")
def new_passkey_options() -> ResponseReturnValue:
    """Return what the browser needs to make a passkey; a wrong password is told before the browser asks anything."""
    if refused := _unproved():
        return refused
    with transaction(REGISTRY) as registry:
        options = passkeys.registration_options(registry, own(registry), person().sign_in_id, site())
    return Response(options, mimetype="application/json")


@accounts.post("/factors/passkey")
def add_passkey() -> ResponseReturnValue:
    """Keep a new passkey; whoever has no recovery codes yet is sent to make them."""
    if refused := _unproved():
        return refused
    name = request.form.get("name", "").strip() or browser_words(request.user_agent.string)
    answer = request.form.get("answer", "")
    with transaction(REGISTRY) as registry:
        kept = passkeys.register(registry, own(registry), person().sign_in_id, site(), answer=answer, name=name)
        ready = recovery_codes_left(registry, person().account.id) > 0
    if not kept:
        return jsonify(message=_NOT_TAKEN), 422
    tail = "" if ready else " Сделайте коды восстановления: они понадобятся, если ключ потеряется."
    flash(f"Ключ добавлен.{tail}", "success")
    return jsonify(next=url_for(".factor_list"))


def _unproved() -> ResponseReturnValue | None:
    """Refuse without the password, unless it was typed just now: a stolen sign-in must not make factors.

    Both steps ask: the challenge of a passkey that is shown would serve for one that is made.
    """
    if person().stage is not Stage.WHOLE:
        return None
    refused = proved(request.form.get("password", ""))
    return (jsonify(message=refused), 422) if refused else None
