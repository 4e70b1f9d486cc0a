"""Roadmaps at the edge: pages, uploads, the reading commands of the console."""
