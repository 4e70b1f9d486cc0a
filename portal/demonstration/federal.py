"""The invented federal form: loaded from its template, bound to figures, published."""

from collections.abc import Mapping
from importlib import resources

from reports.editions.parts import Cell, CellKey, Source
from reports.forms import bind_cell, load_edition
from tenants.accounts.actor import Actor
from tenants.db import transaction
from tenants.submissions.editions import publish_edition

CODE = "990100101"
YEAR = 2026
_FEMALE = {"sex": "female"}
_TEACHERS = {"mentoring_form": "teacher_teacher"}
_PEOPLE = ("mentors", "mentors_trained", "mentees", "mentees_aged_10_19", "mentees_novice_teachers")
_WORK = ("pairs", "groups", "meetings")


def load_federal(actor: Actor) -> None:
    """Load the template as a draft, bind every cell to its figure, publish it."""
    template = resources.files("portal.demonstration").joinpath("data", "federal.xml").read_bytes()
    with transaction(actor.scope) as session:
        edition = load_edition(session, actor, "federal.xml", template, publish=False)
        for key, (figure, filters) in _bindings().items():
            cell = Cell(*key, source=Source.FIGURE, figure=figure, filters=filters, additive=True)
            edition = bind_cell(session, actor, edition.id, cell, version=edition.row_version)
        publish_edition(session, actor, edition.id)


def _bindings() -> Mapping[CellKey, tuple[str, Mapping[str, str]]]:
    found: dict[CellKey, tuple[str, Mapping[str, str]]] = {}
    for section, figures, part in (("1", _PEOPLE, _FEMALE), ("2", _WORK, _TEACHERS)):
        for number, figure in enumerate(figures, start=1):
            found[section, f"{number:02d}", "3"] = (figure, {})
            found[section, f"{number:02d}", "4"] = (figure, part)
    return found
