import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import redis

from portal.embedded import postgres_status, scratch_directory, stop_postgres, stop_valkey, valkey_status
from portal.embedded.processes import Process, wait_until
from portal.embedded.run import BEGINNING, Demo
from tenants.errors import DomainError

ROOT = Path(__file__).parents[3]
ELSEWHERE = {"DATABASE_URL": "postgresql:///a", "DATABASE_ADMIN_URL": "postgresql:///b", "REDIS_URL": "redis://c"}
"""Addresses of servers that nobody asks in the test: nothing embedded is started, which saves its time."""

# Stands where the console script stands: writes down how it was called, and runs as long as the real one would.
PROGRAM = """
import http.server, json, os, sys, time
from pathlib import Path
words = sys.argv[1:]
names = ("DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL", "PORTAL_CLOCK_SHIFT", "SECRET_KEY", "IDENTITY_KEY")
with (Path(os.environ["PORTAL_DATA_DIR"]) / "calls").open("a") as file:
    file.write(json.dumps({"words": words, "pid": os.getpid(), **{name: os.environ[name] for name in names}}) + "\\n")
if words[0] == os.environ.get("FAIL"):
    sys.exit(3)
if words[0] == os.environ.get("HANG"):
    time.sleep(60)
if words[0] == "serve":
    address = (words[words.index("--host") + 1], int(words[words.index("--port") + 1]))
    http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()
if words[0] in ("worker", "schedule"):
    time.sleep(60)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    with scratch_directory() as scratch:
        (scratch / "program.py").write_text(PROGRAM)
        yield scratch / "demo"
        stop_valkey(scratch / "demo" / "valkey")
        stop_postgres(scratch / "demo" / "postgres")


# Tests run side by side: each process of pytest has ports of its own.
FIRST_PORT = 18000 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def demo(data: Path, **given: str) -> Demo:
    environment = {"PATH": os.environ["PATH"], "PORTAL_PORT": str(FIRST_PORT), **given}
    return Demo(data, [sys.executable, str(data.parent / "program.py")], given=environment)


def calls(data: Path) -> list[dict[str, str]]:
    path = data / "calls"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def words(data: Path) -> list[str]:
    return [" ".join(call["words"]) for call in calls(data)]


def start(data: Path, **given: str) -> "subprocess.Popen[str]":
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from tests.unit.embedded.test_demo import demo
        given = dict(word.split("=", 1) for word in sys.argv[2:])
        sys.exit(demo(Path(sys.argv[1]), **given).run(once=False, keep_servers=False))
    """)
    return subprocess.Popen(
        [sys.executable, "-c", program, str(data), *(f"{name}={value}" for name, value in given.items())],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def read_until(process: "subprocess.Popen[str]", wanted: str) -> str:
    assert process.stdout is not None
    heard = ""
    for line in process.stdout:
        heard += line
        if wanted in line:
            return heard
    pytest.fail(f"no {wanted!r} in {heard!r}")


def test_once_migrates_seeds_runs_the_month_and_stops_the_servers(data: Path) -> None:
    assert demo(data).run(once=True, keep_servers=False) == 0

    assert words(data) == ["migrate", "demo seed", "demo month"]
    assert postgres_status(data / "postgres") is None
    assert valkey_status(data / "valkey") is None


def test_servers_may_be_kept_for_work_in_another_window(data: Path) -> None:
    assert demo(data).run(once=True, keep_servers=True) == 0

    said = dict(line.removeprefix("export ").split("=", 1) for line in (data / "env.sh").read_text().splitlines())
    with psycopg.connect(said["DATABASE_ADMIN_URL"].strip("'")) as connection:
        assert connection.execute("select current_database()").fetchone() == ("portal",)
    with redis.Redis.from_url(said["REDIS_URL"]) as queue:
        assert queue.ping()


def test_secrets_are_made_once_and_read_by_their_owner_only(data: Path) -> None:
    demo(data, **ELSEWHERE).run(once=True, keep_servers=False)
    demo(data, **ELSEWHERE).run(once=True, keep_servers=False)

    made = {(call["SECRET_KEY"], call["IDENTITY_KEY"]) for call in calls(data)}
    assert len(made) == 1
    assert len(set(*made)) == 2
    assert {(data / name).stat().st_mode & 0o777 for name in ("secrets.env", "env.sh")} == {0o600}


def test_a_step_that_fails_ends_the_demonstration_with_its_code(data: Path) -> None:
    assert demo(data, FAIL="demo").run(once=True, keep_servers=False) == 3

    assert words(data) == ["migrate", "demo seed"]
    assert postgres_status(data / "postgres") is None


def shown(call: dict[str, str]) -> datetime:
    return datetime.fromtimestamp(time.time() + float(call["PORTAL_CLOCK_SHIFT"]), UTC)


def test_the_clock_begins_on_the_day_of_the_demonstration_for_all_programs(data: Path) -> None:
    demo(data, **ELSEWHERE).run(once=True, keep_servers=False)

    assert len({call["PORTAL_CLOCK_SHIFT"] for call in calls(data)}) == 1
    assert timedelta(0) <= shown(calls(data)[0]) - BEGINNING < timedelta(minutes=1)


def test_the_clock_never_goes_back_over_an_earlier_start(data: Path) -> None:
    later = BEGINNING + timedelta(hours=5)
    data.mkdir()
    (data / "clock").write_text(later.isoformat())

    demo(data, **ELSEWHERE).run(once=True, keep_servers=False)

    assert timedelta(0) <= shown(calls(data)[0]) - later < timedelta(minutes=1)


def test_given_addresses_replace_the_embedded_servers(data: Path) -> None:
    assert demo(data, **ELSEWHERE).run(once=True, keep_servers=False) == 0

    assert {name: calls(data)[0][name] for name in ELSEWHERE} == ELSEWHERE
    assert not (data / "postgres").exists()
    assert not (data / "valkey").exists()


def test_half_an_own_database_is_refused(data: Path) -> None:
    with pytest.raises(DomainError, match="DATABASE_ADMIN_URL"):
        demo(data, DATABASE_URL="postgresql:///a").run(once=True, keep_servers=False)


def test_ctrl_c_stops_the_programs_and_the_servers(data: Path) -> None:
    with start(data) as process:
        heard = read_until(process, "Ctrl-C")
        assert f"http://127.0.0.1:{FIRST_PORT}/" in heard
        assert wait_until(lambda: {"worker", "schedule"} <= set(words(data)), 10)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0

    assert [call["words"][0] for call in calls(data) if Process.find(int(call["pid"]))] == []
    assert postgres_status(data / "postgres") is None
    assert valkey_status(data / "valkey") is None


def test_ctrl_c_during_a_step_stops_the_step_and_the_servers(data: Path) -> None:
    with start(data, HANG="migrate") as process:
        assert wait_until(lambda: words(data) == ["migrate"], 20)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert "Останавливаю" in process.communicate()[0]

    assert postgres_status(data / "postgres") is None


def test_a_second_demonstration_in_the_same_folder_is_refused(data: Path) -> None:
    with start(data, HANG="migrate", **ELSEWHERE) as process:
        assert wait_until(lambda: words(data) == ["migrate"], 20)
        with pytest.raises(DomainError, match="уже запущена"):
            demo(data).run(once=True, keep_servers=False)
        process.terminate()


def test_a_program_that_ends_is_started_again(data: Path) -> None:
    with start(data, **ELSEWHERE) as process:
        read_until(process, "Ctrl-C")
        assert wait_until(lambda: "worker" in words(data), 10)
        first = next(call for call in calls(data) if call["words"] == ["worker"])
        os.kill(int(first["pid"]), signal.SIGKILL)
        read_until(process, "portal worker завершился (код -9) и запущен снова")
        process.terminate()
        assert process.wait(20) == 0


def test_after_a_killed_demonstration_the_next_ends_what_it_left(data: Path) -> None:
    with start(data) as process:
        read_until(process, "Ctrl-C")
        assert wait_until(lambda: {"worker", "schedule"} <= set(words(data)), 10)
        process.kill()
    left = [one for call in calls(data) if (one := Process.find(int(call["pid"])))]
    assert len(left) == 3

    demo(data).run(once=True, keep_servers=False)

    assert [one for one in left if one.alive] == []
    assert postgres_status(data / "postgres") is None


def test_a_taken_port_moves_the_portal_to_the_next_one(data: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", FIRST_PORT))
        taken.listen()
        with start(data, **ELSEWHERE) as process:
            assert f"http://127.0.0.1:{FIRST_PORT + 1}/" in read_until(process, "Ctrl-C")
            process.terminate()


def test_a_web_server_that_does_not_start_is_named_with_its_log(data: Path) -> None:
    with pytest.raises(DomainError, match=r"Веб-сервер не запустился: .*serve\.log"):
        demo(data, FAIL="serve").run(once=False, keep_servers=False)

    assert postgres_status(data / "postgres") is None


def test_the_logins_are_shown_one_a_line(data: Path) -> None:
    data.mkdir()
    (data / "logins.json").write_text(json.dumps([{"role": "куратор", "email": "k@example.org", "password": "слово"}]))
    with start(data, **ELSEWHERE) as process:
        assert "куратор  k@example.org  слово" in read_until(process, "Ctrl-C")
        process.terminate()
