"""Who looked at names and who took files: written before the page is sent, limited, told to the region above a limit.

Everything here runs in the registry's scope. A limit stops one person and nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, insert, literal, select, text
from sqlalchemy.orm import Session, aliased

from tenants import clock
from tenants.accounts import events
from tenants.accounts.actor import Actor
from tenants.accounts.events import AccountEvent, Who
from tenants.accounts.models import AccessLog, Membership, Role, UserAccount
from tenants.accounts.queries import holds_today
from tenants.db import lock_key
from tenants.notices.commands import request_letter
from tenants.organizations.models import Organization

VIEW, EXPORT = "view", "export"
CARDS_AN_HOUR, CARDS_A_DAY = 300, 1500
"""Different cards of people and pairs that one person may open."""
PAGES_AN_HOUR, PAGES_A_DAY = 2000, 10_000
"""Pages with names of any kind; a search sends one at every pause of typing."""
EXPORTS_AN_HOUR, EXPORTS_A_DAY = 20, 60
STOPPED = "account.extraction_stopped"
"""The event and the kind of letter."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
PAGE_SIZE = 50


@dataclass(frozen=True)
class Look:
    """One look at names, or one file taken."""

    endpoint: str
    subject: str = ""
    """Arguments of the address: numbers, never names."""
    subject_ids: Sequence[int] = ()
    row_count: int | None = None
    opening_id: int | None = None
    action: str = VIEW
    organization_id: int | None = None
    """Whose people; None for the viewer's own organization."""


def note(session: Session, viewer: Actor, look: Look) -> bool:
    """Write a look down; False, and no entry, where it would go above the viewer's limit: the page must not be sent.

    Passing a limit leaves an event, a line for the region and a letter to its administrators, once an hour.
    """
    place = viewer.organization
    entry = {
        "at": clock.now(),
        "user_id": viewer.user_id,
        "viewer_name": viewer.name,
        "role": viewer.role.value,
        "place_id": place.id,
        "place_name": place.name_short,
        "region_id": place.region_id,
        "organization_id": look.organization_id or place.id,
        "action": look.action,
        "endpoint": look.endpoint,
        "subject": look.subject,
        "subject_ids": list(look.subject_ids),
        "row_count": look.row_count,
        "opening_id": look.opening_id,
    }
    columns = AccessLog.__table__.c
    # The count and the entry are one statement: a page with names pays for the limit with nothing.
    values = select(*(literal(value, columns[name].type) for name, value in entry.items()))
    below = values.where(*_below_limits(viewer.user_id, look))
    if session.execute(insert(AccessLog).from_select(list(entry), below).returning(AccessLog.id)).first():
        return True
    _tell_region(session, viewer, look.action)
    return False


def _below_limits(user_id: int, look: Look) -> list[ColumnElement[bool]]:
    now = clock.now()
    hour = AccessLog.at > now - _HOUR
    counts, limits = [func.count().filter(hour), func.count()], [EXPORTS_AN_HOUR, EXPORTS_A_DAY]
    if look.action == VIEW:
        card = func.count((AccessLog.endpoint + AccessLog.subject).distinct())
        of_people = (AccessLog.subject != "") & AccessLog.endpoint.not_in(_WORK)
        counts += [card.filter(of_people, hour), card.filter(of_people)]
        limits = [PAGES_AN_HOUR, PAGES_A_DAY, CARDS_AN_HOUR, CARDS_A_DAY]
    labelled = [count.label(f"n{at}") for at, count in enumerate(counts)]
    found = (
        select(*labelled)
        .where(AccessLog.user_id == user_id, AccessLog.at > now - _DAY, AccessLog.action == look.action)
        .subquery()
    )
    return [found.c[f"n{at}"] < limit for at, limit in enumerate(limits)]


_WORK = ("submissions.cell", "submissions.adjust", "submissions.explain", "submissions.answer")
"""Cells of one's own month: many an hour is what a curator's work looks like."""


def _tell_region(session: Session, viewer: Actor, action: str) -> None:
    lock_key(session, f"extraction:{viewer.user_id}")
    said = select(AccountEvent.id).where(
        AccountEvent.event == STOPPED,
        AccountEvent.on_user_id == viewer.user_id,
        AccountEvent.at > clock.now() - _HOUR,
    )
    if session.scalar(said.limit(1)) is not None:
        return
    place = session.scalars(select(Organization).where(Organization.id == viewer.organization.id)).one()
    event = events.record(
        session, Who(viewer.user_id, viewer.name), STOPPED, on_user_id=viewer.user_id, place=place, action=action
    )
    session.flush()
    for email in _administrators(session, place.region_id):
        request_letter(session, STOPPED, email, event.id)


