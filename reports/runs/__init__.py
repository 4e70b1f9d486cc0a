"""Runs of reports: the row is the job, its steps are committed one by one, its result is published once."""
