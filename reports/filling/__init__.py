"""Filling: the figures of one organization and period become cells, each with the set of records behind it."""

from reports.filling.fill import Filled, fill
from reports.filling.sets import Members, compute

__all__ = ["Filled", "Members", "compute", "fill"]
