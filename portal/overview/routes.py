"""Home: a list of what to do now, made for each role."""

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.overview import words
from portal.overview.district_page import district_page
from portal.overview.region_page import region_page
from portal.overview.school_page import school_page
from portal.overview.silent_page import silent_page
from portal.overview.tasks_page import tasks_page
from reports.overview import school
from tenants import clock
from tenants.accounts.models import Role

overview = Blueprint("overview", __name__, url_prefix="/o/<code>", template_folder="templates")

_PAGES: Mapping[Role, tuple[str, Callable[[], dict[str, object]]]] = {
    Role.CURATOR: ("school", school_page),
    Role.DIRECTOR: ("school", school_page),
    Role.DISTRICT_REVIEWER: ("district", district_page),
    Role.DISTRICT_HEAD: ("district", district_page),
    Role.REGION_ADMIN: ("region", region_page),
    Role.REGION_ANALYST: ("region", region_page),
    Role.AUDITOR: ("region", region_page),
}


@overview.get("/")
def home() -> ResponseReturnValue:
    """Show what the actor has to do now; in an archive that is the data kept there."""
    if actor().role is Role.KEEPER:
        return redirect(url_for("subjects.overview"), 303)
    page, context = _PAGES[actor().role]
    return render_template(f"overview/{page}.html", **context())


@overview.get("/home/changes")
def changes() -> ResponseReturnValue:
    """Tell why the main numbers differ from the month before; the records are compared, so the page asks apart."""
    months = school.school_months(db(), clock.today(actor().organization.time_zone))
    return _part(
        "changes",
        month=months[0] if months else None,
        rows=school.changed_figures(db(), months[0]) if months else [],
        before=words.since(months[0].month.previous) if months else "",
    )


@overview.get("/home/tasks")
def tasks() -> ResponseReturnValue:
    """Show what birthdays and equal names ask; the records are looked through, so the page asks apart."""
    return _part("tasks", **tasks_page())


@overview.get("/home/silent")
def silent() -> ResponseReturnValue:
    """Show the pairs that have not met for long; names make this view one of those that are logged."""
    return _part("silent", **silent_page())


def _part(name: str, **context: object) -> str:
    """Return a part of the home page for htmx, or as a page of its own where there is no script."""
    whole = "HX-Request" not in request.headers
    return render_template(f"overview/{'part' if whole else '_' + name}.html", part=f"overview/_{name}.html", **context)
