"""A run is made once: by one worker, by two, after a killed attempt, after a double click."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal.operations.worker import run_job, run_waiting
from reports.editions.loading import read_seed
from reports.runs.attempts import AttemptLostError, MadeFile, begin
from reports.runs.commands import Question
from reports.runs.jobs import produce_report
from reports.runs.models import Definition, Format, ReportRun, ReportRunFile, RunState
from tenants import clock
from tenants.db import REGISTRY, transaction
from tenants.errors import NotFoundError, WrongStateError
from tenants.jobs import commands as jobs
from tenants.jobs.models import Job, JobState
from tests.factories.reports import OCTOBER, ReportRegion, ask, make_report_region, run_of, save
from tests.factories.tree import Tree, actor_of


@pytest.fixture
def region(tree: Tree) -> ReportRegion:
    return make_report_region(tree)


def job_of(run: ReportRun) -> Job:
    with transaction(REGISTRY.reading()) as session:
        return session.scalars(select(Job).where(Job.kind == "report", Job.subject_id == run.id)).one()


def expire_lease(run: ReportRun) -> None:
    with transaction(REGISTRY) as session:
        session.execute(
            update(Job).where(Job.id == job_of(run).id).values(lease_until=clock.now() - timedelta(seconds=1))
        )


def files_of(region: ReportRegion, run: ReportRun) -> int:
    with transaction(actor_of(region.tree.region).scope.reading()) as session:
        return session.scalar(select(func.count()).where(ReportRunFile.run_id == run.id))


def test_a_run_is_made_by_the_job_that_was_written_with_it(region: ReportRegion) -> None:
    asked = region.ask(Format.XLSX)
    assert asked.state is RunState.PENDING

    run_waiting()

    made = run_of(region.tree.region, asked.id)
    assert (made.state, made.step, made.error) == (RunState.READY, 5, "")
    assert made.fingerprint is not None
    assert made.snapshot_at is not None
    assert [item["step"] for item in made.progress] == [1, 2, 3, 4, 5]
    assert job_of(made).state is JobState.DONE
    assert files_of(region, made) == 1


def test_a_double_click_is_one_run(region: ReportRegion) -> None:
    assert region.ask(Format.XLSX).id == region.ask(Format.XLSX).id


def test_asking_again_after_the_end_is_a_new_run_with_the_next_number(region: ReportRegion) -> None:
    first = region.ask(Format.XLSX)
    run_waiting()

    second = region.ask(Format.XLSX)
    run_waiting()

    assert (first.number, second.number) == (1, 2)
    # The same data give the same fingerprint, whoever asks and whenever.
    prints = {run_of(region.tree.region, run.id).fingerprint for run in (first, second)}
    assert len(prints) == 1


def test_a_job_that_is_delivered_twice_publishes_once(region: ReportRegion) -> None:
    run = region.ask(Format.XLSX)
    job_id = job_of(run).id

    run_job(job_id)
    run_job(job_id)

    assert files_of(region, run) == 1


def test_an_attempt_that_was_taken_over_changes_nothing(region: ReportRegion) -> None:
    run = region.ask(Format.XLSX)
    first_claim = jobs.claim(job_of(run).id)
    first = begin(first_claim)
    first.tell(1, "начали")
    expire_lease(run)

    second_claim = jobs.claim(job_of(run).id)
    assert second_claim.attempt == 2
    produce_report(second_claim)
    done = run_of(region.tree.region, run.id)
    assert done.state is RunState.READY

    with pytest.raises(AttemptLostError):
        first.tell(2, "всё ещё здесь")
    with pytest.raises(AttemptLostError):
        first.publish([MadeFile(Format.XLSX, "поздно.xlsx", b"late")], [])
    with pytest.raises(AttemptLostError):
        first.refuse("не вышло")
    with pytest.raises(AttemptLostError):
        first.freeze({"a": 1}, clock.now(), [])
    again = run_of(region.tree.region, run.id)
    assert (again.fingerprint, again.finished_at) == (done.fingerprint, done.finished_at)
    assert files_of(region, run) == 1


def test_an_attempt_in_the_middle_of_another_stops_the_older_one(region: ReportRegion) -> None:
    run = region.ask(Format.XLSX)
    older = begin(jobs.claim(job_of(run).id))
    expire_lease(run)
    newer = begin(jobs.claim(job_of(run).id))

    with pytest.raises(AttemptLostError):
        older.publish([], [])

    newer.tell(1, "продолжаем")
    assert run_of(region.tree.region, run.id).attempt == 2


def test_the_same_claim_cannot_begin_twice(region: ReportRegion) -> None:
    claim = jobs.claim(job_of(region.ask(Format.XLSX)).id)

    assert begin(claim) is not None
    assert begin(claim) is None


def test_a_run_that_killed_every_worker_says_so_in_the_end(region: ReportRegion) -> None:
    run = region.ask(Format.XLSX)
    for _ in range(jobs.MAX_ATTEMPTS):
        begin(jobs.claim(job_of(run).id))
        expire_lease(run)

    run_waiting()

    ended = run_of(region.tree.region, run.id)
    assert ended.state is RunState.FAILED
    assert "Повторить" in ended.error


def test_a_foreign_run_is_not_found(region: ReportRegion) -> None:
    run = region.ask(Format.XLSX)

    for place in (region.tree.district, region.tree.school):
        with pytest.raises(NotFoundError):
            run_of(place, run.id)


def test_a_form_that_is_not_published_cannot_be_asked_for(tree: Tree) -> None:
    edition_id = save(tree.region, read_seed("monthly_2026.toml"), publish=False)

    with pytest.raises(WrongStateError):
        ask(tree.region, Question(Definition.REGIONAL_SUMMARY, edition_id, tree.region.id, OCTOBER.first))
