"""A whole month over HTTP: records, filling, adjustment, check, sending, return, correction, acceptance, sums."""

import html
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.operations.worker import run_waiting
from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.submissions import queries
from tenants.submissions.models import Revision, Status, Submission
from tests.conftest import Seat
from tests.factories.months import COMMON_FORMS, accept, open_month, scatter_records, send, start
from tests.factories.people import make_meeting, make_mentorship
from tests.factories.tree import Tree, actor_of, make_tree
from tests.journeys.steps import (
    JOINED,
    JOINED_PUPILS,
    MONTH,
    PAIRS,
    SignIn,
    answers,
    begin,
    cell_of,
    cell_path,
    month_of,
    page,
    raise_by_one,
    sent,
)


@pytest.fixture(autouse=True)
def _october() -> None:
    clock.travel(datetime(2026, 10, 21, 9, tzinfo=UTC))


@pytest.fixture
def school(tree: Tree) -> Organization:
    scatter_records(tree.school, 11, forms=COMMON_FORMS)
    return tree.school


@pytest.fixture
def curator(tree: Tree, school: Organization, as_role: SignIn) -> Seat:
    open_month(tree)
    return as_role(Role.CURATOR, school)


@pytest.fixture
def reviewer(tree: Tree, as_role: SignIn) -> Seat:
    return as_role(Role.DISTRICT_REVIEWER, tree.district)


def test_a_month_goes_from_records_to_the_sums_of_the_region(
    tree: Tree, curator: Seat, reviewer: Seat, as_role: SignIn
) -> None:
    submission = fill_and_send(tree, curator)
    look_and_return(curator, reviewer, submission)
    correct_and_send_again(curator, submission)

    stale = reviewer.post(f"submissions/{submission.id}/accept", data={"revision_n": "1"})
    assert stale.status_code == 409
    assert "новую редакцию" in stale.get_data(as_text=True)
    assert "Записи внесены" in page(reviewer, f"submissions/{submission.id}/review")
    assert reviewer.post(f"submissions/{submission.id}/accept", data={"revision_n": "2"}).status_code == 303
    assert "Принят 21.10.2026" in page(curator, MONTH)

    run_waiting()
    region = as_role(Role.REGION_ANALYST, tree.region)
    totals = page(region, "submissions/totals/2026-10")
    assert "приняты отчёты 1 из 4, без 3 организаций" in totals.replace("\xa0", " ")
    assert "Подведомственные региону" in totals
    assert f">{cell_of(tree.school, PAIRS).value:f}</td>" in totals
    drilled = page(region, f"submissions/totals/2026-10?row=2&branch={tree.district.id}")
    assert "Школа № 1" in drilled
    assert "редакция 2" in drilled


def fill_and_send(tree: Tree, curator: Seat) -> Submission:
    assert "Собираем отчёт из учёта" in page(curator, MONTH)
    submission = begin(curator)
    assert "Записи изменились" not in page(curator, MONTH)
    make_mentorship(tree.school, order_on=date(2026, 9, 2), order_number="12")
    before = cell_of(tree.school, PAIRS).value
    assert "Записи изменились после пересчёта" in page(curator, MONTH)
    assert curator.post(f"submissions/{submission.id}/recompute").status_code == 303
    assert cell_of(tree.school, PAIRS).value == (before or 0) + 1

    raise_by_one(curator, JOINED)
    raise_by_one(curator, JOINED_PUPILS)
    assert "с поправкой 2" in page(curator, MONTH)
    check = page(curator, f"submissions/{submission.id}/check")
    assert "Двое пришли 24 числа" in check
    assert "Ближний район" in check
    assert curator.post(f"submissions/{submission.id}/send", data=answers(curator)).status_code == 303
    after = page(curator, MONTH)
    assert all(words in after for words in ("Отправлен 21.10.2026", "№ 2026-10-", "Отозвать"))
    return submission


def look_and_return(curator: Seat, reviewer: Seat, submission: Submission) -> None:
    assert "ждёт проверки" in page(reviewer, "submissions/matrix/2026-10")
    review = page(reviewer, f"submissions/{submission.id}/review")
    assert "Редакция 1 от 21.10" in review
    assert "Двое пришли 24 числа" in review
    assert reviewer.post(f"submissions/{submission.id}/take", headers={"HX-Request": "true"}).status_code == 204
    assert curator.post(f"submissions/{submission.id}/withdraw").status_code == 409
    note = {"place": ".".join(JOINED), "text": "Внесите записи, поправка не нужна"}
    assert reviewer.post(f"submissions/{submission.id}/note", data=note).status_code == 303
    assert "Внесите записи" in page(reviewer, f"submissions/{submission.id}/review")
    assert "Внесите записи" not in page(curator, MONTH)
    back = {"revision_n": "1", "reason": "Число вошедших без записей", "answer_by": "27.10.2026"}
    assert reviewer.post(f"submissions/{submission.id}/return", data=back).status_code == 303


