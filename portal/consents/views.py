"""All views of consents, gathered for the application."""

from portal.consents import blank_routes, routes, text_routes
from portal.consents.blueprint import consents

__all__ = ["blank_routes", "consents", "routes", "text_routes"]
