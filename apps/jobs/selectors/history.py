"""The history of a job in sentences."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from apps.jobs.enums import EventKind
from apps.jobs.models import Job, JobEvent, Step
from apps.jobs.selectors.rows import run_latest

_ERRORS = (EventKind.QUARANTINE, EventKind.NONDETERMINISTIC)
_WARNINGS = (EventKind.FAIL, EventKind.EXPIRE, EventKind.FENCED, EventKind.SPLIT, EventKind.VOID)
_TEXTS: dict[str, Callable[[JobEvent], str]] = {
    EventKind.PLAN: lambda e: (
        "Planned: "
        + ", ".join(
            f"{step['name']} ({step['blocks']} block(s))" for step in e.detail.get("steps", [])
        )
    ),
    EventKind.CLAIM: lambda e: f"Chunk {e.chunk} was claimed (epoch {e.epoch}).",
    EventKind.COMMIT: lambda e: (
        f"{_block(e)} is {e.detail.get('state', 'done')}"
        + (" (known result)." if e.detail.get("reused") else ".")
    ),
    EventKind.ALREADY: lambda e: f"{_block(e)} was settled before.",
    EventKind.FENCED: lambda e: f"A late result of {_block(e)} was refused.",
    EventKind.FAIL: lambda e: (
        f"{_block(e)} failed ({e.detail.get('class')}): {e.detail.get('message') or 'no message'}"
    ),
    EventKind.QUARANTINE: lambda e: (
        f"{_block(e)} is given up ({e.detail.get('class')}): "
        f"{e.detail.get('message') or 'no message'}"
    ),
    EventKind.EXPIRE: lambda e: f"The worker of chunk {e.chunk} was lost; the chunk is free again.",
    EventKind.SPLIT: lambda e: f"{_block(e)} continues alone in chunk {e.chunk}.",
    EventKind.FINISH: lambda e: f"Chunk {e.chunk} is finished.",
    EventKind.RELEASE: lambda e: f"Chunk {e.chunk} was given back.",
    EventKind.CLOSE: lambda e: f"Step {e.detail.get('name')} is {e.detail.get('state')}.",
    EventKind.VOID: lambda e: f"{_block(e)} is computed again: its object was damaged.",
    EventKind.NONDETERMINISTIC: lambda e: f"{_block(e)} gave other bytes than before.",
}


def log_events(job: Job) -> QuerySet[JobEvent]:
    """Return the events of the latest run, oldest first."""
    return JobEvent.objects.filter(run=run_latest(job)).order_by("id")


def log_lines(job: Job, events: Iterable[JobEvent]) -> list[dict[str, Any]]:
    """Return ``{at, level, step, message}`` of events."""
    steps = dict(Step.objects.filter(run__job=job).values_list("pk", "name"))
    return [
        {
            "at": event.at,
            "level": _level(event),
            "step": steps.get(event.step) if event.step else None,
            "message": _sentence(event),
        }
        for event in events
    ]


def _sentence(event: JobEvent) -> str:
    write = _TEXTS.get(event.kind)
    if write is not None:
        return write(event)
    if event.kind == EventKind.STATE:
        asked = event.detail.get("action")
        return f"Somebody asked: {asked}." if asked else f"The job is {event.detail.get('state')}."
    return f"{event.kind}: {event.detail}" if event.detail else str(event.kind)


def _level(event: JobEvent) -> str:
    if event.kind in _ERRORS or event.detail.get("state") in ("error", "failed"):
        return "error"
    return "warning" if event.kind in _WARNINGS else "info"


def _block(event: JobEvent) -> str:
    return f"Block ({event.ix}, {event.iy})"
