"""Twelve months of the large region and the beginning of the thirteenth: forms, windows, submissions, sums."""

from dataclasses import replace
from datetime import date
from functools import partial

import psycopg
from sqlalchemy import select

from portal.demonstration import copying, mass_cells
from portal.demonstration.cast import Step, moment, play
from portal.demonstration.history import MARK, open_window
from portal.demonstration.mass import NOW, Window, months_until, write_month
from portal.demonstration.registry import FOUNDED, Registry
from reports.editions.definition import EditionDefinition
from reports.editions.loading import read_seed
from reports.forms import definition_of, keep_edition, load_seeds
from reports.rollup import recompute
from tenants import journal
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, transaction
from tenants.organizations.models import Organization, OrganizationKind
from tenants.periods import Month
from tenants.submissions.models import SubmissionWindow

_FORM = "monthly_2026.toml"
_TABLES = (
    "participant", "person", "participation", "consent", "programme", "mentorship", "mentorship_member", "meeting",
    "submission", "submission_state", "submission_event", "submission_cell", "member_set", "revision", "revision_cell",
    "fact", "rollup", "organization", "user_account", "membership",
)  # fmt: skip


def write_year(admin_url: str, registry: Registry, seed: int) -> int:
    """Write the months, month by month, each whole or not at all; returns how many submissions there are."""
    region = next(plan for plan in registry.plans.values() if plan.kind is OrganizationKind.REGION)
    region_id = registry.ids[region.code]
    admin = _admin(region_id, registry.users[f"admin@{region.code}.example"])
    windows = _open_windows(admin)
    with transaction(admin.scope.reading()) as session:
        definition = definition_of(session, windows[NOW].edition_id)
    submissions = 0
    _tidy(admin_url)
    for month, window in windows.items():
        submissions += _write(admin_url, registry, definition, (month, window), seed)
        if month != NOW:
            play([Step(moment(month.next.day(12), 23), partial(_add_up, admin, window))])
    _tidy(admin_url)
    with transaction(admin.scope) as session:
        journal.record(session, admin, MARK, None)
    return submissions


def _admin(region_id: int, user_id: int) -> Actor:
    with transaction(REGISTRY.reading()) as session:
        place = session.get_one(Organization, (region_id, region_id))
        return Actor(user_id, "Администратор", Role.REGION_ADMIN, workplace(place))


def _open_windows(admin: Actor) -> dict[Month, Window]:
    steps = [Step(FOUNDED, partial(_load_forms, admin))]
    steps += [Step(moment(month.first, 6), partial(open_window, admin, month)) for month in months_until(NOW)]
    play(steps)
    with transaction(admin.scope.reading()) as session:
        rows = session.scalars(select(SubmissionWindow).order_by(SubmissionWindow.period_start)).all()
        return {
            Month.of(row.period_start): Window(row.id, row.edition_id, row.cut_after, row.cut_on, row.due_on)
            for row in rows
        }


def _load_forms(admin: Actor) -> None:
    """Load the shipped form and, since it begins in 2026, the same one in other covers for the months before."""
    form = read_seed(_FORM)
    with transaction(admin.scope) as session:
        first, last = date(2025, 1, 1), date(2025, 12, 31)
        keep_edition(session, admin, replace(form, version="2025.1", valid_from=first, valid_to=last))
        load_seeds(session, admin)


def _write(
    admin_url: str, registry: Registry, definition: EditionDefinition, which: tuple[Month, Window], seed: int
) -> int:
    month, window = which
    region_id = registry.owner(next(iter(registry.plans)))[0]
    with copying.seeding(admin_url) as connection:
        connection.execute("set local work_mem = '128MB'")
        copying.trust_rows(connection)
        count = write_month(connection, registry, window, month, seed)
        mass_cells.prepare_places(connection, definition)
        mass_cells.write_cells(connection, region_id, window)
    return count


def _add_up(admin: Actor, window: Window) -> None:
    with transaction(admin.scope) as session:
        recompute(session, window.id)


def _tidy(admin_url: str) -> None:
    """Let the planner know what was written: nobody waits for the background to look."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f"vacuum (analyze) {', '.join(_TABLES)}")
