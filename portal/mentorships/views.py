"""All views of pairs and groups, gathered for the application."""

from portal.mentorships import meeting_routes, programme_routes, routes
from portal.mentorships.blueprint import mentorships

__all__ = ["meeting_routes", "mentorships", "programme_routes", "routes"]
