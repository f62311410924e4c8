"""The reconciler: every decision is derived from rows, so it may run anywhere and at any time."""

import logging
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone

from apps.core.failpoints import failpoint
from apps.jobs.domain import INTERNAL_KERNELS, PLAN_STEP, VERIFY_KERNEL, VERIFY_STEP
from apps.jobs.enums import (
    TERMINAL_STATES,
    ChunkState,
    EventKind,
    RunState,
    StepScope,
    StepState,
    Wanted,
)
from apps.jobs.models import Bell, Block, Chunk, JobEvent, Run, Slot, Step, WorkerSession
from apps.jobs.services.bells import bell_ring
from apps.jobs.services.leases import chunk_reap
from apps.jobs.services.notes import step_notes_collect
from apps.jobs.services.planning import internal_step_insert
from apps.jobs.services.progress import progress_send
from apps.jobs.services.telling import run_end_tell
from workers.errors import HANDLING

log = logging.getLogger(__name__)
_LIVE_CHUNKS = (ChunkState.PENDING, ChunkState.LEASED)
BELL_PATIENCE_SECONDS = 30


def reconcile(*, ring: bool = True) -> dict[str, int]:
    """Reap, settle steps, open the next, move runs, sum counters, ring. Idempotent."""
    reaped = chunk_reap()
    moved = 0
    live = Run.objects.exclude(state__in=TERMINAL_STATES).order_by("created_at")
    for run_id in list(live.values_list("pk", flat=True)):
        try:
            moved += _run_reconcile(run_id)
            progress_send(run_id)
        except OperationalError as error:  # a lock timeout: the next tick does it
            log.warning("Run %s is left for the next tick: %s", run_id, error)
    rung = bells_ring() if ring else 0
    return {"reaped": reaped, "moved": moved, "rung": rung}


def _run_reconcile(run_id: Any) -> bool:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute("SELECT pg_advisory_xact_lock(73, hashtext(%s))", [str(run_id)])
        run = Run.objects.select_related("job").get(pk=run_id)
        if run.is_terminal:
            return False
        before = run.state
        _run_move(run)
        failpoint("reconcile.mid")
        changed = run.state != before
    if changed:
        progress_send(run_id, force=True)
    return changed


def _run_move(run: Run) -> None:
    if run.wanted == Wanted.CANCEL:
        _canceled(run)
        return
    if _nondeterministic(run):
        return
    for step in run.steps.filter(state=StepState.RUNNING):
        if not _step_settle(run, step):
            return
    if run.state not in (RunState.PLANNING, RunState.PAUSED) or _is_planned(run):
        _steps_open(run)
    _state_follow(run)


def _canceled(run: Run) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT jobs_run_stop(%s)", [run.pk])
    unfinished = run.steps.exclude(state__in=[StepState.DONE, StepState.FAILED])
    unfinished.update(state=StepState.CANCELED, ended_at=timezone.now())
    _state_set(run, RunState.CANCELED)


def _nondeterministic(run: Run) -> bool:
    event = JobEvent.objects.filter(run=run, kind=EventKind.NONDETERMINISTIC).first()
    if event is None:
        return False
    _run_fail(
        run,
        error_class="nondeterministic",
        message=f"Block ({event.ix}, {event.iy}) gave other bytes when it was computed again.",
        advice="Report the job: a kernel is not deterministic. Nothing was published.",
    )
    return True


def _is_planned(run: Run) -> bool:
    return run.steps.filter(name=PLAN_STEP, state=StepState.DONE).exists()


def _step_settle(run: Run, step: Step) -> bool:
    """Close a step whose chunks are all done; returns False when that ended the run."""
    if Chunk.objects.filter(step=step, state__in=_LIVE_CHUNKS).exists():
        return True
    failpoint("step.close.before")
    sums = Chunk.objects.filter(step=step).aggregate(
        good=Sum("n_done", default=0) + Sum("n_degraded", default=0),
        skipped=Sum("n_skipped", default=0),
        failed=Sum("n_quarantined", default=0),
    )
    nothing = step.scope == StepScope.BLOCKS and not sums["good"]
    if (sums["failed"] and step.scope != StepScope.BLOCKS) or nothing:
        _step_close(run, step, StepState.FAILED)
        _run_fail(run, **_failure_of(step, skipped=sums["skipped"]))
        return False
    step_notes_collect(run, step)
    _step_close(run, step, StepState.DONE)
    failpoint("step.close.after")
    return True


def _step_close(run: Run, step: Step, state: StepState) -> None:
    step.state = state
    step.ended_at = timezone.now()
    step.save(update_fields=["state", "ended_at"])
    _event(run, EventKind.CLOSE, step=step.pk, name=step.name, state=state)


def _failure_of(step: Step, *, skipped: int) -> dict[str, str]:
    block = Block.objects.filter(step=step, state="quarantined").order_by("iy", "ix").first()
    if block is None:
        return {
            "error_class": "data",
            "message": f"{step.title}: none of the {skipped} blocks has a valid observation.",
            "advice": HANDLING["data"].advice,
        }
    handling = HANDLING.get(block.error_class, HANDLING["code"])
    advice = step.report.get("advice") or handling.advice
    return {
        "error_class": block.error_class,
        "message": block.error_message or f"{step.title} failed.",
        "advice": advice,
    }


