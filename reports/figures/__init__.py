"""Figures: one question per function, a SELECT of record ids as of a date; the number, the list and the change."""

from reports.figures import meetings, mentorships, people
from reports.figures.definition import Ending, Family, Figure, Life, Nature, Registry, Span, family_select

FIGURES = Registry({figure.name: figure for module in (mentorships, people, meetings) for figure in module.FIGURES})
"""All figures by name; an edition's cell names one."""

__all__ = ["FIGURES", "Ending", "Family", "Figure", "Life", "Nature", "Registry", "Span", "family_select"]
