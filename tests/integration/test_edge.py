"""The edge: headers, error pages with an incident number, nothing personal in the log, nothing left in a cache."""

import pytest
from structlog.testing import capture_logs

from portal.security import POLICY
from tenants.accounts.models import Role
from tenants.organizations import listing


def test_every_answer_carries_the_headers(as_role, tree):
    curator = as_role(Role.CURATOR, tree.school)

    for answer in (curator.get(), curator.get("nowhere"), curator.get("/sign-in"), curator.get("organizations/")):
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_policy_allows_nothing_inline():
    assert "unsafe" not in POLICY


def test_an_unexpected_failure_is_a_russian_page_with_a_number_that_stands_in_the_log_without_values(
    as_role, tree, monkeypatch
):
    def fail(*_: object, **__: object) -> None:
        raise ValueError("Иванов Иван, телефон 79001234567")

    monkeypatch.setattr(listing, "register_page", fail)
    district = as_role(Role.DISTRICT_REVIEWER, tree.district)

    with capture_logs() as lines:
        answer = district.get("organizations/")
    page, log = answer.get_data(as_text=True), str(lines)

    assert answer.status_code == 500
    assert [line["incident"] in page for line in lines] == [True]
    assert "Иванов" not in page + log
    assert "Traceback" not in page


@pytest.mark.parametrize(("path", "status"), [("nowhere", 404), ("organizations/999999999", 404)])
def test_what_is_not_there_is_a_russian_page(as_role, tree, path, status):
    answer = as_role(Role.CURATOR, tree.school).get(path)

    assert answer.status_code == status
    assert 'lang="ru"' in answer.get_data(as_text=True)


def test_too_large_a_request_is_refused_in_russian(as_role, tree):
    curator = as_role(Role.CURATOR, tree.school)

    answer = curator.post(f"organizations/{tree.school.id}/edit", data={"name": "я" * 9_000_000})

    assert answer.status_code == 413
    assert 'lang="ru"' in answer.get_data(as_text=True)


def test_a_partial_page_of_a_stranger_is_sent_to_the_sign_in_page(app, tree):
    answer = app.test_client().get(f"/o/{tree.school.code}/", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert "/sign-in" in answer.headers["HX-Redirect"]


def test_the_health_page_is_open(app, database):
    assert database
    assert app.test_client().get("/healthz").get_json() == {"status": "ok"}
