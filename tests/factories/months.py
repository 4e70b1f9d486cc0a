# ruff: noqa: E501 - SQL keeps its own shape
"""Months of a tree: the shipped form, windows, drafts, sent and accepted months; and random records to count."""

import random
from datetime import date, timedelta

from sqlalchemy import text

from reports import months
from reports.forms import load_seeds
from tenants import clock
from tenants.accounts.actor import Actor
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.periods import Month
from tenants.submissions import entries, review
from tenants.submissions.models import Submission, SubmissionWindow
from tenants.submissions.windows import open_windows
from tests.factories.tree import Tree, actor_of

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
FORMS = (
    "student_student", "teacher_teacher", "head_teacher", "student_pupil",
    "employer_pupil", "partner_teacher", "employer_student",
)  # fmt: skip
COMMON_FORMS = ("student_student", "teacher_teacher")


def open_month(tree: Tree, month: Month = OCTOBER) -> SubmissionWindow:
    """Publish the shipped form in the tree's region and open a month."""
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        load_seeds(session, actor)
        return open_windows(session, actor, month)[0]


def start(place: Organization, window: SubmissionWindow) -> Submission:
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        return months.start_month(session, actor, window.id)


def explain_everything(place: Organization, submission: Submission, answer: str = "Проверено по журналу.") -> None:
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        for finding in months.check_month(session, submission.id):
            entries.explain(
                session,
                actor,
                submission.id,
                control_id=finding.control_id,
                condition_key=finding.condition_key,
                cells=finding.cells,
                text=answer,
            )


def send(place: Organization, submission: Submission) -> int:
    """Answer every question and send; the number of the revision."""
    explain_everything(place, submission)
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        return months.send_month(session, actor, submission.id).n


def accept(reviewer: Organization | Actor, submission: Submission, revision_n: int = 1) -> None:
    actor = reviewer if isinstance(reviewer, Actor) else actor_of(reviewer)
    with transaction(actor.scope) as session:
        review.accept_submission(session, actor, submission.id, revision_n=revision_n)


def hand_in(tree: Tree, place: Organization, window: SubmissionWindow) -> Submission:
    """Start, send and accept the month of an organization."""
    submission = start(place, window)
    revision_n = send(place, submission)
    reviewer = next(one for one in tree.all if one.id == place.district_id)
    accept(reviewer, submission, revision_n)
    return submission


def scatter_records(
    place: Organization,
    seed: int,
    *,
    people: int = 60,
    around: date = date(2026, 10, 25),
    forms: tuple[str, ...] = FORMS,
) -> None:
    """Write random people, parts, pairs and meetings whose dates lie thickly around the cuts.

    With `forms` that every kind of organization keeps, the month passes the controls.
    """
    rng = random.Random(seed)  # noqa: S311 - test data, no secret

    def day(spread: int = 80) -> date:
        return around + timedelta(days=rng.choice((0, 1, -1, 10, 15, -30, -31, -29, -60, rng.randint(-spread, 20))))

    owner = {"r": place.region_id, "d": place.district_id, "o": place.id}
    with transaction(actor_of(place).scope) as session:

        def add(statement: str, **values: object) -> int:
            return int(session.execute(text(statement + " returning id"), owner | values).scalar_one())

        programmes = [
            add(
                "insert into programme (region_id, district_id, organization_id, title, mentoring_form, started_on, ended_on)"
                " values (:r, :d, :o, 'Программа', :form, :began, :ended)",
                **_life(rng, day),
                form=rng.choice(forms),
            )
            for _ in range(8)
        ]
        persons = [
            add(
                "insert into participant (region_id, district_id, organization_id, number, born_on, experience_since, identity_key)"
                " values (:r, :d, :o, :n, :born, :since, :key)",
                n=number,
                born=rng.choice((None, _years(around, rng.choice((9, 10, 19, 20, 15)), rng.choice((-1, 0, 1))))),
                since=rng.choice((None, _years(around, 3, rng.choice((-1, 0, 1))), day())),
                key=rng.choice((None, rng.randbytes(8))),
            )
            for number in range(1, people + 1)
        ]
        for _ in range(people * 2):
            life = _life(rng, day)
            reason = (
                rng.choice(("completed", "left", "transferred", "consent_withdrawn", "mistake"))
                if life["ended"]
                else None
            )
            add(
                "insert into participation (region_id, district_id, organization_id, participant_id, role, mentoring_form,"
                " started_on, ended_on, end_reason, trained_on) values (:r, :d, :o, :person, :role, :form, :began, :ended, :reason, :trained)",
                **life,
                person=rng.choice(persons),
                role=rng.choice(("mentor", "mentee")),
                form=rng.choice(forms),
                reason=reason,
                trained=rng.choice((None, day())),
            )
        pairs = []
        for number in range(1, people):
            life = _life(rng, day)
            outcome = rng.choice(("completed", "stopped", "transferred", "mistake")) if life["ended"] else None
            pairs.append(
                add(
                    "insert into mentorship (region_id, district_id, organization_id, number, kind, mentoring_form, programme_id,"
                    " order_on, started_on, ended_on, outcome) values (:r, :d, :o, :n, :kind, :form, :programme, :ordered, :began, :ended, :outcome)",
                    **life,
                    n=number,
                    kind=rng.choice(("pair", "group")),
                    form=rng.choice(forms),
                    programme=rng.choice(programmes),
                    ordered=rng.choice((None, day(), day())),
                    outcome=outcome,
                )
            )
        for _ in range(people * 3):
            add(
                "insert into meeting (region_id, district_id, organization_id, mentorship_id, held_on, cancelled_at)"
                " values (:r, :d, :o, :pair, :held, :cancelled)",
                pair=rng.choice(pairs),
                held=day(),
                cancelled=rng.choice((None, None, None, clock.now())),
            )


def _life(rng: random.Random, day) -> dict[str, date | None]:
    began = day()
    return {"began": began, "ended": rng.choice((None, None, max(began, day())))}


def _years(day: date, years: int, shift: int) -> date:
    return day.replace(year=day.year - years) + timedelta(days=shift)
