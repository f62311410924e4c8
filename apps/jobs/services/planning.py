"""What a planner writes: steps with their chunks and blocks, outputs, warnings."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from apps.core.errors import Conflict
from apps.jobs.domain import PlannedStep, chunks_of
from apps.jobs.enums import EventKind, StepScope, StepState
from apps.jobs.models import Block, Chunk, Job, JobEvent, Run, Step

MAX_WARNINGS = 100
_BATCH = 5000
_CARRY = """
WITH carried AS (
    UPDATE jobs_block b
    SET state = 'quarantined', error_class = p.error_class, error_message = p.error_message,
        error_signature = p.error_signature, fail_count = p.fail_count, tries = p.tries
    FROM jobs_block p JOIN jobs_step s ON s.id = p.step_id JOIN jobs_run r ON r.id = s.run_id
    WHERE b.step_id = %(step)s AND r.job_id = %(job)s AND r.number = %(number)s
      AND s.name = %(name)s AND p.iy = b.iy AND p.ix = b.ix AND p.state = 'quarantined'
      AND NOT (p.error_class = %(class)s AND p.error_signature = %(signature)s)
    RETURNING b.chunk_id
), sums AS (SELECT chunk_id, count(*) AS n FROM carried GROUP BY chunk_id
), counted AS (
    UPDATE jobs_chunk c SET n_settled = n_settled + sums.n, n_quarantined = n_quarantined + sums.n
    FROM sums WHERE c.id = sums.chunk_id
) SELECT count(*) FROM carried
"""


@transaction.atomic
def run_planned(run: Run, steps: Sequence[PlannedStep]) -> list[Step]:
    """Insert the steps of a run with their chunks and blocks; the reconciler opens them."""
    offset = run.steps.count()
    rows = [_step_row(run, number + offset, plan) for number, plan in enumerate(steps)]
    Step.objects.bulk_create(rows)
    carried = 0
    for row, plan in zip(rows, steps, strict=True):
        _chunks_insert(row, plan)
        carried += _failures_carry(run, row)
    JobEvent.objects.create(
        at=timezone.now(),
        run_id=run.pk,
        kind=EventKind.PLAN,
        detail={
            "steps": [{"name": row.name, "blocks": row.n_blocks} for row in rows],
            "carried": carried,
        },
    )
    return rows


def internal_step_insert(run: Run, *, name: str, kernel: str, title: str, ordinal: int) -> Step:
    """Insert a step of the house itself (planning, verification) that may run at once."""
    plan = PlannedStep(
        name=name, kernel=kernel, title=title, executor="control", resource_class="control"
    )
    row = _step_row(run, ordinal, plan)
    row.state = StepState.RUNNING
    row.started_at = timezone.now()
    row.save(force_insert=True)
    _chunks_insert(row, plan)
    return row


def run_output_add(
    run: Run,
    *,
    layers: Iterable[object] = (),
    model_version: object | None = None,
    assessment: object | None = None,
) -> None:
    """Record ids of what a run made; layers keep their order and never repeat."""
    with transaction.atomic():
        held = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        outputs: dict[str, Any] = dict(held.outputs)
        known = list(outputs.get("layers", []))
        outputs["layers"] = known + [str(i) for i in layers if str(i) not in known]
        if model_version is not None:
            outputs["model_version"] = str(model_version)
        if assessment is not None:
            outputs["assessment"] = str(assessment)
        held.outputs = outputs
        held.save(update_fields=["outputs"])
    run.outputs = outputs


def run_warning_add(run: Run, text: str) -> None:
    """Add a warning for people; repeated ones and those beyond a hundred are dropped."""
    with transaction.atomic():
        held = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        if text not in held.warnings and len(held.warnings) < MAX_WARNINGS:
            held.warnings = [*held.warnings, text[:1000]]
            held.save(update_fields=["warnings"])
    run.warnings = held.warnings


@transaction.atomic
def step_parts_set(run: Run, name: str, parts: int) -> None:
    """Give a waiting step of scope ``parts`` as many blocks as an earlier step found needed.

    Call it in the transaction of that earlier step's commit: both count or neither.
    """
    step = Step.objects.select_for_update().get(run=run, name=name)
    if step.scope != StepScope.PARTS or step.state != StepState.WAITING:
        raise Conflict(f"Step {name!r} of run {run.pk} cannot be divided any more.")
    step.chunks.all().delete()
    blocks = tuple((number, 0) for number in range(max(1, parts)))
    step.n_blocks = len(blocks)
    step.save(update_fields=["n_blocks"])
    _chunks_insert(step, PlannedStep(name=step.name, kernel=step.kernel, blocks=blocks))


def step_report_write(step: Step, report: dict[str, Any]) -> None:
    """Keep what a step has to say (bounded JSON) on its row."""
    Step.objects.filter(pk=step.pk).update(report=report)
    step.report = report


def _step_row(run: Run, ordinal: int, plan: PlannedStep) -> Step:
    return Step(
        run=run,
        ordinal=ordinal,
        name=plan.name,
        title=plan.title or plan.name.replace("_", " ").capitalize(),
        kernel=plan.kernel,
        executor=plan.executor,
        scope=plan.effective_scope,
        resource_class="control" if plan.executor == "control" else plan.resource_class,
        block_px=plan.block_px,
        params=plan.params,
        params_sha=plan.params_sha,
        depends_on=list(plan.depends_on),
        n_blocks=len(set(plan.blocks)),
    )


def _chunks_insert(step: Step, plan: PlannedStep) -> None:
    groups = chunks_of(plan.blocks, workers=settings.WORKERS)
    now = timezone.now()
    chunks = Chunk.objects.bulk_create(
        [
            Chunk(
                step=step,
                seq=seq,
                resource_class=step.resource_class,
                priority=0,
                not_before=now,
                n_blocks=len(group),
            )
            for seq, group in enumerate(groups)
        ],
        batch_size=_BATCH,
    )
    blocks = (
        Block(step=step, iy=iy, ix=ix, chunk=chunk)
        for chunk, group in zip(chunks, groups, strict=True)
        for ix, iy in group
    )
    Block.objects.bulk_create(blocks, batch_size=_BATCH)
    step.n_chunks = len(chunks)
    step.save(update_fields=["n_chunks"])


def _failures_carry(run: Run, step: Step) -> int:
    """In a retry of one group, take over as failed what failed before for another cause."""
    group = run.overrides.get("group")
    if not group or step.scope != StepScope.BLOCKS:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _CARRY,
            {
                "step": step.pk, "job": run.job_id, "number": run.number - 1, "name": step.name,
                "class": group["class"], "signature": group["signature"],
            },
        )  # fmt: skip
        return int(cursor.fetchone()[0])


def step_foreseen(project: Any, spec: dict[str, Any], step: Any, params: dict[str, Any]) -> Step:
    """Return a step as planning would write it for a job not launched yet; nothing is saved."""
    run = Run(job=Job(project=project, spec=spec), project=project)
    return Step(run=run, name=step.name, kernel=step.kernel, scope=step.scope, params=params)
