"""Which function does a job of which kind. A function takes the claim, may run twice, and publishes once."""

from collections.abc import Callable

from reports.runs.commands import JOB as REPORT
from reports.runs.jobs import produce_report
from tenants.jobs.commands import Claim

JOBS: dict[str, Callable[[Claim], None]] = {
    REPORT: produce_report,
}
"""One line a kind."""
