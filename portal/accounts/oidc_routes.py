"""Sign in through a provider of OIDC; link and unlink one's account there. All of it is not found while the way is off.

The return is one page for both: the sealed flow says whether somebody signs in or links.
"""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import oidc
from portal.accounts.blueprint import accounts, person
from portal.accounts.device_routes import devices
from portal.accounts.drafts import TOKEN_KEY
from portal.accounts.entering import device_mark, enter, own_path
from portal.accounts.proof import own, prove
from portal.context import signed_in
from tenants.accounts.identities import Vouched, link, sign_in_vouched, unlink
from tenants.accounts.queries import Stage
from tenants.db import REGISTRY, transaction
from tenants.errors import DomainError, InvalidError

_FLOW_KEY = "oidc"
"""Under this key the session keeps the sealed flow; the return takes it out."""
_UNKNOWN = "Портал не знает этой учётной записи. Войдите по паролю и привяжите её на странице «Вход и устройства»."


@accounts.get("/sign-in/oidc")
def oidc_begin() -> ResponseReturnValue:
    """Send the browser to the provider."""
    try:
        address, session[_FLOW_KEY] = oidc.begin(own_path(request.args.get("next", "")))
    except oidc.OidcError:
        return _refused(_down(), ".sign_in")
    return redirect(address, 303)


@accounts.get("/sign-in/oidc/return")
def oidc_return() -> ResponseReturnValue:
    """Take the provider's answer: a sign-in, or a link of the person who asked for it."""
    label = oidc.provider().label
    flow = oidc.flow_of(session.pop(_FLOW_KEY, ""), request.args.get("state", ""))
    back = ".devices" if flow and flow.sign_in_id else ".sign_in"
    if flow is None or "code" not in request.args:
        return _refused(f"Вход через {label} не завершён. Начните ещё раз.", back)
    try:
        vouched = oidc.vouched_by(request.args["code"], flow)
    except oidc.OidcError:
        return _refused(f"Вход через {label} не удался. Начните ещё раз или войдите по паролю.", back)
    return _link(vouched, flow) if flow.sign_in_id else _sign_in(vouched, flow)


@accounts.post("/devices/identity")
def link_identity() -> ResponseReturnValue:
    """Ask for the password, then show the way to the provider: a form may not lead to another site."""
    oidc.provider()
    try:
        prove(request.form.get("password", ""))
        address, sealed = oidc.begin(url_for(".devices"), sign_in_id=person().sign_in_id)
    except InvalidError as error:
        return _devices(str(error), 422)
    except oidc.OidcError:
        return _devices(_down(), 503)
    session[_FLOW_KEY] = sealed
    return render_template("accounts/identity.html", address=address)


@accounts.post("/devices/identity/<int:identity_id>/remove")
def unlink_identity(identity_id: int) -> ResponseReturnValue:
    """Take the link out of use; the password is asked once more."""
    oidc.provider()
    try:
        prove(request.form.get("password", ""))
        with transaction(REGISTRY) as registry:
            unlink(registry, own(registry), identity_id)
    except InvalidError as error:
        return _devices(str(error), 422)
    flash("Привязка удалена. Мы написали Вам об этом.", "success")
    return redirect(url_for(".devices"), 303)


def _sign_in(vouched: Vouched, flow: oidc.Flow) -> ResponseReturnValue:
    device = device_mark()
    with transaction(REGISTRY) as registry:
        opened = sign_in_vouched(
            registry,
            vouched,
            browser=request.user_agent.string,
            device=device,
            in_place_of=session.get(TOKEN_KEY, ""),
        )
    return _refused(_UNKNOWN, ".sign_in") if opened is None else enter(opened, device, flow.target)


def _link(vouched: Vouched, flow: oidc.Flow) -> ResponseReturnValue:
    """Link for the sign-in that proved the password, and for no other."""
    here = signed_in()
    if here is None or here.sign_in_id != flow.sign_in_id or here.stage is not Stage.WHOLE:
        return _refused("Вход закончился, привязка не сделана. Войдите и начните ещё раз.", ".sign_in")
    try:
        with transaction(REGISTRY) as registry:
            link(registry, own(registry), vouched, way="own")
    except DomainError as error:
        return _refused(str(error), ".devices")
    flash("Учётная запись привязана. Мы написали Вам об этом.", "success")
    return redirect(url_for(".devices"), 303)


def _down() -> str:
    return f"Вход через {oidc.provider().label} сейчас не отвечает. Пароль действует как обычно."


def _devices(sentence: str, status: int) -> ResponseReturnValue:
    flash(sentence, "error")
    return devices(), status


def _refused(sentence: str, page: str) -> ResponseReturnValue:
    flash(sentence, "error")
    return redirect(url_for(page), 303)
