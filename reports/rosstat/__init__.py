"""Rosstat's XML: templates in, reports out, and an independent check of a report against its template."""

from reports.rosstat.report import period_code, write_report
from reports.rosstat.template import read_template
from reports.rosstat.verdict import CheckMessage, check_report

__all__ = ["CheckMessage", "check_report", "period_code", "read_template", "write_report"]
