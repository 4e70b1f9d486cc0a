"""An address that names a person or a pair and a record of theirs: in it the record of another is not found."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from werkzeug.routing import Rule

from portal.app import Portal
from tenants import clock
from tenants.accounts.models import Role
from tenants.organizations.models import Organization
from tenants.participants.consents import NewConsent
from tenants.participants.models import ConsentKind, Giver
from tenants.participants.papers import Scan
from tests.conftest import Seat
from tests.factories.people import MENTEE, make_meeting, make_mentorship, make_participant, make_participation
from tests.factories.tree import Tree
from tests.integration.consents.doing import given, withdrawn

SignIn = Callable[[Role, Organization], Seat]
Ids = dict[str, int]
SLICES = ("participants", "mentorships")


def paper(kind: ConsentKind) -> NewConsent:
    return NewConsent(date(2026, 9, 1), kind, Giver.REPRESENTATIVE, scan=Scan(b"%PDF-1.7\n% a scan\n"))


def somebody(place: Organization) -> Ids:
    """A person in a group, with a record of every kind that an address names beside the person or the group."""
    person = make_participant(place)
    part = make_participation(place, person, role=MENTEE)
    consent, survey = (given(place, person, paper(kind)) for kind in (ConsentKind.PROCESSING, ConsentKind.SURVEY))
    group = make_mentorship(place, mentees=(person, make_participant(place, role=MENTEE)))
    return {
        "participant_id": person.id,
        "participation_id": part.id,
        "consent_id": consent.id,
        "withdrawal_id": withdrawn(place, survey).id,
        "mentorship_id": group.id,
        "meeting_id": make_meeting(place, group).id,
    }


def addresses(app: Portal) -> Iterator[tuple[Rule, str]]:
    """Every page of the slices whose address names two records, with each method it answers."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in SLICES and len(rule.arguments - {"code"}) > 1:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method


def ask(app: Portal, seat: Seat, rule: Rule, method: str, ids: Ids) -> int:
    values = {"code": seat.place.code} | {name: ids[name] for name in rule.arguments - {"code"}}
    with app.test_request_context():
        path = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
    today = f"{clock.today():%d.%m.%Y}"
    form = {"withdrawn_on": today, "left_on": today, "held_on": today, "kind": "work", "received": "paper"}
    return seat.client.open(path, method=method, data=form if method == "POST" else None).status_code


@pytest.fixture
def curator(as_role: SignIn, tree: Tree) -> Seat:
    return as_role(Role.CURATOR, tree.school)


def test_the_record_of_another_person_or_pair_is_not_found_in_an_address(
    app: Portal, curator: Seat, tree: Tree
) -> None:
    one, other = somebody(tree.school), somebody(tree.school)
    asked, found, missed = [], [], []
    for rule, method in addresses(app):
        asked.append(rule.endpoint)
        parent = "participant_id" if rule.endpoint.startswith("participants.") else "mentorship_id"
        if ask(app, curator, rule, method, other | {parent: one[parent]}) != 404:
            found.append((rule.endpoint, method))
        if method == "GET" and ask(app, curator, rule, method, one) != 200:
            missed.append(rule.endpoint)

    assert len(set(asked)) >= 9
    assert (found, missed) == ([], [])
