"""One request is one transaction: sign-in, organization from the address, right, scope, view, commit.

An organization that is not one of the person's own is not found; a role that may not is forbidden. A view that
answers 400 or more is rolled back. GET and HEAD run read-only. A creating POST that carries a `request_key` is
carried out once: the second arrival waits for the first and gets its answer. A file is written into the log of
views before its bytes are sent.
"""

from collections.abc import Callable
from contextlib import ExitStack
from http import HTTPStatus

import structlog
from flask import Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from werkzeug.exceptions import Unauthorized

from portal import looks
from portal.access import ACCESS, Everyone, Rule
from portal.accounts.browser import Browser, workplaces_at
from portal.accounts.entering import rest_of_sign_in
from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.accounts.queries import SignedIn, Stage
from tenants.db import ScopedSession, transaction
from tenants.requests import RequestKey

_READING = ("GET", "HEAD", "OPTIONS")
_log = structlog.get_logger("portal.tenancy")


class SilentChangeError(RuntimeError):
    """A changing request left no event. A fault of the program; tests raise it."""


def answer(view: Callable[[], ResponseReturnValue], respond: Callable[[ResponseReturnValue], Response]) -> Response:
    """Run the view of the current request inside its transaction and return the finished response."""
    rule = ACCESS[request.endpoint or ""]
    code: str | None = (request.view_args or {}).pop("code", None)
    g.code = code
    if request.endpoint == "static":
        return respond(view())
    person = _person()
    if rule.who is Everyone.PUBLIC:
        return _outside(view, respond)
    if person is None:
        raise Unauthorized
    if person.stage is not Stage.WHOLE and person.stage not in rule.half:
        return respond(rest_of_sign_in(person.stage))
    if rule.who is Everyone.SIGNED_IN:
        return _outside(view, respond)
    g.actor = _actor(person, code, rule)
    looks.refuse_above_limit()
    return _in_transaction(g.actor, view, respond)


def _outside(view: Callable[[], ResponseReturnValue], respond: Callable[[ResponseReturnValue], Response]) -> Response:
    """Answer a page that belongs to no organization; its steps open the registry themselves and leave an event too."""
    before = journal.events_so_far()
    response = respond(view())
    if request.method not in _READING and response.status_code < HTTPStatus.BAD_REQUEST:
        _need_event(before)
    return response


def _person() -> SignedIn | None:
    browser: Browser | None = current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001 - werkzeug's documented way to the object behind a proxy
    g.signed_in = browser.person if browser else None
    found: SignedIn | None = g.signed_in
    return found


def _actor(person: SignedIn, code: str | None, rule: Rule) -> Actor:
    places = workplaces_at(person, code)
    if not places:
        abort(404)
    allowed = [place for place in places if isinstance(rule.who, frozenset) and place.role in rule.who]
    if not allowed:
        g.actor = places[0]
        abort(403)
    return allowed[0]


def _in_transaction(
    who: Actor, view: Callable[[], ResponseReturnValue], respond: Callable[[ResponseReturnValue], Response]
) -> Response:
    reading, before = request.method in _READING, journal.events_so_far()
    with ExitStack() as stack:
        scope = who.scope.reading() if reading else who.scope
        g.db = work = stack.enter_context(transaction(scope))
        if not reading and (done := _answered_before(work, who)):
            return done
        response = respond(view())
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            work.rollback()
        elif not reading:
            _remember_answer(work, response)
    if not reading and response.status_code < HTTPStatus.BAD_REQUEST:
        _need_event(before)
    looks.note_file(who, response)
    return response


def _need_event(before: int) -> None:
    """Make sure that a step left its event; a page that changes nothing says so in the access table.

    Raises:
        SilentChangeError: it did not, in an application under test. In service the step stands and the log tells.

    """
    rule = ACCESS[request.endpoint or ""]
    if journal.events_so_far() == before and not rule.quiet:
        if current_app.config.get("STRICT_JOURNAL"):
            raise SilentChangeError(request.endpoint)
        _log.error("silent_change", endpoint=request.endpoint)


def _answered_before(work: ScopedSession, who: Actor) -> Response | None:
    key = request.form.get("request_key", "")
    if not key:
        return None
    claim = (
        upsert(RequestKey)
        .values(
            **{name: getattr(work.scope, name) for name in ("region_id", "district_id", "organization_id", "user_id")},
            key=key[:80],
            endpoint=request.endpoint,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(constraint="uq_request_key")
        .returning(RequestKey.id)
    )
    g.request_key_id = work.execute(claim).scalar_one_or_none()
    if g.request_key_id is not None:
        return None
    first = select(RequestKey.location).where(RequestKey.user_id == who.user_id, RequestKey.key == key[:80])
    location = work.scalars(first).one_or_none()
    answer_of_first = redirect(location or url_for("overview.home"), 303)
    return Response(answer_of_first.get_data(), 303, answer_of_first.headers)


def _remember_answer(work: ScopedSession, response: Response) -> None:
    if g.get("request_key_id") is not None:
        work.execute(
            text("update request_key set location = :location where region_id = :region and id = :id"),
            {"location": response.location, "region": work.scope.region_id, "id": g.request_key_id},
        )
