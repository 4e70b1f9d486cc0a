"""Editions as rows and as definitions: load, bind, read."""

import hashlib
import json
import re

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from reports.editions.definition import Cell, EditionDefinition, Source, place
from reports.editions.loading import SEEDS, read_edition, read_seed
from reports.figures import FIGURES
from tenants.accounts.actor import Actor
from tenants.db import find
from tenants.errors import InvalidError
from tenants.submissions.editions import EditionContent, change_edition, publish_edition, save_edition
from tenants.submissions.models import Edition


def load_edition(session: Session, actor: Actor, name: str, data: bytes, *, publish: bool = True) -> Edition:
    """Read a form from a .toml, .json or .xml file and keep it as an edition of the actor's region.

    A Rosstat template is kept with its original; its cells are bound to figures afterwards, so load it with
    `publish=False`.

    Raises:
        InvalidError: the file does not describe a form, or a cell names a figure or filter that does not exist.
        WrongStateError: this version is published and differs.

    """
    definition = read_edition(name, data)
    template = _text_of(data) if name.lower().endswith(".xml") else None
    return keep_edition(session, actor, definition, template, publish=publish)


def load_seeds(session: Session, actor: Actor) -> list[Edition]:
    """Load and publish the forms that come with the portal; those that stand stay as they are."""
    return [keep_edition(session, actor, read_seed(name)) for name in SEEDS]


def keep_edition(
    session: Session,
    actor: Actor,
    definition: EditionDefinition,
    template: str | None = None,
    *,
    publish: bool = True,
) -> Edition:
    """Keep a definition as an edition of the actor's region; the same one again changes nothing."""
    edition = save_edition(session, actor, content_of(definition, template))
    return publish_edition(session, actor, edition.id) if publish else edition


def bind_cell(session: Session, actor: Actor, edition_id: int, cell: Cell, *, version: int) -> Edition:
    """Give one cell of a draft another source; `version` is the `row_version` the editor saw."""
    edition = find(session, Edition, edition_id)
    definition = definition_of(session, edition_id).with_cell(cell)
    return change_edition(session, actor, edition_id, content_of(definition, edition.template), version=version)


def content_of(definition: EditionDefinition, template: str | None = None) -> EditionContent:
    """Return what is stored of a definition.

    Raises:
        InvalidError: a cell names a figure or a filter that does not exist.

    """
    for cell in definition.cells:
        _check_binding(cell)
    described = definition.to_json()
    text = json.dumps(described, ensure_ascii=False, sort_keys=True)
    return EditionContent(
        code=definition.code,
        version=definition.version,
        title=definition.title,
        kind=definition.kind.value,
        periodicity=definition.periodicity.value,
        kinds=definition.kinds,
        valid_from=definition.valid_from,
        valid_to=definition.valid_to,
        definition=described,
        sha256=hashlib.sha256(f"{text}\n{template or ''}".encode()).hexdigest(),
        template=template,
    )


def definition_of(session: Session, edition_id: int) -> EditionDefinition:
    """Return the form of an edition that the scope may read."""
    return definition_by_hash(session, edition_id, find(session, Edition, edition_id).sha256)


def definition_by_hash(session: Session, edition_id: int, sha256: str) -> EditionDefinition:
    """Return the form whose hash is known; a form that this process has read is not asked for again."""
    known = _Read.forms.get(sha256)
    if known is None:
        row = session.scalars(
            select(Edition).where(Edition.id == edition_id).options(undefer(Edition.definition))
        ).one()
        known = EditionDefinition.from_json(row.definition)
        _Read.forms[row.sha256] = known
        if len(_Read.forms) > _Read.most:
            del _Read.forms[next(iter(_Read.forms))]
    return known


class _Read:
    """Forms this process has read, by hash: a published form never changes, and a changed draft has another hash."""

    forms: dict[str, EditionDefinition] = {}  # noqa: RUF012 - the one memory of the process
    most = 64


def template_bytes(template: str) -> bytes:
    """Return a stored template as the file it came from, in the encoding that it declares."""
    declared = _ENCODING.search(template[:200])
    return template.encode(declared[1] if declared else "utf-8")


_ENCODING = re.compile(r"""encoding=["']([A-Za-z0-9._-]+)["']""")


def _text_of(template: bytes) -> str:
    """Return the text of an XML file in the encoding that it declares; Rosstat's are often windows-1251."""
    declared = _ENCODING.search(template[:200].decode("latin-1"))
    try:
        return template.decode(declared[1] if declared else "utf-8-sig")
    except (LookupError, UnicodeDecodeError) as error:
        raise InvalidError("Шаблон записан не в той кодировке, которую объявляет.") from error


def _check_binding(cell: Cell) -> None:
    if cell.source is not Source.FIGURE:
        return
    family = FIGURES[cell.figure].family
    for name in cell.filters:
        if name not in family.keys:
            raise InvalidError(f"{place(cell.key).capitalize()}: показатель «{cell.figure}» не делится по «{name}».")
