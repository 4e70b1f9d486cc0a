"""What the schedule does, one line a task; each may run at any time and twice."""

from collections.abc import Callable

from portal.operations.sealing import seal_journals
from tenants.submissions.windows import open_windows_due

TASKS: dict[str, Callable[[], object]] = {
    "seal_journals": seal_journals,
    "open_windows": open_windows_due,
}
