"""A month between the school and its reviewer."""

import random
import threading
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from reports import months
from tenants import clock
from tenants.db import transaction
from tenants.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    WrongStateError,
)
from tenants.submissions import commands, entries, queries, review
from tenants.submissions.entries import Adjustment
from tenants.submissions.models import Revision, Status, Submission, SubmissionState
from tenants.submissions.review import Return
from tenants.submissions.states import deviations
from tenants.submissions.windows import close_window
from tests.factories import people
from tests.factories.months import NOVEMBER, accept, explain_everything, hand_in, open_month, send, start
from tests.factories.tree import Tree, actor_of, make_tree
from tests.integration.submissions.doing import do, state_of

PLACE = ("1", "4", "5")


def test_a_month_goes_from_the_school_to_acceptance(tree: Tree):
    submission = start(tree.school, open_month(tree))

    send(tree.school, submission)
    do(tree.district, review.take_into_review, submission.id)
    accept(tree.district, submission)

    state = state_of(tree.school, submission)
    assert (state.status, state.accepted_revision_n, state.reviewer_name) == (
        Status.ACCEPTED, 1, actor_of(tree.district).name,
    )  # fmt: skip
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert [event.kind.value for event in queries.events_of(session, submission.id)] == [
            "opened", "sent", "taken", "accepted",
        ]  # fmt: skip


def test_starting_twice_gives_one_month(tree: Tree):
    window = open_month(tree)

    assert start(tree.school, window).id == start(tree.school, window).id


def test_two_who_start_at_once_get_one_month(tree: Tree):
    window, found = open_month(tree), []

    threads = [threading.Thread(target=lambda: found.append(start(tree.school, window).id)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1


def test_an_error_of_the_controls_blocks_sending(tree: Tree):
    submission = start(tree.school, open_month(tree))
    do(tree.school, entries.adjust, submission.id, PLACE, Adjustment(Decimal(2), "не внесены"))

    with pytest.raises(InvalidError, match="ошибок"):
        send(tree.school, submission)

    assert state_of(tree.school, submission).status is Status.DRAFT


def test_a_question_wants_an_answer_and_the_answer_goes_into_the_revision(tree: Tree):
    window = open_month(tree)
    hand_in(tree, tree.school, window)
    november = open_month(tree, NOVEMBER)
    for _ in range(2):
        people.make_participant(tree.school, role="mentee", started_on=window.cut_on)
    submission = start(tree.school, november)
    with pytest.raises(InvalidError, match="вопросов без ответа"):
        do(tree.school, months.send_month, submission.id)

    send(tree.school, submission)

    with transaction(actor_of(tree.district).scope.reading()) as session:
        shown = months.sheet(session, submission.id, revision_n=1)
    assert shown.findings
    assert {finding.explanation for finding in shown.findings} == {"Проверено по журналу."}


def test_an_explanation_does_not_outlive_its_numbers(tree: Tree):
    window = open_month(tree)
    hand_in(tree, tree.school, window)
    november = open_month(tree, NOVEMBER)
    people.make_participant(tree.school, role="mentee", started_on=window.cut_on)
    submission = start(tree.school, november)
    explain_everything(tree.school, submission)
    people.make_participant(tree.school, role="mentee", started_on=window.cut_on)

    do(tree.school, months.recompute, submission.id)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert any(not finding.explanation for finding in months.check_month(session, submission.id))


def test_records_that_changed_since_the_last_look_stop_the_sending(tree: Tree):
    submission = start(tree.school, open_month(tree))
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")

    with pytest.raises(ConflictError) as caught:
        send(tree.school, submission)

    assert [(one.theirs, one.mine) for one in caught.value.differences] == [("1", "0"), ("1", "0")]


def test_a_revision_does_not_move_with_the_records(tree: Tree):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")

    with transaction(actor_of(tree.district).scope.reading()) as session:
        frozen = months.sheet(session, submission.id, revision_n=1).cells[PLACE]

    assert frozen.value == 0


def test_a_sent_month_is_withdrawn_until_it_is_taken(tree: Tree):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)
    do(tree.school, commands.withdraw_submission, submission.id)
    assert state_of(tree.school, submission).status is Status.DRAFT
    send(tree.school, submission)
    do(tree.district, review.take_into_review, submission.id)

    with pytest.raises(WrongStateError):
        do(tree.school, commands.withdraw_submission, submission.id)


def test_a_sent_month_cannot_be_changed(tree: Tree):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)

    with pytest.raises(WrongStateError):
        do(tree.school, entries.adjust, submission.id, PLACE, Adjustment(Decimal(2), "не внесены"))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Krasnoyarsk",
        "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
    ],
)  # fmt: skip
def test_the_deadline_is_the_end_of_the_day_in_the_zone_of_the_school(zone):
    tree = make_tree(zone)
    window = open_month(tree)
    deadline = datetime(2026, 10, 25, 23, 59, 59, tzinfo=ZoneInfo(zone))
    for place, shift, on_time in (
        (tree.school, timedelta(seconds=-30), True),
        (tree.sister, timedelta(seconds=1), False),
    ):
        submission = start(place, window)
        clock.travel(deadline + shift)
        send(place, submission)

        state = state_of(place, submission)
        assert state.due_at == deadline
        assert state.on_time is on_time


