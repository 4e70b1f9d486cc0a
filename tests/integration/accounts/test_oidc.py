"""Signing in through a provider of OIDC: a real provider in a process of its own, on loopback."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from sqlalchemy import select, update

from tenants import clock
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.db import REGISTRY, transaction
from tenants.errors import DomainError
from tests.factories.tree import PASSWORD, make_account, unique
from tests.integration.accounts.people import enrol, entered, events_of, need_factor, sign_in
from tests.integration.accounts.provider import free_port
from tests.integration.accounts.through_provider import linked, text_of, through

UNKNOWN = "Портал не знает этой учётной записи."
FAILED = "Вход через «Облако школ» не удался."
UNFINISHED = "Вход через «Облако школ» не завершён."


def names_of(email):
    return [event.event for event in events_of(email)]


def test_while_the_way_is_off_there_is_no_button_and_no_page(app, tree):
    browser = entered(app, make_account((tree.school, Role.CURATOR)))

    assert app.test_client().get("/sign-in/oidc").status_code == 404
    assert app.test_client().get("/sign-in/oidc/return?code=1&state=1").status_code == 404
    assert browser.post("/devices/identity", data={"password": PASSWORD}).status_code == 404
    assert browser.post("/devices/identity/1/remove", data={"password": PASSWORD}).status_code == 404
    assert "/sign-in/oidc" not in app.test_client().get("/sign-in").get_data(as_text=True)
    assert "Привязать" not in browser.get("/devices").get_data(as_text=True)


def test_a_linked_person_signs_in_and_lands_where_they_wanted(portal, provider, tree):
    app, email = portal(), make_account((tree.school, Role.CURATOR))
    subject = linked(app, provider, email)
    browser = app.test_client()
    assert "Войти через «Облако школ»" in browser.get("/sign-in").get_data(as_text=True)
    wanted = f"/o/{tree.school.code}/participants/"

    answer = through(browser, provider, subject, query_string={"next": wanted})

    assert answer.location == wanted
    assert browser.get(f"/o/{tree.school.code}/").status_code == 200
    newest, *_, of_link = [event for event in events_of(email) if event.event != "sign_in.ended"][:2]
    assert (newest.event, newest.detail["way"]) == ("sign_in.opened", "oidc")
    assert of_link.event == "identity.linked"
    assert subject not in str(of_link.detail)


def test_an_unlinked_account_no_longer_lets_in_and_the_password_is_asked_for_it(portal, provider, tree, letters):
    app, email = portal(), make_account((tree.school, Role.CURATOR))
    subject, browser = linked(app, provider, email), entered(app, email)
    action = browser.get("/devices").get_data(as_text=True).partition('action="/devices/identity/')[2].partition('"')[0]

    wrong = browser.post(f"/devices/identity/{action}", data={"password": "не тот пароль"})
    assert wrong.status_code == 422
    assert "Текущий пароль не подходит." in wrong.get_data(as_text=True)
    assert through(app.test_client(), provider, subject).location == "/"
    right = browser.post(f"/devices/identity/{action}", data={"password": PASSWORD})

    assert "Привязка удалена" in text_of(browser, right)
    stranger = app.test_client()
    assert UNKNOWN in text_of(stranger, through(stranger, provider, subject))
    assert "identity.unlinked" in names_of(email)
    assert [subject for subject, _ in letters.to(email)].count("Изменился способ входа") == 2


def test_a_link_asks_for_the_password_and_a_link_of_others_cannot_be_removed(portal, provider, tree):
    app, email = portal(), make_account((tree.school, Role.CURATOR))
    linked(app, provider, email)
    page = entered(app, email).get("/devices").get_data(as_text=True)
    action = page.partition('action="/devices/identity/')[2].partition('"')[0]
    other = entered(app, make_account((tree.school, Role.CURATOR)))

    assert other.post(f"/devices/identity/{action}", data={"password": PASSWORD}).status_code == 404
    refused = other.post("/devices/identity", data={"password": "не тот пароль"})
    assert refused.status_code == 422
    assert "Текущий пароль не подходит." in refused.get_data(as_text=True)


def test_a_subject_belongs_to_one_person(portal, provider, tree):
    app = portal()
    subject = linked(app, provider, make_account((tree.school, Role.CURATOR)))
    other_email = make_account((tree.sister, Role.CURATOR))
    other = entered(app, other_email)
    page = other.post("/devices/identity", data={"password": PASSWORD}).get_data(as_text=True)
    location = "http://127" + page.partition('href="http://127')[2].partition('"')[0].replace("&amp;", "&")

    assert "уже привязана" in text_of(other, other.get(provider.answers(location, subject)))
    assert "identity.linked" not in names_of(other_email)


def test_a_stranger_gets_one_sentence_and_no_account(portal, provider, tree):
    assert tree
    browser, address = portal(OIDC_TRUST_EMAIL="1").test_client(), f"{unique('nobody')}@example.org"
    subject = provider.knows(unique("subject"), email=address, email_verified=True)

    answer = through(browser, provider, subject)

    assert UNKNOWN in text_of(browser, answer)
    with transaction(REGISTRY.reading()) as session:
        assert session.scalars(select(UserAccount).where(UserAccount.email == address)).all() == []


@pytest.mark.parametrize(("verified", "trust", "lets_in"), [(True, "1", True), (False, "1", False), (True, "", False)])
def test_an_address_finds_the_account_only_verified_and_trusted(portal, provider, tree, verified, trust, lets_in):
    app, email = portal(OIDC_TRUST_EMAIL=trust), make_account((tree.school, Role.CURATOR))
    subject = provider.knows(unique("subject"), email=email.upper(), email_verified=verified)
    browser = app.test_client()

    answer = through(browser, provider, subject)

    assert (answer.location == "/") is lets_in
    assert (browser.get(f"/o/{tree.school.code}/").status_code == 200) is lets_in
    assert ("identity.linked" in names_of(email)) is lets_in


def test_an_address_given_away_at_the_provider_does_not_take_over_a_linked_account(portal, provider, tree):
    app, email = portal(OIDC_TRUST_EMAIL="1"), make_account((tree.school, Role.CURATOR))
    linked(app, provider, email)
    newcomer, browser = provider.knows(unique("subject"), email=email, email_verified=True), app.test_client()

    assert UNKNOWN in text_of(browser, through(browser, provider, newcomer))


@pytest.mark.parametrize("how", ["disabled", "dismissed"])
def test_who_has_left_stays_out(portal, provider, tree, how):
    app, email = portal(OIDC_TRUST_EMAIL="1"), make_account((tree.school, Role.CURATOR))
    subject = linked(app, provider, email, email=email, email_verified=True)
    of_email = select(UserAccount.id).where(UserAccount.email == email).scalar_subquery()
    with transaction(REGISTRY) as session:
        if how == "disabled":
            session.execute(update(UserAccount).where(UserAccount.email == email).values(disabled_at=clock.now()))
        else:
            session.execute(update(Membership).where(Membership.user_id == of_email).values(ended_at=clock.now()))
    browser = app.test_client()

    assert UNKNOWN in text_of(browser, through(browser, provider, subject))


def test_a_forged_state_and_a_return_from_another_browser_are_refused(portal, provider, tree):
    app, email = portal(), make_account((tree.school, Role.CURATOR))
    subject, browser, victim = linked(app, provider, email), app.test_client(), app.test_client()
    back = provider.answers(browser.get("/sign-in/oidc").location, subject)
    victim.get("/sign-in/oidc")

    assert UNFINISHED in text_of(victim, victim.get(back))
    forged = back.partition("state=")[0] + "state=" + "A" * 43
    assert UNFINISHED in text_of(browser, browser.get(forged))
    assert browser.get(f"/o/{tree.school.code}/").status_code == 303


def test_a_code_works_once(portal, provider, tree):
    app, email = portal(), make_account((tree.school, Role.CURATOR))
    subject, browser, thief = linked(app, provider, email), app.test_client(), app.test_client()
    back = provider.answers(browser.get("/sign-in/oidc").location, subject)
    thief.set_cookie("portal", browser.get_cookie("portal").value)

    assert browser.get(back).location == "/"
    assert UNFINISHED in text_of(browser, browser.get(back))
    assert FAILED in text_of(thief, thief.get(back))


def test_a_refusal_at_the_provider_leads_back(portal, provider):
    browser = portal().test_client()
    location = browser.get("/sign-in/oidc").location

    answer = browser.get(provider.answers(location, "кто-то", action="deny"))

    assert "Войти" in text_of(browser, answer)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "чужой"},
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"exp": 1},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
)
def test_a_token_that_does_not_fit_is_refused_and_nothing_of_it_is_logged(portal, provider, tree, claims, caplog):
    app, email = portal(), make_account((tree.school, Role.CURATOR))
    subject, browser = linked(app, provider, email), app.test_client()
    provider.knows(subject, **claims)
    caplog.set_level(logging.DEBUG)

    with structlog.testing.capture_logs() as lines:
        back = provider.answers(browser.get("/sign-in/oidc").location, subject)
        answer = browser.get(back)

    assert FAILED in text_of(browser, answer)
    assert [line["event"] for line in lines] == ["refused"]
    asked = parse_qs(urlsplit(back).query)
    told = caplog.text + str(lines)
    # The test itself asks the provider over urllib3, which writes its own addresses at this level.
    secrets = (asked["code"][0], "eyJ", "hush-hush-hush", subject.upper())
    assert [one for one in secrets if one in told] == []


def test_the_authorization_is_asked_for_with_pkce_and_the_portals_own_address(portal):
    location = portal().test_client().get("/sign-in/oidc", headers={"Host": "evil.example"}).location
    asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    assert asked["redirect_uri"] == "https://portal.example/sign-in/oidc/return"
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) == 43


def test_the_second_step_is_still_asked(portal, provider, tree):
    app, email = portal(), make_account((tree.school, Role.CURATOR))
    subject = linked(app, provider, email, amr=["pwd", "mfa"])
    clock.travel(clock.now())
    enrol(entered(app, email))
    browser = app.test_client()

    assert through(browser, provider, subject).location.startswith("/sign-in/code")
    assert browser.get(f"/o/{tree.school.code}/").location.startswith("/sign-in/code")


@pytest.mark.parametrize(("amr", "whole"), [(["pwd", "mfa"], True), (["otp"], True), (["pwd"], False), (None, False)])
def test_a_trusted_providers_second_step_counts_where_it_was_shown(portal, provider, tree, amr, whole):
    app, email = portal(OIDC_TRUST_FACTOR="1"), make_account((tree.school, Role.CURATOR))
    subject = linked(app, provider, email, **({"amr": amr} if amr else {}))
    enrol(entered(app, email))
    browser = app.test_client()

    through(browser, provider, subject)

    assert (browser.get(f"/o/{tree.school.code}/").status_code == 200) is whole


def test_the_rules_take_a_trusted_providers_second_step_for_the_own_one(portal, provider, tree):
    app, email = portal(OIDC_TRUST_FACTOR="1"), make_account((tree.school, Role.CURATOR))
    subject = linked(app, provider, email, amr=["mfa"])
    need_factor(tree, Role.CURATOR)
    outside, by_password = app.test_client(), app.test_client()

    through(outside, provider, subject)
    sign_in(by_password, email)

    assert outside.get(f"/o/{tree.school.code}/").status_code == 200
    assert by_password.get(f"/o/{tree.school.code}/").location.startswith("/factors/totp")


def test_the_session_is_a_new_one_and_the_former_sign_in_ends(portal, provider, tree):
    app, email = portal(), make_account((tree.school, Role.CURATOR))
    subject, browser = linked(app, provider, email), entered(app, email)
    former, stolen = browser.get_cookie("portal").value, app.test_client()

    through(browser, provider, subject)

    stolen.set_cookie("portal", former)
    assert browser.get_cookie("portal").value != former
    assert browser.get(f"/o/{tree.school.code}/").status_code == 200
    assert stolen.get(f"/o/{tree.school.code}/").status_code == 303


def test_a_link_is_made_only_in_the_sign_in_that_asked_for_it(portal, provider, tree):
    app, email = portal(), make_account((tree.school, Role.CURATOR))
    browser, subject = entered(app, email), provider.knows(unique("subject"))
    page = browser.post("/devices/identity", data={"password": PASSWORD}).get_data(as_text=True)
    location = "http://127" + page.partition('href="http://127')[2].partition('"')[0].replace("&amp;", "&")
    entered(app, email).post("/devices/end-others")

    answer = browser.get(provider.answers(location, subject))

    assert "привязка не сделана" in text_of(browser, answer)
    assert "identity.linked" not in names_of(email)


def test_while_the_provider_is_down_the_password_works(portal, tree):
    app, email = portal(OIDC_ISSUER=f"http://127.0.0.1:{free_port()}"), make_account((tree.school, Role.CURATOR))
    browser = app.test_client()

    answer = browser.get("/sign-in/oidc")

    assert "сейчас не отвечает. Пароль действует как обычно." in text_of(browser, answer)
    assert sign_in(browser, email).location == "/"
    link = browser.post("/devices/identity", data={"password": PASSWORD})
    assert link.status_code == 503
    assert "сейчас не отвечает" in link.get_data(as_text=True)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("OIDC_CLIENT_ID", ""), ("OIDC_CLIENT_SECRET", ""), ("PORTAL_ADDRESS", ""), ("OIDC_ISSUER", "http://id.example")],
)
def test_incomplete_settings_stop_the_start(portal, setting, value):
    with pytest.raises(DomainError, match=setting):
        portal(**{setting: value})
