"""The ground of all measurements: a cluster of its own under var/bench, seeded once for each size."""

import json
import os
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from migrations import apply
from portal.config import Settings
from portal.demonstration.seeding import Wish, seed_region
from portal.embedded import Postgres, start_postgres
from portal.embedded.run import create_database
from tenants import clock
from tenants.db import connect

ROOT = Path("var/bench")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_LOGIN = "bench_login"
_DATABASE = "bench"


@dataclass(frozen=True)
class Ground:
    """Where to measure."""

    folder: Path
    postgres: Postgres
    settings: Settings
    seed_seconds: float
    """How long the seeding took, when it was done."""

    def password(self) -> str:
        logins = json.loads((self.folder / "logins.json").read_text("utf-8"))
        return str(logins[0]["password"])


def prepare(factor: float) -> Ground:
    """Start the cluster of a size, seed it at the first time, and set this process and its children up for it."""
    folder = (ROOT / f"x{factor:g}").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    kept = _secrets(folder / "secrets.json")
    postgres = start_postgres(folder / "postgres", durable=False)
    create_database(postgres, _DATABASE)
    login = postgres.url(_DATABASE, user=_LOGIN, password=kept["DATABASE_PASSWORD"])
    os.environ.update(kept)
    os.environ.update(
        {
            "DATABASE_URL": login,
            "DATABASE_ADMIN_URL": postgres.url(_DATABASE),
            "PORTAL_DATA_DIR": str(folder),
            "PORTAL_INSECURE_COOKIES": "1",
        }
    )
    clock.travel(NOW)
    # Processes that are started from here show the same day.
    os.environ["PORTAL_CLOCK_SHIFT"] = str(clock.shift().total_seconds())
    settings = Settings.from_environment()
    apply.migrate(settings.database_admin_url, settings.database_url)
    seconds = _seed(folder, settings, factor)
    connect(settings.database_url)
    return Ground(folder, postgres, settings, seconds)


def _seed(folder: Path, settings: Settings, factor: float) -> float:
    begun = time.monotonic()
    done = seed_region(settings, Wish("region", factor=factor))
    note = folder / "seeding.json"
    if done.new:
        note.write_text(json.dumps({"seconds": time.monotonic() - begun, "rows": rows_of(settings)}), "utf-8")
    return float(json.loads(note.read_text("utf-8"))["seconds"])


def rows_of(settings: Settings) -> dict[str, int]:
    """Return how many rows each large table holds."""
    with psycopg.connect(settings.database_admin_url) as connection:
        tables = connection.execute(
            "select relname, reltuples::bigint from pg_class where relkind = 'r' and reltuples > 1000"
            " and relnamespace = 'public'::regnamespace order by 2 desc"
        ).fetchall()
        return {str(name): int(count) for name, count in tables}


def _secrets(path: Path) -> dict[str, str]:
    if not path.exists():
        names = ("SECRET_KEY", "IDENTITY_KEY", "DATABASE_PASSWORD")
        path.write_text(json.dumps({name: secrets.token_hex(16) for name in names}), "utf-8")
        path.chmod(0o600)
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found
