"""Who hears of a waiting act, a list drawn up, a request that falls due: on the home page and by letter."""

import email
import email.policy
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import select

from portal.operations.worker import run_job, send_waiting
from portal.subjects.jobs import draw_up_list
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.jobs.commands import Claim
from tenants.jobs.models import Job, JobState
from tenants.organizations.models import Organization
from tenants.subjects import commands, requests
from tenants.subjects.models import RequestKind
from tenants.subjects.telling import tell_signers
from tests.conftest import Seat
from tests.factories.archive import archive_place, make_keeper
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.staff import account_of, seat_of, unite
from tests.factories.subjects import TODAY, curator, director, make_outlived, proposed
from tests.factories.tree import Tree, make_account

SignIn = Callable[[Role, Organization], Seat]


def telling_of(act_id: int) -> int:
    """The job that tells of an act."""
    with transaction(REGISTRY.reading()) as session:
        return session.scalars(select(Job.id).where(Job.kind == commands.TELL_JOB, Job.subject_id == act_id)).one()


def tasks(seat: Seat) -> str:
    return seat.get("home/tasks").get_data(as_text=True).replace("\N{NO-BREAK SPACE}", " ")


def letters_to(folder: Path, *addresses: str) -> list[tuple[str, str]]:
    """Send what waits; address and text of each letter to one of these."""
    with transaction(REGISTRY.reading()) as session:
        asked = select(Job.id).where(Job.kind == commands.TELL_JOB, Job.state == JobState.PENDING)
        waiting = session.scalars(asked.order_by(Job.id)).all()
    for job_id in waiting:
        run_job(job_id)
    send_waiting()
    found = []
    for path in sorted(folder.glob("*.eml")):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if letter["To"] in addresses:
            found.append((letter["To"], f"{letter['Subject']}\n{letter.get_body().get_content()}"))
    return found


def withdrawn_person(place: Organization, name: str) -> object:
    one = make_participant(place, name=name, role=MENTEE, started_on=date(2026, 9, 1))
    make_consent(place, one, given_on=date(2026, 9, 1), withdrawn_on=date(2026, 11, 1))
    return one


def test_the_director_hears_of_an_act_that_waits_until_it_is_signed(as_role: SignIn, tree: Tree) -> None:
    act = proposed(tree.school, withdrawn_person(tree.school, "Ждущев Иван Ильич"))
    head, keeper = as_role(Role.DIRECTOR, tree.school), as_role(Role.CURATOR, tree.school)

    told = tasks(head)
    assert f"/subjects/acts/{act.id}" in told
    assert "1 акт" in told
    assert "ждёт Вашей подписи, уничтожить до 01.12.2026" in told
    assert "подписи, уничтожить" not in tasks(keeper)
    assert "Ждущев" not in told

    assert head.post(f"subjects/acts/{act.id}/confirm").status_code == 303
    assert "ждёт Вашей подписи" not in tasks(head)


def test_a_term_that_has_passed_leaves_thirty_days(as_role: SignIn, tree: Tree) -> None:
    gone = make_participant(tree.school, role=MENTEE, started_on=date(2022, 9, 1), ended_on=date(2023, 11, 20))
    proposed(tree.school, gone)

    assert "уничтожить до 20.12.2026" in tasks(as_role(Role.DIRECTOR, tree.school))


def test_the_curator_hears_of_a_list_that_the_portal_drew_up(as_role: SignIn, tree: Tree) -> None:
    make_outlived(tree.school)
    assert draw_up_list(tree.school, TODAY) == 1
    keeper, head = as_role(Role.CURATOR, tree.school), as_role(Role.DIRECTOR, tree.school)

    assert "2 участника" in tasks(keeper)
    assert "Составлен список на уничтожение" in tasks(keeper)
    assert "Составлен список" not in tasks(head)


def test_the_curator_hears_of_requests_ten_days_before_they_fall_due(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, role=MENTEE)
    keeper = as_role(Role.CURATOR, tree.school)
    with transaction(curator(tree.school).scope) as session:
        for received_on in (date(2026, 11, 9), date(2026, 11, 27)):
            requests.receive(
                session, curator(tree.school), one.id, kind=RequestKind.COPY, received_on=received_on, note="",
                today=TODAY,
            )  # fmt: skip

    told = tasks(keeper)

    assert "1 обращение" in told
    assert "Срок ответа прошёл 23 ноября" in told


def test_a_letter_tells_the_director_and_names_nobody(tree: Tree, letters: Path) -> None:
    head, other = make_account((tree.school, Role.DIRECTOR)), make_account((tree.sister, Role.DIRECTOR))
    act = proposed(tree.school, withdrawn_person(tree.school, "Письменный Иван Ильич"))

    found = letters_to(letters, head, other)

    ((to, text),) = found
    assert to == head
    assert f"https://portal.example/o/{tree.school.code}/subjects/acts/{act.id}" in text
    assert "до 01.12.2026" in text
    assert "Письменн" not in text


def test_the_letter_is_written_once_and_not_at_all_after_the_signature(tree: Tree, letters: Path) -> None:
    head = make_account((tree.school, Role.DIRECTOR))
    act = proposed(tree.school, withdrawn_person(tree.school, "Однажды Иван Ильич"))
    run_job(telling_of(act.id))
    tell_signers(Claim(telling_of(act.id), commands.TELL_JOB, act.id, 2, curator(tree.school).scope))
    assert len(letters_to(letters, head)) == 1

    signed = proposed(tree.school, make_outlived(tree.school))
    with transaction(director(tree.school).scope) as session:
        commands.confirm(session, director(tree.school), signed.id)
    assert len(letters_to(letters, head)) == 1


def test_in_an_archive_the_other_keepers_are_told(tree: Tree, letters: Path) -> None:
    gone = make_outlived(tree.school)
    archive_place(tree.school)
    one, again, other = (make_keeper(tree.school) for _ in range(3))
    former = make_account((tree.school, Role.DIRECTOR))
    unite(account_of(one).id, account_of(again).id)
    seat = seat_of(one, tree.school)
    with transaction(seat.scope) as session:
        commands.propose(session, seat, [gone.id], TODAY)

    assert [to for to, _ in letters_to(letters, one, again, other, former)] == [other]
