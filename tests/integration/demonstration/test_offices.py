"""What heads and administrators did in the small region is there to be looked at when the demonstration begins."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select, text

from portal.demonstration import offices
from portal.embedded.run import BEGINNING
from tenants import clock
from tenants.accounts.invitations import Invitation, InvitationState
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.accounts.queries import workplaces_of
from tenants.db import REGISTRY, connect, transaction
from tenants.openings.queries import openings_page
from tenants.openings.states import OpeningState
from tenants.participants.consents import ConsentState, state_of_consent
from tenants.participants.models import Consent, ConsentKind
from tenants.periods import Month
from tenants.reorganizations.models import Reorganization, State
from tenants.settings.papers import Deadlines, Support, YearDay
from tenants.settings.queries import reporting_days_of, setting_on
from tests.integration.demonstration.conftest import Demo, small_region

pytestmark = pytest.mark.usefixtures("reconnected")


@pytest.fixture(scope="module")
def seeded(reconnected: None, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    assert reconnected is None
    return small_region("offices", tmp_path_factory.mktemp("offices"))


@pytest.fixture
def demo(seeded: Demo) -> Iterator[Demo]:
    """The region on the morning on which a visitor comes."""
    connect(seeded.settings.database_url)
    clock.travel(BEGINNING)
    return seeded


def test_every_district_has_a_head_and_one_has_a_deputy_with_a_term(demo: Demo) -> None:
    cast = demo.cast
    heads = {code for code, role in cast.actors if role is Role.DISTRICT_HEAD}
    with transaction(REGISTRY.reading()) as session:
        deputy = session.scalars(select(Membership).where(Membership.deputy_of_id.is_not(None))).one()
        reviewer = session.get_one(UserAccount, deputy.user_id)
        labels = {one.role_label for one in workplaces_of(session, reviewer)}

    assert len(heads) == 3
    assert deputy.until == date(2026, 12, 4)
    assert labels == {"специалист отдела образования", "и. о. начальника отдела образования"}


def test_invitations_stand_in_three_states_and_the_accepted_one_works(demo: Demo) -> None:
    with transaction(REGISTRY.reading()) as session:
        states = {one.state: one.organization_id for one in session.scalars(select(Invitation))}
        helper = session.get_one(UserAccount, demo.cast.curator(offices.HELPER).user_id)
        places = {one.organization.code for one in workplaces_of(session, helper)}

    assert {state: demo_code(demo, place) for state, place in states.items()} == {
        InvitationState.SENT: offices.DISTRICT,
        InvitationState.EXPIRED: offices.SCHOOL,
        InvitationState.ACCEPTED: offices.HELPED,
    }
    assert places == {offices.HELPER, offices.HELPED}


def demo_code(demo: Demo, organization_id: int) -> str:
    return next(code for code, place in demo.cast.places.items() if place.id == organization_id)


def test_the_due_day_of_december_gives_way_to_the_regions_holiday(demo: Demo) -> None:
    actor = demo.cast.admin
    with transaction(actor.scope.reading()) as session:
        december, november = reporting_days_of(session, actor.organization.id, Month(2026, 12), Month(2026, 11))
        now, later = (
            setting_on(session, actor.organization.id, Deadlines, day) for day in (date(2026, 11, 21), date(2027, 9, 1))
        )
        support = setting_on(session, actor.organization.id, Support, date(2026, 11, 21))

    assert (november.due.day, december.due.day) == (date(2026, 11, 25), date(2026, 12, 28))
    assert (now.roadmap, later.roadmap) == (YearDay(10, 15), YearDay(10, 1))
    assert "help@demo.example" in support.line


def test_a_list_waits_for_the_head_and_one_name_is_shown(demo: Demo) -> None:
    reviewer = demo.cast.reviewer(offices.SCHOOL)
    with transaction(reviewer.scope.reading()) as session:
        page = openings_page(session, clock.now())
        found = {demo_code(demo, one.row.organization_id): one for one in (*page.running, *page.past)}
        own = session.execute(text("select participant_id from person")).scalars().all()

    assert {code: (one.state, one.count) for code, one in found.items()} == {
        offices.SCHOOL: (OpeningState.WAITING, 3),
        offices.OTHER_SCHOOL: (OpeningState.OPEN, 1),
    }
    assert own == list(found[offices.OTHER_SCHOOL].row.participant_ids), "no other name is read above the schools"


def test_one_consent_of_a_few_was_withdrawn_and_the_name_stays(demo: Demo) -> None:
    actor = demo.cast.curator(offices.SCHOOL)
    with transaction(actor.scope.reading()) as session:
        rows = session.scalars(select(Consent).where(Consent.kind == ConsentKind.PUBLICATION)).all()
        states = [state_of_consent(one, None, date(2026, 11, 21)) for one in rows]

    assert sorted(states) == [ConsentState.OK, ConsentState.OK, ConsentState.WITHDRAWN]


def test_a_merger_lies_ahead(demo: Demo) -> None:
    with transaction(demo.cast.admin.scope.reading()) as session:
        row = session.scalars(select(Reorganization)).one()

    assert (row.state, row.takes_effect_on) == (State.PLANNED, date(2027, 1, 11))
