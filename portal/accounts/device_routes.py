"""«Вход и устройства»: where one is signed in, and how to end it."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.blueprint import accounts, person, who
from portal.accounts.words import browser_words
from tenants.accounts.factor_models import FactorKind
from tenants.accounts.factors import factors_of
from tenants.accounts.identities import identities_of
from tenants.accounts.sign_ins import end_others, end_sign_in, open_sign_ins
from tenants.db import REGISTRY, transaction


@accounts.get("/devices")
def devices() -> str:
    """List the open sign-ins, this one marked."""
    with transaction(REGISTRY.reading()) as registry:
        found = open_sign_ins(registry, person().account.id)
        factors = factors_of(registry, person().account.id)
        outside = current_app.config["SETTINGS"].oidc
        identities = identities_of(registry, person().account.id, outside.issuer) if outside else []
    rows = [(one, browser_words(one.browser)) for one in found]
    return render_template(
        "accounts/devices.html",
        rows=rows,
        me=person(),
        guarded=bool(factors),
        passkeys=any(one.kind is FactorKind.PASSKEY for one in factors),
        outside=outside,
        identities=identities,
    )


@accounts.post("/devices/<int:sign_in_id>/end")
def end_device(sign_in_id: int) -> ResponseReturnValue:
    """End one sign-in."""
    with transaction(REGISTRY) as registry:
        end_sign_in(registry, who(), sign_in_id)
    flash("Вход на том устройстве закрыт.", "success")
    return redirect(url_for(".devices"), 303)


@accounts.post("/devices/end-others")
def end_other_devices() -> ResponseReturnValue:
    """End every other sign-in."""
    with transaction(REGISTRY) as registry:
        end_others(registry, who(), person().sign_in_id)
    flash("Вы вышли на всех других устройствах.", "success")
    return redirect(url_for(".devices"), 303)
