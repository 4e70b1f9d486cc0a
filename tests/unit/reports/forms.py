"""Small forms for tests: a definition by a few numbers, and the template that says the same to another program."""

from collections.abc import Mapping
from decimal import Decimal

from lxml import etree

from reports.editions.definition import (
    Cell,
    CellKey,
    CellValue,
    Column,
    ColumnType,
    Control,
    EditionDefinition,
    EditionKind,
    Entry,
    Level,
    Periodicity,
    Row,
    Section,
)


def control(rule: str, **fields: object) -> Control:
    return Control(id=str(fields.pop("id", "1")), name=str(fields.pop("name", "Правило")), rule=rule, **fields)


def section(code: str, rows: int, columns: int, *, form: str = "N(9,2)", first_row: int = 1) -> Section:
    """Rows 01, 02, … and number columns 3, 4, …"""
    return Section(
        code=code,
        name=f"Раздел {code}",
        columns=(
            Column("А", "Показатель", ColumnType.TEXT),
            *(Column(str(number), f"Графа {number}", entry=Entry(form)) for number in range(3, 3 + columns)),
        ),
        rows=tuple(Row(f"{number:02}", f"Показатель {number}") for number in range(first_row, first_row + rows)),
    )


def form(*sections: Section, controls: tuple[Control, ...] = (), **fields: object) -> EditionDefinition:
    cells = tuple(
        Cell(part.code, row.code, column.code)
        for part in sections
        for row in part.rows
        for column in part.columns
        if column.type is ColumnType.VALUE
    )
    head = {"code": "1", "title": "Форма", "version": "1", "kind": EditionKind.FEDERAL, "periodicity": Periodicity.YEAR}
    return EditionDefinition(sections=sections, cells=cells, controls=controls, **(head | fields))


def numbers(table: Mapping[str, Mapping[int, str | int | None]], code: str = "1") -> dict[CellKey, CellValue]:
    """{"01": {3: 10}} → values of one section."""
    return {
        (code, row, str(column)): None if value is None else Decimal(str(value))
        for row, columns in table.items()
        for column, value in columns.items()
    }


def template_xml(definition: EditionDefinition) -> bytes:
    """The definition as a template, written apart from the product's own reader."""
    root = etree.Element(
        "metaForm",
        code=definition.code, idp="1", idf="1", shifr="t", name=definition.title, obj="okpo", OKUD="1",
        version=definition.version,
    )  # fmt: skip
    etree.SubElement(etree.SubElement(root, "title"), "item", field="okpo", name="ОКПО")
    body = etree.SubElement(root, "sections")
    for part in definition.sections:
        target = etree.SubElement(body, "section", code=part.code, name=part.name)
        columns, rows = etree.SubElement(target, "columns"), etree.SubElement(target, "rows")
        for column in part.columns:
            item = etree.SubElement(columns, "column", code=column.code, type=column.type.value, name=column.name)
            etree.SubElement(item, "default-cell", column=column.code, format=column.entry.format or "C(250)")
        for row in part.rows:
            etree.SubElement(rows, "row", code=row.code, name=row.name, type=row.type.value)
    controls = etree.SubElement(root, "controls")
    for item in definition.controls:
        etree.SubElement(
            controls, "control",
            id=item.id, name=item.name, rule=item.rule, condition=item.condition, fault=str(item.fault),
            tip="1" if item.level is Level.ERROR else "0", precision=str(item.precision),
        )  # fmt: skip
    dictionaries = etree.SubElement(root, "dics")
    for name, term in (("s_year", "2026"), ("s_time", "0101")):
        etree.SubElement(etree.SubElement(dictionaries, "dic", id=name), "term", id=term)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