def _administrators(session: Session, region_id: int) -> list[str]:
    query = (
        select(UserAccount.email)
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(
            Membership.organization_id == region_id,
            Membership.role == Role.REGION_ADMIN,
            holds_today(Membership),
            UserAccount.disabled_at.is_(None),
        )
        .distinct()
        .order_by(UserAccount.email)
    )
    return list(session.scalars(query))


@dataclass(frozen=True)
class Stopped:
    """Somebody who passed a limit."""

    organization: str
    viewer: str
    at: datetime
    action: str


def stopped_lately(session: Session, region_id: int, *, within: timedelta = _DAY) -> list[Stopped]:
    """Return who passed a limit in a region in the last day, the newest first."""
    rows = session.execute(
        select(Organization.name_short, AccountEvent.actor_name, AccountEvent.at, AccountEvent.detail)
        .join(Organization, Organization.id == AccountEvent.organization_id)
        .where(
            AccountEvent.event == STOPPED,
            AccountEvent.region_id == region_id,
            AccountEvent.at > clock.now() - within,
        )
        .order_by(AccountEvent.id.desc())
        .limit(PAGE_SIZE)
    )
    return [Stopped(name, viewer, at, str(detail.get("action", VIEW))) for name, viewer, at, detail in rows]


@dataclass(frozen=True)
class LogFilter:
    """Which entries are shown; every part may be empty."""

    since: datetime | None = None
    before: datetime | None = None
    who: str = ""
    """outside: people who work elsewhere; own: the organization's staff."""
    action: str = ""
    page: int = 1


def log_of_organization(session: Session, organization_id: int, wanted: LogFilter) -> tuple[list[AccessLog], int]:
    """Return a page of who looked at the people of one organization, the newest first, and how many there are."""
    return _page(session, select(AccessLog).where(AccessLog.organization_id == organization_id), wanted)


def log_below(session: Session, viewer: Actor, wanted: LogFilter) -> tuple[list[AccessLog], int]:
    """Return the same for a district's or region's tree, their own files included."""
    place = viewer.organization
    query = select(AccessLog).where(AccessLog.region_id == place.region_id)
    if place.id != place.region_id:
        here = select(Organization.id).where(Organization.district_id == place.id)
        query = query.where(AccessLog.organization_id.in_(here))
    return _page(session, query, wanted)


def _page(session: Session, query: Select[AccessLog], wanted: LogFilter) -> tuple[list[AccessLog], int]:
    elsewhere = AccessLog.place_id.is_distinct_from(AccessLog.organization_id)
    if wanted.since is not None:
        query = query.where(AccessLog.at >= wanted.since)
    if wanted.before is not None:
        query = query.where(AccessLog.at < wanted.before)
    if wanted.who in ("outside", "own"):
        query = query.where(elsewhere if wanted.who == "outside" else ~elsewhere)
    if wanted.action in (VIEW, EXPORT):
        query = query.where(AccessLog.action == wanted.action)
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset = (max(wanted.page, 1) - 1) * PAGE_SIZE
    rows = session.scalars(query.order_by(AccessLog.id.desc()).limit(PAGE_SIZE).offset(offset)).all()
    return list(rows), count


def broken_entries(session: Session, organization_id: int | None = None) -> list[int]:
    """Return the ids of log entries that no longer fit the chain of their organization, the oldest first.

    Without an organization the chains of all are checked.

    A chain begins at its first entry ever, or at the newest one that was swept when its term had passed.
    """
    query = text("""
        select id from (
          select id, organization_id, previous_sha256, sha256, app.access_digest(a) as computed,
                 lag(sha256) over (partition by organization_id order by id) as before
          from access_log a
          where cast(:organization_id as integer) is null or organization_id = :organization_id
        ) chained
        left join access_anchor anchor using (organization_id)
        where chained.sha256 is distinct from computed
           or previous_sha256 is distinct from coalesce(before, anchor.sha256, decode(repeat('00', 32), 'hex'))
        order by id
    """)
    return [int(row.id) for row in session.execute(query, {"organization_id": organization_id})]


@dataclass(frozen=True)
class EventPlace:
    """Where a limit was passed."""

    name_short: str
    region_code: str


def event_place(session: Session, event_id: int) -> EventPlace | None:
    """Return the organization of an event and the code of its region; None where it is gone."""
    region = aliased(Organization)
    query = (
        select(Organization.name_short, region.code)
        .join(AccountEvent, AccountEvent.organization_id == Organization.id)
        .join(region, region.id == Organization.region_id)
        .where(AccountEvent.id == event_id)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else EventPlace(*row)
