"""Pairs, groups, programmes and meetings."""
