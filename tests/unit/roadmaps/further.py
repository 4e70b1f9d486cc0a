"""Reads `further.txt`: invented plans as plain text, so that one more takes ten lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.unit.roadmaps.made import C, Made, Spec

Read = tuple[str | None, str | None, str, str | None, str | None, str | None]
"""Number, stage, title, period as written, responsible, result."""


@dataclass
class Plan:
    """A plan, the year it is for, and its reading."""

    year: str
    blocks: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def made(self) -> Made:
        """Return the document: lines and tables in turns."""
        lines: list[list[str]] = [[]]
        tables: list[Spec] = []
        for kind, rows in self.blocks:
            if kind == "lines":
                lines[-1].extend(rows)
            elif kind == "table":
                tables.append([[_cell(text) for text in _parts(row)] for row in rows])
                lines.append([])
        return Made(lines[0], tables, lines[1 : len(tables)], lines[len(tables)] if tables else [])

    @property
    def items(self) -> list[Read]:
        """Return what a person reads."""
        rows = next(rows for kind, rows in self.blocks if kind == "items")
        return [_item(_parts(row)) for row in rows]


def _parts(row: str) -> list[str]:
    return [part.strip() for part in row.split("|")]


def _item(parts: list[str]) -> Read:
    number, stage, title, period, responsible, result = (part.replace("~", "\n") for part in parts)
    return number or None, stage or None, title, period or None, responsible or None, result or None


def _cell(text: str) -> C:
    found = re.match(r"(?:>(\d+) )?(?:v(\d+) )?", text)
    across, down = found.groups() if found else (None, None)
    bare = text[found.end() :] if found else text
    return C(bare.replace("~", "\n"), int(across or 1), int(down or 1))


def plans() -> dict[str, Plan]:
    """Return the plans by their names."""
    found: dict[str, Plan] = {}
    text = (Path(__file__).parent / "further.txt").read_text(encoding="utf-8")
    for part in text.split("\n== ")[1:]:
        head, *rows = part.split("\n")
        name, year = head.split(" | ")
        plan = found[name] = Plan(year)
        for row in rows:
            if row.startswith("-- "):
                plan.blocks.append((row.removeprefix("-- "), []))
            elif row:
                plan.blocks[-1][1].append(row)
    return found
