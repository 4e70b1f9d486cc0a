"""One record of every kind for an organization: the ids that routes are asked with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import psycopg
from werkzeug.routing import Rule as Route

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization, OrganizationKind
from tenants.participants.models import ParticipantRole
from tenants.reorganizations.commands import Change, draft_reorganization
from tenants.reorganizations.models import Kind
from tenants.roadmaps.models import RoadmapStatus
from tests.contracts import row_security
from tests.factories import months, openings, people, reports, roadmaps, staff, subjects
from tests.factories.tree import Tree, actor_of, make_account

PLAIN: dict[str, object] = {
    "month": "2026-10",
    "format_": "xlsx",
    "number": 1,
    "cell": "1/1/3",
    "section": "1",
    "row": "1",
    "column": "3",
    "place": "1-1-3",
    "token": "1-madeup",
    "sign_in_id": 999_999_999,
    "factor_id": 999_999_999,
    "identity_id": 999_999_999,
    "user_id": 999_999_999,
    "change": "move",
    "kind": "calendar",
    "document": "regulation",
    "purpose": "processing",
    "paper": "act",
}
NOT_TENANT = frozenset(PLAIN)
"""Route arguments that name no record of an organization."""
NOWHERE = 999_999_999
TABLES = {
    "participant_id": "participant",
    "participation_id": "participation",
    "consent_id": "consent",
    "withdrawal_id": "consent_withdrawal",
    "programme_id": "programme",
    "mentorship_id": "mentorship",
    "meeting_id": "meeting",
    "roadmap_id": "roadmap",
    "measure_id": "measure",
    "import_id": "roadmap_import",
    "execution_id": "measure_execution",
    "file_id": "file",
    "template_id": "roadmap_template",
    "submission_id": "submission",
    "window_id": "submission_window",
    "edition_id": "edition",
    "run_id": "report_run",
    "question_id": "twin_question",
    "register_import_id": "register_import",
    "reorganization_id": "reorganization",
    "opening_id": "name_opening",
    "destruction_id": "destruction",
    "request_id": "subject_request",
}
"""Which table a route argument names a row of."""
REGISTRY_IDS = {
    "membership_id": "select max(id) from membership where organization_id = %s",
    "account_id": "select max(user_id) from membership where organization_id = %s",
    "invitation_id": "select max(id) from invitation where organization_id = %s",
}
"""How to find what a route argument names where it stands in the registry."""
REMARKS = {"roadmaps": "roadmap_remark", "submissions": "submission_remark"}
"""The same word means another table in each slice."""
BY_HAND = (
    "register_import",
    "twin_question",
    "consent_withdrawal",
    "roadmap_import",
    "measure_execution",
    "file",
    "roadmap_remark",
    "submission_remark",
)
"""Tables whose rows are made up for strangers: a foreign id must not be found whatever stands in its row."""


INVITED = {OrganizationKind.REGION: Role.REGION_ANALYST, OrganizationKind.DISTRICT: Role.DISTRICT_REVIEWER}
"""A role that whoever administers such an organization names."""


@dataclass
class Specimens:
    """Ids of an organization's records by route argument."""

    organization_id: int
    ids: Mapping[str, int] = field(default_factory=dict)
    """By table."""

    def values(self, route: Route) -> dict[str, object]:
        """Return a value for every argument of a route but the organization's code.

        Raises:
            KeyError: a route argument has no specimen yet: name its table here.

        """
        return {
            name: self._value(name, route.endpoint.partition(".")[0])
            for name in route.arguments
            if name not in {"code", "filename"}
        }

    def _value(self, name: str, slice_: str) -> object:
        if name in PLAIN:
            return PLAIN[name]
        if name == "organization_id":
            return self.organization_id
        if name in REGISTRY_IDS:
            return self.ids.get(name, NOWHERE)
        return self.ids.get(REMARKS[slice_] if name == "remark_id" else TABLES[name], NOWHERE)


WORDS = {
    "consent_withdrawal": "update consent_withdrawal set received = 'paper' where organization_id = %s",
    "register_import": "update register_import set state = 'dropped' where organization_id = %s",
}
"""What a made-up row must say so that its own organization's pages can read it."""


def make_records(tree: Tree) -> None:
    """Give every organization of a tree its records, through the factories of the slices."""
    for place in (tree.school, tree.sister, tree.other_school, tree.college):
        pupil = people.make_participant(place, role=ParticipantRole.MENTEE)
        people.make_consent(place, pupil)
        programme = people.make_programme(place)
        pair = people.make_mentorship(
            place, mentees=(pupil,), programme=programme, order_on=date(2026, 9, 1), order_number="1"
        )
        people.make_meeting(place, pair)
        roadmaps.make_roadmap(place, RoadmapStatus.SENT)
        subjects.make_subject_records(place)
    window = months.open_month(tree)
    for place in (tree.school, tree.sister, tree.other_school, tree.college):
        months.send(place, months.start(place, window))
    for place in (tree.school, tree.college):
        openings.make_opening(tree.district if place is tree.school else tree.region, place)
    roadmaps.make_template(tree)
    reports.make_report_region(tree).ask()
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        ahead = clock.today() + timedelta(days=30)
        draft_reorganization(
            session, actor, Change(Kind.MOVE, [tree.school.id], ahead, receiver=tree.other_district.id)
        )
    for place in tree.all:
        role = INVITED.get(place.kind, Role.CURATOR)
        make_account((place, role))
        staff.make_invitation(place, role, f"{place.code}@example.org")


def specimens_of(admin_url: str, place: Organization, *, stranger: bool) -> Specimens:
    """Find the newest record of every kind that an organization owns, or one below it.

    For a stranger rows are made up where the slices' factories made none.
    """
    with psycopg.connect(admin_url) as connection:
        if stranger:
            _make_up(connection, place)
        found = {}
        for table in {*TABLES.values(), *REMARKS.values()}:
            row = connection.execute(
                f'select id from "{table}" where region_id = %s and %s in (organization_id, district_id, region_id)'
                " order by organization_id = %s desc, id desc limit 1",
                [place.region_id, place.id, place.id],
            ).fetchone()
            if row:
                found[table] = row[0]
        for name, query in REGISTRY_IDS.items():
            (number,) = connection.execute(query, [place.id]).fetchone()
            if number:
                found[name] = number
    return Specimens(place.id, found)


def _make_up(connection: psycopg.Connection, place: Organization) -> None:
    """Checks of values are lifted for the made-up rows only: the transaction that made them keeps the rest."""
    connection.execute("set session_replication_role = replica")
    for table in BY_HAND:
        with connection.transaction():
            checks = connection.execute(
                "select conname, pg_get_constraintdef(oid) from pg_constraint"
                " where conrelid = %s::regclass and contype = 'c'",
                [table],
            ).fetchall()
            for name, _ in checks:
                connection.execute(f'alter table "{table}" drop constraint {name}')
            keys = (place.region_id, place.district_id, place.id)
            row_security._insert(connection, table, place.id, place.id, keys)
            if table in WORDS:
                connection.execute(WORDS[table], [place.id])
            for name, definition in checks:
                connection.execute(f'alter table "{table}" add constraint {name} {definition} not valid')
    connection.execute("set session_replication_role = origin")
