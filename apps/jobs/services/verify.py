"""verify_job: the gate to finished. Rows, objects and bytes must tell the same story."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from apps.core.storage import ObjectStore
from apps.jobs.domain import INTERNAL_KERNELS
from apps.jobs.enums import BlockState, ChunkState, EventKind, StepState
from apps.jobs.models import Block, Chunk, JobEvent, Result, ResultObject, Run, Step

MAX_HASHED_OBJECTS = 50_000
SAMPLE_EVERY = 100
MAX_FINDINGS = 50
_WITH_RESULT = (BlockState.DONE, BlockState.DEGRADED, BlockState.SKIPPED)


def run_verify(run: Run, store: ObjectStore, *, before: str = "") -> dict[str, Any]:
    """Check counts, results, objects (size and hash), histograms and history of a run.

    ``before`` names the step that asks, so that a release is checked before it is published:
    it and the steps behind it are left out.
    Returns ``{"ok", "broken": [text], "damaged": [[step, iy, ix, key]], "checked": {...}}``.
    Damaged objects can be computed again; a broken invariant ends the run.
    """
    steps = list(run.steps.exclude(kernel__in=INTERNAL_KERNELS).order_by("ordinal"))
    names = [step.name for step in steps]
    if before in names:
        steps = steps[: names.index(before)]
    broken = [text for step in steps for text in _counts_broken(step)]
    broken += _commits_broken(run)
    damaged, checked = _objects_check(run, store)
    broken += _histograms_broken(run)
    return {
        "ok": not broken and not damaged,
        "at": timezone.now().isoformat(),
        "broken": broken[:MAX_FINDINGS],
        "damaged": damaged[:MAX_FINDINGS],
        "checked": checked,
    }


@transaction.atomic
def run_void(run: Run, damaged: list[list[Any]], store: ObjectStore) -> int:
    """Set blocks of damaged or missing objects back to pending and forget their results."""
    count = 0
    for step_id, iy, ix, key in damaged:
        block = Block.objects.select_for_update().get(step_id=step_id, iy=iy, ix=ix)
        if block.state == BlockState.PENDING:
            continue
        column = f"n_{block.state}"
        held = {"n_settled", column} | ({"n_reused"} if block.reused else set())
        chunk = Chunk.objects.select_for_update().get(pk=block.chunk_id)
        for name in held:
            setattr(chunk, name, getattr(chunk, name) - 1)
        chunk.state = ChunkState.PENDING
        chunk.save()
        result_id = block.result_id
        Block.objects.filter(step_id=step_id, iy=iy, ix=ix).update(
            state=BlockState.PENDING, result=None, reused=False, done_epoch=None
        )
        _result_forget(result_id)
        store.set_aside(key)
        Step.objects.filter(pk=step_id).update(state=StepState.RUNNING, ended_at=None)
        JobEvent.objects.create(
            at=timezone.now(), run_id=run.pk, step=step_id, chunk=chunk.pk, iy=iy, ix=ix,
            kind=EventKind.VOID, detail={"object": key},
        )  # fmt: skip
        count += 1
    return count


def _result_forget(result_id: Any) -> None:
    """Drop a result nobody refers to; one that others use gets a name that is never found."""
    if result_id is None:
        return
    if Block.objects.filter(result_id=result_id).exists():
        Result.objects.filter(pk=result_id).update(fingerprint=f"void-{str(result_id)[:50]}")
    else:
        Result.objects.filter(pk=result_id).delete()


def _counts_broken(step: Step) -> list[str]:
    states = Counter(
        dict(
            Block.objects.filter(step=step).order_by().values_list("state").annotate(n=Count("ix"))
        )
    )
    broken = []
    total = sum(states.values())
    if total != step.n_blocks:
        broken.append(f"Step {step.name}: {total} blocks, {step.n_blocks} were planned.")
    if states[BlockState.PENDING]:
        broken.append(f"Step {step.name}: {states[BlockState.PENDING]} blocks are not settled.")
    for chunk in Chunk.objects.filter(step=step).exclude(state=ChunkState.DONE)[:5]:
        broken.append(f"Step {step.name}: chunk {chunk.seq} is {chunk.state}.")
    bare = Block.objects.filter(step=step, state__in=_WITH_RESULT, result__isnull=True).count()
    if bare and step.executor == "child":
        broken.append(f"Step {step.name}: {bare} settled blocks have no result.")
    return broken


def _commits_broken(run: Run) -> list[str]:
    """At most one commit a block, and one more for each void."""
    rows = (
        JobEvent.objects.filter(run=run, kind__in=[EventKind.COMMIT, EventKind.VOID])
        .order_by()
        .values("step", "iy", "ix")
        .annotate(
            commits=Count("id", filter=Q(kind=EventKind.COMMIT)),
            voids=Count("id", filter=Q(kind=EventKind.VOID)),
        )
    )
    return [
        f"Block ({row['ix']}, {row['iy']}) was counted {row['commits']} times."
        for row in rows
        if row["commits"] > row["voids"] + 1
    ]


def _objects_check(run: Run, store: ObjectStore) -> tuple[list[list[Any]], dict[str, int]]:
    blocks = Block.objects.filter(step__run=run, result__isnull=False).exclude(
        step__kernel__in=INTERNAL_KERNELS
    )
    total = ResultObject.objects.filter(result__blocks__step__run=run).count()
    every = 1 if total <= MAX_HASHED_OBJECTS else SAMPLE_EVERY
    damaged: list[list[Any]] = []
    checked = {"objects": 0, "hashed": 0, "blocks": 0}
    for block in blocks.select_related("result").prefetch_related("result__files").iterator(1000):
        checked["blocks"] += 1
        for row in block.result.files.all() if block.result else ():
            checked["objects"] += 1
            fine = store.size_of(row.object_key) == row.size
            if fine and checked["objects"] % every == 0:
                checked["hashed"] += 1
                fine = store.sha256_of(row.object_key) == row.sha256
            if not fine:
                damaged.append([str(block.step_id), block.iy, block.ix, row.object_key])
                break
    return damaged, checked


def _histograms_broken(run: Run) -> list[str]:
    """A block's histogram must add up to its number of pixels, where the kernel says both."""
    broken = []
    rows = Block.objects.filter(step__run=run, result__isnull=False).select_related("result")
    for block in rows.iterator(1000):
        stats = block.result.stats if block.result else {}
        for role, entry in stats.items():
            if not isinstance(entry, dict) or not {"histogram", "valid"} <= set(entry):
                continue
            counted = _histogram_sum(entry["histogram"])
            if counted is not None and counted != entry["valid"]:
                broken.append(
                    f"Block ({block.ix}, {block.iy}), {role}: the histogram counts {counted} "
                    f"pixels, {entry['valid']} are valid."
                )
    return broken


def _histogram_sum(histogram: Any) -> int | None:
    values = list(histogram.values()) if isinstance(histogram, dict) else histogram
    if not isinstance(values, list) or not all(isinstance(value, int) for value in values):
        return None
    return int(sum(values))
