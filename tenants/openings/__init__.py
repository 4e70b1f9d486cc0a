"""Temporary openings: names of some people of a school, to one person above it, for a reason and for hours."""
