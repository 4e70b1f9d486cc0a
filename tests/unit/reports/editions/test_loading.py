"""Editions are read from three kinds of files, and refused in one sentence otherwise."""

import json
from pathlib import Path

import pytest

from reports.editions.definition import EditionKind, Source
from reports.editions.loading import read_edition
from tenants.errors import DomainError

SHORT = """
code = "request"
title = "Запрос центра"
version = "1"
kind = "request"
periodicity = "month"
[[section]]
code = "1"
name = "Раздел"
[[section.column]]
code = "3"
name = "Всего"
[[section.column]]
code = "4"
name = "из них в группах"
filters = { kind = "group" }
[[section.row]]
code = "1"
name = "Наставники"
figure = "mentors"
[[section.row]]
code = "2"
name = "Грамоты"
[[section.row]]
code = "3"
name = "Доля, %"
additive = false
[[section.row]]
code = "4"
name = "Заголовок"
type = "C"
[[control]]
id = "1"
name = "Из них"
rule = "{[1][1][4]} <= {[1][1][3]}"
"""


def test_a_short_description_crosses_figures_and_filters() -> None:
    definition = read_edition("request.toml", SHORT.encode())

    assert definition.kind is EditionKind.REQUEST
    assert [(cell.key, cell.source, cell.figure, dict(cell.filters)) for cell in definition.cells[:3]] == [
        (("1", "1", "3"), Source.FIGURE, "mentors", {}),
        (("1", "1", "4"), Source.FIGURE, "mentors", {"kind": "group"}),
        (("1", "2", "3"), Source.MANUAL, "", {}),
    ]
    assert [cell.additive for cell in definition.cells] == [True] * 4 + [False] * 2


def test_a_full_description_is_read_from_json() -> None:
    definition = read_edition("request.toml", SHORT.encode())

    assert read_edition("request.JSON", json.dumps(definition.to_json()).encode()) == definition


def test_a_template_is_read_from_xml() -> None:
    template = Path(__file__).parents[1] / "rosstat" / "circles.xml"

    assert read_edition("circles.xml", template.read_bytes()).kind is EditionKind.FEDERAL


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("form.docx", b"", "TOML, JSON или XML"),
        ("form.toml", b"code = ", "не читается как TOML"),
        ("form.toml", "code = \u00ab".encode("cp1251"), "не читается как TOML"),
        ("form.json", b"{", "не читается как JSON"),
        ("form.json", b"[" * 100_000, "не читается как JSON"),
        ("form.json", b"[]", "Форма: здесь нужен объект"),
        ("form.toml", b'section = "x"', "нет частей «section»"),
        ("form.toml", b" " * 11_000_000, "больше 10 МБ"),
        ("form.toml", SHORT.replace("[1][1][4]", "[1][1][7]").encode(), "Контроль 1: таких строк или граф"),
        ("form.toml", SHORT.replace("<= {", "<= ").encode(), "Контроль 1, правило"),
    ],
)
def test_what_is_no_description_is_refused_in_one_sentence(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        read_edition(name, data)
