"""Pairs, groups, meetings and programmes at the edge."""
