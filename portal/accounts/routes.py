"""Sign in and out, choose the organization, change the password, keep the look."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import Unauthorized

from portal.accounts.browser import CHOSEN_ROLES, Browser
from portal.accounts.schemas import PasswordForm, SignInForm
from portal.context import memberships, signed_in
from portal.forms import Form
from tenants.accounts import commands
from tenants.accounts.models import UserAccount
from tenants.accounts.queries import SignedIn
from tenants.db import REGISTRY, transaction
from tenants.errors import DomainError, InvalidError, NotFoundError

accounts = Blueprint("accounts", __name__, template_folder="templates")

LOOKS = ("", "bw", "wb", "blue")
SIZES = ("", "l", "xl")
_YEAR_SECONDS = 365 * 24 * 3600


@accounts.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Open a sign-in: the browser gets a fresh session, its cookie a random token."""
    if request.method == "GET":
        return render_template("accounts/sign_in.html", form=Form(SignInForm))
    form = Form.submitted(SignInForm)
    token = _try(form) if form.ok else None
    if token is None:
        form.errors.setdefault("email", ["Адрес или пароль не подходят."])
        return render_template("accounts/sign_in.html", form=form), 422
    session.clear()
    login_user(Browser(token))
    return redirect(_own_path(request.args.get("next", "")), 303)


@accounts.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the sign-in of this browser."""
    with transaction(REGISTRY) as registry:
        commands.sign_out(registry, current_user.get_id())
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
    if chosen not in {(place.organization.code, place.role.value) for place in _person().workplaces}:
        raise NotFoundError
    session[CHOSEN_ROLES] = session.get(CHOSEN_ROLES, {}) | {chosen[0]: chosen[1]}
    return redirect(url_for("overview.home", code=chosen[0]), 303)


@accounts.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Change one's own password."""
    form = Form.submitted(PasswordForm) if request.method == "POST" else Form(PasswordForm)
    if request.method == "POST" and form.ok:
        try:
            with transaction(REGISTRY) as registry:
                account = registry.get_one(UserAccount, _person().account.id)
                commands.change_password(
                    registry,
                    account,
                    old=form.values["old"],
                    new=form.values["password"],
                    keep_token=current_user.get_id(),
                )
        except DomainError as error:
            form.refuse(error if isinstance(error, InvalidError) else InvalidError(str(error), field="old"))
        else:
            flash("Пароль изменён. На других устройствах вход закрыт.", "success")
            return redirect(url_for("start"), 303)
    return render_template("accounts/password.html", form=form), 422 if form.errors else 200


@accounts.post("/preferences")
def preferences() -> ResponseReturnValue:
    """Keep the look of this browser: colours and size of «Версия для слабовидящих»."""
    answer = redirect(_own_path(request.form.get("next", "")), 303)
    for name, allowed in (("look", LOOKS), ("size", SIZES), ("spacing", ("", "wide"))):
        value = request.form.get(name, "")
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie(
            name, value if value in allowed else "", max_age=_YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax"
        )
    return answer


def _try(form: Form) -> str | None:
    email, network = form.values["email"], request.remote_addr or ""
    with transaction(REGISTRY) as registry:
        commands.refuse_guessing(registry, email, network)
        token = commands.sign_in(registry, email, form.values["password"], browser=request.user_agent.string)
        commands.note_attempt(registry, email, network, succeeded=token is not None)
    return token


def _person() -> SignedIn:
    person = signed_in()
    if person is None:
        raise Unauthorized
    return person


def _own_path(target: str) -> str:
    """Return a path of this site: anything that could lead elsewhere becomes the start page."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target.rstrip("?") if plain and target.isprintable() else url_for("start")
