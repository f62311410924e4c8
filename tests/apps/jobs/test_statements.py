"""The five statements on the real database."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from apps.jobs.domain import BlockOutcome, Lease
from apps.jobs.models import Block, Chunk, JobEvent, Result, Run, Slot
from apps.jobs.selectors import blocks_pending, run_latest
from apps.jobs.services import (
    block_commit,
    chunk_claim,
    chunk_finish,
    chunk_reap,
    chunk_renew,
    job_cancel,
    job_pause,
    job_resume,
    reconcile,
)
from tests.apps.jobs.support import Hand, done, planned_run
from tests.faults.checker import history_violations

pytestmark = pytest.mark.django_db


def lapse(lease: Lease) -> None:
    """Let the lease's time be over."""
    Chunk.objects.filter(pk=lease.chunk).update(lease_until=timezone.now() - timedelta(seconds=1))


def failure(error_class: str = "code", **fields: Any) -> BlockOutcome:
    given = {"charged": True, "error_class": error_class, "error_message": "no", **fields}
    return BlockOutcome("failed", **given)


def test_a_claim_raises_the_epoch_and_takes_a_slot(project: Any, producer: Any) -> None:
    planned_run(project, producer)
    lease = Hand("cpu").must_claim()
    chunk = Chunk.objects.get(pk=lease.chunk)
    assert (chunk.state, chunk.epoch, lease.epoch) == ("leased", 1, 1)
    assert Slot.objects.filter(chunk=chunk).count() == 1


def test_a_worker_is_offered_only_its_own_class(project: Any, producer: Any) -> None:
    planned_run(project, producer)
    assert Hand("mem").claim() is None


def test_two_claims_never_share_a_chunk(project: Any, producer: Any) -> None:
    planned_run(project, producer)
    first, second = Hand("cpu").must_claim(), Hand("cpu").must_claim()
    assert first.chunk != second.chunk


def test_a_hint_prefers_the_neighbouring_chunk(project: Any, producer: Any) -> None:
    planned_run(project, producer, columns=8, rows=8)
    lease = Hand("cpu").claim(hint=3)
    assert lease is not None
    assert lease.seq == 3


def test_an_organisation_never_holds_more_leases_than_slots(project: Any, producer: Any) -> None:
    planned_run(project, producer, columns=10, rows=10)
    Slot.objects.filter(n__gt=2).delete()
    hand = Hand("cpu")
    assert [hand.claim() is not None for _ in range(3)] == [True, True, False]


def test_no_claim_lands_after_a_pause(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer)
    job_pause(job=job, user=producer)
    assert Hand("cpu").claim() is None
    job_resume(job=job, user=producer)
    assert Hand("cpu").claim() is not None


def test_a_renewal_reports_pause_cancel_and_loss(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer)
    lease = Hand("cpu").must_claim()
    answers = [chunk_renew(lease, ttl=30)]
    job_pause(job=job, user=producer)
    answers.append(chunk_renew(lease, ttl=30))
    job_cancel(job=job, user=producer)
    answers.append(chunk_renew(lease, ttl=30))
    assert answers == ["ok", "pause", "lost"]


def test_a_repeated_commit_says_already_and_counts_once(project: Any, producer: Any) -> None:
    planned_run(project, producer)
    lease = Hand("cpu").must_claim()
    block = blocks_pending(lease.chunk)[0]
    outcome = done(lease, block.ix, block.iy)
    answers = [block_commit(lease, block.ix, block.iy, outcome) for _ in range(2)]
    assert answers == ["commit", "already"]
    assert Chunk.objects.get(pk=lease.chunk).n_done == 1


def test_a_late_commit_after_a_new_claim_is_fenced(project: Any, producer: Any) -> None:
    _, run = planned_run(project, producer, columns=1, rows=2)
    slow, quick = Hand("cpu"), Hand("cpu")
    stale = slow.must_claim()
    lapse(stale)
    assert chunk_reap() == 1
    fresh = quick.must_claim()
    assert (fresh.chunk, fresh.epoch) == (stale.chunk, stale.epoch + 1)
    block = blocks_pending(stale.chunk)[0]
    assert block_commit(stale, block.ix, block.iy, done(stale, block.ix, block.iy)) == "fenced"
    assert Block.objects.filter(chunk=stale.chunk, state="done").count() == 0
    assert chunk_finish(stale) == "fenced"
    assert quick.settle(fresh)[-1] == "finish"
    assert history_violations(run) == []


def test_an_expired_lease_nobody_reaped_may_still_commit(project: Any, producer: Any) -> None:
    planned_run(project, producer)
    lease = Hand("cpu").must_claim()
    lapse(lease)
    block = blocks_pending(lease.chunk)[0]
    assert block_commit(lease, block.ix, block.iy, done(lease, block.ix, block.iy)) == "commit"


def test_a_commit_under_other_parameters_is_fenced(project: Any, producer: Any) -> None:
    planned_run(project, producer)
    lease = Hand("cpu").must_claim()
    other = Lease(**{**lease.__dict__, "params_sha": "0" * 64})
    block = blocks_pending(lease.chunk)[0]
    assert block_commit(other, block.ix, block.iy, done(lease, block.ix, block.iy)) == "fenced"


def test_no_result_counts_after_a_cancel(project: Any, producer: Any) -> None:
    job, run = planned_run(project, producer)
    hand = Hand("cpu")
    lease = hand.must_claim()
    job_cancel(job=job, user=producer)
    block = Block.objects.filter(chunk=lease.chunk).earliest("iy", "ix")
    assert block_commit(lease, block.ix, block.iy, done(lease, block.ix, block.iy)) == "fenced"
    assert not Slot.objects.filter(chunk__isnull=False).exists()
    reconcile(ring=False)
    run.refresh_from_db()
    assert run.state == "canceled"


