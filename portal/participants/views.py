"""All views of people, gathered for the application."""

from portal.participants import part_routes, paste_routes, routes
from portal.participants.blueprint import participants

__all__ = ["part_routes", "participants", "paste_routes", "routes"]
