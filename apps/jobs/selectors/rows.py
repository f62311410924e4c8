"""Reads of jobs."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.utils import timezone

from apps.core.errors import NotFound
from apps.jobs.domain import INTERNAL_KERNELS, Lease
from apps.jobs.enums import TERMINAL_STATES, BlockState, ChunkState, RunState, StepState, Wanted
from apps.jobs.models import (
    Bell,
    Block,
    Chunk,
    Job,
    JobEvent,
    Result,
    ResultObject,
    Run,
    Slot,
    Step,
    WorkerSession,
)
from apps.projects.selectors import project_ids_of

API_STATUS = {RunState.PLANNING: "created", RunState.VERIFYING: "running"}
SETTLED_WITH_RESULT = (BlockState.DONE, BlockState.SKIPPED, BlockState.DEGRADED)


def job_visible_to(user: Any) -> QuerySet[Job]:
    """Jobs of the projects a user may see, with their runs, newest run last."""
    runs = Run.objects.select_related("counter").order_by("number")
    return (
        Job.objects.filter(project__in=project_ids_of(user))
        .select_related("project")
        .prefetch_related(Prefetch("runs", queryset=runs))
        .order_by("-created_at")
    )


jobs_visible_to = job_visible_to


def job_by_id(job_id: Any) -> Job | None:
    """Return a job with its runs, for whoever acts behind the access rules."""
    return Job.objects.prefetch_related("runs__counter").filter(pk=job_id).first()


def job_of_key(project: Any, key: str | None) -> Job | None:
    """Return the job that was submitted with an Idempotency-Key in a project."""
    return Job.objects.filter(project=project, idempotency_key=key).first() if key else None


def run_by_id(run_id: Any) -> Run:
    """Return a run with its job, for the services that work on it."""
    return Run.objects.select_related("job").get(pk=run_id)


def run_latest(job: Job) -> Run:
    """Return the latest attempt of a job."""
    runs = list(job.runs.all())
    if not runs:
        raise NotFound(f"Job {job.pk} has no run.")
    return max(runs, key=lambda run: run.number)


def runs_of(job_id: Any) -> QuerySet[Run]:
    """Return the attempts of a job; ``job_id`` may be a reference to an outer query."""
    return Run.objects.filter(job=job_id)


def run_numbered(job: Job, number: str | None) -> Run:
    """Return an attempt of a job by its number, the latest when none is named.

    Raises:
        NotFound: the job has no such attempt.
    """
    if not number:
        return run_latest(job)
    found = [run for run in job.runs.all() if str(run.number) == number]
    if not found:
        raise NotFound(f"Job {job.pk} has no attempt {number[:20]!r}.")
    return found[0]


def run_status(run: Run) -> str:
    """Return the state of a run in the words of the API."""
    return API_STATUS.get(RunState(run.state), str(run.state))


def job_status(job: Job) -> str:
    """Return the status of a job: that of its latest run."""
    return run_status(run_latest(job))


def run_sums(run: Run) -> dict[str, int | float]:
    """Sum a run's counters from its chunks, without the steps of the house itself."""
    chunks = Chunk.objects.filter(step__run=run).exclude(step__kernel__in=INTERNAL_KERNELS)
    sums = chunks.aggregate(
        planned=Sum("n_blocks", default=0),
        done=Sum("n_done", default=0),
        reused=Sum("n_reused", default=0),
        skipped=Sum("n_skipped", default=0),
        degraded=Sum("n_degraded", default=0),
        quarantined=Sum("n_quarantined", default=0),
        bytes=Sum("bytes_read", default=0),
        core_seconds=Sum("seconds", default=0.0),
    )
    return dict(sums)


def run_progress(run: Run) -> dict[str, int | float]:
    """Return {done, total, failed, reused, fraction} of a run from its stored counters.

    ``reused`` are those of ``done`` whose result was known from an earlier run.
    """
    counter = run.counter
    done = counter.done + counter.skipped + counter.degraded + counter.waived
    total = counter.planned
    settled = done + counter.quarantined
    finished = run.state in (RunState.FINISHED, RunState.FINISHED_WITH_ERRORS)
    fraction = 1.0 if finished else (settled / total if total else 0.0)
    return {
        "done": done,
        "total": total,
        "failed": counter.quarantined,
        "reused": counter.reused,
        "fraction": round(fraction, 4),
    }


COUNTED = ("planned", "done", "reused", "skipped", "degraded", "quarantined", "waived")


def run_counters(run: Run) -> dict[str, int | float]:
    """Return how many blocks of a run came to what, with bytes read and seconds computed."""
    counter = run.counter
    counts = {name: int(getattr(counter, name)) for name in COUNTED}
    return counts | {"bytes": counter.bytes, "core_seconds": round(counter.core_seconds, 1)}


def step_counts(step: Step) -> dict[str, int]:
    """Return {done, total} blocks of one step."""
    sums = step.chunks.aggregate(
        done=Sum("n_done", default=0) + Sum("n_skipped", default=0) + Sum("n_degraded", default=0)
    )
    return {"done": int(sums["done"]), "total": step.n_blocks}


