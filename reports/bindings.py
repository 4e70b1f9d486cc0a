"""Where the cells of a loaded form come from: bound to figures on screen, as long as the form is a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from reports.editions.definition import EditionDefinition
from reports.editions.parts import Cell, CellKey, EditionKind, Source, place
from reports.figures import FIGURES
from reports.forms import bind_cell, content_of, definition_of
from tenants import journal
from tenants.accounts.actor import Actor
from tenants.errors import InvalidError, NotFoundError, WrongStateError
from tenants.mentorships.catalogue import CATEGORY_LABELS, MENTORING_FORMS
from tenants.participants.models import ParticipantRole
from tenants.submissions.editions import save_edition
from tenants.submissions.models import Edition, EditionStatus

Option = tuple[str, str]
"""Value and the words a person reads."""
_REVISION_MARK = ", привязка "
_FILTERS: Mapping[str, tuple[str, tuple[Option, ...]]] = {
    "mentoring_form": ("форма наставничества", tuple((form.code, form.label) for form in MENTORING_FORMS)),
    "category": ("категория", tuple((item.value, label) for item, label in CATEGORY_LABELS.items())),
    "role": ("роль", tuple((role.value, role.label) for role in ParticipantRole)),
    "sex": ("пол", (("female", "женский"), ("male", "мужской"))),
    "kind": ("вид", (("pair", "пара"), ("group", "группа"))),
}
"""What a figure may be narrowed by on screen, with its values."""
_UNITS = {"people": "человек", "pairs": "пар", "groups": "групп", "programmes": "программ", "meetings": "встреч"}


@dataclass(frozen=True)
class Binding:
    """Where one cell comes from."""

    source: Source
    figure: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    constant: str = ""
    """A number that is the same in every report."""


@dataclass(frozen=True)
class FigureChoice:
    """A figure as the screen offers it."""

    name: str
    rule: str
    unit: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """How many cells of a form come from where."""

    figure: int
    manual: int
    constant: int

    @property
    def total(self) -> int:
        """Return how many cells take a value."""
        return self.figure + self.manual + self.constant


def figure_choices() -> list[FigureChoice]:
    """Return all figures that a cell may be bound to, in the order of the registry."""
    return [
        FigureChoice(
            figure.name,
            figure.rule,
            _UNITS.get(figure.unit, figure.unit),
            tuple(name for name in _FILTERS if name in figure.family.keys),
        )
        for figure in FIGURES.figures.values()
    ]


def filter_choices() -> list[tuple[str, str, tuple[Option, ...]]]:
    """Return the filters: name, label, values."""
    return [(name, label, values) for name, (label, values) in _FILTERS.items()]


def counts_of(definition: EditionDefinition) -> Counts:
    """Count the cells of a form by where they come from."""
    sources = [cell.source for cell in definition.cells]
    return Counts(sources.count(Source.FIGURE), sources.count(Source.MANUAL), sources.count(Source.FORMULA))


def words_of(cell: Cell) -> str:
    """Return where a cell comes from, in a few words."""
    if cell.source is Source.FIGURE:
        return ", ".join([FIGURES[cell.figure].rule, *_filter_words(cell.filters)])
    if cell.source is Source.FORMULA:
        return f"постоянное значение {cell.formula}" if _is_number(cell.formula) else f"формула {cell.formula}"
    return "не заполняется" if cell.source is Source.CLOSED else "вручную"


def binding_of(cell: Cell) -> Binding:
    """Return the binding of a cell as the screen edits it."""
    return Binding(cell.source, cell.figure, dict(cell.filters), cell.formula)


def cell_of(definition: EditionDefinition, key: CellKey) -> Cell:
    """Return a cell that may be bound.

    Raises:
        NotFoundError: the form has no such cell, or it takes no value.

    """
    cell = definition.cell(key)
    if cell is None or cell.source is Source.CLOSED:
        raise NotFoundError(f"Ячейки {place(key)} в форме нет.")
    return cell


def bind(session: Session, actor: Actor, edition_id: int, key: CellKey, binding: Binding, *, version: int) -> Edition:
    """Give one cell of a draft another source; `version` is the `row_version` that the screen showed.

    Raises:
        ConflictError: somebody changed the form meanwhile.
        InvalidError: the figure, a filter or the constant does not fit.
        WrongStateError: the form is published.

    """
    cell = cell_of(definition_of(session, edition_id), key)
    return bind_cell(session, actor, edition_id, _bound(cell, binding), version=version)


def revise(session: Session, actor: Actor, edition_id: int) -> Edition:
    """Begin a new revision of the bindings of a published form; the template's own version stays what it is."""
    edition = session.scalars(
        select(Edition).where(Edition.id == edition_id).options(undefer(Edition.template))
    ).one_or_none()
    if edition is None:
        raise NotFoundError
    if edition.status is not EditionStatus.PUBLISHED:
        raise WrongStateError("Форма ещё черновик: её можно править как есть.")
    definition = definition_of(session, edition_id)
    content = content_of(definition, edition.template)
    same = session.scalars(select(Edition).where(Edition.code == edition.code)).all()
    waiting = next((item for item in same if item.status is EditionStatus.DRAFT), None)
    if waiting is not None:
        journal.nothing_changed()
        return waiting
    version = f"{definition.version}{_REVISION_MARK}{len(same) + 1}"
    return save_edition(session, actor, replace(content, version=version))


def editions(session: Session) -> Sequence[Edition]:
    """Return all editions of the region: by code, the newest version first."""
    return session.scalars(select(Edition).order_by(Edition.kind.desc(), Edition.code, Edition.id.desc())).all()


def federal_editions(session: Session) -> Sequence[Edition]:
    """Return the published forms that reports in XML are made by: of several revisions of one the newest."""
    rows = session.scalars(
        select(Edition)
        .where(Edition.kind == EditionKind.FEDERAL.value, Edition.status == EditionStatus.PUBLISHED)
        .order_by(Edition.code, Edition.id)
    ).all()
    return list({edition.code: edition for edition in rows}.values())


def _bound(cell: Cell, binding: Binding) -> Cell:
    plain = Cell(cell.section, cell.row, cell.column, additive=cell.additive)
    if binding.source is Source.MANUAL:
        return replace(plain, source=Source.MANUAL)
    if binding.source is Source.FORMULA:
        text = binding.constant.strip().replace(",", ".").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
        if not _is_number(text):
            raise InvalidError("Постоянное значение – это число, например 0 или 12,5.", field="constant")
        return replace(plain, source=Source.FORMULA, formula=text)
    if binding.figure not in FIGURES.figures:
        raise InvalidError("Выберите показатель.", field="figure")
    known = FIGURES[binding.figure].family.keys
    filters = {name: value for name, value in binding.filters.items() if value}
    for name, value in filters.items():
        if name not in known or value not in dict(_FILTERS[name][1]):
            raise InvalidError(f"Показатель не делится так: {_FILTERS.get(name, (name,))[0]}.", field="filters")
    # A count of records may be added up over organizations, whatever the template's wording suggests.
    return replace(plain, source=Source.FIGURE, figure=binding.figure, filters=filters, additive=True)


def _filter_words(filters: Mapping[str, str]) -> list[str]:
    return [dict(_FILTERS[name][1]).get(value, value) if name in _FILTERS else value for name, value in filters.items()]


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
