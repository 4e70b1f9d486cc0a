"""The register as workbooks: as on the screen, and in exactly the shape that the import reads."""

import io

from flask import Response, send_file

from portal.context import actor, db
from portal.organizations.blueprint import organizations, today
from portal.organizations.pages import wanted
from portal.organizations.sheets import XLSX, export_workbook, sample_workbook
from reports.documents.xlsx import Cell, table_workbook
from tenants.organizations import listing

_SCREEN = ("Организация", "Подчинение", "Вид", "Ответственный", "Телефон", "ИНН", "Код", "В архиве с", "Причина")


@organizations.get("/register.xlsx")
def register_xlsx() -> Response:
    """Return the list as on the screen, all its pages."""
    rows: list[tuple[Cell, ...]] = [
        (
            line.place.name_short,
            line.parent,
            line.place.kind.label,
            line.place.responsible_name,
            line.place.responsible_phone,
            line.place.inn,
            line.place.code,
            line.place.archived_on,
            line.place.archive_reason,
        )
        for line in listing.whole_register(db(), wanted())
    ]
    about = {"Организация": actor().organization.name_short, "Составлен": f"{today():%d.%m.%Y}"}
    return _file(table_workbook("Организации", _SCREEN, rows, about=about), "organizacii")


@organizations.get("/export.xlsx")
def export() -> Response:
    """Return the register in the shape that the import reads: changed and loaded, it updates."""
    return _file(export_workbook(listing.whole_register(db(), wanted())), "reestr")


@organizations.get("/sample.xlsx")
def sample() -> Response:
    """Return the table to fill in."""
    return _file(sample_workbook(), "obrazec-organizacii")


def _file(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=f"{name}-{today():%Y-%m-%d}.xlsx")
