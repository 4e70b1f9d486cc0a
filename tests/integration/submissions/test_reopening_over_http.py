"""An accepted month is opened again on the reviewer's page, and the step leaves its event."""

from sqlalchemy import select

from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.journal import JournalEntry
from tests.factories.months import hand_in, open_month
from tests.factories.tree import Tree, actor_of


def test_an_accepted_month_is_opened_again(tree: Tree, as_role):
    submission = hand_in(tree, tree.school, open_month(tree))
    seat = as_role(Role.DISTRICT_REVIEWER, tree.district)

    refused = seat.post(f"submissions/{submission.id}/reopen", data={"reason": ""})
    answer = seat.post(f"submissions/{submission.id}/reopen", data={"reason": "Уточните встречи"})

    assert (refused.status_code, answer.status_code) == (422, 303)
    with transaction(actor_of(tree.district).scope.reading()) as session:
        events = session.scalars(select(JournalEntry.event).order_by(JournalEntry.id)).all()
    assert events.count("submission.reopened") == 1
    assert "открыт для исправления" in seat.get(f"submissions/{submission.id}/review").get_data(as_text=True)