def test_a_release_counts_no_lapse_and_frees_the_slot(project: Any, producer: Any) -> None:
    planned_run(project, producer)
    lease = Hand("cpu").must_claim()
    assert chunk_finish(lease) == "release"
    chunk = Chunk.objects.get(pk=lease.chunk)
    assert (chunk.state, chunk.lapses) == ("pending", 0)
    assert not Slot.objects.filter(chunk__isnull=False).exists()


def test_three_own_failures_quarantine_a_block_and_spare_its_neighbours(
    project: Any, producer: Any
) -> None:
    planned_run(project, producer, columns=4, rows=1)
    Block.objects.filter(step__name="check").update(chunk=Chunk.objects.latest("pk"))
    Chunk.objects.filter(step__name="check").exclude(pk=Chunk.objects.latest("pk").pk).delete()
    Chunk.objects.filter(step__name="check").update(n_blocks=4)
    hand = Hand("cpu")
    answers = []
    for _ in range(3):
        lease = hand.must_claim()
        answers.append(str(block_commit(lease, 0, 0, failure())))
        chunk_finish(lease)
    assert answers == ["fail", "fail", "quarantine"]
    assert set(
        Block.objects.filter(step__name="check").exclude(ix=0).values_list("fail_count", "state")
    ) == {(0, "pending")}


def test_bad_input_is_quarantined_at_once(project: Any, producer: Any) -> None:
    planned_run(project, producer)
    lease = Hand("cpu").must_claim()
    answer = block_commit(lease, 0, 0, failure("input", final=True))
    assert answer == "quarantine"


def test_a_block_out_of_memory_moves_to_the_next_class_alone(project: Any, producer: Any) -> None:
    planned_run(project, producer, columns=8, rows=8)
    lease = Hand("cpu").must_claim()
    before = Chunk.objects.get(pk=lease.chunk).n_blocks
    assert block_commit(lease, 0, 0, failure("oom", move_to="mem")) == "fail"
    alone = Hand("mem").must_claim()
    assert [(b.ix, b.iy) for b in blocks_pending(alone.chunk)] == [(0, 0)]
    assert Chunk.objects.get(pk=lease.chunk).n_blocks == before - 1


def test_only_a_lapse_of_a_lonely_block_is_charged(project: Any, producer: Any) -> None:
    planned_run(project, producer, columns=8, rows=4)
    hand = Hand("cpu")
    for _ in range(2):
        lease = hand.must_claim()
        assert lease.seq == 0
        lapse(lease)
        chunk_reap()
    block = Block.objects.get(step__name="check", ix=0, iy=0)
    assert block.fail_count == 0
    assert block.chunk.n_blocks == 1
    assert JobEvent.objects.filter(kind="split").count() == 1


def test_a_lonely_block_that_kills_its_worker_is_quarantined(project: Any, producer: Any) -> None:
    planned_run(project, producer, columns=2, rows=1)
    hand = Hand("cpu")
    for _ in range(3):
        lease = hand.must_claim()
        assert lease.seq == 0
        lapse(lease)
        chunk_reap()
    block = Block.objects.get(step__name="check", ix=0, iy=0)
    assert (block.state, block.error_class) == ("quarantined", "crash")


def test_equal_fingerprints_with_other_bytes_end_the_run(project: Any, producer: Any) -> None:
    _, run = planned_run(project, producer)
    lease = Hand("cpu").must_claim()
    block = blocks_pending(lease.chunk)[0]
    known = done(lease, block.ix, block.iy, "b")
    Result.objects.create(
        project=project, fingerprint=known.fingerprint, content_sha="c" * 64, outcome="done"
    )
    assert block_commit(lease, block.ix, block.iy, known) == "nondeterministic"
    reconcile(ring=False)
    run.refresh_from_db()
    assert run.state == "error"
    error: Any = run.error
    assert error["class"] == "nondeterministic"


def test_the_database_refuses_a_lease_without_owner(project: Any, producer: Any) -> None:
    from django.db import IntegrityError, transaction

    planned_run(project, producer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Chunk.objects.filter(step__name="check").update(state="leased")


def test_a_whole_run_by_hand_leaves_a_history_without_violation(
    project: Any, producer: Any
) -> None:
    _, run = planned_run(project, producer, columns=6, rows=5)
    Hand("cpu").settle_all()
    run.refresh_from_db()
    assert run.state == "verifying"
    assert history_violations(run) == []


def test_urgent_runs_come_first(project: Any, producer: Any) -> None:
    planned_run(project, producer)
    _, second = planned_run(project, producer)
    Run.objects.filter(pk=second.pk).update(urgent=True)
    assert Hand("cpu").must_claim().run == str(second.pk)


def test_sums_of_a_chunk_follow_its_blocks(project: Any, producer: Any) -> None:
    job, _ = planned_run(project, producer)
    Hand("cpu").settle_all()
    chunks = Chunk.objects.filter(step__run=run_latest(job), step__name="check")
    assert not chunks.exclude(n_settled=F("n_blocks"), n_done=F("n_blocks")).exists()


def test_an_outbox_stream_counts_without_gaps(project: Any) -> None:
    with connection.cursor() as cursor:
        numbers = []
        for stream in ("job:a", "job:a", "job:b", "job:a"):
            cursor.execute("SELECT jobs_outbox_add(%s, 'x', '{}')", [stream])
            numbers.append(cursor.fetchone()[0])
    assert numbers == [1, 2, 1, 3]


def test_a_claim_of_nothing_returns_nothing(db: None) -> None:
    assert chunk_claim(Hand("cpu").session, ["cpu"], ttl=5) is None
