"""The history of a job in sentences."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from apps.core.errors import InvalidInput
from apps.jobs.enums import EventKind
from apps.jobs.models import Job, JobEvent, Run, Step
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


LEVELS = ("info", "warning", "error")
ROUTINE = (EventKind.CLAIM, EventKind.FINISH, EventKind.RELEASE, EventKind.ALREADY)
_FAILED = Q(kind__in=_ERRORS) | Q(detail__state__in=("error", "failed"))
_AT_LEAST = {"info": Q(), "warning": _FAILED | Q(kind__in=_WARNINGS), "error": _FAILED}


def log_events(
    job: Job, *, run: Run | None = None, given: Mapping[str, str] | None = None
) -> QuerySet[JobEvent]:
    """Return the events of a run (the latest), oldest first.

    ``given``: ``level`` (at least this one), ``routine`` (``false`` leaves claims out), ``since``
    (after the line of this number), ``q`` (in the message or the block's numbers), ``order``
    (``desc``: newest first).
    """
    given = given or {}
    level = given.get("level") or "info"
    if level not in LEVELS:
        text = f"One of: {', '.join(LEVELS)}."
        raise InvalidInput(f"Level {level[:40]!r} is unknown.", errors={"level": [text]})
    events = JobEvent.objects.filter(run=run or run_latest(job)).filter(_AT_LEAST[level])
    if given.get("routine") == "false":
        events = events.exclude(kind__in=ROUTINE)
    if text := given.get("q", "").strip():
        events = events.filter(_matches(text))
    since = given.get("since") or ""
    if since.isascii() and since.isdigit() and len(since) < 19:
        events = events.filter(id__gt=int(since))
    return events.order_by("-id" if given.get("order") == "desc" else "id")


def _matches(text: str) -> Q:
    """A word of the message, a kind, or a block as ``3, 4``."""
    found = (
        Q(detail__message__icontains=text)
        | Q(kind__icontains=text)
        | Q(detail__name__icontains=text)
    )
    numbers = [part.strip(" ()") for part in text.split(",")]
    if len(numbers) == 2 and all(part.lstrip("-").isdigit() for part in numbers):
        found |= Q(ix=int(numbers[0]), iy=int(numbers[1]))
    return found


def log_lines(job: Job, events: Iterable[JobEvent]) -> list[dict[str, Any]]:
    """Return ``{id, at, kind, level, step, message}`` of events."""
    steps = dict(Step.objects.filter(run__job=job).values_list("pk", "name"))
    return [
        {
            "id": event.pk,
            "at": event.at,
            "kind": event.kind,
            "level": _level(event),
            "step": steps.get(event.step) if event.step else None,
            "message": _sentence(event),
        }
        for event in events
    ]


def log_text(job: Job, events: QuerySet[JobEvent]) -> Iterator[str]:
    """Yield the lines of a text file."""
    batch: list[JobEvent] = []
    for event in events.iterator(2000):
        batch.append(event)
        if len(batch) == 2000:
            yield _text(job, batch)
            batch = []
    yield _text(job, batch)


def _text(job: Job, events: list[JobEvent]) -> str:
    return "".join(
        f"{line['at'].isoformat(timespec='milliseconds')} {line['level']:7} "
        f"{line['step'] or 'job':12} {line['message']}\n"
        for line in log_lines(job, events)
    )


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
