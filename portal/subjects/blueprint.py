"""The blueprints of the slice: subjects' data under «Участники», terms of keeping under «Организации»."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from flask import Blueprint

from portal.context import actor
from tenants import clock
from tenants.db import ScopedSession, transaction
from tenants.subjects.access import subject_scope

subjects = Blueprint("subjects", __name__, url_prefix="/o/<code>/subjects", template_folder="templates")
retention = Blueprint("retention", __name__, url_prefix="/o/<code>/retention", template_folder="templates")


def today() -> date:
    """Return the day in the organization's zone."""
    return clock.today(actor().organization.time_zone)


@contextmanager
def whole() -> Iterator[ScopedSession]:
    """Open a session that reads everything held about a person, also what lists hide after a withdrawal."""
    with transaction(subject_scope(actor()).reading()) as session:
        yield session
