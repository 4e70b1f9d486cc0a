"""What follows a right password or a right code: the rest of the sign-in, the kept form, or the page one wanted."""

import secrets

from flask import (
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import login_user
from flask_wtf.csrf import generate_csrf

from portal.accounts.browser import Browser
from portal.accounts.drafts import TOKEN_KEY, open_draft
from tenants.accounts.factor_models import FactorKind
from tenants.accounts.factors import factors_of
from tenants.accounts.queries import SignedIn, Stage, signed_in
from tenants.accounts.sign_ins import Opened, owner_of_token
from tenants.db import REGISTRY, transaction

ANOTHER_PERSON = "Вошёл другой человек, поэтому неотправленная форма удалена."
INVITATION_KEY = "invitation"
"""Under this key the session keeps the link of an invitation that waits for the sign-in."""
_DEVICE_SECONDS = 400 * 24 * 3600
_PAGES = {Stage.CODE: "accounts.code", Stage.PASSWORD: "accounts.password", Stage.SET_UP: "accounts.add_totp"}


def wants_json() -> bool:
    """Return whether a script of an open page asks: the sign-in over the page, an input that saves itself."""
    return request.accept_mimetypes.best == "application/json"


def device_mark() -> str:
    """Return the browser's own mark, a new one where it has none yet."""
    return request.cookies.get(_device_cookie()) or secrets.token_urlsafe(24)


def enter(opened: Opened, device: str, target: str | None = None) -> ResponseReturnValue:
    """Give the browser a fresh session with the new token and go on to `target`, else to what the request names."""
    former, invitation = session.get(TOKEN_KEY), session.get(INVITATION_KEY)
    session.clear()
    if invitation:
        session[INVITATION_KEY] = invitation
    login_user(Browser(opened.token))
    with transaction(REGISTRY.reading()) as registry:
        person = signed_in(registry, opened.token)
        same = not former or owner_of_token(registry, former) == opened.user_id
    answer = make_response(go_on(person, same=same, target=target))
    answer.set_cookie(
        _device_cookie(),
        device,
        max_age=_DEVICE_SECONDS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return answer


def go_on(person: SignedIn | None, *, same: bool = True, target: str | None = None) -> ResponseReturnValue:
    """Answer with the next page; a kept form travels along until its person is wholly signed in."""
    if person is None:
        return redirect(url_for("accounts.sign_in"), 303)
    if wants_json():
        keys = person.stage is Stage.CODE and _has_passkey(person)
        return jsonify(stage=person.stage.value, csrf=generate_csrf(), same=same, passkeys=keys)
    sealed = request.form.get("draft", "")
    target = own_path(request.values.get("next", "") if target is None else target)
    draft = open_draft(sealed)
    if draft is not None and draft.user_id != person.account.id:
        flash(ANOTHER_PERSON, "warning")
        sealed, draft, target = "", None, url_for("start")
    if person.stage is Stage.CODE and draft is not None:
        return render_template("accounts/code.html", draft=sealed, wrong=False, passkeys=True)
    if person.stage is not Stage.WHOLE:
        return redirect(url_for(_PAGES[person.stage], next=target), 303)
    if draft is not None:
        return render_template("accounts/draft.html", draft=draft)
    return redirect(target, 303)


def _has_passkey(person: SignedIn) -> bool:
    with transaction(REGISTRY.reading()) as registry:
        return any(one.kind is FactorKind.PASSKEY for one in factors_of(registry, person.account.id))


def rest_of_sign_in(stage: Stage) -> ResponseReturnValue:
    """Send a half signed-in browser to what is left to do."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    page = url_for(_PAGES[stage], next=target)
    if request.headers.get("HX-Request") or wants_json():
        return Response(status=401, headers={"HX-Redirect": page})
    return redirect(page, 303)


def own_path(target: str) -> str:
    """Return a path of this site: anything that could lead elsewhere becomes the start page."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target.rstrip("?") if plain and target.isprintable() else url_for("start")


def _device_cookie() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"
