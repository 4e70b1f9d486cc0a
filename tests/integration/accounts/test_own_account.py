"""A new password and another address: by the person, by letter, and back."""

import subprocess
import sys
from datetime import timedelta

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from tenants import clock
from tenants.accounts import identities, own_account
from tenants.accounts.factors import factors_of, new_recovery_codes, recovery_codes_left
from tenants.accounts.identities import Vouched
from tenants.accounts.models import Role, UserAccount
from tenants.accounts.passwords import hash_password
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError
from tests.factories.passkeys import give_passkey
from tests.factories.tree import PASSWORD, make_account, unique
from tests.integration.accounts.people import account_of, code_now, enrol, entered, events_of, sign_in

NEW = "хомяк забор лимон чайник"


@pytest.mark.parametrize(
    "password",
    [
        "короткий",
        "gfhjkm123456",
        "пароль123456",
        "наставник2026",
        "любимаяшкола1",
        "qwertyuiop[]",
        "йцукенгшщзхъ",
        "aaaaaaaaaaaaaaaa",
        "password1234",
        "Проверкина1234",
        "proverkina@example.org",
    ],
)
def test_a_weak_password_is_refused_in_russian(password):
    with pytest.raises(InvalidError) as refused:
        hash_password(password, known=("proverkina@example.org", "Проверкина", "Вера"))

    assert refused.value.field == "password"
    assert "easy" not in str(refused.value)


@pytest.mark.parametrize("password", [NEW, "correct horse battery", "Xk9-vB2q-Lm47-zz"])
def test_a_strong_password_is_taken(password):
    assert hash_password(password).startswith("$argon2id$")


def test_a_hash_costs_what_the_standard_asks():
    # The tests themselves run with a light hash, so a process of its own is asked.
    command = f"from tenants.accounts.passwords import hash_password; print(hash_password({NEW!r}))"
    said = subprocess.run([sys.executable, "-c", command], check=True, capture_output=True, text=True).stdout

    assert extract_parameters(said.strip()) == RFC_9106_LOW_MEMORY


def test_a_weak_new_password_is_explained_at_its_field(app, tree):
    browser = entered(app, make_account((tree.school, Role.CURATOR)))

    answer = browser.post("/password", data={"old": PASSWORD, "password": "пароль123456", "again": "пароль123456"})

    assert answer.status_code == 422
    assert "три-четыре слова" in answer.get_data(as_text=True)


def test_a_reset_by_letter_sets_a_password_and_ends_every_sign_in(app, tree, letters):
    email = make_account((tree.school, Role.CURATOR))
    signed_in, browser = entered(app, email), app.test_client()
    browser.post("/reset", data={"email": email.upper()})
    link = letters.link(email)

    assert browser.get(link).status_code == browser.get(link).status_code == 200
    assert browser.post(link, data={"password": "пароль123456", "again": "пароль123456"}).status_code == 422
    assert browser.post(link, data={"password": NEW, "again": NEW}).status_code == 303
    assert signed_in.get("/devices").status_code == 303
    assert sign_in(browser, email).status_code == 422
    assert sign_in(browser, email, NEW).status_code == 303
    assert events_of(email)[1].event == "account.password_reset"
    assert "Пароль изменён" in [subject for subject, _ in letters.to(email)]


@pytest.mark.parametrize("way", ["letter", "own"])
def test_a_new_password_makes_every_older_link_useless(app, tree, letters, way):
    email, browser = make_account((tree.school, Role.CURATOR)), app.test_client()
    browser.post("/reset", data={"email": email})
    older = letters.link(email)
    browser.post("/reset", data={"email": email})
    newer = letters.link(email)
    new = {"password": NEW, "again": NEW}

    done = (
        browser.post(newer, data=new)
        if way == "letter"
        else entered(app, email).post("/password", data=new | {"old": PASSWORD})
    )

    assert done.status_code == 303
    assert older != newer
    assert browser.get(older).status_code == browser.post(older, data=new).status_code == 404
    assert browser.post(newer, data=new).status_code == 404


