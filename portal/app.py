"""The web application: slices, guards, and one transaction around every view."""

import hashlib
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import access, errors, formats, log, navigation, security, tenancy
from portal.accounts import oidc
from portal.accounts.browser import login_manager
from portal.accounts.views import accounts, sign_in_rules
from portal.config import Settings
from portal.consents.views import consents
from portal.context import actor_view, signed_in
from portal.database_login import refuse_powerful_login
from portal.journal.routes import journal
from portal.mentorships.views import mentorships
from portal.openings.routes import openings, traces
from portal.organizations.reorganization_routes import reorganizations
from portal.organizations.views import organizations
from portal.overview.routes import overview
from portal.participants.views import participants
from portal.reports.edition_routes import reports
from portal.roadmaps.routes import roadmaps
from portal.sections import section_links
from portal.settings import face
from portal.settings.views import settings as settings_pages
from portal.staff.public import invitation
from portal.staff.views import staff
from portal.subjects.views import retention, subjects
from portal.submissions.routes import submissions
from tenants import clock
from tenants.accounts.actor import Actor
from tenants.db import REGISTRY, connect, transaction

SLICES = (
    accounts,
    sign_in_rules,
    overview,
    organizations,
    journal,
    reorganizations,
    settings_pages,
    roadmaps,
    reports,
    participants,
    consents,
    mentorships,
    submissions,
    openings,
    traces,
    staff,
    invitation,
    subjects,
    retention,
)
_MAX_UPLOAD_BYTES = 25 * 1024 * 1024
_MOST_ADDRESSES = 2000
_MARK = 8_765_432_109_876
"""Stands for a number in a remembered address."""


class Portal(Flask):
    """Flask, whose views run inside the transaction of their request."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._addresses: dict[tuple[object, ...], str] = {}

    def dispatch_request(self) -> Response:
        """Answer one request; see portal.tenancy."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        return tenancy.answer(super().dispatch_request, self.make_response)

    def url_for(self, endpoint: str, /, **values: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - passes on whatever Flask's own takes
        """Return an address; lists name the same icons and pages in every row, so those are remembered."""
        if not has_request_context() or len(values) != 1:
            return super().url_for(endpoint, **values)
        ((name, value),) = values.items()
        if endpoint == "static":
            return self._remembered((request.root_path, endpoint, value), endpoint, name, value)
        if type(value) is not int or value < 0 or name.startswith("_"):
            return super().url_for(endpoint, **values)
        # A list names one page of each of its rows: only the number differs.
        pattern = self._remembered(
            (request.root_path, request.blueprint, g.get("code"), endpoint, name), endpoint, name, _MARK
        )
        before, found, after = pattern.partition(str(_MARK))
        return f"{before}{value}{after}" if found else super().url_for(endpoint, **values)

    def _remembered(self, key: tuple[object, ...], endpoint: str, name: str, value: object) -> str:
        known = self._addresses.get(key)
        if known is None:
            if len(self._addresses) >= _MOST_ADDRESSES:
                self._addresses.clear()
            values: dict[str, Any] = {name: value}
            known = self._addresses[key] = super().url_for(endpoint, **values)
        return known


def create_app(settings: Settings | None = None) -> Portal:
    """Build the application for a process.

    Raises:
        RuntimeError: the login of the database could bypass row security, or the access table has a gap.

    """
    settings = (settings or Settings.from_environment()).need("database_url", "secret_key")
    oidc.check(settings)
    log.install()
    connect(settings.database_url, role_prefix=settings.role_prefix)
    refuse_powerful_login()
    app = Portal("portal")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600,
        MAX_CONTENT_LENGTH=_MAX_UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=5 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
        SESSION_COOKIE_NAME="__Host-portal" if settings.secure_cookies else "portal",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]  # Flask's documented way to wrap the WSGI application
    security.install(app)
    # Pages read the actor from the request; a page of an error must not ask the database again.
    login_manager.init_app(app, add_context_processor=False)
    errors.install(app)
    formats.install(app)
    app.url_defaults(_keep_organization)
    app.url_defaults(_name_version)
    app.context_processor(_page_context)
    app.add_url_rule("/", "start", _start)
    app.add_url_rule("/healthz", "health", _health)
    for slice_ in SLICES:
        app.register_blueprint(slice_)
    access.check_table(app)
    return app


def _keep_organization(endpoint: str, values: dict[str, object]) -> None:
    code = g.get("code")
    if code and "code" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "code"):
        values["code"] = code


def _name_version(endpoint: str, values: dict[str, object]) -> None:
    """Give a fixed file its content's mark, so that browsers may keep it for a year."""
    if endpoint == "static" and "v" not in values:
        values["v"] = _content_mark(str(current_app.static_folder), str(values.get("filename", "")))


@cache
def _content_mark(folder: str, name: str) -> str:
    path = Path(folder, name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""


def _page_context() -> dict[str, object]:
    who: Actor | None = g.get("actor")
    return {
        "actor": actor_view(),
        "nav": navigation.items(current_app, who) if who else [],
        # A page of an error takes what is known: the database may be what failed.
        "region_face": face.face_of(who, ask="incident" not in g) if who else None,
        "section_links": section_links(current_app, who) if who else [],
        "look": request.cookies.get("look", ""),
        "size": request.cookies.get("size", ""),
        "spacing": request.cookies.get("spacing", ""),
        "today": clock.today(who.organization.time_zone if who else "Europe/Moscow"),
        "new_request_key": lambda: secrets.token_urlsafe(16),
    }


def _start() -> ResponseReturnValue:
    person = signed_in()
    if person is None:
        return redirect(url_for("accounts.sign_in"), 303)
    if len(person.workplaces) == 1:
        return redirect(url_for("overview.home", code=person.workplaces[0].organization.code), 303)
    return redirect(url_for("accounts.choose"), 303)


def _health() -> ResponseReturnValue:
    with transaction(REGISTRY.reading()) as session:
        session.execute(text("select 1"))
    return jsonify(status="ok")
