"""A database of its own for each module."""

from collections.abc import Iterator

import pytest

from portal.app import Portal
from tests.conftest import Database, own_database


@pytest.fixture(scope="module")
def database(app: Portal) -> Iterator[Database]:
    """The comparison goes through every region."""
    assert app
    with own_database() as found:
        yield found
