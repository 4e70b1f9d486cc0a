"""Letters go into a folder; links begin with an address of an example."""

from pathlib import Path

import pytest


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMTP_URL", f"folder:{tmp_path}")
    monkeypatch.setenv("PORTAL_ADDRESS", "https://portal.example")
    return tmp_path