def _run_fail(run: Run, *, error_class: str, message: str, advice: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT jobs_run_stop(%s)", [run.pk])
    open_steps = run.steps.filter(state__in=[StepState.WAITING, StepState.READY, StepState.RUNNING])
    open_steps.update(state=StepState.CANCELED, ended_at=timezone.now())
    run.error = {"class": error_class, "message": message, "advice": advice}
    run.save(update_fields=["error"])
    _state_set(run, RunState.ERROR)


def _steps_open(run: Run) -> None:
    """Start every waiting step whose predecessors are done; at the end, verification."""
    steps = list(run.steps.all())
    done = {step.name for step in steps if step.state == StepState.DONE}
    for step in steps:
        if step.state == StepState.WAITING and set(step.depends_on) <= done:
            step.state = StepState.RUNNING
            step.started_at = timezone.now()
            step.save(update_fields=["state", "started_at"])
    if all(step.state == StepState.DONE for step in steps):
        _verification_or_end(run, steps)


def _verification_or_end(run: Run, steps: list[Step]) -> None:
    checked = next((step for step in steps if step.kernel == VERIFY_KERNEL), None)
    if checked is None:
        top = max(step.ordinal for step in steps) + 1
        internal_step_insert(
            run, name=VERIFY_STEP, kernel=VERIFY_KERNEL, title="Verify", ordinal=top
        )
        _state_set(run, RunState.VERIFYING)
        return
    report = run.invariant_report or {}
    if report.get("broken"):
        message = f"The result does not hold together: {report['broken'][0]}"
        _run_fail(
            run,
            error_class="invariant",
            message=message,
            advice="Report the job. Nothing more was published.",
        )
        return
    if report.get("damaged"):
        _verify_again(run, checked)
        return
    _state_set(run, _final_state(run))


def _verify_again(run: Run, checked: Step) -> None:
    """Damaged blocks were set back to pending; verification comes again after them."""
    checked.delete()
    run.invariant_report = None
    run.save(update_fields=["invariant_report"])
    _state_set(run, RunState.RUNNING)


def _final_state(run: Run) -> RunState:
    holes = (
        Chunk.objects.filter(step__run=run)
        .filter(Q(n_degraded__gt=0) | Q(n_quarantined__gt=0))
        .exists()
    )
    return RunState.FINISHED_WITH_ERRORS if holes else RunState.FINISHED


def _state_follow(run: Run) -> None:
    """Move between queued, running and paused by what leases say."""
    if run.is_terminal:
        return
    chunks = Chunk.objects.filter(step__run=run)
    if run.wanted == Wanted.PAUSE:
        if not chunks.filter(state=ChunkState.LEASED).exists():
            _state_set(run, RunState.PAUSED)
        return
    if run.state == RunState.VERIFYING:
        return
    if not _is_planned(run):
        _state_set(run, RunState.PLANNING)
        return
    work = chunks.exclude(step__kernel__in=INTERNAL_KERNELS)
    started = work.filter(epoch__gt=0).exists()
    verifying = run.steps.filter(kernel=VERIFY_KERNEL, state=StepState.RUNNING).exists()
    begun = RunState.VERIFYING if verifying else RunState.RUNNING
    _state_set(run, begun if started else RunState.QUEUED)


def _state_set(run: Run, state: RunState) -> None:
    if run.state == state:
        return
    now = timezone.now()
    run.state = state
    if state in (RunState.RUNNING, RunState.VERIFYING) and run.started_at is None:
        run.started_at = now
    if state in TERMINAL_STATES:
        run.ended_at = now
    run.save(update_fields=["state", "started_at", "ended_at"])
    _event(run, EventKind.STATE, state=state)
    if state in TERMINAL_STATES:
        run_end_tell(run)


def _event(run: Run, kind: EventKind, *, step: Any = None, **detail: Any) -> None:
    JobEvent.objects.create(at=timezone.now(), run_id=run.pk, step=step, kind=kind, detail=detail)


def bells_ring() -> int:
    """Ring each class min(free slots, pending chunks, idle sessions) minus what was just rung."""
    pending = dict(
        Chunk.objects.filter(
            state=ChunkState.PENDING,
            not_before__lte=timezone.now(),
            step__state=StepState.RUNNING,
            step__run__wanted=Wanted.RUN,
        )
        .order_by()
        .values_list("resource_class")
        .annotate(n=Count("id"))
    )
    if not pending:
        return 0
    free = Slot.objects.filter(chunk__isnull=True).count()
    recent = timezone.now() - timedelta(seconds=BELL_PATIENCE_SECONDS)
    rung = 0
    for resource_class, chunks in sorted(pending.items()):
        waiting = Bell.objects.filter(
            resource_class=resource_class, answered_at__isnull=True, rung_at__gt=recent
        ).count()
        count = min(free, chunks, max(_idle_sessions(resource_class), 1)) - waiting
        if count > 0 and bell_ring(resource_class, count=count):
            rung += count
    return rung


def _idle_sessions(resource_class: str) -> int:
    alive = timezone.now() - timedelta(seconds=60)
    leased = Chunk.objects.filter(lease_owner=OuterRef("pk"), state=ChunkState.LEASED)
    sessions = WorkerSession.objects.filter(
        ended_at__isnull=True, heartbeat_at__gt=alive, resource_class__contains=resource_class
    )
    return int(sessions.exclude(Exists(leased)).count())
