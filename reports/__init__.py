"""Figures, forms and documents made from the domain's records."""
