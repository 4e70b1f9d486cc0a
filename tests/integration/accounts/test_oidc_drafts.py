"""A form kept over an ended sign-in comes back after a sign-in through a provider."""

import html
import re
from datetime import timedelta

from tenants import clock
from tenants.accounts.models import Role
from tests.factories.tree import make_account
from tests.integration.accounts.people import code_now, enrol, entered
from tests.integration.accounts.test_drafts import CARD, draft_of, kept_fields
from tests.integration.accounts.through_provider import linked, through


def asked_again(app, tree, email):
    """A director whose sign-in has grown old over a form: the browser, the page with the kept form, its path."""
    browser, path = entered(app, email), f"/o/{tree.school.code}/organizations/{tree.school.id}/edit"
    clock.travel(clock.now() + timedelta(minutes=31))
    return browser, browser.post(path, data=CARD), path


def test_a_kept_form_comes_back_after_the_provider(portal, provider, tree):
    app, email = portal(), make_account((tree.school, Role.DIRECTOR))
    subject = linked(app, provider, email)
    browser, asked, path = asked_again(app, tree, email)
    sealed, page = draft_of(asked), asked.get_data(as_text=True)
    way = html.unescape(re.search(r'href="(/sign-in/oidc[^"]+)"', page)[1])

    back = browser.get(provider.answers(browser.get(way).location, subject))
    landed = browser.get(back.location).get_data(as_text=True)
    shown = browser.post(back.location, data={"kept": sealed}).get_data(as_text=True)

    assert "data-kept" in landed
    assert f'action="{path}"' in shown
    assert kept_fields(shown) == CARD
    assert browser.post(path, data=kept_fields(shown)).status_code == 303


def test_a_kept_form_waits_for_the_second_step_after_the_provider(portal, provider, tree):
    app, email = portal(), make_account((tree.school, Role.DIRECTOR))
    subject = linked(app, provider, email)
    key, _ = enrol(entered(app, email))
    clock.travel(clock.now() + timedelta(minutes=1))
    browser = app.test_client()

    half = through(browser, provider, subject, query_string={"next": "/sign-in/kept"})
    done = browser.post(half.location, data={"code": code_now(key)})

    assert half.location.startswith("/sign-in/code")
    assert done.location == "/sign-in/kept"


def test_a_kept_form_goes_to_nobody_else_and_not_without_a_sign_in(portal, tree):
    app, email = portal(), make_account((tree.school, Role.DIRECTOR))
    _, asked, _ = asked_again(app, tree, email)
    sealed, other = draft_of(asked), entered(app, make_account((tree.school, Role.DIRECTOR)))

    refused = other.post("/sign-in/kept", data={"kept": sealed})
    first = other.get("/devices").get_data(as_text=True)
    spoiled = other.post("/sign-in/kept", data={"kept": sealed[:-6] + "AAAAAA"})
    second = other.get("/devices").get_data(as_text=True)

    assert (refused.status_code, spoiled.status_code) == (303, 303)
    assert "Вошёл другой человек" in first
    assert "не сохранилась" in second
    assert app.test_client().post("/sign-in/kept", data={"kept": sealed}).location.startswith("/sign-in")
