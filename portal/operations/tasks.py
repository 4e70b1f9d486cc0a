"""What the schedule does, one line a task; each may run at any time and twice."""

from collections.abc import Callable

from portal.operations.sealing import seal_journals
from portal.subjects.jobs import draw_up_lists, sweep
from tenants.participants.twins import ask_daily
from tenants.reorganizations.carrying import carry_out_due
from tenants.submissions.windows import open_windows_due

TASKS: dict[str, Callable[[], object]] = {
    "seal_journals": seal_journals,
    "open_windows": open_windows_due,
    "find_twins": ask_daily,
    "reorganize": carry_out_due,
    "draw_up_destructions": draw_up_lists,
    "sweep_outlived": sweep,
}
