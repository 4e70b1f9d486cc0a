"""A small application that draws the components with the product's templates, for tests of the browser."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from flask import Flask, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from marshmallow import Schema, fields
from werkzeug.serving import make_server

import portal
from portal import formats
from portal.security import POLICY

_PORTAL = Path(portal.__file__).parent


class MeetingForm(Schema):
    """What the form of the gallery asks."""

    title = fields.String(required=True, metadata={"label": "Тема встречи"})
    held_on = fields.String(required=True, metadata={"label": "Дата"})
    note = fields.String(metadata={"label": "Заметка"})


class Gallery(Flask):
    """The application, with a memory of what was posted to it."""

    def __init__(self) -> None:
        super().__init__("gallery", static_folder=str(_PORTAL / "static"))
        self.posted: list[dict[str, str]] = []


def _frame() -> dict[str, object]:
    place = SimpleNamespace(name_short="Лицей № 3", code="l3", parent_name="Озёрный район")
    seats = [SimpleNamespace(label=text, code=text, role="curator") for text in ("Лицей № 3", "Озёрный район")]
    return {
        "actor": SimpleNamespace(
            name_short="Дроздова К.Л.", role_label="куратор", organization=place, memberships=seats
        ),
        "nav": [
            SimpleNamespace(label=f"Раздел {n}", icon="docs", url=f"/{n}", current=n == 1, count=n if n == 2 else None)
            for n in range(1, 8)
        ],
        "period_nav": {"label": "Март 2027", "previous": {"url": "/p", "label": "Февраль 2027"}, "next": None},
        "search": {"url": "/search", "placeholder": "Пара, человек", "text": ""},
        "bell": {"url": "/bell", "count": 1},
        **{name: request.cookies.get(name, "") for name in ("look", "size", "spacing")},
    }


def _form(errors: dict[str, list[str]], typed: dict[str, str]) -> SimpleNamespace:
    return SimpleNamespace(schema=MeetingForm(), errors=errors, typed=typed, request_key="key-1")


def make_gallery() -> Gallery:
    """Build the application; no database, no sign-in."""
    app = Gallery()
    app.config.update(SECRET_KEY="gallery")
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(_PORTAL / "templates"), FileSystemLoader(Path(__file__).parent / "templates")]
    )
    CSRFProtect(app)
    formats.install(app)
    app.context_processor(_frame)
    app.after_request(_dress)
    _pages(app)
    _targets(app)
    return app


def _dress(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _pages(app: Gallery) -> None:
    @app.get("/page/<name>")
    def page(name: str) -> str:
        broken = {"held_on": ["В феврале 28 дней."], "_schema": ["Встреча уже записана."]}
        return render_template(f"{name}.html", form=_form(broken, {"title": "Знакомство", "held_on": "30.02.2027"}))

    @app.get("/drawer")
    def drawer() -> str:
        return render_template("drawer_part.html")

    @app.get("/error/<code>")
    def error(code: str) -> str:
        return render_template(f"errors/{code}.html", incident="A1B2", message="", conflict=None)

    def nothing() -> str:
        return ""

    for name in ("sign_in", "password", "choose"):
        app.add_url_rule(f"/{name}", f"accounts.{name}", nothing, methods=["GET", "POST"])
    for name in ("sign_out", "passkey_options", "show_passkey", "proof_options"):
        app.add_url_rule(f"/{name}", f"accounts.{name}", nothing, methods=["POST"])


def _targets(app: Gallery) -> None:
    @app.post("/keep")
    def keep() -> ResponseReturnValue:
        app.posted.append(request.form.to_dict())
        time.sleep(0.2)  # long enough for a second click to arrive
        return redirect("/page/parts", 303)

    @app.post("/cell")
    def cell() -> ResponseReturnValue:
        if request.form["value"] == "сто":
            return jsonify(message="нужно число"), 422
        app.posted.append(request.form.to_dict())
        return jsonify(version=int(request.form["version"]) + 1, saved_at="10:05")

    @app.get("/devices", endpoint="accounts.devices")
    @app.post("/code", endpoint="accounts.code")
    def elsewhere() -> ResponseReturnValue:
        return redirect("/page/parts")

    @app.post("/preferences", endpoint="accounts.preferences")
    def preferences() -> ResponseReturnValue:
        answer = redirect(request.form["next"], 303)
        for name in ("look", "size", "spacing"):
            answer.set_cookie(name, request.form.get(name, ""))
        return answer


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the application on a free port of this machine; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
