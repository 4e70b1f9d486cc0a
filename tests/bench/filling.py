"""P4: filling one school's month with its sets, against one hand-written SELECT that counts the same 84 cells."""

import statistics
import time
from collections.abc import Mapping

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.demonstration.cast import load_cast
from portal.demonstration.mass import NOW
from portal.demonstration.seeding import REGION
from reports.filling import fill
from tenants.accounts.actor import Actor
from tenants.db import transaction
from tenants.mentorships.models import Mentorship
from tenants.submissions import commands, queries
from tenants.submissions.models import SubmissionWindow
from tests.bench.ground import Ground
from tests.bench.places import SCHOOL
from tests.bench.telling import figure

_TURNS = 5
"""Measurements in each round."""
_FORMS = {
    "4": "student_student", "5": "teacher_teacher", "6": "head_teacher", "7": "student_pupil", "8": "employer_pupil",
    "9": "partner_teacher",
}  # fmt: skip
_OWN = "region_id = :region and organization_id = :organization"
_STANDS = "started_on <= :cut and (ended_on is null or ended_on > :cut)"
_PEOPLE: Mapping[str, str] = {
    "4": f"role = 'mentor' and {_STANDS} and real",
    "5": f"role = 'mentor' and {_STANDS} and real and trained_on <= :cut",
    "6": f"role = 'mentee' and {_STANDS} and real",
    "7": f"role = 'mentee' and {_STANDS} and real and extract(year from age(:cut, born_on)) between 10 and 19",
    "8": f"role = 'mentee' and {_STANDS} and real and experience_since <= :cut"
    " and experience_since > (cast(:cut as date) - interval '3 years')",
    "9": "role = 'mentee' and real and started_on > :after and started_on <= :cut",
    "10": "role = 'mentee' and end_reason = 'completed' and ended_on > :after and ended_on <= :cut",
    "11": "role = 'mentee' and end_reason in ('left', 'transferred', 'consent_withdrawn')"
    " and ended_on > :after and ended_on <= :cut",
}
_PAIRS: Mapping[str, str] = {
    "2": f"kind = 'pair' and order_on <= :cut and {_STANDS} and real",
    "3": f"kind = 'group' and order_on <= :cut and {_STANDS} and real",
}


def measure(ground: Ground, *, clients: int, rounds: int) -> dict[str, object]:
    """Return both times in milliseconds and their ratio, as medians over all turns."""
    del ground, clients
    actor = load_cast(REGION, {SCHOOL}).curator(SCHOOL)
    turns = [turn(actor) for _ in range(rounds * _TURNS + 3)][3:]
    ratios = [filled / counted for filled, counted in turns]
    with transaction(actor.scope.reading()) as session:
        pairs = session.scalar(select(func.count()).select_from(Mentorship).where(Mentorship.ended_on.is_(None)))
    result = {
        "mentorships": pairs,
        "cells": 84,
        "ratio": statistics.median(ratios),
        "ratio_spread": [min(ratios), max(ratios)],
        "fill_ms": statistics.median(filled for filled, _ in turns),
        "select_ms": statistics.median(counted for _, counted in turns),
    }
    figure("p4_ratio", result["ratio"])
    figure("p4_fill_ms", result["fill_ms"], 1)
    return result


def turn(actor: Actor) -> tuple[float, float]:
    """Fill a fresh month, count the same cells by hand in the same transaction, compare, and take both back."""
    with transaction(actor.scope) as session:
        window = queries.window_of_month(session, NOW).window
        submission = commands.start_submission(session, actor, window.id)
        begun = time.perf_counter()
        fill(session, submission.id)
        filled = time.perf_counter()
        counted = by_hand(session, window)
        ended = time.perf_counter()
        cells = {place[1:]: int(cell.value) for place, cell in queries.cells_of(session, submission.id).items()}
        if cells != counted:
            raise RuntimeError(f"числа разошлись: {[key for key in cells if cells[key] != counted.get(key)]}")
        session.rollback()
    return (filled - begun) * 1000, (ended - filled) * 1000


def by_hand(session: Session, window: SubmissionWindow) -> dict[tuple[str, str], int]:
    """Return every cell by row and column from one statement."""
    scope = session.info["scope"]
    values = {
        "region": scope.region_id,
        "organization": scope.organization_id,
        "cut": window.cut_on,
        "after": window.cut_after,
    }
    row = session.execute(_STATEMENT, values).one()
    return {(key.split("_")[1], key.split("_")[2]): int(count) for key, count in row._mapping.items()}


def _counts(conditions: Mapping[str, str], count: str) -> str:
    parts = []
    for row, condition in conditions.items():
        parts.append(f"{count} filter (where {condition}) as c_{row}_3")
        for column, form in _FORMS.items():
            parts.append(f"{count} filter (where {condition} and mentoring_form = '{form}') as c_{row}_{column}")
    return ", ".join(parts)


_STATEMENT = text(f"""
with people as (
  select {_counts(_PEOPLE, "count(distinct participant_id)")}
  from (select p.*, x.born_on, x.experience_since, p.end_reason is distinct from 'mistake' as real
    from participation p
    join participant x on x.region_id = p.region_id and x.organization_id = p.organization_id
      and x.id = p.participant_id
    where p.{_OWN.replace(" and ", " and p.")}) p
), pairs as (
  select {_counts(_PAIRS, "count(*)")}
  from (select *, outcome is distinct from 'mistake' as real from mentorship where {_OWN}) m
), programmes as (
  select {_counts({"1": _STANDS}, "count(*)")} from programme where {_OWN}
), meetings as (
  select {_counts({"12": "true"}, "count(*)")}
  from meeting e
  join mentorship m on m.region_id = e.region_id and m.organization_id = e.organization_id and m.id = e.mentorship_id
  where e.{_OWN.replace(" and ", " and e.")} and e.held_on > :after and e.held_on <= :cut and e.cancelled_at is null
    and m.outcome is distinct from 'mistake'
)
select * from people, pairs, programmes, meetings
""")
