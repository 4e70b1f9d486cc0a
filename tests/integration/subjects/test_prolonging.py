"""A request is prolonged once, in time, for a reason; whatever counts its days follows."""

import io
import json
from collections.abc import Callable
from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.journal import JournalEntry
from tenants.organizations.models import Organization
from tenants.participants.models import Participant
from tenants.settings.calendar import DaysOff
from tenants.subjects.models import RequestKind, SubjectRequest
from tenants.subjects.prolonging import GROUNDS, prolonged_day
from tests.conftest import Seat
from tests.factories.people import MENTEE, make_participant
from tests.factories.settings import decided
from tests.factories.subjects import destroyed, make_outlived
from tests.factories.tree import Tree, actor_of

SignIn = Callable[[Role, Organization], Seat]
WHY = {"reason": "other", "words": "Ждём ответа Лесниковой из архива"}


@pytest.fixture
def pupil(tree: Tree) -> Participant:
    return make_participant(tree.school, role=MENTEE, name="Лесников Иван Ильич")


def asked(
    keeper: Seat, place: Organization, who: Participant, kind: RequestKind, on: str = "27.11.2026"
) -> SubjectRequest:
    values = {"kind": kind.value, "received_on": on, "request_key": f"key-of-{kind.value}-{who.id}-{on}"}
    assert keeper.post(f"subjects/{who.id}/requests/add", data=values).status_code == 303
    return request_of(place, who)


def request_of(place: Organization, who: Participant) -> SubjectRequest:
    with transaction(actor_of(place).scope.reading()) as session:
        query = select(SubjectRequest).where(SubjectRequest.participant_id == who.id)
        return session.scalars(query.order_by(SubjectRequest.id.desc()).limit(1)).one()


def events(place: Organization, event: str) -> list[JournalEntry]:
    with transaction(actor_of(place).scope.reading()) as session:
        return list(session.scalars(select(JournalEntry).where(JournalEntry.event == event)))


def test_which_kinds_the_law_lets_be_prolonged() -> None:
    assert set(GROUNDS) == {RequestKind.COPY, RequestKind.STOP}


@pytest.mark.parametrize(
    ("due_on", "until"),
    [(date(2026, 12, 11), date(2026, 12, 18)), (date(2026, 12, 28), date(2027, 1, 13))],
)
def test_five_working_days_are_added(due_on: date, until: date) -> None:
    assert prolonged_day(due_on, DaysOff.usual) == until


@pytest.mark.parametrize("kind", [RequestKind.COPY, RequestKind.STOP])
def test_a_prolonged_request_falls_due_later_and_leaves_one_event(
    as_role: SignIn, tree: Tree, pupil: Participant, kind: RequestKind
) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    row = asked(keeper, tree.school, pupil, kind)
    offered = keeper.get("subjects/requests").get_data(as_text=True)
    form = keeper.get(f"subjects/requests/{row.id}/prolong").get_data(as_text=True)

    answer = keeper.post(f"subjects/requests/{row.id}/prolong", data=WHY)

    now = request_of(tree.school, pupil)
    assert answer.status_code == 303
    assert f"subjects/requests/{row.id}/prolong" in offered
    assert "18.12.2026" in form
    assert (now.prolonged_on, now.prolonged_from, now.due_on) == (
        clock.today(tree.school.time_zone),
        date(2026, 12, 11),
        date(2026, 12, 18),
    )
    (entry,) = events(tree.school, "subject_request.prolonged")
    (change,) = entry.detail["changes"]
    assert (change["before"]["due_on"], change["after"]["due_on"]) == ("2026-12-11", "2026-12-18")
    assert change["after"]["prolonged_for"] == "other"
    assert change["personal"] == ["prolonged_words"]
    assert "Лесников" not in json.dumps(entry.detail, ensure_ascii=False)


def test_the_new_day_follows_the_days_off_of_the_region(as_role: SignIn, tree: Tree, pupil: Participant) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    row = asked(keeper, tree.school, pupil, RequestKind.COPY)
    usual = DaysOff.usual(2026)
    table = DaysOff(2026, {**usual.off, date(2026, 12, 15): "День республики"}, usual.working)
    decided(tree, table, date(2026, 1, 1), reason="Закон региона № 5")

    keeper.post(f"subjects/requests/{row.id}/prolong", data=WHY)

    assert request_of(tree.school, pupil).due_on == date(2026, 12, 21)


