"""Reads editions: the shipped seeds, a full description as JSON, a short one as TOML, a Rosstat template."""

import json
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import PurePath

from reports.controls import fill_formulas, validate_controls
from reports.editions.definition import EditionDefinition
from reports.rosstat.template import read_template
from tenants.errors import InvalidError

MAX_BYTES = 10_000_000
SEEDS = ("monthly_2026.toml",)
"""Files of this package that a new installation loads."""

_SOURCE_FIELDS = ("figure", "filters", "additive", "source")


def read_edition(name: str, data: bytes) -> EditionDefinition:
    """Read an edition from the bytes of a .toml, .json or .xml file and look at its controls.

    Raises:
        InvalidError: the file is none of these or does not describe a form; the sentence names the place.

    """
    readers = {".toml": _read_toml, ".json": _read_json, ".xml": read_template}
    suffix = PurePath(name).suffix.lower()
    if suffix not in readers:
        raise InvalidError("Описание формы бывает в файлах TOML, JSON или XML (шаблон Росстата).")
    if len(data) > MAX_BYTES:
        raise InvalidError(f"Файл больше {MAX_BYTES // 1_000_000} МБ, описание формы таким не бывает.")
    definition = readers[suffix](data)
    validate_controls(definition, strict=suffix != ".xml")
    fill_formulas(definition, {})
    return definition


def read_seed(name: str) -> EditionDefinition:
    """Read one of `SEEDS`."""
    return read_edition(name, resources.files("reports.editions").joinpath(name).read_bytes())


def _read_json(data: bytes) -> EditionDefinition:
    try:
        described = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidError("Файл не читается как JSON.") from error
    return EditionDefinition.from_json(described)


def _read_toml(data: bytes) -> EditionDefinition:
    try:
        described = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidError("Файл не читается как TOML.") from error
    return EditionDefinition.from_json(_expand(described))


def _expand(short: Mapping[str, object]) -> dict[str, object]:
    """Turn the short description into the full one.

    A row names the figure, a column the filters, their crossing is a cell. A row without a figure is entered by hand.
    """
    full = dict(short)
    sections = _tables(full.pop("section", []), "section")
    full["controls"] = full.pop("control", [])
    full["cells"] = [cell for section in sections for cell in _cells(section)]
    full["sections"] = [_section(section) for section in sections]
    return full


def _section(section: Mapping[str, object]) -> dict[str, object]:
    full = {name: value for name, value in section.items() if name not in ("column", "row")}
    full["columns"] = [
        {"entry": {"format": "N(9,0)"}} | _without_source(column) for column in _tables(section.get("column"), "column")
    ]
    full["rows"] = [_without_source(row) for row in _tables(section.get("row"), "row")]
    return full


def _cells(section: Mapping[str, object]) -> list[dict[str, object]]:
    columns, rows = _tables(section.get("column"), "column"), _tables(section.get("row"), "row")
    return [
        _cell(section, row, column)
        for row in rows
        if row.get("type", "F") != "C"
        for column in columns
        if column.get("type", "Z") == "Z"
    ]


def _cell(section: Mapping[str, object], row: Mapping[str, object], column: Mapping[str, object]) -> dict[str, object]:
    cell: dict[str, object] = {
        "section": section.get("code"),
        "row": row.get("code"),
        "column": column.get("code"),
        "additive": row.get("additive", True),
    }
    if "closed" in (row.get("source"), column.get("source")):
        return cell | {"source": "closed", "additive": False}
    if figure := row.get("figure"):
        return cell | {"source": "figure", "figure": figure, "filters": column.get("filters", {})}
    return cell


def _without_source(part: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in part.items() if name not in _SOURCE_FIELDS}


def _tables(value: object, name: str) -> list[Mapping[str, object]]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise InvalidError(f"В описании формы нет частей «{name}».")
    return value
