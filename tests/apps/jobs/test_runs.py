"""Submitting, planning, ends of runs: what the reconciler makes of rows."""

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.accounts.selectors import notifications_of
from apps.core.errors import Conflict, InvalidInput
from apps.jobs.domain import BlockOutcome, ObjectRow, PlannedStep
from apps.jobs.models import Block, Job, Result, Run
from apps.jobs.selectors import (
    job_representation,
    job_status,
    reports_of,
    results_of,
    run_latest,
    stream_since,
)
from apps.jobs.services import (
    block_commit,
    chunk_finish,
    job_cancel,
    job_pause,
    job_resume,
    job_retry,
    job_submit,
    outbox_add,
    progress_send,
    reconcile,
    run_output_add,
    run_verify,
    run_warning_add,
)
from apps.orchestration.services.drain import drain_local
from tests.apps.jobs.support import Hand, planned_run, self_check_submit

pytestmark = pytest.mark.django_db


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def fail_all(hand: Hand, error_class: str, message: str = "broken", **fields: Any) -> None:
    """Let every block of the next chunk fail for good."""
    lease = hand.must_claim()
    for block in Block.objects.filter(chunk=lease.chunk, state="pending"):
        outcome = BlockOutcome(
            "failed", error_class=error_class, error_message=message, charged=True, final=True
        )
        block_commit(lease, block.ix, block.iy, outcome)
    chunk_finish(lease)


def test_the_same_key_and_body_answer_the_same_job(project: Any, producer: Any) -> None:
    given = {"project": project, "user": producer, "workflow": "self_check", "spec": {"a": 1}}
    first = job_submit(**given, idempotency_key="k")
    again = job_submit(**given, idempotency_key="k")
    assert first.pk == again.pk
    assert Job.objects.count() == 1


def test_the_same_key_with_another_body_conflicts(project: Any, producer: Any) -> None:
    given = {"project": project, "user": producer, "workflow": "self_check"}
    job_submit(**given, spec={"a": 1}, idempotency_key="k")
    with pytest.raises(Conflict):
        job_submit(**given, spec={"a": 2}, idempotency_key="k")


def test_a_new_job_is_created_until_it_is_planned(project: Any, producer: Any) -> None:
    job = self_check_submit(project, producer)
    assert job_status(job) == "created"
    job_cancel(job=job, user=producer)
    planned, _ = planned_run(project, producer)
    assert job_status(fresh(planned)) == "queued"


def test_every_wish_leaves_one_audit_row(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer)
    job_pause(job=job, user=producer)
    job_resume(job=job, user=producer)
    job_cancel(job=job, user=producer)
    actions = AuditEntry.objects.filter(object_id=str(job.pk)).values_list("action", flat=True)
    assert sorted(actions) == ["job.cancel", "job.pause", "job.resume", "job.submit"]


def test_a_paused_run_is_shown_paused_when_no_lease_is_left(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer)
    lease = Hand("cpu").must_claim()
    job_pause(job=job, user=producer)
    reconcile(ring=False)
    assert job_status(fresh(job)) == "running" or job_status(fresh(job)) == "queued"
    chunk_finish(lease)
    reconcile(ring=False)
    assert job_status(fresh(job)) == "paused"
    job_resume(job=job, user=producer)
    reconcile(ring=False)
    assert job_status(fresh(job)) == "running"


def test_an_ended_run_refuses_pause_and_cancel(project: Any, producer: Any) -> None:
    job, run = planned_run(project, producer)
    Run.objects.filter(pk=run.pk).update(state="finished")
    for action in (job_pause, job_resume, job_cancel):
        with pytest.raises(Conflict):
            action(job=fresh(job), user=producer)


def test_a_running_job_refuses_a_retry(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer)
    with pytest.raises(Conflict):
        job_retry(job=job, user=producer)


def test_a_refused_plan_ends_the_run_with_message_and_advice(
    project: Any, producer: Any, settings: Any
) -> None:
    settings.JOBS_PLANNER = f"{__name__}.refuse"
    job = self_check_submit(project, producer)
    drain_local(until_idle=True)
    shown = job_representation(fresh(job))
    assert shown["status"] == "error"
    assert shown["error"] == {
        "class": "parameter",
        "message": "The area touches no block.",
        "advice": "Draw a larger area.",
    }


def refuse(run: Run) -> None:
    raise InvalidInput("The area touches no block.", advice="Draw a larger area.")


