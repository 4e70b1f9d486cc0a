"""The region's logo and support on every page: looked up once a minute, never while the database is in doubt."""

import time
from dataclasses import dataclass
from http import HTTPStatus

from flask import g

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.accounts.queries import SignedIn
from tenants.db import transaction
from tenants.settings.logos import logo_on
from tenants.settings.papers import Support
from tenants.settings.queries import setting_on

_SECONDS = 60


@dataclass(frozen=True)
class Face:
    """What a region shows of itself."""

    logo: str = ""
    """Mark of the picture in its address; empty: there is none."""
    width: int = 0
    height: int = 0
    support: str = ""


_NOBODY = Face()
_known: dict[int, tuple[float, Face]] = {}


def face_of(who: Actor, *, ask: bool = True) -> Face:
    """Return the face of the actor's region; `ask` False takes what is known and never touches the database."""
    region_id = who.organization.region_id
    at, face = _known.get(region_id, (float("-inf"), _NOBODY))
    if not ask or time.monotonic() - at < _SECONDS:
        return face
    zone = who.organization.time_zone
    with transaction(who.scope.reading()) as session:
        logo = logo_on(session, region_id, zone)
        support = setting_on(session, region_id, Support, clock.today(zone)).line
    face = Face(logo.sha256[:10], logo.width, logo.height, support) if logo else Face(support=support)
    _known[region_id] = (time.monotonic(), face)
    return face


def forget(region_id: int) -> None:
    """Look a region up anew with the next page of this process; others follow within a minute."""
    _known.pop(region_id, None)


def support_line(status: int) -> str:
    """Return whom a signed-in person asks about an error; empty for others and where nobody is named."""
    person: SignedIn | None = g.get("signed_in")
    who: Actor | None = g.get("actor") or (person.workplaces[0] if person and person.workplaces else None)
    return face_of(who, ask=status < HTTPStatus.INTERNAL_SERVER_ERROR).support if who else ""
