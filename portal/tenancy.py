"""One request is one transaction: sign-in, organization from the address, right, scope, view, commit.

An organization that is not one of the person's own is not found; a role that may not is forbidden. A view that
answers 400 or more is rolled back. GET and HEAD run read-only. A creating POST that carries a `request_key` is
carried out once: the second arrival waits for the first and gets its answer.
"""

from collections.abc import Callable
from contextlib import ExitStack

from flask import Response, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from werkzeug.exceptions import Unauthorized

from portal.access import ACCESS, Everyone, Rule
from tenants import clock
from tenants.accounts import commands as accounts
from tenants.accounts.actor import Actor
from tenants.accounts.queries import SignedIn, signed_in
from tenants.db import REGISTRY, ScopedSession, transaction
from tenants.requests import RequestKey

COOKIE_TOKEN = "token"  # noqa: S105 - the name of a key, not a secret
_READING = ("GET", "HEAD", "OPTIONS")
_TOUCH_AFTER_SECONDS = 60


def answer(view: Callable[[], ResponseReturnValue], respond: Callable[[ResponseReturnValue], Response]) -> Response:
    """Run the view of the current request inside its transaction and return the finished response."""
    rule = ACCESS[request.endpoint or ""]
    code: str | None = (request.view_args or {}).pop("code", None)
    g.code = code
    if request.endpoint == "static":
        return respond(view())
    person = _person(rule, code)
    if rule.who is Everyone.PUBLIC:
        return respond(view())
    if person is None:
        raise Unauthorized
    if rule.who is Everyone.SIGNED_IN:
        return respond(view())
    g.actor = _actor(person, code, rule)
    return _in_transaction(g.actor, view, respond)


def _person(rule: Rule, code: str | None) -> SignedIn | None:
    token = session.get(COOKIE_TOKEN)
    if not token:
        return None
    with transaction(REGISTRY) as registry:
        g.signed_in = person = signed_in(registry, token)
        if person and person.idle_since > _TOUCH_AFTER_SECONDS:
            accounts.touch(registry, person.sign_in_id)
        if person and rule.names and (place := _workplace(person, code)):
            ids = (place.organization.region_id, place.organization.id)
            subject = ",".join(f"{name}={value}" for name, value in (request.view_args or {}).items())
            accounts.note_view(registry, person.account.id, ids, request.endpoint or "", subject)
    return person


def _workplace(person: SignedIn, code: str | None) -> Actor | None:
    return next((place for place in person.workplaces if place.organization.code == code), None)


def _actor(person: SignedIn, code: str | None, rule: Rule) -> Actor:
    places = [place for place in person.workplaces if place.organization.code == code]
    if not places:
        abort(404)
    allowed = [place for place in places if not isinstance(rule.who, Everyone) and place.role in rule.who]
    if not allowed:
        g.actor = places[0]
        abort(403)
    return allowed[0]


def _in_transaction(
    who: Actor, view: Callable[[], ResponseReturnValue], respond: Callable[[ResponseReturnValue], Response]
) -> Response:
    reading = request.method in _READING
    with ExitStack() as stack:
        scope = who.scope.reading() if reading else who.scope
        g.db = work = stack.enter_context(transaction(scope))
        if not reading and (done := _answered_before(work, who)):
            return done
        response = respond(view())
        if response.status_code >= 400:  # noqa: PLR2004 - HTTP errors begin here
            work.rollback()
            work.info.pop("after_commit", None)
        elif not reading:
            _remember_answer(work, response)
    return response


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
