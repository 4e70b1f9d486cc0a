"""A paper signed before a withdrawal and written down after it: withdrawn with the others, it shows nothing again."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.consent_models import ConsentWithdrawal
from tenants.participants.consents import NewConsent, consent_allows
from tenants.participants.models import Consent, ConsentKind, Giver
from tenants.participants.persons import HiddenName
from tests.conftest import Seat
from tests.factories.tree import Tree, actor_of
from tests.integration.consents.doing import WITHDRAWN, canary, given, shown, undone, withdrawn

SignIn = Callable[[Role, Organization], Seat]
WITHDRAWN_ON = date(2026, 10, 12)


def paper(given_on: date, **more: object) -> NewConsent:
    return NewConsent(given_on, given_by=Giver.REPRESENTATIVE, **more)


def test_an_older_paper_neither_shows_a_hidden_name_nor_stops_the_destruction(tree: Tree) -> None:
    person, consent = canary(tree.school)
    withdrawn(tree.school, consent, WITHDRAWN_ON)

    late = given(tree.school, person, paper(WITHDRAWN_ON - timedelta(days=1)))

    assert isinstance(shown(tree.school, person), HiddenName)
    assert late.withdrawn_on == WITHDRAWN_ON
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert not consent_allows(session, person.id, ConsentKind.PROCESSING, clock.today())
        assert session.scalars(select(ConsentWithdrawal.destroy_due_on)).all() == [date(2026, 11, 11)]


def test_a_paper_signed_on_the_day_of_the_withdrawal_and_written_down_after_it_shows_the_name(tree: Tree) -> None:
    person, consent = canary(tree.school)
    withdrawn(tree.school, consent, WITHDRAWN_ON)

    assert given(tree.school, person, paper(WITHDRAWN_ON)).withdrawn_on is None
    assert shown(tree.school, person).last == WITHDRAWN


def test_an_older_paper_of_another_purpose_and_one_that_had_run_out_are_kept_as_they_are(tree: Tree) -> None:
    person, consent = canary(tree.school)
    withdrawn(tree.school, consent, WITHDRAWN_ON)

    other = given(tree.school, person, paper(date(2026, 9, 1), kind=ConsentKind.SURVEY))
    run_out = given(tree.school, person, paper(date(2025, 9, 1), valid_until=date(2026, 8, 31)))

    assert (other.withdrawn_on, run_out.withdrawn_on) == (None, None)
    assert isinstance(shown(tree.school, person), HiddenName)


def test_undo_brings_a_paper_found_later_back_too(tree: Tree) -> None:
    person, consent = canary(tree.school)
    row = withdrawn(tree.school, consent)
    late = given(tree.school, person, paper(date(2025, 9, 1)))

    undone(tree.school, row)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        days = session.scalars(select(Consent.withdrawn_on).where(Consent.id.in_([consent.id, late.id]))).all()
    assert days == [None, None]


@pytest.mark.parametrize(
    ("given_on", "words"),
    [("11.10.2026", "подписано раньше отзыва от 12.10.2026"), ("13.10.2026", "Согласие внесено.")],
)
def test_the_curator_reads_what_became_of_the_paper(as_role: SignIn, tree: Tree, given_on: str, words: str) -> None:
    person, consent = canary(tree.school)
    withdrawn(tree.school, consent, WITHDRAWN_ON)
    seat = as_role(Role.CURATOR, tree.school)
    values = {"kind": "processing", "given_on": given_on, "given_by": "representative"}

    answer = seat.post(f"participants/{person.id}/consents/add", data=values, follow_redirects=True)

    assert words in answer.get_data(as_text=True)
