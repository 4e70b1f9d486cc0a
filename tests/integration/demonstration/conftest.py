"""Regions of the demonstration, each in a database of its own: seeding is done once for all tests of a module."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from portal.config import Settings
from portal.demonstration.cast import Cast, load_cast
from portal.demonstration.seeding import REGION, Seeded, Wish, seed_region
from tenants.db import connect
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


def seed_into(name: str, folder: Path, wish: Wish) -> Demo:
    found = new_database(name)
    settings = replace(
        Settings.from_environment(),
        database_url=found.login_url,
        database_admin_url=found.admin_url,
        data_dir=folder,
        secure_cookies=False,
    )
    return Demo(settings, seed_region(settings, wish))


@pytest.fixture(scope="module")
def reconnected(database: Database) -> Iterator[None]:
    """Give the process its usual database back when the module is over."""
    yield
    connect(database.login_url)
