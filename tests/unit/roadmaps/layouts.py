"""Invented plans of many layouts, each with what a person reads in it."""

from tests.unit.roadmaps import layouts_of_columns, layouts_of_rows
from tests.unit.roadmaps.layouts_of_rows import NO_PLANS

LAYOUTS = layouts_of_columns.LAYOUTS | layouts_of_rows.LAYOUTS

__all__ = ["LAYOUTS", "NO_PLANS"]
