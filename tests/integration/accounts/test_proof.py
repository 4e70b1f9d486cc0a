"""A sensitive step takes a passkey in place of password and code, and only one that checked whose hand holds it."""

import json

import pytest

from tenants.accounts.factors import factors_of
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tests.factories.passkeys import give_passkey
from tests.factories.tree import PASSWORD, make_account, unique
from tests.integration.accounts.people import account_of, enrol, entered, events_of, sign_in

OWN = "семь синих слонов летят"


@pytest.fixture
def keyed(app, tree):
    """(browser, address, key): signed in, with an application and a passkey."""
    email = make_account((tree.school, Role.CURATOR))
    browser = entered(app, email)
    enrol(browser)
    return browser, email, give_passkey(email)


def challenge(browser):
    return json.loads(browser.post("/proof/options").get_data(as_text=True))


def new_address():
    return f"{unique('new')}@example.org"


def test_another_address_is_asked_for_by_the_key_alone(keyed):
    browser, email, key = keyed
    options = challenge(browser)

    done = browser.post("/email", data={"email": new_address(), "passkey": key.answer(options)})

    assert options["userVerification"] == "required"
    assert done.status_code == 303
    assert events_of(email)[0].event == "account.email_change_asked"


@pytest.mark.parametrize("flaw", ["unverified", "second use", "another challenge", "another key", "no answer"])
def test_an_answer_that_does_not_hold_changes_nothing(tree, keyed, flaw):
    browser, email, key = keyed
    options = challenge(browser)
    answers = {
        "unverified": lambda: key.answer(options, verified=False),
        "second use": lambda: first,
        "another challenge": lambda: key.answer(options | {"challenge": "AAAA"}),
        "another key": lambda: give_passkey(make_account((tree.school, Role.CURATOR))).answer(options),
        "no answer": lambda: "{}",
    }
    first = key.answer(options)
    if flaw == "second use":
        browser.post("/email", data={"email": new_address(), "passkey": first})
    before = len(events_of(email))

    refused = browser.post("/email", data={"email": new_address(), "passkey": answers[flaw]()})

    assert refused.status_code == 422
    assert "Ключ не подошёл" in refused.get_data(as_text=True)
    assert len(events_of(email)) == before


def test_five_wrong_answers_stop_the_right_one_too(keyed):
    browser, _, key = keyed
    for _ in range(5):
        assert browser.post("/email", data={"email": new_address(), "passkey": "{}"}).status_code == 422

    stopped = browser.post("/email", data={"email": new_address(), "passkey": key.answer(challenge(browser))})

    assert stopped.status_code == 429


def test_the_key_proves_for_factors_codes_and_the_password_as_well(app, keyed):
    browser, email, key = keyed
    with transaction(REGISTRY.reading()) as session:
        totp = factors_of(session, account_of(email).id)[0]

    codes = browser.post("/factors/codes", data={"passkey": key.answer(challenge(browser))})
    removed = browser.post(f"/factors/{totp.id}/remove", data={"passkey": key.answer(challenge(browser))})
    changed = browser.post("/password", data={"password": OWN, "again": OWN, "passkey": key.answer(challenge(browser))})

    assert "Коды восстановления" in codes.get_data(as_text=True)
    assert (removed.status_code, changed.status_code) == (303, 303)
    assert [one.event for one in events_of(email)[:3]] == [
        "account.password_changed",
        "factor.removed",
        "recovery_codes.renewed",
    ]
    assert sign_in(app.test_client(), email, OWN).status_code == 303


def test_the_password_that_stands_is_no_new_one_for_the_key_either(keyed):
    browser, _, key = keyed
    browser.post("/password", data={"password": OWN, "again": OWN, "passkey": key.answer(challenge(browser))})

    again = browser.post("/password", data={"password": OWN, "again": OWN, "passkey": key.answer(challenge(browser))})

    assert again.status_code == 422
    assert "совпадает с текущим" in again.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/email", "/password", "/factors"])
def test_the_way_is_shown_to_who_has_a_key_only(app, tree, keyed, path):
    without = entered(app, make_account((tree.school, Role.CURATOR)))

    assert 'data-passkey="prove"' in keyed[0].get(path).get_data(as_text=True)
    assert 'data-passkey="prove"' not in without.get(path).get_data(as_text=True)


def test_neither_password_nor_key_is_told_at_the_field(keyed):
    address = keyed[0].post("/email", data={"email": new_address(), "password": ""})
    password = keyed[0].post("/password", data={"password": OWN, "again": OWN})

    assert (address.status_code, password.status_code) == (422, 422)
    assert 'id="password-error"' in address.get_data(as_text=True)
    assert 'id="old-error"' in password.get_data(as_text=True)


def test_the_sign_in_over_the_page_says_that_a_key_will_do(app, tree, keyed):
    json_only = {"Accept": "application/json"}
    data = {"email": keyed[1], "password": PASSWORD}
    plain = {"email": make_account((tree.school, Role.CURATOR)), "password": PASSWORD}

    told = app.test_client().post("/sign-in", data=data, headers=json_only).get_json()
    other = app.test_client().post("/sign-in", data=plain, headers=json_only).get_json()

    assert (told["stage"], told["passkeys"]) == ("code", True)
    assert (other["stage"], other["passkeys"]) == ("whole", False)
