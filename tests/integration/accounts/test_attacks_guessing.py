"""Attacks A-01 to A-04: brute force, spraying, enumeration, weak passwords and poisoned links.

A-03 (timing) is a measurement, not a test: `python -m tests.bench.timing`.
"""

import os
import re
from datetime import timedelta

import psycopg
import pytest

from portal.app import create_app
from portal.config import Settings
from tenants import clock
from tenants.accounts.models import Role
from tests.contracts.figures import figure
from tests.factories.tree import PASSWORD, make_account, unique
from tests.integration.accounts.people import sign_in

NEW = "хомяк забор лимон чайник"


def from_network(app, network):
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = network
    return browser


def network_of(number):
    return f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"


def test_a01_brute_force_is_slowed_from_the_fifth_try_and_the_owner_elsewhere_gets_in_and_is_told(app, tree, letters):
    email, attacker = make_account((tree.school, Role.CURATOR)), from_network(app, "10.1.1.1")

    answers = [sign_in(attacker, email, f"догадка {n}").status_code for n in range(20)]

    figure("sign_in_tries_passed_of_20", answers.count(422))
    assert answers == [422] * 5 + [429] * 15
    assert sign_in(from_network(app, "10.1.1.2"), email).status_code == 303
    assert [subject for subject, _ in letters.to(email)] == ["Кто-то подбирает пароль"]
    clock.travel(clock.now() + timedelta(minutes=16))
    assert sign_in(attacker, email).status_code == 303


def test_a01_spraying_one_password_over_many_accounts_is_stopped_by_the_network(app):
    attacker = from_network(app, "10.2.2.2")

    answers = [sign_in(attacker, f"{unique('spray')}@example.org", "Весна2026!").status_code for _ in range(110)]

    assert answers == [422] * 100 + [429] * 10


def test_a01_a_forged_forwarded_address_does_not_make_a_new_network(app, tree):
    email, attacker = make_account((tree.school, Role.CURATOR)), from_network(app, "10.3.3.3")

    answers = [
        attacker.post(
            "/sign-in",
            data={"email": email, "password": "догадка"},
            headers={"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"},
        ).status_code
        for n in range(7)
    ]

    assert answers == [422] * 5 + [429] * 2


def test_a01_behind_one_proxy_only_the_address_that_our_proxy_saw_counts(app, tree):
    assert app
    settings = Settings.from_environment({**os.environ, "PORTAL_PROXIES": "1"})
    proxied = create_app(settings)
    proxied.config.update(WTF_CSRF_ENABLED=False)
    email, attacker = make_account((tree.school, Role.CURATOR)), proxied.test_client()

    answers = [
        attacker.post(
            "/sign-in",
            data={"email": email, "password": "догадка"},
            headers={"X-Forwarded-For": f"198.51.100.{n}, 10.4.4.4"},
        ).status_code
        for n in range(7)
    ]

    assert answers == [422] * 5 + [429] * 2


def attacked(app, email, *, tries=40, seconds=0):
    """Guess from as many networks, one try every so many seconds, however long a try takes; the answers."""
    answers, start = [], clock.now()
    for number in range(tries):
        answers.append(sign_in(from_network(app, network_of(5 * 65536 + number)), email, "догадка").status_code)
        clock.travel(start + timedelta(seconds=seconds * (number + 1)))
    return answers


def test_a01_guesses_from_many_networks_are_slowed_down_more_and_more(app, tree):
    email, unknown = make_account((tree.school, Role.CURATOR)), f"{unique('nobody')}@example.org"
    start = clock.now()

    answers = attacked(app, email, tries=200, seconds=17)

    figure("sign_in_tries_passed_of_200_networks_in_an_hour", answers.count(422))
    assert answers[:10] == [422] * 10
    assert answers.count(422) <= 22
    assert set(answers) == {422, 429}
    clock.travel(start)
    assert attacked(app, unknown, tries=200, seconds=17) == answers


