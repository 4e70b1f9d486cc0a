"""All views of the slice, gathered for the application."""

from portal.subjects import card_routes, request_routes, routes, term_routes
from portal.subjects.blueprint import retention, subjects

__all__ = ["card_routes", "request_routes", "retention", "routes", "subjects", "term_routes"]
