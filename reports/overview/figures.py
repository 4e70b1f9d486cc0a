"""The main numbers of the monthly form, found by what they count and not by where they stand."""

from collections.abc import Mapping

from reports.editions.definition import EditionDefinition
from reports.editions.parts import Source
from tenants.submissions.models import Place

KEY_FIGURES: Mapping[str, str] = {
    "pairs": "Пары",
    "mentors": "Наставники",
    "mentees": "Наставляемые",
    "meetings": "Встречи",
}
"""Figures by the word under which a home page shows them."""


def key_places(definition: EditionDefinition) -> dict[str, Place]:
    """Return where a form counts each main number over all forms of mentoring, by its word; what it lacks is absent."""
    found = {
        cell.figure: cell.key
        for cell in definition.cells
        if cell.source is Source.FIGURE and cell.figure in KEY_FIGURES and not cell.filters
    }
    return {word: found[figure] for figure, word in KEY_FIGURES.items() if figure in found}