def test_a01_guesses_from_many_networks_do_not_lock_the_owner_out(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    browser = from_network(app, "10.9.9.9")
    assert sign_in(browser, email).status_code == 303

    assert attacked(app, email).count(429) == 30

    browser.environ_base["REMOTE_ADDR"] = "10.9.9.10"
    assert sign_in(browser, email).status_code == 303
    assert sign_in(from_network(app, "10.9.9.9"), email).status_code == 303


def test_a01_an_owner_in_a_new_place_waits_a_quarter_of_an_hour_or_takes_a_letter(app, tree, letters):
    email = make_account((tree.school, Role.CURATOR))
    attacked(app, email, tries=22, seconds=20)
    away = from_network(app, "10.9.9.9")

    refused = sign_in(away, email)
    assert refused.status_code == 429
    assert "Забыли пароль?" in refused.get_data(as_text=True)
    away.post("/reset", data={"email": email})
    assert away.post(letters.link(email), data={"password": NEW, "again": NEW}).status_code == 303
    assert sign_in(away, email, NEW).status_code == 303
    clock.travel(clock.now() + timedelta(minutes=15))
    assert sign_in(from_network(app, "10.9.9.11"), email, NEW).status_code == 303


def test_a01_a_device_known_to_another_account_is_no_known_device(app, tree):
    email, own = (make_account((tree.school, Role.CURATOR)) for _ in "12")
    thief = from_network(app, "10.9.9.12")
    sign_in(thief, own)
    attacked(app, email, tries=22, seconds=20)

    assert sign_in(thief, email, "догадка").status_code == 429


def test_a01_addresses_of_one_network_of_the_sixth_version_count_as_one(app, tree):
    email = make_account((tree.school, Role.CURATOR))

    answers = [sign_in(from_network(app, f"2001:db8:1:2::{n:x}"), email, "догадка").status_code for n in range(1, 8)]

    assert answers == [422] * 5 + [429] * 2
    assert sign_in(from_network(app, "2001:db8:1:3::1"), email).status_code == 303


def test_a01_an_address_written_the_long_way_is_the_same_network(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    written = ["10.6.6.6", "::ffff:10.6.6.6", "::FFFF:0a06:0606"]

    answers = [sign_in(from_network(app, written[n % 3]), email, "догадка").status_code for n in range(6)]

    assert answers == [422] * 5 + [429]


def page_of(answer, email):
    page = answer.get_data(as_text=True).replace(email, "")
    return re.sub(r'(content|value)="[\w-]+\.[\w-]+\.[\w-]+"', "", page)


@pytest.mark.parametrize(("path", "more"), [("/sign-in", {"password": "не тот пароль"}), ("/reset", {})])
def test_a02_known_and_unknown_addresses_get_the_same_answer(app, tree, path, more):
    known, unknown = make_account((tree.school, Role.CURATOR)), f"{unique('nobody')}@example.org"

    answers = {email: app.test_client().post(path, data={"email": email} | more) for email in (known, unknown)}

    assert answers[known].status_code == answers[unknown].status_code
    assert page_of(answers[known], known) == page_of(answers[unknown], unknown)
    headers = [
        {name: value for name, value in one.headers if name not in ("Set-Cookie", "Content-Length", "Date")}
        for one in answers.values()
    ]
    assert headers[0] == headers[1]


def test_a02_links_made_up_used_and_old_are_the_same_404(app, tree, letters):
    email, browser = make_account((tree.school, Role.CURATOR)), app.test_client()
    browser.post("/reset", data={"email": email})
    used = letters.link(email)
    browser.post(used, data={"password": NEW, "again": NEW})
    browser.post("/reset", data={"email": email})
    old = letters.link(email)
    clock.travel(clock.now() + timedelta(minutes=31))

    pages = []
    for path in (used, old, "/reset/1-AAAA", "/reset/x", f"{old}A", f"/reset/{'9' * 60}-A"):
        answer = browser.get(path)
        assert answer.status_code == 404
        text = re.sub(r'(content|value|name="next")[^>]*>', "", answer.get_data(as_text=True))
        pages.append(re.sub(r"<b>[0-9A-F]{8}</b>|[0-9A-F]{8}", "", text))
    assert len(set(pages)) == 1


def test_a04_a_reset_link_works_once_and_for_half_an_hour(app, tree, letters):
    email, browser = make_account((tree.school, Role.CURATOR)), app.test_client()
    browser.post("/reset", data={"email": email})
    link = letters.link(email)

    assert browser.post(link, data={"password": NEW, "again": NEW}).status_code == 303
    assert browser.post(link, data={"password": NEW, "again": NEW}).status_code == 404


def test_a04_a_forged_host_does_not_reach_the_letter(app, tree, letters):
    email = make_account((tree.school, Role.CURATOR))

    app.test_client().post(
        "/reset", data={"email": email}, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    )

    ((_, text),) = letters.to(email)
    assert "https://portal.example/reset/" in text
    assert "evil.example" not in text


def test_a04_an_address_gets_three_letters_an_hour_and_an_unknown_one_none(app, tree, letters):
    email, unknown = make_account((tree.school, Role.CURATOR)), f"{unique('nobody')}@example.org"
    for _ in range(6):
        app.test_client().post("/reset", data={"email": email})
        app.test_client().post("/reset", data={"email": unknown})

    assert (len(letters.to(email)), len(letters.to(unknown))) == (3, 0)


def test_a04_the_token_of_a_link_lies_in_no_row(app, tree, letters, database):
    email = make_account((tree.school, Role.CURATOR))
    app.test_client().post("/reset", data={"email": email})
    secret = letters.link(email).partition("-")[2]

    with psycopg.connect(database.admin_url) as connection:
        for table in ("secret_link", "letter"):
            rows = connection.execute(f"select t::text from {table} t").fetchall()
            assert not any(secret in row[0] for row in rows)


def test_a01_the_password_asked_again_is_counted_too(app, tree):
    browser = app.test_client()
    email = make_account((tree.school, Role.CURATOR))
    sign_in(browser, email)

    answers = [
        browser.post("/email", data={"email": "other@example.org", "password": f"догадка {n}"}).status_code
        for n in range(6)
    ]

    assert answers == [422] * 5 + [429]
    assert sign_in(app.test_client(), email, PASSWORD).status_code == 303