def test_a_control_step_counts_with_what_it_wrote_or_not_at_all(
    project: Any, producer: Any, settings: Any
) -> None:
    settings.JOBS_PLANNER = f"{__name__}.plan_control"
    settings.JOBS_CONTROL = f"{__name__}.write_and_fail"
    job = self_check_submit(project, producer)
    drain_local(until_idle=True)
    run = run_latest(fresh(job))
    assert run.state == "error"
    assert run.warnings == []
    error: Any = run.error
    assert error["class"] == "code"
    assert "RuntimeError: half-way" in error["message"]


def plan_control(run: Run) -> None:
    from apps.jobs.services import run_planned

    run_planned(run, [PlannedStep(name="apply", kernel="apply", executor="control")])


def write_and_fail(step: Any) -> dict[str, Any]:
    run_warning_add(step.run, "half written")
    raise RuntimeError("half-way")


def test_one_failed_block_of_many_finishes_with_errors_and_names_it(
    project: Any, producer: Any
) -> None:
    job, run = planned_run(project, producer, columns=4, rows=4)
    hand = Hand("cpu")
    fail_all(hand, "input", "Scene S2A_1, asset B04: truncated")
    hand.settle_all()
    Run.objects.filter(pk=run.pk).update(invariant_report={"ok": True})
    Hand("control").settle_all()
    reconcile(ring=False)
    shown = job_representation(fresh(job))
    assert shown["status"] == "finished_with_errors"
    assert shown["progress"]["failed"] == 2
    assert any("S2A_1" in text for text in shown["warnings"])
    assert shown["error"] is None


def test_nothing_computed_is_an_error_with_the_blocks_message(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer, columns=2, rows=1)
    hand = Hand("cpu")
    fail_all(hand, "input", "File x.tif is truncated.")
    fail_all(hand, "input", "File x.tif is truncated.")
    reconcile(ring=False)
    shown = job_representation(fresh(job))
    assert shown["status"] == "error"
    assert shown["error"]["class"] == "input"
    assert shown["error"]["message"] == "File x.tif is truncated."
    assert shown["error"]["advice"]


def test_blocks_without_any_valid_observation_are_an_error_of_class_data(
    project: Any, producer: Any
) -> None:
    job, _ = planned_run(project, producer, columns=1, rows=2)
    hand = Hand("cpu")
    while (lease := hand.claim()) is not None:
        for block in Block.objects.filter(chunk=lease.chunk):
            block_commit(lease, block.ix, block.iy, BlockOutcome("skipped"))
        chunk_finish(lease)
    reconcile(ring=False)
    assert job_representation(fresh(job))["error"]["class"] == "data"


def test_a_degraded_block_names_the_dropped_scene(project: Any, producer: Any) -> None:
    job, run = planned_run(project, producer, columns=2, rows=1)
    hand = Hand("cpu")
    lease = hand.must_claim()
    outcome = BlockOutcome(
        "degraded",
        fingerprint="f" * 64,
        dropped_inputs=({"id": "S2B_9", "reason": "asset B08 is missing"},),
    )
    block_commit(lease, 0, 0, outcome)
    chunk_finish(lease)
    hand.settle_all()
    Hand("control").settle_all()
    reconcile(ring=False)
    shown = job_representation(fresh(job))
    assert shown["status"] == "finished_with_errors"
    assert shown["warnings"] == ["Scene S2B_9 was left out of 1 block(s): asset B08 is missing"]
    assert run.pk == run_latest(fresh(job)).pk


def test_steps_open_in_the_order_of_their_dependence(project: Any, producer: Any) -> None:
    from apps.jobs.services import run_planned

    job, run = planned_run(project, producer, columns=2, rows=1)
    run_planned(run, [PlannedStep(name="second", kernel="x", depends_on=("check",))])
    reconcile(ring=False)
    assert run.steps.get(name="second").state == "waiting"
    Hand("cpu").settle_all()
    assert run.steps.get(name="second").state == "done"
    assert job_status(fresh(job)) == "running"


def test_outputs_keep_order_and_never_repeat(project: Any, producer: Any) -> None:
    job, run = planned_run(project, producer)
    run_output_add(run, layers=["b", "a"])
    run_output_add(run, layers=["a", "c"], model_version="m")
    assert job_representation(fresh(job))["outputs"] == {
        "layers": ["b", "a", "c"],
        "model_version": "m",
        "assessment": None,
    }


def test_results_are_read_back_by_row(project: Any, producer: Any) -> None:
    _, run = planned_run(project, producer, columns=2, rows=2)
    Hand("cpu").settle_all()
    found = results_of("check", run)
    assert [(ix, iy) for ix, iy, _ in found] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert all(objects["digest"].size == 1 for _, _, objects in found)
    assert [row[2] for row in reports_of("check", run)] == [{}] * 4


