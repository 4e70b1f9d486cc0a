"""The blueprint of settings, and what its pages share."""

from datetime import date

from flask import Blueprint

from portal.context import actor
from tenants import clock

settings = Blueprint("settings", __name__, url_prefix="/o/<code>/settings", template_folder="templates")


def today() -> date:
    """Return the day in the organization's zone."""
    return clock.today(actor().organization.time_zone)


def region_id() -> int:
    """Return the region whose settings the actor works by."""
    return actor().organization.region_id
