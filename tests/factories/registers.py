"""Tables of organizations: a region of any size with valid codes, and workbooks of single rows."""

from collections.abc import Sequence
from random import Random

from portal.demonstration.codes import any_inn, any_ogrn, any_okpo
from reports.documents.xlsx import table_workbook
from tenants.organizations.intake_sheet import LABELS, kind_word
from tenants.organizations.models import OrganizationKind

_PER_DISTRICT = 40
_KINDS = (*[OrganizationKind.SCHOOL] * 7, OrganizationKind.SUPPLEMENTARY, *[OrganizationKind.PRESCHOOL] * 2)


def region_rows(count: int, prefix: str, *, seed: int = 1) -> list[list[str]]:
    """Return `count` rows of a register, districts among them; schools stand before their district as often as after.

    Cells in the order of the export, all of them filled.
    """
    rng = Random(seed)  # noqa: S311 - invented data, the same for the same seed
    inns: list[str] = []
    while len(inns) < count:
        # Two rows with one ИНН would be a question.
        inns = list(dict.fromkeys([*inns, *(any_inn(rng) for _ in range(count - len(inns)))]))
    districts = max(1, count // (_PER_DISTRICT + 1))
    rows = [_row(rng, inns[n], f"{prefix}-d{n}", OrganizationKind.DISTRICT, "", f"Район {n}") for n in range(districts)]
    for n in range(count - districts):
        kind = _KINDS[n % len(_KINDS)]
        parent = f"{prefix}-d{n % districts}"
        rows.append(
            _row(rng, inns[districts + n], f"{prefix}-o{n}", kind, parent, f"{kind_word(kind).capitalize()} № {n}")
        )
    rng.shuffle(rows)
    return rows


def _row(rng: Random, inn: str, code: str, kind: OrganizationKind, parent: str, name: str) -> list[str]:
    return [
        code, kind_word(kind), parent, f"Муниципальная организация «{name}»", name, inn, f"{inn[:4]}01001",
        any_ogrn(rng), any_okpo(rng), f"{rng.randrange(10**7, 10**8)}", f"ул. Школьная, {rng.randrange(1, 99)}",
        f"https://{code}.example.org", "директор", "Петрова Анна Ивановна", "заместитель", "Орлова Вера Сергеевна",
        f"+7 900 {rng.randrange(10**6, 10**7)}", f"{code}@example.org", "Europe/Moscow",
    ]  # fmt: skip


def region_workbook(count: int, prefix: str, *, seed: int = 1) -> bytes:
    return table_workbook("Организации", list(LABELS.values()), region_rows(count, prefix, seed=seed))


def workbook(*rows: Sequence[object], headings: Sequence[str] = ("Код", "Вид", "Краткое наименование")) -> bytes:
    return table_workbook("Список", headings, [[None if c is None else str(c) for c in row] for row in rows])
