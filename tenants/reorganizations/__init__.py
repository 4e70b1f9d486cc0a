"""Moves, mergers and splits of organizations: planned with a preview, carried out on their day, undone until then."""
