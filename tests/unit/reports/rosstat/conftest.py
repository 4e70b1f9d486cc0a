"""An invented template with all kinds of columns and rows, and values that satisfy it."""

from decimal import Decimal
from pathlib import Path

import pytest

from reports.editions.definition import CellKey, CellValue, EditionDefinition, row_key
from reports.rosstat import read_template

TITLE = {
    "okpo": "1234567890",
    "name": "Дворец творчества «Радуга»",
    "leader_fio": "Ветрова А.А.",
    "responsible_post": "методист",
    "responsible_fio": "Лугов Б.Б.",
    "phone": "+7 900 000-00-00",
    "email": "metod@example.org",
    "address": "форма не спрашивает",
}


@pytest.fixture
def template() -> bytes:
    return Path(__file__).with_name("circles.xml").read_bytes()


@pytest.fixture
def definition(template: bytes) -> EditionDefinition:
    return read_template(template)


@pytest.fixture
def title() -> dict[str, str]:
    return dict(TITLE)


@pytest.fixture
def values() -> dict[CellKey, CellValue]:
    sport, music, music_tt = (row_key("201", *codes) for codes in (("sport",), ("music",), ("music", "tt")))
    return {
        ("01", "101", "3"): Decimal(90),
        ("01", "101", "4"): Decimal(40),
        ("01", "101", "5"): Decimal("11.50"),
        ("01", "102", "3"): Decimal(60),
        ("01", "103", "3"): Decimal("66.7"),
        ("2", sport, "3"): Decimal(30),
        ("2", sport, "7"): "Самбо & дзюдо",
        ("2", music, "3"): Decimal(20),
        ("2", music_tt, "3"): Decimal(10),
        ("2", music_tt, "4"): Decimal(7),
        ("3", "301", "3"): Decimal(1),
        ("3", "302", "3"): "18",
        ("3", "303", "3"): Decimal(2),
        ("1", "102", "4"): None,
    }
