"""Links of letters and invitations leave with the other leftovers, thirty days after they stopped to count."""

from datetime import timedelta

import pytest

from tenants import clock
from tenants.accounts import events, own_account
from tenants.accounts.factor_models import LinkPurpose, SecretLink
from tenants.accounts.invitations import Invitation
from tenants.accounts.links import make_link, token_of
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.subjects.sweeping import sweep_registry
from tests.factories.events import events_of_organization
from tests.factories.staff import make_invitation
from tests.factories.tree import make_account, unique
from tests.integration.accounts.people import account_of

HOLDS = timedelta(hours=1)


def still(model, number):
    with transaction(REGISTRY.reading()) as session:
        return session.get(model, number) is not None


def made_link(email, purpose=LinkPurpose.RESET):
    with transaction(REGISTRY) as session:
        return make_link(session, purpose, email, holds=HOLDS, user_id=account_of(email).id)


def swept_after(days, model, number, minutes=0):
    clock.travel(clock.now() + timedelta(days=days, minutes=minutes))
    sweep_registry()
    return not still(model, number)


@pytest.mark.parametrize("used", [True, False])
@pytest.mark.parametrize(("minutes", "gone"), [(59, False), (61, True)])
def test_a_link_goes_thirty_days_after_its_term_whether_used_or_not(tree, used, minutes, gone):
    email = make_account((tree.school, Role.CURATOR))
    link = made_link(email)
    if used:
        with transaction(REGISTRY) as session:
            own_account.reset_password(session, token_of(link), "семь синих слонов летят")

    assert swept_after(30, SecretLink, link.id, minutes) is gone


def test_a_link_that_still_holds_stays_however_old_its_row(tree):
    email = make_account((tree.school, Role.CURATOR))
    with transaction(REGISTRY) as session:
        link = make_link(session, LinkPurpose.EMAIL_UNDO, email, holds=timedelta(days=40))

    assert not swept_after(39, SecretLink, link.id)


@pytest.mark.parametrize(("days", "gone"), [(32, False), (34, True)])
def test_a_lapsed_invitation_goes_and_its_event_stays(tree, days, gone):
    number = make_invitation(tree.school, Role.CURATOR, f"{unique('late')}@example.org")

    assert swept_after(days, Invitation, number) is gone
    with transaction(REGISTRY.reading()) as session:
        found = events_of_organization(session, tree.school.id)
        assert [(one.event, one.detail["invitation"]) for one in found] == [("invitation.sent", number)]
        assert events.broken_entries(session) == []


def test_an_invitation_that_waits_stays(tree):
    number = make_invitation(tree.school, Role.CURATOR, f"{unique('soon')}@example.org")

    assert not swept_after(2, Invitation, number)


def test_the_sweep_says_how_many_went_and_finds_nothing_the_second_time(tree):
    made_link(make_account((tree.school, Role.CURATOR)))
    clock.travel(clock.now() + timedelta(days=31))

    first, second = sweep_registry(), sweep_registry()

    assert first["secret_link"] >= 1
    assert (second["secret_link"], second["invitation"]) == (0, 0)
