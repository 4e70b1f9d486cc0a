"""Review of a month: return with remarks, one opened cell, acceptance of what was seen, correction."""

from decimal import Decimal

import pytest

from reports import months
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    WrongStateError,
)
from tenants.submissions import commands, entries, queries, review
from tenants.submissions.models import Status
from tenants.submissions.review import Return
from tests.factories import people
from tests.factories.months import accept, hand_in, open_month, send, start
from tests.factories.tree import Tree, actor_of, make_tree
from tests.integration.submissions.doing import do, state_of

PLACE = ("1", "4", "5")


def test_a_return_needs_a_reason_or_a_pinned_remark(tree: Tree):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)

    with pytest.raises(InvalidError):
        do(tree.district, review.return_submission, submission.id, revision_n=1, why=Return())
    with pytest.raises(InvalidError, match="которой в отчёте нет"):
        do(
            tree.district, review.return_submission, submission.id, revision_n=1,
            why=Return(remarks=((("1", "99", "3"), "Где строка?"),)),
        )  # fmt: skip


def test_noted_remarks_are_hidden_until_the_return(tree: Tree):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)
    do(tree.district, review.note_remark, submission.id, PLACE, "Проверьте")
    do(tree.district, review.note_remark, submission.id, PLACE, "Проверьте число")
    do(tree.district, review.note_remark, submission.id, ("1", "1", "3"), "Лишнее")
    do(tree.district, review.drop_remark, submission.id, ("1", "1", "3"))
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert queries.noted_remarks(session, submission.id) == []
        assert queries.remarks_of(session, submission.id) == []

    do(tree.district, review.return_submission, submission.id, revision_n=1, why=Return())

    with transaction(actor_of(tree.school).scope.reading()) as session:
        said = queries.remarks_of(session, submission.id)
    assert [(one.remark.place, one.remark.text) for one in said] == [(PLACE, "Проверьте число")]
    do(tree.school, entries.answer_remark, said[0].remark.id, "Исправили.")
    with transaction(actor_of(tree.district).scope.reading()) as session:
        assert queries.remarks_of(session, submission.id)[0].answer.text == "Исправили."


def test_one_cell_is_opened_and_the_others_stay(tree: Tree):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)
    why = Return(remarks=((PLACE, "Проверьте"),), only_cells=True)
    do(tree.district, review.return_submission, submission.id, revision_n=1, why=why)
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")

    filled = do(tree.school, months.recompute, submission.id)

    assert filled.changed == (PLACE,)
    with pytest.raises(WrongStateError, match="другие ячейки"):
        do(tree.school, entries.set_manual, submission.id, ("1", "12", "9"), Decimal(1))


def test_only_the_seen_revision_is_accepted(tree: Tree):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)
    do(tree.school, commands.withdraw_submission, submission.id)
    send(tree.school, submission)

    with pytest.raises(ConflictError):
        accept(tree.district, submission, revision_n=1)
    accept(tree.district, submission, revision_n=2)


def test_who_sent_a_month_does_not_accept_it(tree: Tree):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)
    sender = actor_of(tree.school)
    in_both = Actor(sender.user_id, sender.name, Role.DISTRICT_REVIEWER, actor_of(tree.district).organization)

    with pytest.raises(ForbiddenError):
        accept(in_both, submission)


def test_an_accepted_month_is_corrected_by_a_new_revision(tree: Tree):
    submission = hand_in(tree, tree.school, open_month(tree))
    with pytest.raises(InvalidError):
        do(tree.school, commands.correct_submission, submission.id, reason=" ")

    do(tree.school, commands.correct_submission, submission.id, reason="Забыли пару")
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")
    do(tree.school, months.recompute, submission.id)
    send(tree.school, submission)
    assert state_of(tree.school, submission).accepted_revision_n == 1
    accept(tree.district, submission, revision_n=2)

    assert state_of(tree.school, submission).accepted_revision_n == 2
    with transaction(actor_of(tree.school).scope.reading()) as session:
        values = [
            queries.revision_cells(session, revision.id)[PLACE].value
            for revision in queries.revisions_of(session, submission.id)
        ]
    assert values == [0, 1]


def test_a_reviewer_opens_cells_of_an_accepted_month(tree: Tree):
    submission = hand_in(tree, tree.school, open_month(tree))

    do(tree.district, review.reopen_submission, submission.id, reason="Уточните", cells=(PLACE,))

    state = state_of(tree.school, submission)
    assert (state.status, state.open_cells) == (Status.RETURNED, [list(PLACE)])


@pytest.mark.parametrize("who", ["sister", "other_district", "other_school", "region"])
def test_nobody_else_reviews_a_month(tree: Tree, who):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)

    with pytest.raises((ForbiddenError, NotFoundError)):
        accept(getattr(tree, who), submission)


def test_another_region_does_not_see_a_month(tree: Tree):
    submission = start(tree.school, open_month(tree))
    send(tree.school, submission)
    elsewhere = make_tree()

    for place in (elsewhere.region, elsewhere.district, elsewhere.school):
        with pytest.raises(NotFoundError):
            do(place, review.take_into_review, submission.id)


def test_the_region_reviews_what_hangs_under_it(tree: Tree):
    submission = start(tree.college, open_month(tree))
    send(tree.college, submission)

    accept(tree.region, submission)

    assert state_of(tree.college, submission).status is Status.ACCEPTED
