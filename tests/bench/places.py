"""Which pages are measured: start page, a list of fifty, one record, for curator, district and region."""

from dataclasses import dataclass

from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.demonstration.cast import load_cast
from portal.demonstration.seeding import REGION
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.mentorships.models import Mentorship
from tenants.participants.models import Participant
from tenants.submissions.models import Status, Submission, SubmissionState

SCHOOL, DISTRICT = "school-1", "district-1"


@dataclass(frozen=True)
class Page:
    """One page as one role opens it."""

    name: str
    email: str
    code: str
    endpoint: str
    values: dict[str, object]


def pages() -> list[Page]:
    """Return the pages in the order in which they are measured."""
    cast = load_cast(REGION, {REGION, DISTRICT, SCHOOL})
    curator, district = cast.curator(SCHOOL), cast.actors[DISTRICT, Role.DISTRICT_REVIEWER]
    with transaction(curator.scope.reading()) as session:
        person, pair = (session.scalars(select(model.id).limit(1)).one() for model in (Participant, Mentorship))
    with transaction(district.scope.reading()) as session:
        waiting = _sent(session)
    return [
        _page("curator_home", curator, "overview.home"),
        _page("curator_people", curator, "participants.people"),
        _page("curator_pairs", curator, "mentorships.pairs"),
        _page("curator_person", curator, "participants.person", participant_id=person),
        _page("curator_pair", curator, "mentorships.pair", mentorship_id=pair),
        _page("district_home", district, "overview.home"),
        _page("district_matrix", district, "submissions.matrix"),
        _page("district_review", district, "submissions.review", submission_id=waiting),
        _page("region_home", cast.admin, "overview.home"),
        _page("region_register", cast.admin, "organizations.register"),
        _page("region_matrix", cast.admin, "submissions.matrix"),
        _page("region_review", cast.admin, "submissions.review", submission_id=waiting),
    ]


def probe_of(page: Page) -> str:
    """Return the address of the probe for the same role and organization."""
    return f"/o/{page.code}/bench-probe"


def path_of(app: Flask, page: Page) -> str | None:
    """Return the address of a page; None where the portal has no such page."""
    if page.endpoint not in app.view_functions:
        return None
    with app.test_request_context():
        return url_for(page.endpoint, code=page.code, **page.values)


def _page(name: str, actor: Actor, endpoint: str, **values: object) -> Page:
    prefix = {"district_reviewer": "otdel", "region_admin": "admin"}.get(actor.role.value, "curator")
    return Page(name, f"{prefix}@{actor.organization.code}.example", actor.organization.code, endpoint, values)


def _sent(session: Session) -> int:
    return session.scalars(
        select(Submission.id)
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .where(SubmissionState.status.in_((Status.SENT, Status.ACCEPTED)))
        .order_by(Submission.period_start.desc(), Submission.id)
        .limit(1)
    ).one()