def test_another_address_needs_password_and_code_and_stands_after_the_link(app, tree, letters):
    email, new = make_account((tree.school, Role.CURATOR)), f"{unique('new')}@example.org"
    browser = entered(app, email)
    key, _ = enrol(browser)
    clock.travel(clock.now() + timedelta(minutes=1))

    assert browser.post("/email", data={"email": new, "password": "не тот", "code": code_now(key)}).status_code == 422
    assert browser.post("/email", data={"email": new, "password": PASSWORD, "code": "000000"}).status_code == 422
    assert browser.post("/email", data={"email": new, "password": PASSWORD, "code": code_now(key)}).status_code == 303
    link = letters.link(new)
    assert browser.get(link).status_code == 200
    assert sign_in(app.test_client(), email).status_code == 303
    assert browser.post(link).status_code == 303
    assert sign_in(app.test_client(), email).status_code == 422
    assert sign_in(app.test_client(), new).status_code == 303


def test_the_old_address_takes_the_account_back_within_three_days(app, tree, letters):
    email, new = make_account((tree.school, Role.CURATOR)), f"{unique('thief')}@example.org"
    thief = entered(app, email)
    thief.post("/email", data={"email": new, "password": PASSWORD})
    thief.post(letters.link(new))
    subject, _ = letters.to(email)[-1]
    undo = letters.link(email)
    clock.travel(clock.now() + timedelta(hours=71))
    owner = app.test_client()

    assert subject == "Адрес для входа изменён"
    assert owner.get(undo).status_code == 200
    assert owner.post(undo).status_code == 303
    assert thief.get("/devices").status_code == 303
    assert sign_in(owner, email).status_code == 422
    assert owner.post(letters.link(email), data={"password": NEW, "again": NEW}).status_code == 303
    assert sign_in(owner, email, NEW).status_code == 303
    assert owner.post(undo).status_code == 404


def test_taking_the_address_back_leaves_no_other_link_to_the_thief(app, tree, letters):
    email, taken, spare = make_account((tree.school, Role.CURATOR)), *(f"{unique('thief')}@example.org" for _ in "12")
    thief = entered(app, email)
    for address in (taken, spare):
        thief.post("/email", data={"email": address, "password": PASSWORD})
    to_spare = letters.link(spare)
    thief.post(letters.link(taken))
    undo = letters.link(email)
    sign_in(thief, taken)
    thief.post("/email", data={"email": f"{unique('third')}@example.org", "password": PASSWORD})
    thief.post("/reset", data={"email": taken})
    to_password = letters.link(taken)

    assert app.test_client().post(undo).status_code == 303

    assert thief.post(to_spare).status_code == 404
    assert thief.post(to_password, data={"password": NEW, "again": NEW}).status_code == 404
    assert account_of(email).email == email


def test_taking_the_address_back_unlinks_accounts_at_a_provider(app, tree, letters):
    email, taken = make_account((tree.school, Role.CURATOR)), f"{unique('thief')}@example.org"
    thief = entered(app, email)
    vouched = Vouched("https://provider.example", unique("subject"), email="", factor=False)
    with transaction(REGISTRY) as session:
        identities.link(session, account_of(email), vouched, way="own")
    thief.post("/email", data={"email": taken, "password": PASSWORD})
    thief.post(letters.link(taken))

    assert app.test_client().post(letters.link(email)).status_code == 303

    with transaction(REGISTRY) as session:
        assert identities.sign_in_vouched(session, vouched, browser="", device="") is None
    assert events_of(email)[0].detail == {"unlinked": 1, "factors": 0}


