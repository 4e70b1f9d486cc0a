"""Several consents of one person to one purpose: a withdrawal is meant for all that were signed until then."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import WrongStateError
from tenants.organizations.models import Organization
from tenants.participants.consents import NewConsent
from tenants.participants.models import Consent, ConsentKind, Giver, Participant
from tenants.participants.persons import HiddenName
from tests.conftest import Seat
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.tree import Tree, actor_of
from tests.integration.consents.doing import WITHDRAWN, canary, given, shown, undone, withdrawn

SignIn = Callable[[Role, Organization], Seat]
YEARS = (date(2024, 9, 2), date(2025, 9, 1))
EVERY_KIND = list(ConsentKind)


def yearly(place: Organization, kind: ConsentKind = ConsentKind.PROCESSING) -> tuple[Participant, Consent]:
    """Somebody who signed a paper without a term every September, and the newest of them."""
    person = make_participant(place, name=f"{WITHDRAWN} Прохор Лукич", role=MENTEE)
    for day in YEARS:
        make_consent(place, person, kind=kind, given_on=day, given_by=Giver.REPRESENTATIVE)
    return person, make_consent(place, person, kind=kind)


def days_of(place: Organization, person: Participant) -> dict[date, date | None]:
    """Since when each consent of a person is withdrawn, by the day of its signature."""
    with transaction(actor_of(place).scope.reading()) as session:
        rows = session.execute(
            select(Consent.given_on, Consent.withdrawn_on).where(Consent.participant_id == person.id)
        )
        return dict(rows.all())


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_withdrawal_ends_every_consent_to_its_purpose(tree: Tree, kind: ConsentKind) -> None:
    person, newest = yearly(tree.school, kind)
    today = clock.today()

    withdrawn(tree.school, newest)

    assert days_of(tree.school, person) == dict.fromkeys((*YEARS, newest.given_on), today)


def test_whoever_signed_every_year_is_hidden_by_one_withdrawal(tree: Tree) -> None:
    person, newest = yearly(tree.school)

    row = withdrawn(tree.school, newest)

    assert row.hides
    assert isinstance(shown(tree.school, person), HiddenName)


def test_a_consent_to_another_purpose_one_run_out_and_one_signed_later_stay(tree: Tree) -> None:
    person = make_participant(tree.school)
    day = date(2026, 10, 1)
    run_out, withdrawn_one, later, other = (date(2024, 9, 1), date(2025, 9, 1), date(2026, 10, 2), date(2026, 9, 3))
    make_consent(tree.school, person, given_on=run_out, valid_until=date(2025, 8, 31))
    consent = make_consent(tree.school, person, given_on=withdrawn_one)
    make_consent(tree.school, person, given_on=later)
    make_consent(tree.school, person, given_on=other, kind=ConsentKind.SURVEY)

    withdrawn(tree.school, consent, day)

    assert days_of(tree.school, person) == {run_out: None, withdrawn_one: day, later: None, other: None}


def test_undo_brings_all_of_them_back(tree: Tree) -> None:
    person, newest = yearly(tree.school)
    row = withdrawn(tree.school, newest)

    undone(tree.school, row)

    assert days_of(tree.school, person) == dict.fromkeys((*YEARS, newest.given_on))
    assert shown(tree.school, person).last == WITHDRAWN


def test_withdrawals_are_undone_from_the_last_one_back(tree: Tree) -> None:
    person, consent = canary(tree.school)
    first = withdrawn(tree.school, consent)
    again = given(tree.school, person, NewConsent(clock.today(), given_by=Giver.REPRESENTATIVE))
    second = withdrawn(tree.school, again)

    with pytest.raises(WrongStateError, match="последний отзыв"):
        undone(tree.school, first)
    undone(tree.school, second)
    undone(tree.school, first)

    assert shown(tree.school, person).last == WITHDRAWN


def test_the_page_names_the_consents_that_end_together(as_role: SignIn, tree: Tree) -> None:
    person, newest = yearly(tree.school)
    other = make_consent(tree.school, person, kind=ConsentKind.SURVEY)
    seat = as_role(Role.CURATOR, tree.school)

    def page(consent: Consent) -> str:
        return seat.get(f"participants/{person.id}/consents/{consent.id}/withdraw").get_data(as_text=True)

    assert [page(newest).count(f"от {day:%d.%m.%Y}, родитель или представитель") for day in YEARS] == [1, 1]
    assert "отзывается вместе с этим" not in page(other)


def test_a_withdrawal_that_hides_nothing_is_undone_on_the_card(as_role: SignIn, tree: Tree) -> None:
    person, newest = yearly(tree.school, ConsentKind.PUBLICATION)
    seat = as_role(Role.CURATOR, tree.school)
    withdrawn(tree.school, newest)

    found = re.findall(r"withdrawals/\d+/undo", seat.get(f"participants/{person.id}").text)
    assert len(found) == 1
    answer = seat.post(f"participants/{person.id}/{found[0]}", follow_redirects=True)

    assert "Отзыв отменён: согласие снова действует." in answer.text
    assert days_of(tree.school, person) == dict.fromkeys((*YEARS, newest.given_on))
