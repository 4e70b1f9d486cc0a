"""Where the lines of a home page lead."""

from flask import url_for

from portal.access import ACCESS, Everyone
from portal.context import actor
from portal.overview.words import Link
from reports.overview.school import SchoolMonth
from tenants.periods import Month
from tenants.submissions.models import Place


def month_link(text: str, month: SchoolMonth) -> Link:
    """Return the way to the own month."""
    return Link(text, url_for("submissions.month", month=str(month.month)))


def cell_link(text: str, submission_id: int, place: Place) -> Link:
    """Return the way to one number of a month."""
    section, row, column = place
    url = url_for("submissions.cell", submission_id=submission_id, section=section, row=row, column=column)
    return Link(text, url)


def queue_link(text: str, month: Month) -> Link:
    """Return the way to the months that wait for the reviewer."""
    return Link(text, url_for("submissions.queue", month=str(month)))


def matrix_link(text: str, month: Month, **wanted: object) -> Link:
    """Return the way to the list of who has handed in."""
    return Link(text, url_for("submissions.matrix", month=str(month), **wanted))  # type: ignore[arg-type]  # values of an address


def may_open(endpoint: str) -> bool:
    """Return whether the access table lets the actor's role open a page: a home page offers nothing that is refused."""
    who = ACCESS[endpoint].who
    return not isinstance(who, Everyone) and actor().role in who
