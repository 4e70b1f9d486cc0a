import argparse
from pathlib import Path

import pytest

from portal.embedded import cli


def portal(*words: str) -> int:
    top = argparse.ArgumentParser()
    cli.register(top.add_subparsers())
    chosen = top.parse_args(words)
    return int(chosen.run(chosen))


def test_servers_are_started_shown_and_stopped_by_name(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert portal("servers", "status", "--dir", str(directory)) == 1
    assert portal("servers", "start", "--dir", str(directory)) == 0
    assert portal("servers", "status", "--dir", str(directory)) == 0
    assert "PostgreSQL: postgresql://postgres@/postgres?host=" in capsys.readouterr().out
    assert portal("servers", "stop", "--dir", str(directory)) == 0
    assert portal("servers", "status", "--dir", str(directory)) == 1
    assert "Valkey: не запущен" in capsys.readouterr().out