def correct_and_send_again(curator: Seat, submission: Submission) -> None:
    returned = page(curator, MONTH)
    assert "Число вошедших без записей" in returned
    assert "Внесите записи, поправка не нужна" in returned
    assert "Что исправить" in returned
    with transaction(actor_of(curator.place).scope.reading()) as session:
        remark = queries.remarks_of(session, submission.id)[0].remark
    answer = {"text": "Записи внесены"}
    assert curator.post(f"submissions/{submission.id}/remarks/{remark.id}/answer", data=answer).status_code == 303
    for where in (JOINED, JOINED_PUPILS):
        version = {"version": cell_of(curator.place, where).version}
        assert curator.post(cell_path(submission, where, "restore"), data=version).status_code == 303
    assert curator.post(f"submissions/{submission.id}/send", data=answers(curator)).status_code == 303


def test_a_double_click_on_send_freezes_one_revision(curator: Seat) -> None:
    submission = begin(curator)
    data = answers(curator) | {"request_key": "one-click"}

    first, second = (curator.post(f"submissions/{submission.id}/send", data=data) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    with transaction(actor_of(curator.place).scope.reading()) as session:
        assert len(session.scalars(select(Revision)).all()) == 1


def test_a_month_of_another_organization_is_not_found(tree: Tree, curator: Seat, as_role: SignIn) -> None:
    submission = sent(curator)
    foreign = make_tree()
    strangers = [
        (as_role(Role.CURATOR, tree.sister), f"submissions/{submission.id}/check"),
        (as_role(Role.CURATOR, tree.sister), cell_path(submission, PAIRS)),
        (as_role(Role.DISTRICT_REVIEWER, tree.other_district), f"submissions/{submission.id}/review"),
        (as_role(Role.REGION_ADMIN, foreign.region), f"submissions/{submission.id}/review"),
    ]

    assert [seat.get(path).status_code for seat, path in strangers] == [404] * 4


def test_names_are_shown_to_the_school_and_numbers_to_its_reviewer(tree: Tree, curator: Seat, reviewer: Seat) -> None:
    submission = begin(curator)
    pair = make_mentorship(tree.school, order_on=date(2026, 9, 2), order_number="12")
    curator.post(f"submissions/{submission.id}/recompute")
    inside = page(curator, cell_path(submission, PAIRS))
    curator.post(f"submissions/{submission.id}/send", data=answers(curator))

    outside = page(reviewer, f"submissions/{submission.id}/review/{'/'.join(PAIRS)}")

    assert re.search(r"Тестов\S+ Иван – Тестов\S+ Иван", inside)
    assert "Тестов" not in outside
    assert f"Пара №\xa0{pair.number}" in outside


def test_where_a_number_comes_from_is_a_part_of_the_page_for_htmx(curator: Seat) -> None:
    submission = begin(curator)
    answer = curator.get(cell_path(submission, PAIRS), headers={"HX-Request": "true"})

    text = answer.get_data(as_text=True)

    assert text.lstrip().startswith("<aside")
    assert "пары с приказом, не завершённые на дату" in text


def test_an_adjustment_needs_a_reason_and_a_number(curator: Seat) -> None:
    submission = begin(curator)
    version = cell_of(curator.place, JOINED).version

    answer = curator.post(cell_path(submission, JOINED, "adjust"), data={"value": "", "reason": "", "version": version})

    assert answer.status_code == 422
    text = html.unescape(answer.get_data(as_text=True))
    assert "Напишите причину поправки." in text
    assert cell_of(curator.place, JOINED).version == version


def test_a_number_by_hand_saves_itself_and_a_late_hand_is_told(curator: Seat) -> None:
    submission = begin(curator)
    empty = next(
        where for column in range(6, 10) if cell_of(curator.place, where := ("1", "12", str(column))).computed == 0
    )
    first = curator.post(cell_path(submission, empty, "enter"), data={"value": "4", "version": "1"})
    stale = curator.post(cell_path(submission, empty, "enter"), data={"value": "5", "version": "1"})
    wrong = curator.post(cell_path(submission, empty, "enter"), data={"value": "четыре", "version": "2"})
    counted_cell = curator.post(cell_path(submission, ("1", "12", "3"), "enter"), data={"value": "5", "version": ""})

    assert first.json == {"version": 2, "saved_at": "12:00"}
    assert (stale.status_code, wrong.status_code, counted_cell.status_code) == (409, 422, 409)
    assert "Сейчас в ячейке: 4" in (stale.json or {})["message"]
    assert cell_of(curator.place, empty).value == Decimal(4)


def test_an_error_blocks_sending_and_leads_to_its_cell(curator: Seat) -> None:
    submission = begin(curator)
    raise_by_one(curator, ("1", "2", "3"))

    check = page(curator, f"submissions/{submission.id}/check")
    refused = curator.post(f"submissions/{submission.id}/send", data=answers(curator))

    assert "Исправьте перед отправкой" in check
    assert "Стр. 02: всего" in check
    assert f"/cells/{'/'.join(PAIRS)}" in check
    assert refused.status_code == 422
    assert month_of(curator.place)[1] is Status.DRAFT


def test_records_that_moved_since_the_look_are_shown_before_sending(tree: Tree, curator: Seat) -> None:
    submission = begin(curator)
    typed = answers(curator)
    make_mentorship(tree.school, order_on=date(2026, 9, 2), order_number="12")

    answer = curator.post(f"submissions/{submission.id}/send", data=typed)

    assert answer.status_code == 303
    assert month_of(tree.school)[1] is Status.DRAFT
    assert "С последнего пересчёта записи изменились" in page(curator, answer.location)


def test_a_sent_month_is_taken_back_until_somebody_looks(curator: Seat) -> None:
    submission = sent(curator)

    assert curator.post(f"submissions/{submission.id}/withdraw").status_code == 303

    assert month_of(curator.place)[1] is Status.DRAFT
    assert "Проверить и отправить" in page(curator, MONTH)


def test_a_return_needs_a_reason_and_keeps_what_was_typed(curator: Seat, reviewer: Seat) -> None:
    submission = sent(curator)

    answer = reviewer.post(f"submissions/{submission.id}/return", data={"revision_n": "1", "answer_by": "27.10.2026"})

    text = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "Укажите причину возврата" in text
    assert "27.10.2026" in text


def test_only_the_cell_with_a_remark_is_opened_when_the_reviewer_says_so(curator: Seat, reviewer: Seat) -> None:
    submission = sent(curator)
    reviewer.post(f"submissions/{submission.id}/note", data={"place": ".".join(JOINED), "text": "Уточните"})
    data = {"revision_n": "1", "reason": "", "only_cells": "1"}
    assert reviewer.post(f"submissions/{submission.id}/return", data=data).status_code == 303

    opened = page(curator, cell_path(submission, JOINED))
    closed = page(curator, cell_path(submission, JOINED_PUPILS))

    assert "Внести поправку" in opened
    assert "Внести поправку" not in closed
    assert "открыта 1\xa0ячейка" in opened


def test_clean_months_are_accepted_together_and_a_changed_one_is_left(
    tree: Tree, school: Organization, reviewer: Seat
) -> None:
    window = open_month(tree)
    scatter_records(tree.sister, 12, forms=COMMON_FORMS)
    own, other = start(school, window), start(tree.sister, window)
    send(tree.school, own)
    send(tree.sister, other)

    listed = page(reviewer, "submissions/clean/2026-10")
    answer = reviewer.post("submissions/clean/2026-10", data={"month": [f"{own.id}.1", f"{other.id}.7"]})

    assert "Школа № 1" in listed
    assert answer.status_code == 303
    assert month_of(tree.school)[1] is Status.ACCEPTED
    assert month_of(tree.sister)[1] is Status.SENT
    assert "Изменились с тех пор" in page(reviewer, answer.location)


def test_an_accepted_month_is_corrected_by_a_new_revision_with_a_reason(
    tree: Tree, curator: Seat, reviewer: Seat
) -> None:
    submission = sent(curator)
    accept(tree.district, submission)
    empty = curator.post(f"submissions/{submission.id}/correct", data={"reason": ""})
    answer = curator.post(f"submissions/{submission.id}/correct", data={"reason": "Нашли журнал за 24 октября"})

    assert (empty.status_code, answer.status_code) == (422, 303)
    text = page(curator, MONTH)
    assert "Вы исправляете принятый отчёт: «Нашли журнал за 24 октября»" in text
    assert "принято, исправляется" in page(reviewer, "submissions/matrix/2026-10")


def test_the_list_behind_a_number_turns_its_pages(tree: Tree, curator: Seat) -> None:
    pair = make_mentorship(tree.school, order_on=date(2026, 9, 2), order_number="12")
    for day in range(1, 25):
        make_meeting(tree.school, pair, held_on=date(2026, 10, day))
        make_meeting(tree.school, pair, held_on=date(2026, 10, day))
    submission = begin(curator)
    size = int(cell_of(tree.school, ("1", "12", "3")).value or 0)

    seen = 0
    for number in range(1, -(-size // 25) + 1):
        text = page(curator, cell_path(submission, ("1", "12", "3")) + f"?page={number}")
        body = text[text.index("Записи, из которых сложилось число") :]
        seen += body[: body.index("</table>")].count("<tr>")

    assert seen == size
