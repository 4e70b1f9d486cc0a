"""The blueprint of the roadmaps; `routes` gathers the views of all its files."""

from flask import Blueprint, request, url_for

from portal.context import actor
from tenants import clock
from tenants.periods import SchoolYear

roadmaps = Blueprint("roadmaps", __name__, url_prefix="/o/<code>/roadmaps", template_folder="templates")


def asked_year() -> int:
    """Return the school year of the address, or the one that runs now at the actor's place."""
    typed = request.args.get("year", "") or request.form.get("year", "")
    if typed.isdigit() and len(typed) == len("2026"):
        return min(max(int(typed), 2015), 2100)
    return SchoolYear.of(clock.today(actor().organization.time_zone)).begins


def year_nav(school_year: int, endpoint: str) -> dict[str, object]:
    """Return the switcher of school years for the header."""

    def link(year: int) -> dict[str, str]:
        return {"url": url_for(endpoint, year=year), "label": f"{year}/{(year + 1) % 100:02d} учебный год"}

    return {
        "label": f"{school_year}/{(school_year + 1) % 100:02d} уч. год",
        "previous": link(school_year - 1),
        "next": link(school_year + 1),
    }