def test_taking_the_address_back_leaves_the_owners_factor_and_none_of_the_thief(app, tree, letters):
    email, taken = make_account((tree.school, Role.CURATOR)), f"{unique('thief')}@example.org"
    mine = give_passkey(email)
    clock.travel(clock.now() + timedelta(days=3))
    give_passkey(email)
    with transaction(REGISTRY) as session:
        codes = new_recovery_codes(session, account_of(email))
        asked = session.get_one(UserAccount, account_of(email).id)
        own_account.ask_email_change(session, asked, taken)
    clock.travel(clock.now() + timedelta(hours=23))
    app.test_client().post(letters.link(taken))
    give_passkey(taken)

    assert app.test_client().post(letters.link(email)).status_code == 303

    with transaction(REGISTRY) as session:
        assert [one.credential_id for one in factors_of(session, account_of(email).id)] == [mine.key_id]
        assert recovery_codes_left(session, account_of(email).id) == 0
    assert len(codes) == 10
    assert events_of(email)[0].detail == {"unlinked": 0, "factors": 2}


def moved_twice(app, tree, letters):
    """A thief moves an address twice: the first address, and the links that undo the first and the second move."""
    email, first, second = make_account((tree.school, Role.CURATOR)), *(f"{unique('thief')}@example.org" for _ in "12")
    thief = entered(app, email)
    thief.post("/email", data={"email": first, "password": PASSWORD})
    thief.post(letters.link(first))
    undo_of_owner = letters.link(email)
    thief.post("/email", data={"email": second, "password": PASSWORD})
    thief.post(letters.link(second))
    undo_of_thief = letters.link(first)
    return email, undo_of_owner, undo_of_thief


def test_a_later_change_cannot_be_undone_by_the_thief_but_an_older_one_by_the_owner(app, tree, letters):
    email, undo_of_owner, undo_of_thief = moved_twice(app, tree, letters)

    assert app.test_client().post(undo_of_thief).status_code == 303
    assert app.test_client().post(undo_of_owner).status_code == 303
    assert app.test_client().post(undo_of_thief).status_code == 404
    assert account_of(email).email == email


def test_an_undone_change_dies_with_the_later_ones(app, tree, letters):
    email, undo_of_owner, undo_of_thief = moved_twice(app, tree, letters)

    assert app.test_client().post(undo_of_owner).status_code == 303
    assert app.test_client().post(undo_of_thief).status_code == 404
    assert account_of(email).email == email


def test_a_former_address_that_is_taken_by_now_is_told_in_a_sentence(app, tree, letters):
    email, other, new = *(make_account((tree.school, Role.CURATOR)) for _ in "12"), f"{unique('new')}@example.org"
    browser, neighbour = entered(app, email), entered(app, other)
    browser.post("/email", data={"email": new, "password": PASSWORD})
    browser.post(letters.link(new))
    undo = letters.link(email)
    neighbour.post("/email", data={"email": email, "password": PASSWORD})
    neighbour.post(letters.link(email))

    answer = app.test_client().post(undo)

    assert answer.status_code == 409
    assert "занят другой учётной записью" in answer.get_data(as_text=True)


def test_an_undoing_link_dies_after_three_days(app, tree, letters):
    email, new = make_account((tree.school, Role.CURATOR)), f"{unique('later')}@example.org"
    browser = entered(app, email)
    browser.post("/email", data={"email": new, "password": PASSWORD})
    browser.post(letters.link(new))
    undo = letters.link(email)
    clock.travel(clock.now() + timedelta(hours=73))

    assert app.test_client().post(undo).status_code == 404


def test_a_taken_address_gets_no_letter_and_the_asker_the_same_answer(app, tree, letters):
    email, taken = (make_account((tree.school, Role.CURATOR)) for _ in range(2))
    browser = entered(app, email)

    answers = [
        browser.post("/email", data={"email": to, "password": PASSWORD}) for to in (taken, f"{unique('f')}@x.ru")
    ]

    assert [(one.status_code, one.location) for one in answers] == [(303, "/devices")] * 2
    assert letters.to(taken) == []
