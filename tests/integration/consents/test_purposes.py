"""The one door to what a consent allows: whether somebody may be published or surveyed as of a day."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from tenants.db import transaction
from tenants.participants.consents import consent_allows
from tenants.participants.models import ConsentKind, Giver
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.tree import Tree, actor_of

DAY = date(2026, 11, 20)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
LONG_AGO = date(2026, 9, 1)
GROWN, CHILD = date(2008, 11, 20), date(2008, 11, 21)
"""Eighteen on the day asked about, and one day short of it."""
CASES: list[tuple[str, Sequence[dict], bool]] = [
    ("never asked", [], False),
    ("given", [{}], True),
    ("given on the day", [{"given_on": DAY}], True),
    ("given afterwards", [{"given_on": AFTER}], False),
    ("on its last day", [{"valid_until": DAY}], True),
    ("run out the day before", [{"valid_until": BEFORE}], False),
    ("withdrawn on the day", [{"withdrawn_on": DAY}], False),
    ("withdrawn afterwards", [{"withdrawn_on": AFTER}], True),
    ("withdrawn and given again", [{"withdrawn_on": BEFORE}, {"given_on": BEFORE}], True),
    ("for another purpose", [{"kind": ConsentKind.TRANSFER}], False),
    ("records no more kept", [{}, {"kind": ConsentKind.PROCESSING, "withdrawn_on": DAY}], False),
    ("records kept until tomorrow", [{}, {"kind": ConsentKind.PROCESSING, "withdrawn_on": AFTER}], True),
    (
        "records kept again",
        [{}, {"kind": ConsentKind.PROCESSING, "withdrawn_on": BEFORE}, {"kind": ConsentKind.PROCESSING}],
        True,
    ),
]


@pytest.mark.parametrize("kind", [ConsentKind.PUBLICATION, ConsentKind.SURVEY])
def test_a_purpose_is_allowed_by_a_consent_in_force(tree: Tree, kind: ConsentKind) -> None:
    said = {}
    for case, consents, _ in CASES:
        one = make_participant(tree.school, name=f"Полевой Марк {case}", role=MENTEE)
        for consent in consents:
            make_consent(tree.school, one, **{"given_on": LONG_AGO, "kind": kind, **consent})
        with transaction(actor_of(tree.school).scope.reading()) as session:
            said[case] = consent_allows(session, one.id, kind, DAY)

    assert said == {case: allowed for case, _, allowed in CASES}


@pytest.mark.parametrize(("born_on", "allowed"), [(GROWN, False), (CHILD, True)])
def test_a_parent_speaks_until_the_eighteenth_birthday(tree: Tree, born_on: date, *, allowed: bool) -> None:
    one = make_participant(tree.school, name="Полевой Марк Ильич", role=MENTEE, born_on=born_on)
    make_consent(tree.school, one, kind=ConsentKind.SURVEY, given_on=LONG_AGO, given_by=Giver.REPRESENTATIVE)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert consent_allows(session, one.id, ConsentKind.SURVEY, DAY) is allowed


def test_what_a_parent_took_back_stays_taken_back_at_eighteen(tree: Tree) -> None:
    one = make_participant(tree.school, name="Полевой Марк Ильич", role=MENTEE, born_on=GROWN)
    make_consent(tree.school, one, given_on=LONG_AGO, given_by=Giver.REPRESENTATIVE, withdrawn_on=BEFORE)
    make_consent(tree.school, one, kind=ConsentKind.SURVEY, given_on=BEFORE)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert not consent_allows(session, one.id, ConsentKind.SURVEY, DAY)
