"""The verdict on a run, from its history and rows; not from "no exception was seen"."""

from collections import defaultdict
from typing import Any

from apps.jobs.models import Block, JobEvent, Run, Slot
from apps.jobs.selectors import run_latest

TERMINAL_BLOCK = ("done", "skipped", "degraded", "quarantined", "waived")
_ENDS = ("expire", "claim", "finish", "release")


def history_violations(run: Run) -> list[str]:
    """Return what the history of a run breaks; empty when it holds."""
    events = list(JobEvent.objects.filter(run=run).order_by("id"))
    return [
        *_commits_once(events),
        *_epochs_rise(events),
        *_commits_within_their_claim(events),
        *_no_claim_while_stopped(events),
        *_one_close_each(events),
    ]


def outcome_violations(job: Any, store: Any) -> list[str]:
    """Return what an ended job breaks: every block settled, every object whole, slots free."""
    run = run_latest(job)
    found = history_violations(run)
    open_blocks = Block.objects.filter(step__run=run).exclude(state__in=TERMINAL_BLOCK)
    found += [f"block ({b.ix}, {b.iy}) is {b.state}" for b in open_blocks]
    for block in Block.objects.filter(step__run=run, result__isnull=False):
        assert block.result is not None
        if block.result.project_id != run.project_id:
            found.append(f"block ({block.ix}, {block.iy}) has a result of another project")
        for row in block.result.files.all():
            if store.size_of(row.object_key) != row.size:
                found.append(f"object {row.object_key} is missing or has another size")
            elif store.sha256_of(row.object_key) != row.sha256:
                found.append(f"object {row.object_key} has other bytes")
    if Slot.objects.filter(chunk__step__run=run).exists():
        found.append("a slot is still held")
    return found


def _commits_once(events: list[JobEvent]) -> list[str]:
    counts: dict[tuple[Any, Any, Any], int] = defaultdict(int)
    for event in events:
        key = (event.step, event.iy, event.ix)
        counts[key] += {"commit": 1, "void": -1}.get(event.kind, 0)
    return [f"block {key} was counted {n} times" for key, n in counts.items() if n > 1]


def _epochs_rise(events: list[JobEvent]) -> list[str]:
    """Epochs of a chunk rise by one at each claim."""
    last: dict[Any, int] = {}
    found = []
    for event in events:
        if event.kind != "claim" or event.epoch is None:
            continue
        if event.epoch != last.get(event.chunk, 0) + 1:
            found.append(f"chunk {event.chunk} went from {last.get(event.chunk)} to {event.epoch}")
        last[event.chunk] = event.epoch
    return found


def _commits_within_their_claim(events: list[JobEvent]) -> list[str]:
    """A commit of epoch e lies between the claim of e and the end of that lease."""
    held: dict[Any, int | None] = {}
    found = []
    for event in events:
        if event.kind in _ENDS:
            held[event.chunk] = event.epoch if event.kind == "claim" else None
        if event.kind == "commit" and held.get(event.chunk) != event.epoch:
            found.append(f"commit of chunk {event.chunk} epoch {event.epoch} outside its lease")
    return found


def _no_claim_while_stopped(events: list[JobEvent]) -> list[str]:
    stopped, found = False, []
    for event in events:
        asked = event.detail.get("wanted") if event.kind == "state" else None
        stopped = asked in ("pause", "cancel") if asked else stopped
        if stopped and event.kind == "claim":
            found.append(f"chunk {event.chunk} was claimed while the run was stopped")
    return found


def _one_close_each(events: list[JobEvent]) -> list[str]:
    voided = any(event.kind == "void" for event in events)
    names = [event.detail.get("name") for event in events if event.kind == "close"]
    doubled = {name for name in names if names.count(name) > 1}
    return [] if voided else [f"step {name} was closed more than once" for name in sorted(doubled)]
