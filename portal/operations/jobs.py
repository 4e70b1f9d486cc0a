"""Which function does a job of which kind. A function takes the claim, may run twice, and publishes once."""

from collections.abc import Callable

from portal.subjects.jobs import destroy
from reports.people_counts import PEOPLE_JOB as PEOPLE
from reports.people_counts import count_people
from reports.rollup import roll_up
from reports.runs.commands import JOB as REPORT
from reports.runs.jobs import produce_report
from tenants.jobs.commands import Claim
from tenants.participants.twins import TWINS_JOB as TWINS
from tenants.participants.twins import find_twins
from tenants.reorganizations.carrying import carry_out
from tenants.reorganizations.commands import JOB as REORGANIZE
from tenants.subjects.commands import JOB as DESTRUCTION
from tenants.subjects.commands import TELL_JOB as TELL_SIGNERS
from tenants.subjects.telling import tell_signers
from tenants.submissions.review import ROLLUP_JOB as ROLLUP

JOBS: dict[str, Callable[[Claim], None]] = {
    REORGANIZE: carry_out,
    REPORT: produce_report,
    ROLLUP: roll_up,
    PEOPLE: count_people,
    TWINS: find_twins,
    DESTRUCTION: destroy,
    TELL_SIGNERS: tell_signers,
}
"""One line a kind."""
