"""Organizations from an XLSX table on the command line: the same reading, check and loading as on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenants.accounts.actor import Actor, system_actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, transaction
from tenants.errors import DomainError
from tenants.organizations import intake_rows, intakes
from tenants.organizations.intake_rows import Row, RowState
from tenants.organizations.intake_sheet import Sheet, read_register
from tenants.organizations.queries import organization_by_code


@dataclass(frozen=True)
class Loading:
    """What became of the rows, or would."""

    rows: Sequence[Row]

    @property
    def refused(self) -> list[Row]:
        """Return the rows that are not taken over."""
        return [row for row in self.rows if row.state in (RowState.WRONG, RowState.QUESTION)]

    @property
    def created(self) -> int:
        """Return how many organizations are new."""
        return intake_rows.counts(self.rows)[RowState.NEW]

    @property
    def changed(self) -> int:
        """Return how many organizations change."""
        return intake_rows.counts(self.rows)[RowState.CHANGED]

    @property
    def same(self) -> int:
        """Return how many rows say what the register says."""
        return intake_rows.counts(self.rows)[RowState.SAME]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the rows as plain values."""
        return intake_rows.as_plain(self.rows)


def load(path: str, *, region_code: str, check: bool = False) -> Loading:
    """Take over a table of organizations of one region; loading it again updates instead of doubling.

    With `check` nothing is written.

    Raises:
        DomainError: the file is no table, or a heading is missing.

    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise DomainError(f"Файл «{path}» не открылся. Нужна таблица XLSX.") from error
    sheet = read_register(content)
    if sheet.lacking:
        raise DomainError(f"В таблице нет столбцов: {', '.join(sheet.lacking)}.")
    actor = _region(region_code)
    return _look(actor, sheet) if check else _take(actor, path, content, sheet)


def _region(code: str) -> Actor:
    with transaction(REGISTRY.reading()) as session:
        return system_actor(workplace(organization_by_code(session, code)), Role.REGION_ADMIN)


def _look(actor: Actor, sheet: Sheet) -> Loading:
    with transaction(actor.scope.reading()) as session:
        return Loading([one.row for one in intakes.check_sheet(session, actor, sheet)])


def _take(actor: Actor, path: str, content: bytes, sheet: Sheet) -> Loading:
    with transaction(actor.scope) as session:
        intake = intakes.keep_sheet(session, actor, sheet, name=Path(path).name, content=content)
        if sheet.unknown:
            # On the command line an unknown column is left out: the required ones are there.
            intakes.name_columns(session, actor, intake.id, sheet.fields)
        intakes.load_register(session, actor, intake.id)
        return Loading(intake_rows.as_rows(intake.report))
