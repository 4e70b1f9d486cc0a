"""A data folder of its own for each test (the log of destruction is a file), a database of its own for each module."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.app import Portal
from tenants import clock
from tests.conftest import Database, own_database


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))


@pytest.fixture(scope="module")
def database(app: Portal) -> Iterator[Database]:
    """The nightly jobs and a dump go through every region there is."""
    assert app
    with own_database() as found:
        yield found


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Letters go into a folder; links begin with an address of an example."""
    folder = tmp_path / "letters"
    monkeypatch.setenv("SMTP_URL", f"folder:{folder}")
    monkeypatch.setenv("PORTAL_ADDRESS", "https://portal.example")
    return folder
