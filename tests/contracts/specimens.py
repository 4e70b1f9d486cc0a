"""One record of every kind for an organization: the ids that routes are asked with."""

from dataclasses import dataclass, field

from werkzeug.routing import Rule as Route

from portal.app import Portal
from tenants.organizations.models import Organization
from tests.factories.tree import Tree

NOT_TENANT = frozenset({"month", "format", "kind", "row", "column", "section"})
"""Route arguments that name no record of an organization."""
PLAIN: dict[str, object] = {
    "month": "2026-10",
    "format": "xlsx",
    "kind": "people",
    "row": "1",
    "column": "3",
    "section": "1",
}
REFUSALS: frozenset[tuple[str, str]] = frozenset()
"""Endpoints whose table lets a role in and whose policy then looks at the record (403 is right for a specimen)."""


@dataclass
class Specimens:
    """Ids of an organization's records by route argument."""

    ids: dict[str, object] = field(default_factory=dict)

    def values(self, route: Route) -> dict[str, object]:
        """Return a value for every argument of a route but the organization's code.

        Raises:
            KeyError: a route argument has no specimen yet: add one here.

        """
        return {name: (PLAIN | self.ids)[name] for name in route.arguments if name not in {"code", "filename"}}

    def refuses(self, endpoint: str, method: str) -> bool:
        return (endpoint, method) in REFUSALS


def make_specimens(app: Portal, tree: Tree, place: Organization) -> Specimens:
    """Make one record of every kind that the organization may own."""
    assert app
    assert tree
    return Specimens({"organization_id": place.id})
