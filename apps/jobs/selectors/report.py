"""What a run has done so far: stages, failures by cause, predicted and actual."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone

from apps.jobs.domain import INTERNAL_KERNELS, compared, failure_help
from apps.jobs.enums import BlockState
from apps.jobs.models import Block, Job, ResultObject, Run
from apps.jobs.selectors.rows import run_counters, run_progress

MAX_GROUPS = 50
LEAST_BUCKET_SECONDS = 0.5
MAX_SUMMED_BLOCKS = 50_000  # above, the objects of a run are not added up while a page waits


def run_report(job: Job, run: Run) -> dict[str, Any]:
    """Return ``{run, stages, failures, comparison, counters}`` of an attempt."""
    return {
        "run": run.number,
        "stages": run_stages(run),
        "failures": failure_groups(run),
        "comparison": run_comparison(job, run),
        "counters": run_counters(run),
    }


def run_stages(run: Run) -> list[dict[str, Any]]:
    """Return the steps of a run in order with what their chunks add up to."""
    steps = (
        run.steps.exclude(kernel__in=INTERNAL_KERNELS)
        .order_by("ordinal")
        .annotate(
            settled=Sum("chunks__n_settled", default=0),
            failed=Sum("chunks__n_quarantined", default=0),
            reused=Sum("chunks__n_reused", default=0),
            seconds=Sum("chunks__seconds", default=0.0),
            bytes_read=Sum("chunks__bytes_read", default=0),
        )
    )
    return [
        {
            "name": step.name,
            "title": step.title or step.name,
            "kernel": step.kernel,
            "state": step.state,
            "blocks": step.n_blocks,
            "settled": step.settled,
            "failed": step.failed,
            "reused": step.reused,
            "core_seconds": round(step.seconds, 1),
            "bytes_read": step.bytes_read,
            "params_sha": step.params_sha,
            "started_at": step.started_at,
            "ended_at": step.ended_at,
        }
        for step in steps
    ]


def failure_groups(run: Run) -> list[dict[str, Any]]:
    """Return failed blocks by cause, the greatest group first, with what helps."""
    failed = Block.objects.filter(step__run=run, state=BlockState.QUARANTINED)
    cause = ("error_class", "error_signature")
    counts = failed.order_by().values_list(*cause).annotate(n=Count("ix"))
    sizes = {(kind, signature): n for kind, signature, n in counts}
    examples = failed.order_by(*cause, "iy", "ix").distinct(*cause).select_related("step")
    groups = [
        _group(block, sizes.get((block.error_class, block.error_signature), 1))
        for block in examples[:MAX_GROUPS]
    ]
    return sorted(groups, key=lambda group: -group["count"])


def _group(block: Block, count: int) -> dict[str, Any]:
    helps = failure_help(block.error_class)
    return {
        "class": block.error_class,
        "signature": block.error_signature,
        "message": block.error_message or block.error_signature or "Failed without a message.",
        "count": count,
        "step": block.step.name,
        "example": {"ix": block.ix, "iy": block.iy},
        "tries": block.tries,
        "whose": helps.whose,
        "advice": helps.advice,
        "retry": helps.retry,
        "memory_mb": helps.memory_mb,
    }


def run_throughput(run: Run, *, points: int = 48) -> dict[str, Any] | None:
    """Return settled blocks a minute over the run's time (its last day), None for short runs."""
    if run.started_at is None:
        return None
    end = run.ended_at or timezone.now()
    begin = max(run.started_at, end - timedelta(days=1))
    width = (end - begin).total_seconds() / points
    if width < LEAST_BUCKET_SECONDS:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(floor(extract(epoch FROM at - %s) / %s)::int, %s), count(*)"
            " FROM jobs_jobevent WHERE run_id = %s AND kind IN ('commit', 'quarantine')"
            " AND at BETWEEN %s AND %s GROUP BY 1",
            [begin, width, points - 1, run.pk, begin, end],
        )
        counts = dict(cursor.fetchall())
    rates = [round(60 * counts.get(n, 0) / width, 2) for n in range(points)]
    return {"begin": begin, "end": end, "rates": rates}


def run_comparison(job: Job, run: Run, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """Return predicted and actual figures of a run; nothing where the job had no estimate."""
    if not job.estimate or run.started_at is None:
        return []
    actual: dict[str, float | None] = {
        "core_seconds": run.counter.core_seconds,
        "bytes_read": run.counter.bytes,
        "storage_bytes": _stored(run),
        "elapsed": ((run.ended_at or now or timezone.now()) - run.started_at).total_seconds(),
    }
    fraction = 1.0 if run.is_terminal else float(run_progress(run)["fraction"])
    return compared(job.estimate, actual, fraction)


def _stored(run: Run) -> int | None:
    if run.counter.planned > MAX_SUMMED_BLOCKS:
        return None
    objects = ResultObject.objects.filter(result__blocks__step__run=run)
    return int(objects.aggregate(total=Sum("size", default=0))["total"])
