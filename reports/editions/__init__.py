"""Editions of forms: what a form asks, as data. Shipped seeds lie here; the program reads published rows only."""
