"""Two people stand behind an act: a second account of whoever drew the list up is no second person."""

import pytest
from flask.testing import FlaskClient

from portal.app import Portal
from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import ForbiddenError
from tenants.subjects import commands, policy
from tenants.subjects.models import DestructionState
from tests.factories.staff import account_of, seat_of, unite
from tests.factories.subjects import act_of, make_outlived
from tests.factories.tree import PASSWORD, Tree, make_account


def signed_in(app: Portal, address: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/sign-in", data={"email": address, "password": PASSWORD}).status_code == 303
    return client


def test_the_second_account_of_the_one_who_drew_the_list_up_does_not_sign(app: Portal, tree: Tree) -> None:
    one, other = make_account((tree.school, Role.CURATOR)), make_account((tree.school, Role.DIRECTOR))
    unite(account_of(one).id, account_of(other).id)
    gone = make_outlived(tree.school)
    keeper, head = seat_of(one, tree.school), seat_of(other, tree.school)
    with transaction(keeper.scope) as session:
        act = commands.propose(session, keeper, [gone.id], clock.today())

    page = signed_in(app, other).get(f"/o/{tree.school.code}/subjects/acts/{act.id}").get_data(as_text=True)
    with pytest.raises(ForbiddenError, match="другой человек"), transaction(head.scope) as session:
        commands.confirm(session, head, act.id)

    assert not policy.may_confirm(head, act)
    assert act_of(tree.school).state is DestructionState.PROPOSED
    assert "Список составили Вы" in page
    assert "Утвердить и уничтожить" not in page


def test_another_person_signs(tree: Tree) -> None:
    one, other = make_account((tree.school, Role.CURATOR)), make_account((tree.school, Role.DIRECTOR))
    gone = make_outlived(tree.school)
    keeper, head = seat_of(one, tree.school), seat_of(other, tree.school)
    with transaction(keeper.scope) as session:
        act = commands.propose(session, keeper, [gone.id], clock.today())

    with transaction(head.scope) as session:
        assert commands.confirm(session, head, act.id).state is DestructionState.CONFIRMED
