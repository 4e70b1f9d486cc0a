"""`python -m tests.bench.timing`: attack A-03. Does a refused sign-in take as long for an unknown address?

Wrong passwords for known and unknown addresses, interleaved, every try from a network of its own; prints the
difference of the medians and the two-sided p of Mann and Whitney (normal approximation, no ties at this resolution).
"""

import math
import os
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from flask.testing import FlaskClient

from migrations import apply
from portal.app import create_app
from portal.config import Settings
from portal.embedded import start_postgres
from tenants.accounts.models import Role
from tests.bench.telling import figure
from tests.factories.tree import make_account, make_tree, unique

TRIES = 200
WARM_UP = 10
_DATABASE, _LOGIN = "portal_timing", "portal_timing_login"


def main() -> int:
    """Measure and print."""
    os.environ["SECRET_KEY"] = secrets.token_hex(16)
    os.environ.setdefault("IDENTITY_KEY", secrets.token_hex(16))
    with tempfile.TemporaryDirectory(prefix="portal-timing-") as folder:
        Path(folder).chmod(0o755)
        postgres = start_postgres(Path(folder, "pg"), durable=False)
        try:
            with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
                connection.execute(f"create database {_DATABASE}")
            login = postgres.url(_DATABASE, user=_LOGIN)
            apply.migrate(postgres.url(_DATABASE), login)
            known, unknown = measure(login)
        finally:
            postgres.stop()
    figure("sign_in_timing_delta_ms", 1000 * abs(statistics.median(known) - statistics.median(unknown)))
    figure("sign_in_timing_p", mann_whitney(known, unknown), 4)
    return 0


def measure(login: str) -> tuple[list[float], list[float]]:
    """Return the seconds of each try, for known and for unknown addresses."""
    app = create_app(Settings.from_environment({**os.environ, "DATABASE_URL": login, "PORTAL_INSECURE_COOKIES": "1"}))
    app.config.update(WTF_CSRF_ENABLED=False)
    tree, client = make_tree(), app.test_client()
    pairs = [
        (make_account((tree.school, Role.CURATOR)), f"{unique('nobody')}@example.org") for _ in range(TRIES + WARM_UP)
    ]
    known, unknown = [], []
    for number, (here, nowhere) in enumerate(pairs):
        # Which of the two goes first changes, so that nothing of the order remains in the difference.
        order = [(here, known), (nowhere, unknown)]
        for email, seconds in order if number % 2 else reversed(order):
            taken = refused(client, email, len(known) + len(unknown))
            seconds.append(taken)
    return known[WARM_UP:], unknown[WARM_UP:]


def refused(client: FlaskClient, email: str, number: int) -> float:
    """Return how long a wrong password takes."""
    client.environ_base["REMOTE_ADDR"] = f"10.0.{number // 250}.{number % 250}"
    begun = time.perf_counter()
    answer = client.post("/sign-in", data={"email": email, "password": "не тот пароль"})
    taken = time.perf_counter() - begun
    if answer.status_code != 422:
        raise SystemExit(f"отказ с кодом {answer.status_code}")
    return taken


def mann_whitney(one: list[float], other: list[float]) -> float:
    """Return the two-sided p that both samples come from the same distribution."""
    ranks = {value: rank for rank, value in enumerate(sorted(one + other), start=1)}
    n, m = len(one), len(other)
    u = sum(ranks[value] for value in one) - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


if __name__ == "__main__":
    sys.exit(main())
