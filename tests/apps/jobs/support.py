"""A project with the self-check workflow, and a worker played by hand, statement by statement."""

from typing import Any

from apps.jobs.domain import BlockOutcome, Lease, ObjectRow, PlannedStep
from apps.jobs.models import Job, Run
from apps.jobs.selectors import blocks_pending, run_latest
from apps.jobs.services import (
    block_commit,
    chunk_claim,
    chunk_finish,
    job_submit,
    reconcile,
    run_planned,
    session_open,
)
from apps.products.services import manifest_store
from workers.contracts.manifest import Manifest
from workers.kernels import check_block
from workers.manifest import code_sha
from workers.workflows import self_check

TTL = 30.0
EVERY_CLASS = ("cpu", "mem", "io", "ingest", "control", "live")


def plugins_register() -> None:
    """Store a manifest of the self-check only, so that tests need no other plugin."""
    manifest_store(
        Manifest(
            kernels=(check_block.SPEC,),
            workflows=(self_check.SPEC,),
            code_sha={"check_block": code_sha("workers.kernels.check_block")},
        ),
        source_sha="test",
    )


def self_check_submit(project: Any, user: Any, **parameters: Any) -> Job:
    """Submit a self-check; absent parameters are small and quick."""
    given = {"columns": 4, "rows": 3, "work_ms": 0, "seed": 0, **parameters}
    spec = {"workflow": "self_check", "parameters": given}
    return job_submit(project=project, user=user, workflow="self_check", spec=spec)


class Hand:
    """A worker played by the test."""

    def __init__(self, *classes: str) -> None:
        self.classes = classes or EVERY_CLASS
        self.session = session_open(self.classes)

    def claim(self, *, ttl: float = TTL, hint: int = 0) -> Lease | None:
        return chunk_claim(self.session, self.classes, hint=hint, ttl=ttl)

    def must_claim(self, *, ttl: float = TTL) -> Lease:
        lease = self.claim(ttl=ttl)
        assert lease is not None, "nothing to claim"
        return lease

    def settle(self, lease: Lease, *, content: str = "a") -> list[str]:
        """Commit every pending block of the lease and finish it; returns the answers."""
        answers = [
            str(block_commit(lease, block.ix, block.iy, done(lease, block.ix, block.iy, content)))
            for block in blocks_pending(lease.chunk)
        ]
        return [*answers, chunk_finish(lease)]

    def settle_all(self) -> int:
        """Claim and settle until nothing is left; returns the number of chunks."""
        count = 0
        while (lease := self.claim()) is not None:
            self.settle(lease)
            reconcile(ring=False)
            count += 1
        return count


def done(lease: Lease, ix: int, iy: int, content: str = "a") -> BlockOutcome:
    """Return a done block whose fingerprint is its place and whose object is ``content``."""
    row = ObjectRow(
        "digest", (content * 64)[:64], 1, f"cas/{(content * 2)[:2]}/{content * 64}"[:100]
    )
    return BlockOutcome("done", fingerprint=f"{lease.step}:{ix}:{iy}", objects=(row,), seconds=1.0)


def planned_run(
    project: Any, user: Any, *, columns: int = 4, rows: int = 3, **step: Any
) -> tuple[Job, Run]:
    """Submit a job and plan it by hand: one step ``check`` over columns × rows, ready to claim."""
    job = self_check_submit(project, user)
    return job, plan_run(run_latest(job), columns=columns, rows=rows, **step)


def plan_run(run: Run, *, columns: int = 4, rows: int = 3, **step: Any) -> Run:
    """Plan a submitted run by hand: one step ``check`` over columns × rows, ready to claim."""
    hand = Hand("control")
    lease = hand.must_claim()
    blocks = [(ix, iy) for iy in range(rows) for ix in range(columns)]
    plan = {"name": "check", "kernel": "check_block", "params": {"a": 1}, "blocks": blocks}
    run_planned(run, [PlannedStep(**{**plan, **step})])
    block_commit(lease, 0, 0, BlockOutcome("done"))
    chunk_finish(lease)
    reconcile(ring=False)
    return Run.objects.get(pk=run.pk)
