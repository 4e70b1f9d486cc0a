"""By which tree a page of sums counts: that of the month, or today's; the switch stands where the two differ."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from portal.context import actor, db
from portal.submissions.blueprint import Chosen
from reports.month_views.matrix import Bounds
from reports.moved import moved_since
from tenants.organizations.models import OrganizationKind

TODAY_WORDS = "в нынешних границах"


def asked_bounds() -> Bounds:
    """Return the tree that an address asks for."""
    return Bounds.TODAY if request.args.get("bounds") == Bounds.TODAY.value else Bounds.PERIOD


def switch(chosen: Chosen, endpoint: str, arguments: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return the two links of the switch; empty where nobody has moved since the month, so that both are the same."""
    own = actor().organization
    node = None if own.kind is OrganizationKind.REGION else own.id
    bounds = asked_bounds()
    moved = moved_since(db(), chosen.window.window.cut_on, node)
    if not moved and bounds is Bounds.PERIOD:
        return []
    kept: dict[str, Any] = {"month": str(chosen.month), **arguments}
    return [
        {
            "text": "Как было в том месяце",
            "url": url_for(endpoint, **kept),
            "current": bounds is Bounds.PERIOD,
            "count": None,
        },
        {
            "text": TODAY_WORDS.capitalize(),
            "url": url_for(endpoint, **kept, bounds=Bounds.TODAY.value),
            "current": bounds is Bounds.TODAY,
            "count": moved or None,
        },
    ]
