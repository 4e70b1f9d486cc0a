"""Values no column can hold are answered like any other slip: never with a failure of the portal."""

import pytest

from tenants.accounts.models import Role
from tests.factories.people import make_mentorship, make_participant

HUGE = str(10**30)


@pytest.mark.parametrize("field", ["email", "password"])
def test_a_null_sign_is_no_failure_before_the_sign_in(app, tree, field):
    assert tree
    given = {"email": "somebody@example.org", "password": "какой-то пароль"} | {field: "a\0b@example.org"}

    assert app.test_client().post("/sign-in", data=given).status_code == 422


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("organizations/{place}/edit", {"name": "Школа\0", "name_short": "Школа\0 № 1", "version": "1"}),
        ("organizations/{place}/edit", {"name": "Школа", "name_short": "Школа", "version": HUGE}),
        ("consents/mark", {"kind": "processing", "given_on": "01.09.2026", "giver": "self", "people": HUGE}),
        ("mentorships/add", {"mentors": HUGE, "mentees": HUGE, "kind": "pair", "started_on": "01.09.2026"}),
        ("mentorships/{pair}/members", {"participant_id": HUGE, "role": "mentee", "started_on": "01.09.2026"}),
        ("mentorships/{pair}/meetings", {"held_on": "01.10.2026", "minutes": HUGE, "topic": "a\0b", "kind": "work"}),
        ("participants/{person}/edit", {"last_name": "Иванова\0", "first_name": "Анна", "version": HUGE}),
        ("staff/{place}/invite", {"email": "a\0@example.org", "role": "curator"}),
    ],
)
def test_what_no_column_can_hold_is_no_failure(as_role, tree, path, data):
    pair, person = make_mentorship(tree.school), make_participant(tree.school)
    for role in (Role.CURATOR, Role.DIRECTOR):
        seat = as_role(role, tree.school)
        answer = seat.post(path.format(place=tree.school.id, pair=pair.id, person=person.id), data=data)

        assert answer.status_code < 500, answer.status
