"""Whom a withdrawal makes fall due: whose last word it is, whatever older papers say."""

from datetime import date

import pytest

from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.models import Consent, Giver, Participant
from tenants.subjects.access import subject_scope
from tenants.subjects.due import due_subjects
from tenants.subjects.models import Reason
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.subjects import TODAY, curator
from tests.factories.tree import Tree

OF_AGE, MINOR = date(2008, 3, 1), date(2012, 3, 1)
WITHDRAWN = date(2026, 11, 5)


def reasons(place: Organization, person: Participant) -> list[Reason]:
    """Why a person of the school falls due; empty where the person does not."""
    with transaction(subject_scope(curator(place)).reading()) as session:
        return [one.reason for one in due_subjects(session, TODAY) if one.participant_id == person.id]


def of_parents(place: Organization, person: Participant, given_on: date, **more: object) -> Consent:
    return make_consent(place, person, given_on=given_on, given_by=Giver.REPRESENTATIVE, **more)


@pytest.mark.parametrize(("born_on", "expected"), [(OF_AGE, [Reason.WITHDRAWN]), (MINOR, [])])
def test_an_outgrown_consent_of_the_parents_does_not_stand_beside_a_withdrawn_one(
    tree: Tree, born_on: date, expected: list[Reason]
) -> None:
    person = make_participant(tree.school, born_on=born_on, role=MENTEE)
    of_parents(tree.school, person, date(2024, 9, 1))
    make_consent(tree.school, person, given_on=date(2026, 9, 2), withdrawn_on=WITHDRAWN)

    assert reasons(tree.school, person) == expected


def test_who_agreed_again_after_a_withdrawal_and_has_outgrown_it_takes_part_on(tree: Tree) -> None:
    person = make_participant(tree.school, born_on=OF_AGE, role=MENTEE)
    of_parents(tree.school, person, date(2024, 9, 1), withdrawn_on=date(2024, 10, 1))
    of_parents(tree.school, person, date(2024, 11, 1))

    assert reasons(tree.school, person) == []