def step_of(run: Run, name: str) -> Step:
    """Return a step of a run by name."""
    step = Step.objects.filter(run=run, name=name).first()
    if step is None:
        raise NotFound(f"Run {run.pk} has no step named {name!r}.")
    return step


def results_of(step_name: str, run: Run) -> list[tuple[int, int, dict[str, ResultObject]]]:
    """Return (ix, iy, {role: object}) of every block of a step that has a result, by row."""
    blocks = (
        Block.objects.filter(step__run=run, step__name=step_name, result__isnull=False)
        .exclude(state=BlockState.PENDING)
        .select_related("result")
        .prefetch_related("result__files")
        .order_by("iy", "ix")
    )
    return [
        (block.ix, block.iy, {row.role: row for row in block.result.files.all()})
        for block in blocks
        if block.result is not None
    ]


def reports_of(step_name: str, run: Run) -> list[tuple[int, int, dict[str, Any]]]:
    """Return (ix, iy, report) of every block of a step that has a result, by row."""
    rows = (
        Block.objects.filter(step__run=run, step__name=step_name, result__isnull=False)
        .order_by("iy", "ix")
        .values_list("ix", "iy", "result__report")
    )
    return list(rows)


def object_sizes(keys: Sequence[str]) -> dict[str, int]:
    """Return the bytes of stored objects by their key."""
    rows = ResultObject.objects.filter(object_key__in=keys).values_list("object_key", "size")
    return dict(rows)


def blocks_pending(chunk_id: int) -> list[Block]:
    """Return the unsettled blocks of a chunk in the order they are worked off."""
    return list(
        Block.objects.filter(chunk_id=chunk_id, state=BlockState.PENDING).order_by("iy", "ix")
    )


def result_find(project_id: Any, fingerprint: str) -> Result | None:
    """Return the known result of a fingerprint within the project; never a degraded one."""
    return (
        Result.objects.filter(project_id=project_id, fingerprint=fingerprint)
        .exclude(outcome=BlockState.DEGRADED)
        .prefetch_related("files")
        .first()
    )


def results_known(project_id: Any, fingerprints: Sequence[str]) -> int:
    """Return how many of some blocks have a result within the project that would be reused."""
    known = set(
        Result.objects.filter(project_id=project_id, fingerprint__in=fingerprints)
        .exclude(outcome=BlockState.DEGRADED)
        .values_list("fingerprint", flat=True)
    )
    return sum(fingerprint in known for fingerprint in fingerprints)


def results_exist(project_id: Any, kernel: str) -> bool:
    """Return whether a kernel has computed anything in the project."""
    return Result.objects.filter(project_id=project_id, blocks__step__kernel=kernel).exists()


def events_of(run: Run, *, limit: int = 1000) -> list[JobEvent]:
    """Return the newest events of a run, oldest first."""
    return list(JobEvent.objects.filter(run=run).order_by("-id")[:limit])[::-1]


def step_of_lease(lease: Lease) -> Step:
    """Return the step of a lease with its run and job."""
    return Step.objects.select_related("run__job").get(pk=lease.step)


def live_runs_exist(*, movable: bool = False) -> bool:
    """Return whether a run is under way; ``movable``: leaving out those that wait for a person."""
    live = Run.objects.exclude(state__in=TERMINAL_STATES)
    if movable:
        live = live.exclude(state=RunState.PAUSED, wanted=Wanted.PAUSE)
    return bool(live.exists())


def seconds_high_of(step: Step, *, least: int = 20) -> float | None:
    """Return a high (95th percentile) computing time of the step's blocks in seconds, if known."""
    rows = Result.objects.filter(blocks__step=step).order_by("-created_at")
    seconds = sorted(rows.values_list("seconds", flat=True)[:200])
    return seconds[int(0.95 * (len(seconds) - 1))] if len(seconds) >= least else None


def worker_sessions_alive(*, within: timedelta = timedelta(seconds=30)) -> int:
    """Return how many worker processes gave a sign of life lately."""
    alive = WorkerSession.objects.filter(ended_at__isnull=True, draining=False)
    return int(alive.filter(heartbeat_at__gt=timezone.now() - within).count())


def bells_unheard(resource_class: str, *, patience: timedelta = timedelta(seconds=90)) -> bool:
    """Return whether work of a class waits, slots are free, and no bell was heard for long."""
    now = timezone.now()
    recent = Bell.objects.filter(resource_class=resource_class, rung_at__gt=now - 4 * patience)
    old = recent.filter(answered_at__isnull=True, rung_at__lt=now - patience)
    if not old.exists() or recent.filter(answered_at__gt=now - patience).exists():
        return False
    chunks = Chunk.objects.filter(resource_class=resource_class)
    busy = chunks.filter(state=ChunkState.LEASED).exists()
    waits = chunks.filter(
        state=ChunkState.PENDING,
        not_before__lt=now - patience,
        step__state=StepState.RUNNING,
        step__run__wanted=Wanted.RUN,
    ).exists()
    return waits and not busy and Slot.objects.filter(chunk__isnull=True).exists()
