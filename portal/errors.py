"""Errors as Russian pages with an incident number; nothing internal is shown."""

import secrets

import structlog
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, Unauthorized

from portal.accounts.drafts import keep_draft
from portal.accounts.entering import wants_json
from portal.accounts.schemas import SignInForm
from portal.forms import Form
from portal.settings.face import support_line
from tenants.errors import ConflictError, DomainError, ForbiddenError, NotFoundError, TooManyError, WrongStateError

_log = structlog.get_logger("portal.errors")
_STATUS: dict[type[DomainError], int] = {
    NotFoundError: 404,
    ForbiddenError: 403,
    ConflictError: 409,
    WrongStateError: 409,
    TooManyError: 429,
}
_PAGES = frozenset({400, 403, 404, 409, 413, 429, 500, 503})


def install(app: Flask) -> None:
    """Register a handler for every kind of failure."""
    app.register_error_handler(Unauthorized, _to_sign_in)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _impossible)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def incident() -> str:
    """Return the number of this failure, the same in the page and in the log."""
    if "incident" not in g:
        g.incident = secrets.token_hex(4).upper()
    number: str = g.incident
    return number


def _page(status: int, message: str = "", **more: object) -> Response:
    name = status if status in _PAGES else 400
    body = render_template(
        f"errors/{name}.html", message=message, incident=incident(), support=support_line(status), **more
    )
    return make_response(body, status)


def _to_sign_in(_: Unauthorized) -> ResponseReturnValue:
    target = url_for("accounts.sign_in", next=request.full_path if request.method == "GET" else None)
    if request.headers.get("HX-Request") or wants_json():
        # The open page shows the sign-in over itself (js/signin.js); without the script it goes there.
        return Response(status=401, headers={"HX-Redirect": target})
    if draft := keep_draft():
        return render_template("accounts/sign_in.html", form=Form(SignInForm), draft=draft), 401
    return redirect(target, 303)


def _domain(error: DomainError) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 422)
    _log.info("refused", incident=incident(), status=status, endpoint=request.endpoint, error=type(error).__name__)
    return _page(status, str(error), conflict=_conflict(error) if isinstance(error, ConflictError) else None)


def _conflict(error: ConflictError) -> dict[str, object] | None:
    """Return what the page needs to let a person choose field by field and save again; None where it cannot."""
    if error.version is None or not error.differences or request.method != "POST":
        return None
    fields = [vars(difference) | {"before": ""} for difference in error.differences]
    differing = {difference.name for difference in error.differences} | {"csrf_token", "version", "request_key"}
    hidden = {name: value for name, value in request.form.items() if name not in differing}
    return {
        "who": error.who,
        "at": "",
        "fields": fields,
        "action": request.full_path.rstrip("?"),
        "hidden": hidden | {"version": error.version},
        "cancel_url": "",
    }


def _stale(_: StaleDataError) -> Response:
    return _page(409, "Пока Вы правили, запись изменил другой сотрудник. Откройте её заново.")


def _forged(_: CSRFError) -> Response:
    return _page(400, "Страница устарела. Вернитесь назад, обновите её и повторите.")


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400 and error.response is not None:  # noqa: PLR2004 - a redirect of the router is no error
        return redirect(error.response.headers["Location"], status)
    return _page(status)


def _impossible(error: DataError) -> Response:
    # A number beyond its column, a sign that no text may hold: nobody types these into a form by accident.
    _log.info("refused", incident=incident(), status=422, endpoint=request.endpoint, error=type(error.orig).__name__)
    return _page(422, "Одно из значений записать нельзя: число слишком большое или знак недопустимый.")


def _unavailable(error: DBAPIError) -> Response:
    _log.error("database", incident=incident(), endpoint=request.endpoint, error=type(error.orig).__name__)
    if not error.connection_invalidated and getattr(error.orig, "sqlstate", None):
        return _page(500)
    return _page(503)


def _unexpected(error: Exception) -> Response:
    # The trace names places of the program, never values: messages of the database may quote rows.
    trace = error.__traceback__
    places = []
    while trace:
        places.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    _log.error(
        "unexpected", incident=incident(), endpoint=request.endpoint, error=type(error).__name__, places=places[-12:]
    )
    return _page(500)
