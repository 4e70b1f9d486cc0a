"""The sample template and reports, where they lie (PORTAL_SAMPLES)."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from reports.controls import check
from reports.editions.definition import Level
from reports.rosstat import check_report, read_template, write_report

SAMPLES = Path(os.environ.get("PORTAL_SAMPLES", "/nonexistent")) / "rosstat"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="PORTAL_SAMPLES has no rosstat folder")

TITLE = dict.fromkeys(("name", "leader_fio", "responsible_post", "responsible_fio", "phone"), "есть") | {
    "okpo": "12345678"
}


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.xml").read_bytes()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("good", []), ("badsum", [("4.1", 1)]), ("badcmp", [("4.1", 1), ("4.2", 0)])],
)
def test_the_samples_get_the_verdicts_they_are_made_for(name: str, expected: list[tuple[str, int]]) -> None:
    assert [(message.code, message.level) for message in check_report(sample("schema"), sample(name))] == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ((10, 7), []),
        ((11, 7), [("1", Level.ERROR)]),
        ((10, 12), [("1", Level.ERROR), ("2", Level.QUERY)]),
    ],
)
def test_own_reports_for_the_sample_template_agree_with_own_controls(
    first: tuple[int, int], expected: list[tuple[str, Level]]
) -> None:
    definition = read_template(sample("schema"))
    values = {("1", "01", str(column)): Decimal(number) for column, number in zip((3, 4), first, strict=True)}
    values |= {("1", "02", "3"): Decimal(7), ("1", "02", "4"): Decimal(7), ("1", "03", "3"): Decimal(3)}

    messages = check_report(sample("schema"), write_report(definition, values, TITLE, 1, 2026))

    assert [(finding.control_id, finding.level) for finding in check(definition, values)] == expected
    assert [(message.code.split(".")[1], message.is_error) for message in messages] == [
        (control_id, level is Level.ERROR) for control_id, level in expected
    ]