def test_the_list_the_home_and_the_card_tell_of_it(as_role: SignIn, tree: Tree, pupil: Participant) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    row = asked(keeper, tree.school, pupil, RequestKind.COPY, "18.11.2026")
    keeper.post(f"subjects/requests/{row.id}/prolong", data=WHY)
    # The first term has passed, the second has not.
    clock.travel(clock.now().replace(month=12, day=4))
    keeper = as_role(Role.CURATOR, tree.school)

    listed = keeper.get("subjects/requests").get_data(as_text=True)
    overview = keeper.get("subjects/").get_data(as_text=True)
    tasks = keeper.get("home/tasks").get_data(as_text=True)
    card = keeper.get(f"subjects/{pupil.id}").get_data(as_text=True)

    assert "продлено с 02.12.2026" in listed
    assert "просрочено" not in listed
    assert f"subjects/requests/{row.id}/prolong" not in listed
    assert f"subjects/requests/{row.id}/notice" in listed
    assert "срок продлён с 02.12.2026" in overview
    assert "срок продлён: 1" in tasks
    assert "Срок ответа прошёл" not in tasks
    assert "Срок до продления" in card
    clock.travel(clock.now().replace(day=10))
    keeper = as_role(Role.CURATOR, tree.school)
    assert "просрочено" in keeper.get("subjects/requests").get_data(as_text=True)


def test_the_notice_is_filled_in(as_role: SignIn, tree: Tree, pupil: Participant) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    row = asked(keeper, tree.school, pupil, RequestKind.STOP)
    before = keeper.get(f"subjects/requests/{row.id}/notice")
    keeper.post(f"subjects/requests/{row.id}/prolong", data={"reason": "archive", "words": "папки 2019 года"})

    notice = keeper.get(f"subjects/requests/{row.id}/notice")

    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(notice.data)).pages).split())
    assert before.status_code == 404
    assert notice.mimetype == "application/pdf"
    for words in (
        tree.school.name,
        "Лесников Иван Ильич",
        "прекращение обработки",
        "27.11.2026",
        "11.12.2026",
        "18.12.2026",
        "часть документов находится в архиве; папки 2019 года",
        "статья 21, часть 5.1",
    ):
        assert words in text, words


def test_what_cannot_be_prolonged_is_refused(as_role: SignIn, tree: Tree, pupil: Participant) -> None:
    keeper = as_role(Role.CURATOR, tree.school)
    correction = asked(keeper, tree.school, pupil, RequestKind.CORRECTION)
    copy = asked(keeper, tree.school, pupil, RequestKind.COPY)
    listed = keeper.get("subjects/requests").get_data(as_text=True)

    def prolong(request_id: int, **data: str) -> int:
        return keeper.post(f"subjects/requests/{request_id}/prolong", data=WHY | data).status_code

    assert f"subjects/requests/{correction.id}/prolong" not in listed
    assert prolong(correction.id) == 409
    assert prolong(copy.id, words="") == 422
    assert prolong(copy.id, reason="") == 422
    assert prolong(copy.id) == 303
    assert prolong(copy.id) == 409
    late = asked(keeper, tree.school, make_participant(tree.school, role=MENTEE), RequestKind.COPY, "02.11.2026")
    assert late.due_on < clock.today(tree.school.time_zone)
    assert prolong(late.id) == 409
    done = asked(keeper, tree.school, make_participant(tree.school, role=MENTEE), RequestKind.COPY)
    keeper.post(f"subjects/requests/{done.id}", data={"done_on": "28.11.2026"})
    assert prolong(done.id) == 409
    assert len(events(tree.school, "subject_request.prolonged")) == 1


def test_a_director_and_another_school_prolong_nothing(as_role: SignIn, tree: Tree, pupil: Participant) -> None:
    row = asked(as_role(Role.CURATOR, tree.school), tree.school, pupil, RequestKind.COPY)

    refused = as_role(Role.DIRECTOR, tree.school).post(f"subjects/requests/{row.id}/prolong", data=WHY)
    foreign = as_role(Role.CURATOR, tree.sister).post(f"subjects/requests/{row.id}/prolong", data=WHY)

    assert (refused.status_code, foreign.status_code) == (403, 404)


def test_the_typed_reason_goes_with_the_person(as_role: SignIn, tree: Tree) -> None:
    gone = make_outlived(tree.school)
    keeper = as_role(Role.CURATOR, tree.school)
    row = asked(keeper, tree.school, gone, RequestKind.COPY)
    keeper.post(f"subjects/requests/{row.id}/prolong", data=WHY)

    destroyed(tree.school, gone)

    now = request_of(tree.school, gone)
    assert (now.prolonged_words, now.due_on) == ("", date(2026, 12, 18))
