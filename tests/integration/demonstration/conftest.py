"""Regions of the demonstration, each in a database of its own: none is seeded for a single test that only looks."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from portal.config import Settings
from portal.demonstration.cast import Cast, load_cast
from portal.demonstration.seeding import REGION, Seeded, Wish, seed_region
from tenants.db import connect, engine_for
from tests.conftest import Database, new_database


@dataclass(frozen=True)
class Demo:
    """A seeded region with what the command said."""

    settings: Settings
    seeded: Seeded
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    @property
    def cast(self) -> Cast:
        return load_cast(REGION)


def settings_for(found: Database, folder: Path) -> Settings:
    return replace(
        Settings.from_environment(),
        database_url=found.login_url,
        database_admin_url=found.admin_url,
        data_dir=folder,
        secure_cookies=False,
    )


def seed_into(name: str, folder: Path, wish: Wish) -> Demo:
    settings = settings_for(new_database(name), folder)
    return Demo(settings, seed_region(settings, wish))


def small_region(name: str, folder: Path) -> Demo:
    """Copy the small region with its files: it is seeded once for all processes of a run."""
    kept = Path(os.environ["TEST_FOLDER"]) / "small-region"
    with psycopg.connect(os.environ["TEST_ADMIN_URL"].replace("%7Bdatabase%7D", "postgres")) as connection:
        connection.execute("select pg_advisory_xact_lock(43)")
        if not (kept / "made.json").exists():
            _make_small(kept)
    made = json.loads((kept / "made.json").read_text("utf-8"))
    shutil.copytree(kept / "data", folder, dirs_exist_ok=True)
    return Demo(settings_for(new_database(name, made["database"]), folder), Seeded(**made["seeded"]))


def _make_small(kept: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTAL_DATA_DIR", str(kept / "data"))
        demo = seed_into("small", kept / "data", Wish())
    # A database with a connection to it cannot be copied.
    engine_for(0).dispose()
    name = make_url(demo.settings.database_url).database
    (kept / "made.json").write_text(json.dumps({"database": name, "seeded": asdict(demo.seeded)}), "utf-8")


@pytest.fixture(scope="module")
def reconnected(database: Database) -> Iterator[None]:
    """Give the process its usual database back when the module is over."""
    yield
    connect(database.login_url)
