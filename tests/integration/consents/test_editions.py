"""The edition that a consent names: of the organization or above it, and of the same purpose."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.consent_texts import TextParts, publish_text
from tenants.participants.models import Consent, ConsentKind
from tests.conftest import Seat
from tests.factories.people import MENTEE, make_participant
from tests.factories.tree import Tree, actor_of

SignIn = Callable[[Role, Organization], Seat]
PROCESSING = ConsentKind.PROCESSING
PAGES = ("participants/{who}/consents/add", "consents/mark")
"""One consent of one person, and the same one of everybody ticked."""


def edition(place: Organization, kind: ConsentKind = PROCESSING) -> int:
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        return publish_text(session, actor, kind, clock.today(), TextParts("цель", "имя", "сбор", "", "год")).id


@pytest.fixture
def curator(as_role: SignIn, tree: Tree) -> Seat:
    return as_role(Role.CURATOR, tree.school)


def sent(seat: Seat, page: str, text_id: int) -> tuple[int, str, list[int | None]]:
    """Send a consent with an edition: status, page, and the editions of the consents that were written."""
    who = make_participant(seat.place, role=MENTEE).id
    values = {"kind": "processing", "given_on": "01.10.2026", "given_by": "representative", "people": str(who)}
    answer = seat.post(page.format(who=who), data=values | {"text_id": str(text_id)})
    with transaction(actor_of(seat.place).scope.reading()) as session:
        kept = session.scalars(select(Consent.text_id).where(Consent.participant_id == who)).all()
    return answer.status_code, answer.get_data(as_text=True), list(kept)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("owner", ["school", "region"])
def test_the_edition_of_the_school_or_above_it_is_kept(curator: Seat, tree: Tree, page: str, owner: str) -> None:
    text_id = edition(getattr(tree, owner))

    status, _, kept = sent(curator, page, text_id)

    assert (status, kept) == (303, [text_id])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("owner", ["sister", "other_school"])
def test_the_edition_of_another_school_is_not_found(curator: Seat, tree: Tree, page: str, owner: str) -> None:
    status, _, kept = sent(curator, page, edition(getattr(tree, owner)))

    assert (status, kept) == (404, [])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text_id", [987_654_321, 0, 10**30])
def test_an_edition_that_never_was_is_not_found(curator: Seat, page: str, text_id: int) -> None:
    status, _, kept = sent(curator, page, text_id)

    assert (status, kept) == (404, [])


@pytest.mark.parametrize("page", PAGES)
def test_the_edition_of_another_purpose_is_refused_at_its_field(curator: Seat, tree: Tree, page: str) -> None:
    status, html, kept = sent(curator, page, edition(tree.school, ConsentKind.PUBLICATION))

    assert (status, kept) == (422, [])
    assert "Это редакция согласия на публикацию." in html
