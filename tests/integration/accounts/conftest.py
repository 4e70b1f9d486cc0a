"""A folder for letters, a portal that knows its own address, and one with a provider of OIDC."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.app import create_app
from portal.config import Settings
from tests import steps_seen
from tests.integration.accounts.people import Letterbox
from tests.integration.accounts.provider import Provider, running_provider


@pytest.fixture
def letters(tmp_path, monkeypatch, database):
    assert database
    monkeypatch.setenv("SMTP_URL", f"folder:{tmp_path}/letters")
    monkeypatch.setenv("PORTAL_ADDRESS", "https://portal.example")
    return Letterbox(tmp_path / "letters")


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as found:
        yield found


@pytest.fixture
def portal(database, provider):
    """Build a portal that lets people in through the provider; settings by name."""
    assert database

    def build(**more):
        settings = {
            "PORTAL_INSECURE_COOKIES": "1",
            "PORTAL_ADDRESS": "https://portal.example",
            "OIDC_ISSUER": provider.address,
            "OIDC_CLIENT_ID": "portal",
            "OIDC_CLIENT_SECRET": "hush-hush-hush",
            "OIDC_LABEL": "«Облако школ»",
        }
        built = create_app(Settings.from_environment({**os.environ, **settings, **more}))
        built.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, STRICT_JOURNAL=True)
        steps_seen.watch_steps(built, Path(os.environ["TEST_FOLDER"]))
        return built

    return build
