"""Which function does a job of which kind. A function takes the claim, may run twice, and publishes once."""

from collections.abc import Callable

from reports.rollup import roll_up
from reports.runs.commands import JOB as REPORT
from reports.runs.jobs import produce_report
from tenants.jobs.commands import Claim
from tenants.submissions.review import ROLLUP_JOB as ROLLUP

JOBS: dict[str, Callable[[Claim], None]] = {
    REPORT: produce_report,
    ROLLUP: roll_up,
}
"""One line a kind."""
