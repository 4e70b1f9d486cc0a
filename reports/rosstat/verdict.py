"""Checks a report against its template by an independent validator (PyPI `rosstat-flc`), stage by stage."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from rosstat.report import Report
from rosstat.schema import Schema

from reports.controls import validate_controls
from reports.rosstat.template import read_template
from reports.rosstat.xml import read_xml

_UNFORESEEN = "Проверка не состоялась: в отчёте или в шаблоне есть то, чего проверяющая программа не понимает."
_PLACE = re.compile(r"(?P<place>Раздел \S+?(?:, [cс]трока [^,.]+?)?(?:, графа \S+?)?)(?:[.,]? |$)")
_FIELD = re.compile(r"\[(\w+)\]")
_FLOAT = re.compile(r"(?<=\d)\.0\b")


@dataclass(frozen=True)
class CheckMessage:
    """One thing that the validator says."""

    cls: int
    """0 unforeseen, 1 attributes, 2 title page, 3 format, 4 controls."""
    code: str
    """Class and number within it: "3.9"; in class 4 the number is the control's."""
    level: int
    """1 error, 0 warning."""
    text: str
    where: str
    """Place in the report, in Russian; empty where the message concerns the whole."""

    @property
    def is_error(self) -> bool:
        """Return whether the report may not go out with it."""
        return self.level == 1


def check_report(template_xml: bytes, report_xml: bytes) -> list[CheckMessage]:
    """Return what the validator finds; it stops after the first stage that has findings, an empty list is a pass.

    A control that needs the previous period is named in a warning, it cannot be checked from one report.

    Raises:
        InvalidError: one of the files is not what it should be.

    """
    # The validator runs period clauses as Python: no template reaches it whose clauses our own grammar does not read.
    validate_controls(read_template(template_xml))
    template = read_xml(template_xml, root="metaForm", what="шаблон")
    report = read_xml(report_xml, root="report", what="отчёт")
    for control in template.iterfind("controls/control"):
        control.set("condition", control.get("condition", ""))
    try:
        return list(_run(template, report))
    except Exception:  # noqa: BLE001 - a foreign program may stumble over anything; a report it did not check is not passed
        return [CheckMessage(0, "0.0", 1, _UNFORESEEN, "")]


def _run(template: etree._Element, report: etree._Element) -> Iterator[CheckMessage]:
    read = Report(report)
    for validator in Schema(template, alerts=True).validators:
        if not validator.validate(read):
            for error in validator.errors:
                yield _message(int(validator.code), str(error.code), int(error.level), str(error.description))
            return


def _message(cls: int, number: str, level: int, description: str) -> CheckMessage:
    text, where = description, ""
    if cls == 2:  # noqa: PLR2004 - class 2 is the title page
        field = _FIELD.search(text)
        where = f"Титульный лист, поле {field[1]}" if field else "Титульный лист"
    elif cls == 3:  # noqa: PLR2004 - class 3 is the format
        text = text.replace("cтрока", "строка").replace("Недопустмое", "Недопустимое")
        place = _PLACE.match(text)
        where = place["place"] if place else ""
    elif cls == 4:  # noqa: PLR2004 - class 4 are the controls
        where = f"Контроль {number}"
        name, mark, numbers = text.rpartition("; слева ")
        text = name + mark + _FLOAT.sub("", numbers)
    return CheckMessage(cls, f"{cls}.{number}", level, text, where)
