"""An archived organization's data are kept, named and destroyed by keepers, who reach nothing else there."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from portal.app import Portal
from portal.operations.worker import run_job
from portal.subjects import jobs
from tenants import clock
from tenants.accounts.models import Role
from tenants.accounts.queries import workplaces_of
from tenants.db import REGISTRY, transaction
from tenants.organizations.models import Organization
from tenants.participants import consents
from tenants.participants.withdrawal import withdraw_consent
from tenants.subjects.commands import draft_of
from tenants.subjects.models import DestructionState
from tests.conftest import Seat
from tests.factories.archive import archive_place
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.staff import NEWCOMER, account_of, links_to
from tests.factories.subjects import act_of, job_of, make_outlived
from tests.factories.tree import Tree, actor_of, make_account, unique

SignIn = Callable[[Role, Organization], Seat]


@pytest.fixture
def draw_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    def now() -> int:
        monkeypatch.setattr(jobs._Last, "drawn", None)
        return jobs.draw_up_lists()

    return now


def roles_at(address: str) -> list[Role]:
    with transaction(REGISTRY.reading()) as session:
        return [seat.role for seat in workplaces_of(session, account_of(address))]


def test_the_list_is_drawn_up_for_an_archived_organization_too(tree: Tree, draw_up: Callable[[], int]) -> None:
    make_outlived(tree.school)
    archive_place(tree.school)

    draw_up()

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert draft_of(session) is not None


def test_a_keeper_works_in_the_archive_and_only_there(tree: Tree) -> None:
    keeper, head = make_account((tree.school, Role.KEEPER)), make_account((tree.school, Role.DIRECTOR))
    living = (roles_at(keeper), roles_at(head))

    archive_place(tree.school)

    assert living == ([], [Role.DIRECTOR])
    assert (roles_at(keeper), roles_at(head)) == ([Role.KEEPER], [])


def test_the_district_names_a_keeper_by_invitation(as_role: SignIn, app: Portal, tree: Tree, letters: Path) -> None:
    archive_place(tree.school)
    head, to = as_role(Role.DISTRICT_HEAD, tree.district), f"{unique('keeper')}@example.org"
    before = head.get(f"organizations/{tree.school.id}").get_data(as_text=True)

    invited = head.post(f"staff/{tree.school.id}/invite", data={"email": to, "role": "keeper"})
    (link,) = links_to(letters, to)
    app.test_client().post(link, data=NEWCOMER)

    assert "Данные участников никто не хранит" in before
    assert invited.status_code == 303
    assert roles_at(to) == [Role.KEEPER]
    assert "Новикова А.П." in head.get(f"organizations/{tree.school.id}").get_data(as_text=True)
    assert "Новикова" in head.get(f"staff/{tree.school.id}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "at", "place", "wanted", "status"),
    [
        (Role.DISTRICT_HEAD, "district", "school", Role.DIRECTOR, 403),
        (Role.REGION_ADMIN, "region", "school", Role.CURATOR, 403),
        (Role.REGION_ADMIN, "region", "school", Role.KEEPER, 303),
        (Role.DISTRICT_HEAD, "district", "sister", Role.KEEPER, 403),
        (Role.DISTRICT_HEAD, "other_district", "school", Role.KEEPER, 404),
        (Role.KEEPER, "school", "school", Role.KEEPER, 403),
    ],
)
def test_who_names_whom_in_the_archive(
    as_role: SignIn, tree: Tree, role: Role, at: str, place: str, wanted: Role, status: int
) -> None:
    archive_place(tree.school)
    target = getattr(tree, place)

    answer = as_role(role, getattr(tree, at)).post(
        f"staff/{target.id}/invite", data={"email": f"{unique('any')}@example.org", "role": wanted.value}
    )

    assert answer.status_code == status


def test_two_keepers_carry_an_act_from_the_list_to_the_papers(as_role: SignIn, tree: Tree) -> None:
    gone = make_outlived(tree.school, name="Архивов Иван Ильич")
    archive_place(tree.school)
    one, other = as_role(Role.KEEPER, tree.school), as_role(Role.KEEPER, tree.school)

    listed = one.get("subjects/").get_data(as_text=True)
    sent = one.post("subjects/propose", data={"participant": gone.id})
    act = act_of(tree.school)
    own = one.post(f"subjects/acts/{act.id}/confirm")
    signed = other.post(f"subjects/acts/{act.id}/confirm")
    run_job(job_of(act))

    assert "Архивов Иван Ильич" in listed
    assert "в архиве с" in listed
    assert (sent.status_code, own.status_code, signed.status_code) == (303, 403, 303)
    assert act_of(tree.school).state is DestructionState.DONE
    assert one.get(f"subjects/acts/{act.id}/act").data.startswith(b"%PDF")
    assert "Архивов" not in one.get("subjects/").get_data(as_text=True)


def test_a_keeper_answers_requests_and_writes_withdrawals_down(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, name="Отзывов Иван Ильич", role=MENTEE)
    consent = make_consent(tree.school, one)
    archive_place(tree.school)
    keeper = as_role(Role.KEEPER, tree.school)
    withdraw = f"participants/{one.id}/consents/{consent.id}/withdraw"

    people = keeper.get("subjects/").get_data(as_text=True)
    card = keeper.get(f"subjects/{one.id}").get_data(as_text=True)
    asked = keeper.post(
        f"subjects/{one.id}/requests/add", data={"kind": "copy", "received_on": f"{clock.today():%d.%m.%Y}"}
    )
    page = keeper.get(withdraw)
    done = keeper.post(
        withdraw, data={"withdrawn_on": f"{clock.today():%d.%m.%Y}", "received": "paper", "version": "1"}
    )

    assert "Отзывов Иван Ильич" in people
    assert keeper.url(f"subjects/{one.id}") in people
    assert keeper.url(withdraw) in card
    assert (asked.status_code, page.status_code, done.status_code) == (303, 200, 303)
    assert done.location.endswith(f"/subjects/{one.id}")
    with transaction(actor_of(tree.school).scope.reading()) as session:
        (row,) = consents.consents_of(session, one.id)
        assert row.withdrawn_on == clock.today()
    assert "Отзывов" not in keeper.get("subjects/").get_data(as_text=True)
    after = keeper.get(f"subjects/{one.id}").get_data(as_text=True)
    undo = [part.partition('"')[0] for part in after.split('action="') if "/withdrawals/" in part.partition('"')[0]]
    assert keeper.post(undo[0]).status_code == 303
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert consents.consents_of(session, one.id)[0].withdrawn_on is None


def test_the_rest_of_an_archived_organization_stays_closed_to_its_keeper(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, role=MENTEE)
    archive_place(tree.school)
    keeper = as_role(Role.KEEPER, tree.school)

    closed = ["participants/", f"participants/{one.id}", "mentorships/", "consents/", "roadmap/", "staff/", "journal/"]
    answers = {path: keeper.get(path).status_code for path in closed}
    home = keeper.get("")

    assert {status for path, status in answers.items() if status != 404} == {403}, answers
    assert (home.status_code, home.location) == (303, keeper.url("subjects/"))
    assert keeper.get("retention/").status_code == 200
    assert "participants/" not in keeper.get("subjects/").get_data(as_text=True)


def test_a_restored_organization_is_its_own_again(as_role: SignIn, tree: Tree) -> None:
    archive_place(tree.school)
    keeper, region = as_role(Role.KEEPER, tree.school), as_role(Role.REGION_ADMIN, tree.region)

    assert region.post(f"organizations/{tree.school.id}/restore").status_code == 303
    assert keeper.get("subjects/").status_code == 404


def test_an_organization_on_its_way_into_the_archive_still_draws_lists_up(
    tree: Tree, draw_up: Callable[[], int]
) -> None:
    make_outlived(tree.school)
    place = archive_place(tree.school)
    with transaction(REGISTRY) as session:
        session.get_one(Organization, (place.region_id, place.id)).archived_on = clock.today() + timedelta(days=40)

    draw_up()

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert draft_of(session) is not None


def test_a_keeper_finds_a_person_by_name_and_by_number_without_an_address(as_role: SignIn, tree: Tree) -> None:
    found = make_participant(tree.school, role=MENTEE, name="Берёзкина Алёна Игоревна")
    other = make_participant(tree.school, role=MENTEE, name="Осинин Пётр Ильич")
    archive_place(tree.school)
    keeper = as_role(Role.KEEPER, tree.school)

    by_name = keeper.post("subjects/", data={"q": "алена березк"}).get_data(as_text=True)
    by_number = keeper.post("subjects/", data={"q": str(other.number)}).get_data(as_text=True)
    nobody = keeper.post("subjects/", data={"q": "Ясенев"}).get_data(as_text=True)

    assert "Берёзкина" in by_name
    assert "Осинин" not in by_name
    assert "Осинин" in by_number
    assert "Никого не нашлось" in nobody
    # Names are not read from an address.
    assert "Осинин" in keeper.get("subjects/?q=Берёзкина").get_data(as_text=True)
    assert found.number != other.number


def test_a_hidden_name_is_not_found_by_it(as_role: SignIn, tree: Tree) -> None:
    hidden = make_participant(tree.school, role=MENTEE, name="Скрытнев Олег Ильич")
    consent = make_consent(tree.school, hidden)
    with transaction(actor_of(tree.school).scope) as session:
        withdraw_consent(session, actor_of(tree.school), consent.id)
    archive_place(tree.school)
    keeper = as_role(Role.KEEPER, tree.school)

    by_name = keeper.post("subjects/", data={"q": "Скрытнев"}).get_data(as_text=True)
    by_number = keeper.post("subjects/", data={"q": str(hidden.number)}).get_data(as_text=True)

    assert "Никого не нашлось" in by_name
    assert f"Участник № {hidden.number}" in by_number
