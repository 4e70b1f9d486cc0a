"""Sign in and out, choose the organization, keep the look."""

from flask import current_app, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from portal.accounts.blueprint import accounts, person, who
from portal.accounts.browser import CHOSEN_ROLES
from portal.accounts.drafts import TOKEN_KEY, open_draft
from portal.accounts.entering import ANOTHER_PERSON, device_mark, enter, own_path, wants_json
from portal.accounts.schemas import SignInForm
from portal.context import memberships
from portal.forms import Form
from tenants.accounts.attempts import network_of, note_attempt, refuse_guessing
from tenants.accounts.sign_ins import Opened
from tenants.accounts.sign_ins import sign_in as open_sign_in
from tenants.accounts.sign_ins import sign_out as end_sign_in
from tenants.db import REGISTRY, transaction
from tenants.errors import NotFoundError

LOOKS = ("", "bw", "wb", "blue")
SIZES = ("", "l", "xl")
_YEAR_SECONDS = 365 * 24 * 3600
_REFUSED = "Адрес или пароль не подходят."


@accounts.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Open a sign-in: the browser gets a fresh session, its cookie a random token."""
    if request.method == "GET":
        return render_template("accounts/sign_in.html", form=Form(SignInForm), draft="")
    form, device = Form.submitted(SignInForm), device_mark()
    opened = _try(form, device) if form.ok else None
    if opened is not None:
        return enter(opened, device)
    form.errors.setdefault("email", [_REFUSED])
    if wants_json():
        return jsonify(message=_REFUSED), 422
    return render_template("accounts/sign_in.html", form=form, draft=request.form.get("draft", "")), 422


@accounts.route("/sign-in/kept", methods=["GET", "POST"])
def kept() -> ResponseReturnValue:
    """Show the form again that the browser itself kept over a sign-in through a provider."""
    if request.method == "GET":
        return render_template("accounts/kept.html")
    draft = open_draft(request.form.get("kept", ""))
    if draft is not None and draft.user_id == person().account.id:
        return render_template("accounts/draft.html", draft=draft)
    flash(ANOTHER_PERSON if draft else "Неотправленная форма не сохранилась: прошло больше 12 часов.", "warning")
    return redirect(url_for("start"), 303)


@accounts.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the sign-in of this browser."""
    with transaction(REGISTRY) as registry:
        end_sign_in(registry, who(), current_user.get_id())
    logout_user()
    session.clear()
    answer = redirect(url_for(".sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@accounts.route("/choose", methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Choose the organization and the role one works in now."""
    if request.method == "GET":
        return render_template("accounts/choose.html", memberships=memberships())
    chosen = (request.form.get("code", ""), request.form.get("role", ""))
    if chosen not in {(place.organization.code, place.role.value) for place in person().workplaces}:
        raise NotFoundError
    session[CHOSEN_ROLES] = session.get(CHOSEN_ROLES, {}) | {chosen[0]: chosen[1]}
    return redirect(url_for("overview.home", code=chosen[0]), 303)


@accounts.post("/preferences")
def preferences() -> ResponseReturnValue:
    """Keep the look of this browser: colours and size of «Версия для слабовидящих»."""
    answer = redirect(own_path(request.form.get("next", "")), 303)
    for name, allowed in (("look", LOOKS), ("size", SIZES), ("spacing", ("", "wide"))):
        value = request.form.get(name, "")
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie(
            name, value if value in allowed else "", max_age=_YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax"
        )
    return answer


def _try(form: Form, device: str) -> Opened | None:
    email, network = form.values["email"], network_of(request.remote_addr or "")
    with transaction(REGISTRY) as registry:
        refuse_guessing(registry, email, network, device=device)
        opened = open_sign_in(
            registry,
            email,
            form.values["password"],
            browser=request.user_agent.string,
            device=device,
            in_place_of=session.get(TOKEN_KEY, ""),
        )
        note_attempt(registry, email, network, succeeded=opened is not None)
    return opened