def test_verification_finds_damage_and_the_blocks_are_computed_again(
    project: Any, producer: Any, own_store: Any, monkeypatch: Any
) -> None:
    job = self_check_submit(project, producer, columns=3, rows=2)
    damaged: list[str] = []

    def verify(run: Run, store: Any) -> dict[str, Any]:
        if not damaged:
            row = Result.objects.filter(blocks__step__name="check").earliest("pk").files.get()
            path = store.path(row.object_key)
            path.chmod(0o644)
            path.write_bytes(b"x" * row.size)
            damaged.append(row.object_key)
        return run_verify(run, store)

    monkeypatch.setattr("apps.orchestration.services.blocks.run_verify", verify)
    drain_local(until_idle=True)
    run = run_latest(fresh(job))
    assert run.state == "finished"
    report: Any = run.invariant_report
    assert report["ok"]
    assert own_store.sha256_of(damaged[0]) in damaged[0]
    assert run.counter.done == 6


def test_a_missing_object_is_computed_again_by_a_retry(
    project: Any, producer: Any, own_store: Any
) -> None:
    job = self_check_submit(project, producer, columns=2, rows=2)
    drain_local(until_idle=True)
    key = results_of("check", run_latest(fresh(job)))[0][2]["digest"].object_key
    own_store.path(key).unlink()
    job_retry(job=fresh(job), user=producer)
    drain_local(until_idle=True)
    run = run_latest(fresh(job))
    assert (run.state, run.counter.done, run.counter.reused) == ("finished", 4, 3)
    assert own_store.size_of(key) is not None


def test_the_live_stream_counts_blocks_and_ends_with_the_state(project: Any, producer: Any) -> None:
    job = self_check_submit(project, producer, columns=3, rows=3)
    drain_local(until_idle=True)
    messages = stream_since(f"job:{job.pk}", 0)["results"]
    assert [m["seq"] for m in messages] == list(range(1, len(messages) + 1))
    blocks = [tuple(b[:3]) for m in messages if m["type"] == "blocks" for b in m["blocks"]]
    assert sorted(blocks) == [(iy, ix, "done") for iy in range(3) for ix in range(3)]
    states = [m["status"] for m in messages if m["type"] == "state"]
    assert states[-1] == "finished"


def test_progress_is_coalesced_within_half_a_second(project: Any, producer: Any) -> None:
    _, run = planned_run(project, producer)
    progress_send(run.pk, force=True)
    before = stream_since(f"job:{run.job_id}", 0)["seq"]
    Hand("cpu").must_claim()
    progress_send(run.pk)
    assert stream_since(f"job:{run.job_id}", 0)["seq"] == before


def test_a_gap_too_old_to_fill_asks_for_a_reset(project: Any) -> None:
    from apps.jobs.models import Outbox

    for number in range(3):
        outbox_add("job:x", "counters", {"n": number})
    Outbox.objects.filter(stream="job:x", seq=1).delete()
    assert stream_since("job:x", 0) == {"reset": True, "seq": 3, "results": []}
    assert [m["seq"] for m in stream_since("job:x", 1)["results"]] == [2, 3]


def test_objects_of_a_result_are_sorted_into_its_content_hash() -> None:
    rows = (ObjectRow("b", "2" * 64, 1, "k"), ObjectRow("a", "1" * 64, 1, "k"))
    one = BlockOutcome("done", objects=rows)
    other = BlockOutcome("done", objects=rows[::-1])
    assert one.content_sha == other.content_sha


def test_runs_know_when_they_began_and_ended(project: Any, producer: Any) -> None:
    job = self_check_submit(project, producer, columns=2, rows=2)
    drain_local(until_idle=True)
    run = run_latest(fresh(job))
    assert run.started_at is not None
    assert run.ended_at is not None
    assert run.started_at <= run.ended_at <= timezone.now()


def test_the_launcher_hears_once_how_the_run_ended(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer, columns=1, rows=1)
    fail_all(Hand("cpu"), "kernel_bug")
    reconcile(ring=False)
    reconcile(ring=False)
    told = [row for row in notifications_of(producer) if row.url == f"/jobs/{job.pk}/"]
    assert [(row.kind, row.tone, row.project_id) for row in told] == [
        ("job_ended", "failed", project.pk)
    ]


def test_a_canceled_run_is_no_news(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer)
    job_cancel(job=job, user=producer)
    reconcile(ring=False)
    assert job_status(fresh(job)) == "canceled"
    assert not notifications_of(producer).exists()
