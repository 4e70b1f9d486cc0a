"""A request to stop the processing leads to the withdrawal, and both know of each other."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.consent_models import ConsentWithdrawal
from tenants.participants.models import Consent, ConsentKind, Participant
from tenants.subjects.models import RequestKind, SubjectRequest
from tests.conftest import Seat
from tests.factories.archive import archive_place
from tests.factories.people import MENTEE, MENTOR, make_consent, make_mentorship, make_participant
from tests.factories.tree import Tree, actor_of

SignIn = Callable[[Role, Organization], Seat]


@pytest.fixture
def pupil(tree: Tree) -> Participant:
    made = make_participant(tree.school, role=MENTEE, name="Рябинин Олег Ильич")
    make_consent(tree.school, made)
    make_consent(tree.school, made, kind=ConsentKind.PUBLICATION)
    make_mentorship(tree.school, mentors=(make_participant(tree.school, role=MENTOR),), mentees=(made,))
    return made


def asked(keeper: Seat, place: Organization, who: Participant, kind: RequestKind = RequestKind.STOP) -> SubjectRequest:
    values = {"kind": kind.value, "received_on": "26.11.2026", "request_key": f"stop-{who.id}-{kind.value}"}
    assert keeper.post(f"subjects/{who.id}/requests/add", data=values).status_code == 303
    with transaction(actor_of(place).scope.reading()) as session:
        return session.scalars(select(SubjectRequest).where(SubjectRequest.participant_id == who.id)).one()


def consent_of(place: Organization, who: Participant, kind: ConsentKind) -> Consent:
    with transaction(actor_of(place).scope.reading()) as session:
        query = select(Consent).where(Consent.participant_id == who.id, Consent.kind == kind)
        return session.scalars(query).one()


def withdrawals(place: Organization) -> list[ConsentWithdrawal]:
    with transaction(actor_of(place).scope.reading()) as session:
        return list(session.scalars(select(ConsentWithdrawal).order_by(ConsentWithdrawal.id)))


def test_the_list_leads_to_the_withdrawal_with_its_effects(as_role: SignIn, tree: Tree, pupil: Participant) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    row = asked(keeper, tree.school, pupil)
    processing = consent_of(tree.school, pupil, ConsentKind.PROCESSING)
    address = f"participants/{pupil.id}/consents/{processing.id}/withdraw"

    listed = keeper.get("subjects/requests").get_data(as_text=True)
    page = keeper.get(address).get_data(as_text=True)

    assert address in listed
    assert "Что будет, если отозвать" in page
    assert f"requests#request-{row.id}" in page
    assert 'value="26.11.2026"' in page
    # Thirty days from the day on which the request came.
    assert "26.12.2026" in page


def test_a_request_of_another_kind_leads_to_no_withdrawal(as_role: SignIn, tree: Tree, pupil: Participant) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    asked(keeper, tree.school, pupil, RequestKind.COPY)
    processing = consent_of(tree.school, pupil, ConsentKind.PROCESSING)

    keeper.post(f"participants/{pupil.id}/consents/{processing.id}/withdraw", data=told(processing))

    assert "Отозвать согласие" not in keeper.get("subjects/requests").get_data(as_text=True)
    assert [one.request_id for one in withdrawals(tree.school)] == [None]


def told(consent: Consent) -> dict[str, str]:
    return {"withdrawn_on": "26.11.2026", "received": "paper", "version": str(consent.version)}


def test_a_withdrawal_leads_to_the_answer_and_both_name_each_other(
    as_role: SignIn, tree: Tree, pupil: Participant
) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    row = asked(keeper, tree.school, pupil)
    processing = consent_of(tree.school, pupil, ConsentKind.PROCESSING)
    publication = consent_of(tree.school, pupil, ConsentKind.PUBLICATION)

    done = keeper.post(f"participants/{pupil.id}/consents/{processing.id}/withdraw", data=told(processing))
    answer = keeper.get(f"subjects/requests/{row.id}").get_data(as_text=True)
    person = keeper.get(f"participants/{pupil.id}").get_data(as_text=True)
    listed = keeper.get("subjects/requests").get_data(as_text=True)

    assert done.status_code == 303
    assert done.location.endswith(f"subjects/requests/{row.id}")
    assert [(one.consent_id, one.request_id) for one in withdrawals(tree.school)] == [(processing.id, row.id)]
    assert "Отозвано 26.11.2026: согласие на обработку данных. Данные уничтожаются до 26.12.2026." in answer
    assert f"consents/{publication.id}/withdraw" in answer
    assert "Действует: согласие на публикацию." in answer
    assert f"requests#request-{row.id}" in person
    assert "Отозвано 26.11.2026: согласие на обработку данных" in listed
    assert f'id="request-{row.id}"' in listed
    assert f"consents/{publication.id}/withdraw" in listed


def test_the_request_is_answered_by_a_person_and_stays_linked(as_role: SignIn, tree: Tree, pupil: Participant) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    row = asked(keeper, tree.school, pupil)
    processing = consent_of(tree.school, pupil, ConsentKind.PROCESSING)
    keeper.post(f"participants/{pupil.id}/consents/{processing.id}/withdraw", data=told(processing))
    waits = asked_again(tree.school, row)

    keeper.post(f"subjects/requests/{row.id}", data={"done_on": "28.11.2026", "note": "Отозвано, ответ вручён"})

    listed = keeper.get("subjects/requests").get_data(as_text=True)
    assert waits.done_on is None
    assert asked_again(tree.school, row).done_on == date(2026, 11, 28)
    assert "Отозвано, ответ вручён" in listed
    assert "Отозвано 26.11.2026: согласие" in listed


def asked_again(place: Organization, row: SubjectRequest) -> SubjectRequest:
    with transaction(actor_of(place).scope.reading()) as session:
        return session.get_one(SubjectRequest, (row.region_id, row.id))


def test_a_withdrawal_that_was_taken_back_is_not_told(as_role: SignIn, tree: Tree, pupil: Participant) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    row = asked(keeper, tree.school, pupil)
    processing = consent_of(tree.school, pupil, ConsentKind.PROCESSING)
    keeper.post(f"participants/{pupil.id}/consents/{processing.id}/withdraw", data=told(processing))
    (one,) = withdrawals(tree.school)

    keeper.post(f"participants/{pupil.id}/withdrawals/{one.id}/undo")

    answer = keeper.get(f"subjects/requests/{row.id}").get_data(as_text=True)
    assert "Отозвано по этому обращению" not in answer
    assert f"consents/{processing.id}/withdraw" in answer


def test_a_keeper_of_an_archive_goes_the_same_way(as_role: SignIn, tree: Tree) -> None:
    who = make_participant(tree.school, role=MENTEE)
    consent = make_consent(tree.school, who)
    archive_place(tree.school)
    keeper = as_role(Role.KEEPER, tree.school)
    row = asked(keeper, tree.school, who)

    done = keeper.post(f"participants/{who.id}/consents/{consent.id}/withdraw", data=told(consent))

    assert done.location.endswith(f"subjects/requests/{row.id}")
    answer = keeper.get(f"subjects/requests/{row.id}").get_data(as_text=True)
    assert "Отозвано по этому обращению" in answer
    assert f"subjects/{who.id}" in answer
