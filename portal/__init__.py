"""Edges of the portal: pages, sign-in, worker, schedule, command line."""
