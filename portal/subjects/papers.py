"""The papers of the slice as files: act and extract of an act, card of a subject, notice; no request needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reports.documents.pdf import MEDIA_TYPE, render_pdf
from reports.documents.xlsx import table_workbook
from tenants.subjects.card import SubjectCard
from tenants.subjects.catalogue import KEYS_STAY
from tenants.subjects.destroying import Paper
from tenants.subjects.facts import INFORMATION_SYSTEM, ActFacts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXTRACT = {
    "id": "Запись",
    "at": "Дата и время",
    "who": "Кто",
    "event": "Событие",
    "subject": "Субъект",
    "categories": "Категории персональных данных",
    "reason": "Причина",
    "system": "Информационная система",
}
_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "documents"),
    autoescape=select_autoescape(("html",), default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def papers_of(facts: ActFacts) -> list[Paper]:
    """Return the act, and the extract of the journal as PDF and as a workbook."""
    rows = [tuple(event[key] for key in _EXTRACT) for event in facts.events]
    columns = tuple(_EXTRACT.values())
    act = _environment.get_template("act.html").render(facts=facts, system=INFORMATION_SYSTEM, keys_stay=KEYS_STAY)
    extract = _environment.get_template("extract.html").render(facts=facts, columns=columns, rows=rows)
    about = {"Оператор": facts.operator, "Акт": f"№ {facts.number}", "Составлена": facts.finished_on}
    return [
        Paper("act_file_id", f"akt-{facts.number}.pdf", MEDIA_TYPE, render_pdf(act)),
        Paper("extract_file_id", f"vygruzka-{facts.number}.pdf", MEDIA_TYPE, render_pdf(extract)),
        Paper(
            "table_file_id",
            f"vygruzka-{facts.number}.xlsx",
            XLSX,
            table_workbook("Выгрузка из журнала", columns, rows, about=about),
        ),
    ]


@dataclass(frozen=True)
class Notice:
    """What the notice of a prolongation tells; days as they are read."""

    operator: str
    operator_address: str
    to: str
    """Whose data the request is about; empty where the name is hidden."""
    number: int
    asked: str
    received_on: str
    prolonged_on: str
    prolonged_from: str
    due_on: str
    reason: str
    ground: str
    """Articles of 152-ФЗ."""
    signed_by: str
    signed_by_post: str


def notice_pdf(notice: Notice) -> bytes:
    """Return the notice of a prolongation as a tagged PDF, to be signed and handed over."""
    return render_pdf(_environment.get_template("notice.html").render(notice=notice))


def card_pdf(card: SubjectCard, about: Mapping[str, str]) -> bytes:
    """Return the card of a subject as a tagged PDF."""
    return render_pdf(_environment.get_template("card.html").render(card=card, about=about))
