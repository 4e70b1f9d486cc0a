"""All views of settings; importing them fills the blueprint."""

from portal.settings import paper_routes, routes
from portal.settings.blueprint import settings

__all__ = ["paper_routes", "routes", "settings"]
