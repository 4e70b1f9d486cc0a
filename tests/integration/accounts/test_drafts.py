"""A form that arrives after the end of a sign-in is not lost, and goes to nobody else."""

import html
import re
from datetime import timedelta

import pytest

from tenants import clock
from tenants.accounts.models import Role
from tests.factories.tree import PASSWORD, make_account
from tests.integration.accounts.people import code_now, enrol, entered, sign_in

CARD = {"name": "Школа, «новое»\nимя", "name_short": "Школа № 1", "version": "1", "time_zone": "Europe/Moscow"}


@pytest.fixture
def ended(app, tree):
    """(browser, address, path of a form): the sign-in has grown old."""
    email = make_account((tree.school, Role.DIRECTOR))
    browser = entered(app, email)
    clock.travel(clock.now() + timedelta(minutes=31))
    return browser, email, f"/o/{tree.school.code}/organizations/{tree.school.id}/edit"


def draft_of(answer):
    return re.search(r'name="draft" value="([^"]+)"', answer.get_data(as_text=True)).group(1)


def kept_fields(page):
    found = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page, flags=re.DOTALL)
    return {name: html.unescape(value) for name, value in found}


def test_the_form_waits_on_the_page_of_the_sign_in_and_is_sent_again_by_one_button(ended):
    browser, email, path = ended

    asked = browser.post(path, data=CARD)
    page = sign_in(browser, email, draft=draft_of(asked)).get_data(as_text=True)

    assert asked.status_code == 401
    assert "Вход закончился, Ваши данные на месте" in asked.get_data(as_text=True)
    assert f'action="{path}"' in page
    assert kept_fields(page) == CARD
    assert browser.post(path, data=kept_fields(page)).status_code == 303
    assert "«новое»" in browser.get(path).get_data(as_text=True)


def test_a_wrong_password_keeps_the_form(ended):
    browser, email, path = ended

    wrong = sign_in(browser, email, "не тот пароль", draft=draft_of(browser.post(path, data=CARD)))

    assert kept_fields(sign_in(browser, email, draft=draft_of(wrong)).get_data(as_text=True)) == CARD


def test_the_form_travels_over_the_second_step(app, tree):
    email = make_account((tree.school, Role.DIRECTOR))
    browser = entered(app, email)
    key, _ = enrol(browser)
    clock.travel(clock.now() + timedelta(minutes=31))
    path = f"/o/{tree.school.code}/organizations/{tree.school.id}/edit"

    half = sign_in(browser, email, draft=draft_of(browser.post(path, data=CARD)))
    page = browser.post("/sign-in/code", data={"code": code_now(key), "draft": draft_of(half)}).get_data(as_text=True)

    assert kept_fields(page) == CARD


def test_another_person_does_not_get_the_form(ended, tree):
    browser, _, path = ended
    draft = draft_of(browser.post(path, data=CARD))

    answer = sign_in(browser, make_account((tree.school, Role.CURATOR)), draft=draft)

    assert answer.status_code == 303
    assert "Вошёл другой человек" in browser.get(f"/o/{tree.school.code}/").get_data(as_text=True)


def test_a_form_is_sealed_and_a_changed_seal_is_thrown_away(ended):
    browser, email, path = ended
    draft = draft_of(browser.post(path, data=CARD))

    assert "Школа" not in draft
    assert sign_in(browser, email, draft=draft[:-6] + "AAAAAA").location == "/"


def test_passwords_and_too_large_forms_are_not_kept(ended):
    browser, email, path = ended

    assert browser.post("/password", data={"old": PASSWORD}).status_code == 303
    assert browser.post(path, data=CARD | {"name": "я" * 300_000}).status_code == 303
    page = sign_in(browser, email, draft=draft_of(browser.post(path, data=CARD | {"password": "тайна"})))
    assert "тайна" not in page.get_data(as_text=True)


def test_a_script_of_the_open_page_signs_in_and_gets_a_new_token(ended):
    browser, email, path = ended
    json = {"Accept": "application/json"}

    assert browser.post(path, data=CARD, headers=json).status_code == 401
    wrong = browser.post("/sign-in", data={"email": email, "password": "не тот"}, headers=json)
    right = browser.post("/sign-in", data={"email": email, "password": PASSWORD}, headers=json)

    assert wrong.status_code == 422
    assert wrong.get_json() == {"message": "Адрес или пароль не подходят."}
    assert (right.get_json()["stage"], right.get_json()["same"], bool(right.get_json()["csrf"])) == (
        "whole",
        True,
        True,
    )


def test_the_sign_in_over_an_open_page_says_that_another_person_came(ended, tree):
    browser, _, _ = ended
    other = make_account((tree.school, Role.CURATOR))

    answer = browser.post(
        "/sign-in", data={"email": other, "password": PASSWORD}, headers={"Accept": "application/json"}
    )

    assert answer.get_json()["same"] is False
