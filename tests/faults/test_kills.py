"""Killed workers, killed children, frozen workers, failpoints: the job ends, each block once."""

import os
import signal
import time
from typing import Any

import pytest

from apps.jobs.models import Block, Chunk, Job, JobEvent
from apps.jobs.selectors import job_status, run_latest
from apps.jobs.services import job_cancel, job_pause, job_resume, job_retry
from tests.apps.jobs.support import self_check_submit
from tests.faults.checker import outcome_violations
from tests.faults.workers import Workers, wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
KILL_POINTS = (
    "claim.after=kill9@2",
    "link.before=kill9@3",
    "link.after=kill9@4",
    "commit.before=kill9@5",
    "commit.after=kill9@6",
    "chunk.finish.before=kill9@1",
    "reconcile.mid=kill9@2",
)
ENDED = {"finished", "finished_with_errors", "error", "canceled"}


def status_of(job: Job) -> str:
    return job_status(Job.objects.get(pk=job.pk))


def ends(job: Job, workers: Workers, *, seconds: float = 60) -> str:
    """Wait for the end of a job and return its status."""
    try:
        wait_for(lambda: status_of(job) in ENDED, seconds=seconds, what="the end of the job")
    except AssertionError as error:
        raise AssertionError(f"{error}; it is {status_of(job)}\n{workers.logs()}") from error
    return status_of(job)


def settled(job: Job) -> int:
    blocks = Block.objects.filter(step__run=run_latest(job), step__name="check")
    return blocks.exclude(state="pending").count()


def commits(job: Job) -> int:
    return JobEvent.objects.filter(run__job=job, kind="commit", detail__state="done").count()


def test_two_hundred_blocks_survive_a_killed_worker_and_a_killed_child(
    project: Any, producer: Any, workers: Workers, store: Any
) -> None:
    job = self_check_submit(project, producer, columns=20, rows=10, work_ms=40)
    first, second = workers.start(), workers.start()
    wait_for(lambda: settled(job) >= 20, seconds=40, what="twenty blocks")
    child = wait_for(second.child, seconds=10, what="a compute child")
    os.kill(child, signal.SIGKILL)
    wait_for(lambda: second.child() not in (None, child), seconds=20, what="a new child")
    wait_for(lambda: settled(job) >= 60, seconds=40, what="sixty blocks")
    first.signal(signal.SIGKILL)
    assert ends(job, workers) == "finished"
    assert settled(job) == 200
    assert outcome_violations(job, store) == []
    assert JobEvent.objects.filter(run__job=job, kind="expire").exists()


def test_the_child_of_a_killed_worker_does_not_outlive_it(
    project: Any, producer: Any, workers: Workers
) -> None:
    self_check_submit(project, producer, columns=20, rows=10, work_ms=50)
    worker = workers.start()
    child = wait_for(worker.child, seconds=40, what="a compute child")
    worker.signal(signal.SIGKILL)
    wait_for(lambda: not _lives(child), seconds=5, what="the end of the child")


def test_a_frozen_worker_loses_its_lease_and_its_late_commit_is_fenced(
    project: Any, producer: Any, workers: Workers, store: Any
) -> None:
    job = self_check_submit(project, producer, columns=6, rows=5, work_ms=100)
    frozen = workers.start()
    wait_for(lambda: settled(job) >= 3, seconds=40, what="three blocks")
    frozen.signal(signal.SIGSTOP)
    workers.start()
    wait_for(
        lambda: JobEvent.objects.filter(run__job=job, kind="expire").exists(),
        seconds=30,
        what="an expired lease",
    )
    frozen.signal(signal.SIGCONT)
    assert ends(job, workers) == "finished"
    assert outcome_violations(job, store) == []


def test_a_kill_at_any_point_loses_nothing_and_counts_nothing_twice(
    project: Any, producer: Any, workers: Workers, store: Any
) -> None:
    job = self_check_submit(project, producer, columns=12, rows=10, work_ms=40)
    victims = {rule: workers.start(failpoints=rule) for rule in KILL_POINTS}
    for rule, victim in victims.items():
        wait_for(victim.has_ended, seconds=60, what=f"the kill at {rule}")
        assert victim.status == -signal.SIGKILL
    workers.start(until_idle=True)
    assert ends(job, workers) == "finished"
    assert settled(job) == 120
    assert outcome_violations(job, store) == []


def test_a_commit_whose_answer_is_lost_counts_once(
    project: Any, producer: Any, workers: Workers, store: Any
) -> None:
    job = self_check_submit(project, producer, columns=4, rows=4, work_ms=0)
    workers.start(failpoints="commit.after=raise(django.db.OperationalError)%30,7")
    assert ends(job, workers) == "finished"
    assert outcome_violations(job, store) == []


def test_a_terminated_worker_gives_its_lease_back_within_five_seconds(
    project: Any, producer: Any, workers: Workers
) -> None:
    job = self_check_submit(project, producer, columns=3, rows=1, work_ms=20_000)
    worker = workers.start()
    leased = Chunk.objects.filter(step__run__job=job, step__name="check", state="leased")
    wait_for(leased.exists, seconds=40, what="a lease")
    wait_for(worker.child, seconds=20, what="a compute child")
    asked = time.monotonic()
    worker.signal(signal.SIGTERM)
    wait_for(lambda: not leased.exists(), seconds=7, what="the release")
    wait_for(lambda: worker.status is not None, seconds=10, what="the end of the worker")
    assert time.monotonic() - asked < 10
    assert JobEvent.objects.filter(run__job=job, kind="release").exists()
    assert not JobEvent.objects.filter(run__job=job, kind="expire").exists()


def test_pause_holds_over_a_restart_and_resume_computes_nothing_again(
    project: Any, producer: Any, workers: Workers, store: Any
) -> None:
    job = self_check_submit(project, producer, columns=10, rows=6, work_ms=30)
    first = workers.start()
    wait_for(lambda: settled(job) >= 10, seconds=40, what="ten blocks")
    job_pause(job=job, user=producer)
    wait_for(lambda: status_of(job) == "paused", seconds=20, what="the pause")
    first.signal(signal.SIGKILL)
    held = settled(job)
    workers.start()
    time.sleep(2)
    assert settled(job) == held
    job_resume(job=job, user=producer)
    assert ends(job, workers) == "finished"
    assert commits(job) == 60 + 2  # and planning and verification
    assert outcome_violations(job, store) == []


def test_cancel_stops_a_running_block_within_five_seconds(
    project: Any, producer: Any, workers: Workers
) -> None:
    job = self_check_submit(project, producer, columns=2, rows=1, work_ms=30_000)
    worker = workers.start()
    wait_for(worker.child, seconds=40, what="a compute child")
    asked = time.monotonic()
    job_cancel(job=job, user=producer)
    assert ends(job, workers, seconds=10) == "canceled"
    assert time.monotonic() - asked < 8
    assert settled(job) == 0


def test_a_retry_reuses_every_block_that_is_known(
    project: Any, producer: Any, workers: Workers, store: Any
) -> None:
    job = self_check_submit(project, producer, columns=10, rows=4, work_ms=20)
    workers.start()
    wait_for(lambda: settled(job) >= 10, seconds=40, what="ten blocks")
    job_cancel(job=job, user=producer)
    assert ends(job, workers) == "canceled"
    kept = settled(job)
    job_retry(job=job, user=producer)
    assert ends(job, workers) == "finished"
    run = run_latest(Job.objects.get(pk=job.pk))
    assert run.number == 2
    assert kept <= run.counter.reused <= kept + 1
    assert run.counter.done == 40
    assert outcome_violations(job, store) == []


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
