"""What a roadmap document was read as; the JSON has the shape of the gold readings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tenants.roadmaps.phrases import PeriodKind, PeriodReading

NO_PERIOD = PeriodReading(PeriodKind.NONE)


@dataclass
class Stage:
    """A stage or section, with whatever its own row says."""

    title: str
    number: str | None = None
    period_raw: str | None = None
    period: PeriodReading = NO_PERIOD
    responsible_raw: str | None = None
    result_raw: str | None = None
    documents_raw: str | None = None
    table: int = 1

    def as_json(self) -> dict[str, Any]:
        """Return the keys of a stage."""
        return {
            "number": self.number,
            "title": self.title,
            "period_raw": self.period_raw,
            "period": self.period.as_json(),
            "responsible_raw": self.responsible_raw,
            "result_raw": self.result_raw,
        } | ({"documents_raw": self.documents_raw} if self.documents_raw is not None else {})


@dataclass
class Item:
    """A measure."""

    title: str
    number: str | None = None
    stage: str | None = None
    period_raw: str | None = None
    period: PeriodReading = NO_PERIOD
    responsible_raw: str | None = None
    result_raw: str | None = None
    group: str | None = None
    documents_raw: str | None = None
    details_raw: str | None = None
    table: int = 1

    @property
    def letters(self) -> int:
        """Return how much text the measure carries."""
        texts = (self.title, self.stage, self.period_raw, self.responsible_raw, self.result_raw, self.documents_raw)
        return sum(len(text or "") for text in (*texts, self.details_raw, self.group))

    def as_json(self) -> dict[str, Any]:
        """Return the keys of an item; those that a plan may lack are left out where they are empty."""
        optional = {"group": self.group, "documents_raw": self.documents_raw, "details_raw": self.details_raw}
        return {
            "number": self.number,
            "stage": self.stage,
            "title": self.title,
            "period_raw": self.period_raw,
            "period": self.period.as_json(),
            "responsible_raw": self.responsible_raw,
            "result_raw": self.result_raw,
            "question": self.period.question,
        } | {key: value for key, value in optional.items() if value is not None}


@dataclass(frozen=True)
class Approval:
    """The block «Утвержден приказом …»; blanks left to be filled in by hand are None."""

    raw: str
    form: str | None = None
    act: str | None = None
    issuer: str | None = None
    date: str | None = None
    number: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """Return the keys of an approval block."""
        return {
            "form": self.form, "act": self.act, "issuer": self.issuer,
            "date": self.date, "number": self.number, "raw": self.raw,
        }  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A target with its values by year."""

    title: str
    values: dict[str, float | int | str | None]
    code: str | None = None
    unit: str | None = None
    method: str | None = None
    formula_raw: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the keys of a target."""
        return {
            "code": self.code, "title": self.title, "unit": self.unit,
            "method": self.method, "formula_raw": self.formula_raw, "values": self.values,
        }  # fmt: skip


@dataclass
class PlanTable:
    """One table of measures: its heading in the document, its header, its rows."""

    heading: str | None
    columns: tuple[str, ...]
    sheet: str = ""
    """Name of the sheet, empty in other formats."""
    stages: list[Stage] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    guessed: bool = False
    """The header is missing."""
    dated: bool = True
    """There is a column for the period."""
    place: int = 1
    """Place among the tables read, from 1."""

    def number(self, place: int) -> None:
        """Give the table and all that it holds a place among the tables read."""
        self.place = place
        for item in self.items:
            item.table = place
        for stage in self.stages:
            stage.table = place


@dataclass
class RoadmapReading:
    """Everything found in a document; `items` is empty where it holds no plan, and `message` says so."""

    source: str
    title: str | None = None
    organisation: str | None = None
    year_or_period: str | None = None
    approval: Approval | None = None
    tables: list[PlanTable] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    targets_title: str | None = None
    targets_approval: Approval | None = None
    message: str | None = None
    """A Russian sentence for the person who uploaded the file, None where there is nothing to say."""

    @property
    def items(self) -> list[Item]:
        """Return the measures of all tables in the order of the document."""
        return [item for table in self.tables for item in table.items]

    @property
    def stages(self) -> list[Stage]:
        """Return the stages of all tables in the order of the document."""
        return [stage for table in self.tables for stage in table.stages]

    @property
    def columns(self) -> list[str]:
        """Return the header of the main table."""
        main = max(self.tables, key=lambda table: (table.dated, len(table.items)), default=None)
        return list(main.columns) if main else []

    def as_json(self) -> dict[str, Any]:
        """Return the reading in the shape of the gold ones, with a message and questions."""
        several = len(self.tables) > 1
        data: dict[str, Any] = {
            "source": self.source,
            "title": self.title,
            "organisation": self.organisation,
            "year_or_period": self.year_or_period,
            "approval": self.approval.as_json() if self.approval else None,
            "columns": self.columns,
            "message": self.message,
        }
        if several:
            data["tables"] = [{"heading": table.heading, "columns": list(table.columns)} for table in self.tables]
        data["stages"] = [({"table": stage.table} if several else {}) | stage.as_json() for stage in self.stages]
        data["items"] = [item.as_json() | ({"table": item.table} if several else {}) for item in self.items]
        if self.targets:
            data["targets"] = [target.as_json() for target in self.targets]
            data["targets_title"] = self.targets_title
            data["targets_approval"] = self.targets_approval.as_json() if self.targets_approval else None
        return data
