"""The worker's loop: claim a chunk, work off its blocks, give it back; until there is none."""

import contextlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction

from apps.core.storage import ObjectStore, store_open
from apps.jobs.domain import Lease
from apps.jobs.enums import CommitAnswer, Executor, ResourceClass
from apps.jobs.models import Block, Step
from apps.jobs.selectors import (
    blocks_pending,
    live_runs_exist,
    seconds_high_of,
    step_of_lease,
)
from apps.jobs.services import (
    bell_ring,
    chunk_claim,
    chunk_finish,
    progress_send,
)
from apps.orchestration.services.blocks import block_outcome, control_commit, outcome_commit
from apps.orchestration.services.building import building_show
from apps.orchestration.services.child import (
    ChildAborted,
    Limits,
    children_close,
    compute_child,
    memory_of,
)
from apps.orchestration.services.renewer import Renewer
from apps.orchestration.services.tending import tend
from apps.orchestration.services.worker_session import (
    drain_requested,
    worker_session,
    worker_session_beat,
    worker_session_close,
)

log = logging.getLogger(__name__)
ALL_CLASSES = tuple(str(value) for value in ResourceClass)
PROGRESS_SECONDS = 0.5
RECONCILE_SECONDS = 3.0
FAILURE_DELAY_SECONDS = 0.2
STORAGE_DELAY_SECONDS = 5.0
IDLE_SECONDS = 0.3
FIRST_LIMIT_SECONDS = 300.0
ONCE_LIMIT_SECONDS = 1800.0
LEAST_LIMIT_SECONDS = 60.0
_STOP = (CommitAnswer.FENCED, CommitAnswer.NONDETERMINISTIC)


@dataclass
class DrainReport:
    """What a drain did: chunks claimed, blocks committed, failures seen."""

    chunks: int = 0
    blocks: int = 0
    failures: int = 0
    out_of_budget: bool = False
    delays: list[float] = field(default_factory=list)


def drain(
    classes: Sequence[str], *, hint: int = 0, budget: float | None = None, ring: bool = True
) -> DrainReport:
    """Work off chunks of the classes until there is none, a stop is wanted or the budget is over.

    Without a successor that hears (``ring`` false, or no broker) a drain goes on over its budget.
    """
    session, store, report = worker_session(classes), store_open(), DrainReport()
    until = time.monotonic() + (budget or settings.DRAIN_BUDGET_SECONDS)
    worker_session_beat(session)
    ticked, looked_again = time.monotonic(), False
    while not drain_requested() and store.has_space():
        if time.monotonic() > until and ring and bell_ring(classes[0], hint=hint):
            report.out_of_budget = True
            break
        lease = chunk_claim(session, classes, hint=hint, ttl=settings.LEASE_TTL_SECONDS)
        if lease is None and looked_again:
            break
        if lease is not None:
            report.chunks += 1
            _lease_work(lease, store, report)
            hint = lease.seq + 1
        looked_again = lease is None  # what is settled now may have opened a step
        if looked_again or time.monotonic() - ticked > RECONCILE_SECONDS:
            ticked = time.monotonic()
            tend(ring=ring)
    tend(ring=ring)
    return report


def drain_local(
    *,
    until_idle: bool = False,
    classes: Sequence[str] = ALL_CLASSES,
    seconds: float | None = None,
) -> int:
    """Work in this process without a broker; with ``until_idle`` until no run is under way.

    Returns the number of blocks that were committed here.
    """
    committed, until = 0, time.monotonic() + seconds if seconds else None
    try:
        while not drain_requested() and (until is None or time.monotonic() < until):
            try:
                report = drain(classes, ring=False)
            except DatabaseError as error:
                log.warning("The database did not answer: %s", error)
                _reconnect()
                continue
            committed += report.blocks
            if until_idle and not report.chunks and not live_runs_exist(movable=True):
                break
            if not report.chunks:
                time.sleep(IDLE_SECONDS)
    finally:
        children_close()
        with contextlib.suppress(DatabaseError):
            worker_session_close()
    return committed


def _lease_work(lease: Lease, store: ObjectStore, report: DrainReport) -> None:
    """Work off one lease; a lease lost to a missing database simply lapses."""
    delay = 0.0
    with Renewer(lease, ttl=settings.LEASE_TTL_SECONDS) as renewer:
        try:
            delay = _blocks_work(lease, renewer, store, report)
        except ChildAborted:
            log.info("Chunk %s was given up (%s).", lease.chunk, renewer.stop.name)
        except DatabaseError as error:
            log.warning("Chunk %s: the database did not answer: %s", lease.chunk, error)
            _reconnect()
    with contextlib.suppress(DatabaseError):
        chunk_finish(lease, delay=delay)


def _blocks_work(lease: Lease, renewer: Renewer, store: ObjectStore, report: DrainReport) -> float:
    """Commit the pending blocks of a lease in order; returns the delay before a next try."""
    step = step_of_lease(lease)
    limits = block_limits(step, lease)
    told = 0.0
    for block in blocks_pending(lease.chunk):
        if not renewer.alive:
            return 0.0
        answer, delay = _block_work(step, block, lease, renewer, store, limits)
        if answer in (CommitAnswer.COMMIT, CommitAnswer.ALREADY):
            report.blocks += 1
        else:
            report.failures += 1
            report.delays.append(delay)
        if answer in _STOP:
            return 0.0
        if time.monotonic() - told > PROGRESS_SECONDS:
            told = time.monotonic()
            progress_send(lease.run)
            building_show(lease.run)
    return max(report.delays[-1:] or [0.0])


def _block_work(
    step: Step,
    block: Block,
    lease: Lease,
    renewer: Renewer,
    store: ObjectStore,
    limits: Limits,
) -> tuple[CommitAnswer, float]:
    if step.executor == Executor.CONTROL:
        answer = control_commit(step, block, lease, store=store)
        return answer, FAILURE_DELAY_SECONDS
    outcome = block_outcome(
        step,
        block,
        store=store,
        session=lease.session,
        child=compute_child(lease.resource_class),
        limits=limits,
        stop=renewer.abort_now,
    )
    delay = STORAGE_DELAY_SECONDS if outcome.error_class == "storage" else FAILURE_DELAY_SECONDS
    return outcome_commit(step, block, lease, outcome), delay


def block_limits(step: Step, lease: Lease) -> Limits:
    """Return the limits of a block: ten times what is usual, once enough is known."""
    usual = seconds_high_of(step)
    if step.scope != "blocks":
        seconds = ONCE_LIMIT_SECONDS
    elif usual is None:
        seconds = FIRST_LIMIT_SECONDS
    else:
        seconds = max(LEAST_LIMIT_SECONDS, 10 * usual)
    seconds = float(step.run.overrides.get("seconds", seconds))
    return Limits(
        seconds=min(seconds, settings.MAX_BLOCK_LIMIT_SECONDS),
        memory=memory_of(lease.resource_class, step.run.overrides),
    )


def _reconnect() -> None:
    """Drop a broken connection and wait a moment; the next statement opens a new one."""
    if not transaction.get_connection().in_atomic_block:
        with contextlib.suppress(DatabaseError):
            connection.close()
    time.sleep(IDLE_SECONDS)