def test_a_closed_window_takes_no_more(tree: Tree):
    window = open_month(tree)
    submission = start(tree.school, window)
    do(tree.region, close_window, window.id)

    with pytest.raises(WrongStateError, match="закрыта"):
        send(tree.school, submission)
    with pytest.raises(WrongStateError, match="закрыта"):
        start(tree.sister, window)


def test_two_who_edit_one_cell_get_a_choice(tree: Tree):
    submission = start(tree.school, open_month(tree))
    do(tree.school, entries.set_manual, submission.id, PLACE, Decimal(4), version=1)

    with pytest.raises(ConflictError) as caught:
        do(tree.school, entries.set_manual, submission.id, PLACE, Decimal(5), version=1)

    assert [(one.theirs, one.mine) for one in caught.value.differences] == [("4", "5")]


def test_a_district_cannot_fill_a_month_of_its_school(tree: Tree):
    submission = start(tree.school, open_month(tree))

    for step in (
        lambda session, actor: entries.set_manual(session, actor, submission.id, PLACE, Decimal(1)),
        lambda session, actor: months.recompute(session, actor, submission.id),
        lambda session, actor: months.send_month(session, actor, submission.id),
        lambda session, actor: commands.withdraw_submission(session, actor, submission.id),
    ):
        with pytest.raises(ForbiddenError):
            do(tree.district, step)


@pytest.mark.parametrize("attempt", range(6))
def test_acceptance_and_withdrawal_at_once_have_one_winner(tree: Tree, attempt):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)
    outcomes, ready = {}, threading.Barrier(2)

    def run(name, step):
        ready.wait()
        try:
            step()
            outcomes[name] = "done"
        except DomainError as error:
            outcomes[name] = type(error).__name__

    withdraw = lambda: do(tree.school, commands.withdraw_submission, submission.id)  # noqa: E731 - two steps side by side
    threads = [
        threading.Thread(target=run, args=("withdraw", withdraw)),
        threading.Thread(target=run, args=("accept", lambda: accept(tree.district, submission))),
    ]
    for thread in threads[:: 1 if attempt % 2 else -1]:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes.values()) == ["WrongStateError", "done"]
    expected = Status.DRAFT if outcomes["withdraw"] == "done" else Status.ACCEPTED
    assert state_of(tree.school, submission).status is expected
    with transaction(actor_of(tree.region).scope.reading()) as session:
        assert deviations(session) == []


@pytest.mark.parametrize("seed", range(5))
def test_whatever_people_do_the_state_is_the_fold_of_the_events(tree: Tree, seed):
    rng = random.Random(seed)  # noqa: S311 - test data, no secret
    submission = start(tree.school, open_month(tree))
    steps = {
        "send": lambda _: send(tree.school, submission),
        "withdraw": lambda _: do(tree.school, commands.withdraw_submission, submission.id),
        "correct": lambda _: do(tree.school, commands.correct_submission, submission.id, reason="Уточнение"),
        "take": lambda _: do(tree.district, review.take_into_review, submission.id),
        "return": lambda n: do(
            tree.district, review.return_submission, submission.id, revision_n=n,
            why=Return("Проверьте", ((PLACE, "Здесь"),), only_cells=rng.random() < 0.5),
        ),
        "accept": lambda n: accept(tree.district, submission, n),
        "reopen": lambda _: do(tree.district, review.reopen_submission, submission.id, reason="Уточните"),
    }  # fmt: skip
    done = 0
    for _ in range(40):
        n = state_of(tree.school, submission).revision_n
        try:
            steps[rng.choice(list(steps))](n)
            done += 1
        except DomainError:
            continue

    assert done > 5
    with transaction(actor_of(tree.region).scope.reading()) as session:
        assert deviations(session) == []
        revisions = session.scalar(select(func.count()).where(Revision.submission_id == submission.id))
        state = session.scalars(select(SubmissionState).where(SubmissionState.submission_id == submission.id)).one()
        assert revisions == state.revision_n
        assert session.scalar(select(func.count()).select_from(Submission)) == 1


def test_a_state_changed_behind_the_events_is_found(tree: Tree):
    submission = start(tree.school, open_month(tree))
    with transaction(actor_of(tree.school).scope) as session:
        session.scalars(select(SubmissionState)).one().status = Status.ACCEPTED

    with transaction(actor_of(tree.region).scope.reading()) as session:
        assert deviations(session) == [(submission.id, "status")]
