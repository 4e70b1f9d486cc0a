"""The second step of signing in: codes, recovery codes, who must have one, and who may take one away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tenants import clock
from tenants.accounts.factor_models import SecondFactor
from tenants.accounts.models import Role
from tenants.accounts.rules import DEFAULT
from tenants.db import REGISTRY, transaction
from tests.factories.tree import PASSWORD, make_account
from tests.integration.accounts.people import (
    account_of,
    code_now,
    codes_on,
    enrol,
    entered,
    events_of,
    need_factor,
    shown_key,
    sign_in,
)


def later(minutes=1):
    clock.travel(clock.now() + timedelta(minutes=minutes))


@pytest.fixture
def guarded(app, tree):
    """(address, key, recovery codes) of a curator with an application."""
    email = make_account((tree.school, Role.CURATOR))
    return email, *enrol(entered(app, email))


def test_the_password_alone_opens_half_the_door_and_the_code_the_rest(app, tree, guarded):
    email, key, _ = guarded
    later()
    browser, home = app.test_client(), f"/o/{tree.school.code}/"

    assert sign_in(browser, email).location.startswith("/sign-in/code")
    closed = [browser.get(path).location for path in (home, "/devices", "/factors", "/factors/totp", "/password")]
    assert all(location.startswith("/sign-in/code") for location in closed)
    assert browser.post("/sign-in/code", query_string={"next": home}, data={"code": code_now(key)}).location == home
    assert browser.get(home).status_code == 200


def test_a_partial_page_and_a_script_are_answered_401_in_the_half_state(app, tree, guarded):
    browser = app.test_client()
    sign_in(browser, guarded[0])

    for headers in ({"HX-Request": "true"}, {"Accept": "application/json"}):
        assert browser.get(f"/o/{tree.school.code}/", headers=headers).status_code == 401


def test_a_code_works_once_and_an_older_one_never_again(app, guarded):
    email, key, _ = guarded
    used = code_now(key)
    browser = app.test_client()
    sign_in(browser, email)

    assert browser.post("/sign-in/code", data={"code": used}).status_code == 422
    later()
    fresh = code_now(key)
    assert browser.post("/sign-in/code", data={"code": fresh}).status_code == 303
    other = app.test_client()
    sign_in(other, email)
    assert other.post("/sign-in/code", data={"code": fresh}).status_code == 422


def test_five_wrong_codes_wait_and_then_the_right_one_gets_in(app, guarded):
    email, key, _ = guarded
    later()
    browser = app.test_client()
    sign_in(browser, email)

    for _ in range(5):
        assert browser.post("/sign-in/code", data={"code": "000000"}).status_code == 422
    assert browser.post("/sign-in/code", data={"code": code_now(key)}).status_code == 429
    later(16)
    assert browser.post("/sign-in/code", data={"code": code_now(key)}).status_code == 303


def test_each_of_ten_recovery_codes_works_once(app, guarded):
    email, _, codes = guarded
    browser, other = app.test_client(), app.test_client()
    sign_in(browser, email)
    sign_in(other, email)

    assert len(set(codes)) == 10
    assert browser.post("/sign-in/code", data={"code": codes[3].upper()}).status_code == 303
    assert other.post("/sign-in/code", data={"code": codes[3]}).status_code == 422
    assert other.post("/sign-in/code", data={"code": codes[4]}).status_code == 303
    assert "<b>8</b> из 10" in other.get("/factors").get_data(as_text=True)


def test_new_recovery_codes_need_the_password_and_end_the_old_ones(app, guarded):
    email, _, old = guarded
    browser = app.test_client()
    sign_in(browser, email)
    browser.post("/sign-in/code", data={"code": old[0]})

    assert browser.post("/factors/codes", data={"password": "не тот"}).status_code == 422
    assert "Коды восстановления" in browser.post("/factors/codes", data={"password": PASSWORD}).get_data(as_text=True)
    other = app.test_client()
    sign_in(other, email)
    assert other.post("/sign-in/code", data={"code": old[1]}).status_code == 422


def test_who_must_have_a_second_factor_sets_it_up_before_anything_else(app, tree):
    need_factor(tree, Role.DISTRICT_REVIEWER)
    email = make_account((tree.district, Role.DISTRICT_REVIEWER))
    browser, home = app.test_client(), f"/o/{tree.district.code}/"

    assert sign_in(browser, email).location.startswith("/factors/totp")
    assert browser.get(home).location.startswith("/factors/totp")
    assert browser.get("/devices").location.startswith("/factors/totp")
    enrol(browser)
    assert browser.get(home).status_code == 200


def test_a_region_that_decided_nothing_asks_everybody_above_the_schools():
    assert {role for role in Role if role not in DEFAULT.factor_roles} == {Role.CURATOR, Role.DIRECTOR, Role.KEEPER}


def test_the_key_of_an_application_is_encrypted_and_never_shown_again(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    browser = entered(app, email)
    key, _ = enrol(browser)

    with transaction(REGISTRY.reading()) as session:
        row = session.scalars(select(SecondFactor).where(SecondFactor.user_id == account_of(email).id)).one()
    assert key.encode() not in row.secret
    assert browser.get("/factors/totp").status_code == 409
    assert key not in browser.get("/factors").get_data(as_text=True).replace(" ", "")


def test_removing_a_factor_needs_the_password_and_tells_by_letter(app, tree, letters):
    email = make_account((tree.school, Role.CURATOR))
    browser = entered(app, email)
    enrol(browser)
    with transaction(REGISTRY.reading()) as session:
        factor = session.scalars(select(SecondFactor.id).where(SecondFactor.user_id == account_of(email).id)).one()

    assert browser.post(f"/factors/{factor}/remove", data={"password": "не тот пароль"}).status_code == 422
    assert "Приложение с кодами" in browser.get("/factors").get_data(as_text=True)
    browser.post(f"/factors/{factor}/remove", data={"password": PASSWORD})
    assert "входят только по паролю" in browser.get("/factors").get_data(as_text=True)
    assert [subject for subject, _ in letters.to(email)].count("Изменился второй шаг входа") == 2
    assert events_of(email)[0].event == "factor.removed"


def test_the_last_factor_stays_where_the_rules_ask_for_one(app, tree):
    need_factor(tree, Role.CURATOR)
    email = make_account((tree.school, Role.CURATOR))
    browser = app.test_client()
    sign_in(browser, email)
    enrol(browser)
    with transaction(REGISTRY.reading()) as session:
        factor = session.scalars(select(SecondFactor.id).where(SecondFactor.user_id == account_of(email).id)).one()

    assert "обязателен" in browser.post(f"/factors/{factor}/remove", data={"password": PASSWORD}).get_data(as_text=True)
    assert events_of(email)[0].event != "factor.removed"


def test_anothers_factor_is_not_found(app, tree, guarded):
    with transaction(REGISTRY.reading()) as session:
        factor = session.scalars(select(SecondFactor.id).where(SecondFactor.user_id == account_of(guarded[0]).id)).one()
    stranger = entered(app, make_account((tree.school, Role.CURATOR)))

    assert stranger.post(f"/factors/{factor}/remove", data={"password": PASSWORD}).status_code == 404


def test_a_director_resets_the_factor_of_the_own_school_only(app, as_role, tree, guarded, letters):
    email, user_id = guarded[0], account_of(guarded[0]).id
    browser = app.test_client()
    sign_in(browser, email)

    assert as_role(Role.DIRECTOR, tree.sister).post(f"security/people/{user_id}/reset").status_code == 404
    assert as_role(Role.CURATOR, tree.school).post(f"security/people/{user_id}/reset").status_code == 403
    director = as_role(Role.DIRECTOR, tree.school)
    assert "Проверкина В.И." in director.get("security/").get_data(as_text=True)
    assert director.post(f"security/people/{user_id}/reset", data={"password": PASSWORD}).status_code == 303
    assert "/sign-in" in browser.get("/devices").location
    assert sign_in(browser, email).location == "/"
    assert "Второй шаг входа сброшен" in [subject for subject, _ in letters.to(email)]
    assert events_of(email)[1].event == "factor.reset"


def test_a_director_does_not_reset_one_who_works_above_as_well(app, as_role, tree):
    email = make_account((tree.school, Role.CURATOR), (tree.district, Role.DISTRICT_REVIEWER))
    enrol(entered(app, email))
    user_id = account_of(email).id

    assert as_role(Role.DIRECTOR, tree.school).post(f"security/people/{user_id}/reset").status_code == 404
    assert as_role(Role.DISTRICT_HEAD, tree.other_district).post(f"security/people/{user_id}/reset").status_code == 404
    assert (
        as_role(Role.DISTRICT_HEAD, tree.district)
        .post(f"security/people/{user_id}/reset", data={"password": PASSWORD})
        .status_code
        == 303
    )


@pytest.mark.parametrize("password", ["", "not the password"])
def test_a_stolen_sign_in_resets_nobodys_factor(as_role, tree, guarded, password):
    director = as_role(Role.DIRECTOR, tree.school)
    path = f"security/people/{account_of(guarded[0]).id}/reset"

    refused = director.post(path, data={"password": password})

    assert refused.status_code == 422
    assert "Текущий пароль не подходит" in refused.get_data(as_text=True)
    assert has_factors(guarded[0])


def has_factors(email):
    with transaction(REGISTRY.reading()) as session:
        return bool(session.scalars(select(SecondFactor).where(SecondFactor.user_id == account_of(email).id)).all())


@pytest.mark.parametrize("password", [None, "не тот пароль"])
def test_a_stolen_sign_in_sets_no_application_up(app, tree, password):
    email = make_account((tree.school, Role.CURATOR))
    thief = entered(app, email)
    form = {"code": code_now(shown_key(thief))} | ({"password": password} if password else {})

    assert thief.post("/factors/totp", data=form).status_code == 422
    assert not has_factors(email)


@pytest.mark.parametrize("path", ["/factors/passkey/options", "/factors/passkey"])
@pytest.mark.parametrize("password", ["", "не тот пароль"])
def test_a_stolen_sign_in_adds_no_passkey(app, tree, path, password):
    thief = entered(app, make_account((tree.school, Role.CURATOR)))

    answer = thief.post(path, data={"password": password, "answer": "{}"})

    assert (answer.status_code, answer.json) == (422, {"message": "Текущий пароль не подходит."})
    assert "challenge" in thief.post("/factors/passkey/options", data={"password": PASSWORD}).json


def test_passwords_guessed_while_a_passkey_is_added_are_slowed_down(app, tree):
    thief = entered(app, make_account((tree.school, Role.CURATOR)))

    said = [thief.post("/factors/passkey/options", data={"password": "не тот"}).json["message"] for _ in range(6)]

    assert said[4] == "Текущий пароль не подходит."
    assert said[5].endswith("Повторите через 15 минут.")


def test_looking_at_the_set_up_changes_nothing_and_shows_this_browser_the_same_key(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    browser, other = entered(app, email), entered(app, email)

    keys = {shown_key(browser) for _ in range(3)}

    assert len(keys) == 1
    assert keys != {shown_key(other)}
    assert not has_factors(email)


def test_an_application_added_later_leaves_the_recovery_codes_good(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    browser, other = entered(app, email), app.test_client()
    kept = codes_on(browser.post("/factors/codes", data={"password": PASSWORD}))[0]

    answer = browser.post("/factors/totp", data={"code": code_now(shown_key(browser)), "password": PASSWORD})

    assert answer.status_code == 303
    sign_in(other, email)
    assert other.post("/sign-in/code", data={"code": kept}).status_code == 303
