"""The blueprint with all its views."""

from portal.staff import bulk_routes, member_routes, people_routes
from portal.staff.routes import staff

__all__ = ["bulk_routes", "member_routes", "people_routes", "staff"]
