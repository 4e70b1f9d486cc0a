"""Moves, mergers and splits of organizations."""
