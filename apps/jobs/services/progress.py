"""Live streams: counters and block states derived from rows, written to the outbox, then sent."""

import json
import logging
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from apps.jobs.enums import BlockState, EventKind
from apps.jobs.models import Job, JobEvent, Run, RunCounter
from apps.jobs.selectors import run_counters, run_progress, run_status, run_sums

log = logging.getLogger(__name__)
JOB_INTERVAL = timedelta(milliseconds=500)
PROJECT_INTERVAL = timedelta(seconds=1)
OVERLAP = timedelta(seconds=3)
MAX_BLOCKS = 500


def outbox_add(stream: str, kind: str, payload: dict[str, Any]) -> int:
    """Append a message to a stream (``job:<id>``) and send it to its group after commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT jobs_outbox_add(%s, %s, %s::jsonb)",
            [stream, kind, json.dumps(payload, default=str)],
        )
        seq = int(cursor.fetchone()[0])
    message = {"type": kind, "seq": seq, "at": timezone.now().isoformat(), **payload}
    transaction.on_commit(lambda: _group_send(stream, message))
    return seq


def progress_send(run_id: Any, *, force: bool = False) -> None:
    """Derive a run's counters and tell its streams what changed; coalesced, skipped when busy."""
    with transaction.atomic():
        counter = (
            RunCounter.objects.select_for_update(skip_locked=True).filter(run_id=run_id).first()
        )
        if counter is None:
            return
        now = timezone.now()
        if not force and counter.job_sent_at and now - counter.job_sent_at < JOB_INTERVAL:
            return
        run = Run.objects.select_related("job").get(pk=run_id)
        _sums_write(run, counter)
        _job_send(run, counter)
        if force or not counter.project_sent_at or now - counter.project_sent_at > PROJECT_INTERVAL:
            _project_send(run.job, run, counter)
            counter.project_sent_at = now
        counter.job_sent_at = now
        counter.save()


def _sums_write(run: Run, counter: RunCounter) -> None:
    for name, value in run_sums(run).items():
        setattr(counter, name, value)
    run.counter = counter


def _summary(run: Run) -> dict[str, Any]:
    return {
        "run": str(run.pk),
        "status": run_status(run),
        "progress": run_progress(run),
        "counters": run_counters(run),
    }


def _job_send(run: Run, counter: RunCounter) -> None:
    stream = f"job:{run.job_id}"
    summary = _summary(run)
    if counter.sent.get("status") != summary["status"]:
        outbox_add(stream, "state", {**summary, "error": run.error})
    elif counter.sent.get("progress") != summary["progress"]:
        outbox_add(stream, "counters", summary)
    _steps_send(run, stream, counter)
    _blocks_send(run, stream, counter)
    counter.sent = {**counter.sent, **summary}


def _steps_send(run: Run, stream: str, counter: RunCounter) -> None:
    states = dict(run.steps.order_by("ordinal").values_list("name", "state"))
    for name, state in states.items():
        if counter.sent.get("steps", {}).get(name) != state:
            outbox_add(stream, "step", {"run": str(run.pk), "name": name, "state": state})
    counter.sent = {**counter.sent, "steps": states}


def _blocks_send(run: Run, stream: str, counter: RunCounter) -> None:
    """Send block states settled since the mark; the last seconds overlap, for late commits."""
    fresh = JobEvent.objects.filter(
        run=run, id__gt=counter.event_mark, kind__in=[EventKind.COMMIT, EventKind.QUARANTINE]
    )
    steps: dict[Any, str] = {step.pk: step.name for step in run.steps.filter(scope="blocks")}
    rows = fresh.filter(step__in=list(steps)).order_by("id")
    known = set(counter.sent.get("recent", []))
    held = list(rows.values_list("id", "step", "iy", "ix", "kind", "detail")[: MAX_BLOCKS + 1])
    news = [row for row in held if row[0] not in known]
    if len(held) > MAX_BLOCKS:
        outbox_add(stream, "blocks_changed", {"run": str(run.pk)})
    elif news:
        triples = [[row[2], row[3], _state_of(row[4], row[5]), steps[row[1]]] for row in news]
        outbox_add(stream, "blocks", {"run": str(run.pk), "blocks": triples})
    settled = JobEvent.objects.filter(
        run=run, id__gt=counter.event_mark, at__lt=timezone.now() - OVERLAP
    )
    mark = settled.aggregate(top=Max("id"))["top"]
    counter.event_mark = max(counter.event_mark, mark or 0)
    counter.sent = {
        **counter.sent,
        "recent": [row[0] for row in held if row[0] > counter.event_mark],
    }


def _state_of(kind: str, detail: dict[str, Any]) -> str:
    if kind == EventKind.QUARANTINE:
        return str(BlockState.QUARANTINED)
    return str(detail.get("state", BlockState.DONE))


def _project_send(job: Job, run: Run, counter: RunCounter) -> None:
    summary = _summary(run)
    if counter.sent.get("project") == summary:
        return
    outbox_add(f"project:{job.project_id}", "counters", {"job": str(job.pk), **summary})
    counter.sent = {**counter.sent, "project": summary}


def outbox_prune(*, age: timedelta = timedelta(hours=24)) -> int:
    """Drop old messages but the last of each stream, so that numbers never start again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM jobs_outbox o WHERE o.at < clock_timestamp() - make_interval(secs => %s)"
            " AND o.seq < (SELECT max(x.seq) FROM jobs_outbox x WHERE x.stream = o.stream)",
            [age.total_seconds()],
        )
        return int(cursor.rowcount)


def _group_send(stream: str, message: dict[str, Any]) -> None:
    """A lost message is refetched by its number, so failure is only logged."""
    layer = get_channel_layer()
    if layer is None:
        return
    group = stream.replace(":", ".")
    try:
        async_to_sync(layer.group_send)(group, {"type": "stream.message", "message": message})
    except Exception as error:  # noqa: BLE001  (the layer raises whatever its transport raises)
        log.warning("A message of %s was not sent: %s", stream, error)
