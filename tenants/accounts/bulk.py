"""Many invitations at once: a list of organization codes and addresses, with a report on every line first."""

import re
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts import rights
from tenants.accounts.actor import Actor
from tenants.accounts.invitations import checked_address, invite
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.accounts.queries import holds_today
from tenants.errors import DomainError, InvalidError
from tenants.organizations.models import Organization
from tenants.organizations.tree import living_on

MOST = 2000
_PARTS = 2


@dataclass(frozen=True)
class Line:
    """One line of the list as it was understood."""

    number: int
    code: str
    email: str
    place: Organization | None = None
    role: Role | None = None
    """The role that administers organizations of this kind."""
    error: str = ""
    """What is wrong with it; empty for a good line."""


def look_at(session: Session, actor: Actor, text: str) -> list[Line]:
    """Return every line that is not empty, in order; nothing is written. Three statements, however long the list.

    Raises:
        InvalidError: there are no lines, or more than two thousand.

    """
    lines = [_read(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise InvalidError("В списке нет ни одной строки.", field="rows")
    if len(lines) > MOST:
        raise InvalidError(f"В списке больше {MOST} строк. Разделите его.", field="rows")
    places = _places(session, actor, {line.code for line in lines})
    held = _held(session, {line.email for line in lines})
    seen: set[tuple[str, str]] = set()
    found = []
    for line in lines:
        judged = line if line.error else _judge(actor, line, places, held)
        if not judged.error and (judged.code, judged.email) in seen:
            judged = replace(judged, error="Такая строка уже есть выше.")
        seen.add((judged.code, judged.email))
        found.append(judged)
    return found


def invite_all(session: Session, actor: Actor, text: str) -> int:
    """Invite by every good line and return how many; what was good a minute ago and is not now is left out."""
    good = [line for line in look_at(session, actor, text) if not line.error]
    # Chains of events are locked in one order, so two lists sent at once do not wait for each other in a circle.
    for line in sorted(good, key=lambda one: (one.place.id if one.place else 0, one.email)):
        if line.place is not None and line.role is not None:
            invite(session, actor, line.place.id, line.role, line.email)
    if not good:
        journal.nothing_changed()
    return len(good)


def _read(number: int, line: str) -> Line:
    parts = [part for part in re.split(r"[\t;,\s]+", line.strip()) if part]
    if len(parts) != _PARTS:
        return Line(number, parts[0][:40], " ".join(parts[1:])[:80], error="Нужны код организации и один адрес почты.")
    code, email = parts[0].lower(), parts[1]
    try:
        return Line(number, code, checked_address(email))
    except DomainError as error:
        return Line(number, code, email[:80], error=str(error))


def _places(session: Session, actor: Actor, codes: set[str]) -> dict[str, Organization]:
    rows = session.scalars(
        select(Organization).where(
            Organization.code.in_(codes),
            Organization.region_id == actor.organization.region_id,
            living_on(clock.today()),
        )
    )
    return {place.code: place for place in rows if rights.where(actor.organization, place) is not None}


def _held(session: Session, emails: set[str]) -> set[tuple[int, Role, str]]:
    rows = session.execute(
        select(Membership.organization_id, Membership.role, UserAccount.email, UserAccount.id)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(UserAccount.email.in_(emails), holds_today(Membership), Membership.deputy_of_id.is_(None))
    )
    return {(place_id, role, email) for place_id, role, email, _ in rows}


def _judge(actor: Actor, line: Line, places: dict[str, Organization], held: set[tuple[int, Role, str]]) -> Line:
    place = places.get(line.code)
    if place is None:
        return replace(line, error="Организации с таким кодом нет.")
    role = rights.administrator_of(place.kind)
    known = replace(line, place=place, role=role)
    if role not in rights.nameable(rights.standing_of(actor), place):
        return replace(known, error="Назначить эту роль Вы не можете.")
    if (place.id, role, line.email) in held:
        return replace(known, error="У этого сотрудника роль уже есть.")
    return known
