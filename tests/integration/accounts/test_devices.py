"""Sign-ins as rows: the list, ending one and all others, the letter about a new browser."""

import re

from tenants.accounts.models import Role
from tests.factories.tree import PASSWORD, make_account
from tests.integration.accounts.people import entered, events_of, sign_in

FIREFOX = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"}


def test_the_list_names_browsers_in_words_and_marks_this_one(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    app.test_client().post("/sign-in", data={"email": email, "password": PASSWORD}, headers=FIREFOX)

    page = entered(app, email).get("/devices").get_data(as_text=True)

    assert "Firefox, Windows" in page
    assert page.count("это устройство") == 1


def test_one_device_is_ended_and_then_all_others(app, tree):
    email = make_account((tree.school, Role.CURATOR))
    here, there, elsewhere = (entered(app, email) for _ in range(3))
    number = re.findall(r"/devices/(\d+)/end", here.get("/devices").get_data(as_text=True))[0]

    assert here.post(f"/devices/{number}/end").status_code == 303
    assert sorted(one.get("/devices").status_code for one in (here, there, elsewhere)) == [200, 200, 303]
    assert here.post("/devices/end-others").status_code == 303
    assert [one.get("/devices").status_code for one in (here, there, elsewhere)] == [200, 303, 303]
    assert [one.event for one in events_of(email)[:2]] == ["sign_in.others_ended", "sign_in.ended"]


def test_anothers_device_is_not_found(app, tree):
    victim = entered(app, make_account((tree.school, Role.CURATOR)))
    email = make_account((tree.school, Role.CURATOR))
    first, second = entered(app, email), entered(app, email)
    number = re.findall(r"/devices/(\d+)/end", second.get("/devices").get_data(as_text=True))[0]

    assert victim.post(f"/devices/{number}/end").status_code == 404
    assert first.get("/devices").status_code == 200


def test_a_browser_not_seen_before_is_told_by_letter_without_name_and_network(app, tree, letters):
    email = make_account((tree.school, Role.CURATOR))
    known = entered(app, email)
    known.post("/sign-out")
    sign_in(known, email)
    assert letters.to(email) == []

    app.test_client().post("/sign-in", data={"email": email, "password": PASSWORD}, headers=FIREFOX)

    ((subject, text),) = letters.to(email)
    assert subject == "Новый вход на портал"
    assert "Firefox, Windows" in text
    assert not any(word in text for word in ("Проверкина", "127.0.0.1", email))
