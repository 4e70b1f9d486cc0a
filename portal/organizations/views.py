"""All views of organizations, gathered for the application."""

from portal.organizations import archive_routes, file_routes, intake_routes, routes
from portal.organizations.blueprint import organizations

__all__ = ["archive_routes", "file_routes", "intake_routes", "organizations", "routes"]
