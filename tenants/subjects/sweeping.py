"""What the schedule takes away when its term has passed: rows of the registry, keys of requests, unnamed contents."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts import view_sweep
from tenants.accounts.factor_models import SecretLink
from tenants.accounts.invitations import Invitation
from tenants.accounts.models import SignIn, SignInAttempt
from tenants.db import REGISTRY, Level, Scope, transaction
from tenants.files.store import sweep_unnamed
from tenants.notices.models import Letter
from tenants.organizations.models import Organization
from tenants.requests import RequestKey
from tenants.subjects.terms import TERMS, Term, add_months, terms_on


def sweep_registry() -> dict[str, int]:
    """Delete what accounts no longer need, and return how many rows of each table went.

    An invitation leaves its events in the journal of the organization; the address goes with the row.
    """
    now = clock.now()
    attempts = delete(SignInAttempt).where(SignInAttempt.at < before(TERMS["sign_in_attempt"], now))
    ended = func.coalesce(SignIn.ended_at, SignIn.expires_at) < before(TERMS["sign_in"], now)
    links = delete(SecretLink).where(SecretLink.expires_at < before(TERMS["secret_link"], now))
    answered = func.coalesce(Invitation.accepted_at, Invitation.taken_back_at, Invitation.expires_at)
    invitations = delete(Invitation).where(answered < before(TERMS["invitation"], now))
    letters = delete(Letter).where(Letter.finished_at < before(TERMS["letter"], now))
    with transaction(REGISTRY) as session:
        return {
            "sign_in_attempt": len(session.scalars(attempts.returning(SignInAttempt.id)).all()),
            "sign_in": len(session.scalars(delete(SignIn).where(ended).returning(SignIn.id)).all()),
            "secret_link": len(session.scalars(links.returning(SecretLink.id)).all()),
            "invitation": len(session.scalars(invitations.returning(Invitation.id)).all()),
            "letter": len(session.scalars(letters.returning(Letter.id)).all()),
        }


def sweep_regions() -> dict[str, int]:
    """Delete old views of names by each region's term, old keys of requests and unnamed contents; return how many.

    Nothing goes from a log of views whose chain is broken.
    """
    with transaction(REGISTRY.reading()) as session:
        places = session.execute(select(Organization.region_id, Organization.district_id, Organization.id)).all()
    swept = {"access_log": 0, "request_key": 0, "content": 0}
    for region_id, district_id, organization_id in places:
        with transaction(Scope(Level.ORGANIZATION, region_id, district_id, organization_id)) as session:
            swept["request_key"] += _request_keys(session)
            swept["content"] += sweep_unnamed(session)
            term = terms_on(session, clock.today())["access_log"]
        swept["access_log"] += _views(region_id, organization_id, before(term, clock.now()))
    return swept


def _views(region_id: int, organization_id: int, until: datetime) -> int:
    """Sweep one log of views; a broken chain keeps all its entries, and an event says so."""
    try:
        with transaction(REGISTRY) as session:
            return view_sweep.sweep(session, region_id, organization_id, before=until)
    except view_sweep.BrokenChainError as broken:
        with transaction(REGISTRY) as session:
            view_sweep.tell_broken(session, region_id, organization_id, broken.entry_id)
        return 0


def before(term: Term, now: datetime) -> datetime:
    """Return the instant before which rows of this term have outlived it."""
    if term.days:
        return now - timedelta(days=term.days)
    return datetime.combine(add_months(now.date(), -term.months), now.timetz())


def _request_keys(session: Session) -> int:
    old = delete(RequestKey).where(RequestKey.created_at < before(TERMS["request_key"], clock.now()))
    return len(session.scalars(old.returning(RequestKey.id)).all())
