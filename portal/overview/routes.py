"""Home: a list of what to do now, made for each role."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.context import actor
from tenants.accounts.models import Role

overview = Blueprint("overview", __name__, url_prefix="/o/<code>", template_folder="templates")

_PAGES = {
    Role.CURATOR: "school",
    Role.DIRECTOR: "school",
    Role.DISTRICT_REVIEWER: "district",
    Role.REGION_ADMIN: "region",
    Role.REGION_ANALYST: "region",
}


@overview.get("/")
def home() -> ResponseReturnValue:
    """Show what the actor has to do now."""
    return render_template(f"overview/{_PAGES[actor().role]}.html")
