"""All views of people, gathered for the application."""

from portal.participants import consent_routes, part_routes, paste_routes, routes, twin_routes
from portal.participants.blueprint import participants

__all__ = ["consent_routes", "part_routes", "participants", "paste_routes", "routes", "twin_routes"]
