"""P1: p95 of pages over HTTP with sixteen clients, against the probe of the same server in the same round."""

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager

from portal.embedded.run import free_port
from tests.bench.app import make
from tests.bench.ground import Ground
from tests.bench.places import Page, pages, path_of, probe_of
from tests.bench.telling import figure, say

REQUESTS = 12
"""Requests of each client in each round."""
_HOST = "127.0.0.1"
_START_SECONDS = 60


def measure(ground: Ground, *, clients: int, rounds: int) -> dict[str, object]:
    """Return p95 of each page and of its probe in milliseconds, and the ratio, as medians over the rounds."""
    app, found = make(), {}
    with server() as port:
        for page in pages():
            path = path_of(app, page)
            if path is None:
                found[page.name] = {"skipped": f"нет страницы {page.endpoint}"}
                say(f"p1 {page.name}: нет страницы {page.endpoint}")
                continue
            cookie = sign_in(port, page, ground.password())
            found[page.name] = compared(port, cookie, (probe_of(page), path), clients, rounds)
            figure(f"p1_{page.name}_ratio", found[page.name]["ratio"])
    ratios = {name: one["ratio"] for name, one in found.items() if "ratio" in one}
    worst = max(ratios, key=lambda name: ratios[name])
    figure("p1_worst_ratio", ratios[worst])
    return {"clients": clients, "rounds": rounds, "worst": worst, "pages": found}


def compared(port: int, cookie: str, paths: tuple[str, str], clients: int, rounds: int) -> dict[str, object]:
    """Measure probe and page by turns; the first turn warms up and is forgotten."""
    turns = [[p95(port, cookie, path, clients) for path in paths] for _ in range(rounds + 1)][1:]
    ratios = [page / probe for probe, page in turns]
    return {
        "ratio": statistics.median(ratios),
        "ratio_spread": [min(ratios), max(ratios)],
        "page_p95_ms": statistics.median(page for _, page in turns),
        "probe_p95_ms": statistics.median(probe for probe, _ in turns),
    }


def p95(port: int, cookie: str, path: str, clients: int) -> float:
    """Let every client ask for a page one time after another; returns the 95th percentile in milliseconds."""
    times: list[list[float]] = [[] for _ in range(clients)]
    failures: list[str] = []

    def ask(place: int) -> None:
        connection = http.client.HTTPConnection(_HOST, port, timeout=60)
        try:
            for _ in range(REQUESTS):
                begun = time.perf_counter()
                connection.request("GET", path, headers={"Cookie": cookie})
                answer = connection.getresponse()
                answer.read()
                times[place].append((time.perf_counter() - begun) * 1000)
                if answer.status != http.HTTPStatus.OK:
                    failures.append(f"{path}: {answer.status}")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return statistics.quantiles([one for own in times for one in own], n=20)[-1]


def sign_in(port: int, page: Page, password: str) -> str:
    """Sign in as a person and return the cookie."""
    connection = http.client.HTTPConnection(_HOST, port, timeout=60)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    token = answer.read().decode().split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = urllib.parse.urlencode({"email": page.email, "password": password, "csrf_token": token})
    headers = {"Cookie": _cookie(answer), "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in", form, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.SEE_OTHER:
        raise RuntimeError(f"{page.email}: вход не удался ({answer.status})")
    return _cookie(answer)


def _cookie(answer: http.client.HTTPResponse) -> str:
    return "; ".join(one.split(";", 1)[0] for one in answer.headers.get_all("Set-Cookie") or [])


@contextmanager
def server() -> Iterator[int]:
    """Run the portal as it is served: two processes of eight threads."""
    port = free_port(8100)
    command = [
        sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8", "--workers", "2",
        "--bind", f"{_HOST}:{port}", "--log-level", "warning", "tests.bench.app:make()",
    ]  # fmt: skip
    with subprocess.Popen(command, env=dict(os.environ)) as process:
        try:
            _wait(process, port)
            yield port
        finally:
            process.terminate()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            connection = http.client.HTTPConnection(_HOST, port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("сервер не запустился")
