"""Rules of the control board: the stage of an area, its state, failures of one cause, steps."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from apps.dashboard.domain.figures import THIN, duration

STAGES = {
    "not_started": "Not started",
    "model_ready": "Model ready",
    "mapped": "Mapped",
    "in_review": "In review",
    "accepted": "Accepted",
}
STATES = {
    "running": ("running", "Running"),
    "waiting": ("waiting", "Waiting"),
    "paused": ("paused", "Paused"),
    "failed": ("failed", "Failed"),
    "attention": ("attention", "Finished with errors"),
}
STATE_OF_STATUS = {
    "created": "waiting",
    "queued": "waiting",
    "running": "running",
    "canceling": "waiting",
    "paused": "paused",
    "error": "failed",
    "finished_with_errors": "attention",
}
ACCEPTED = frozenset({"accepted", "delivered"})
BEYOND_RETRY = frozenset({"input", "parameter", "data"})
WHOSE = {
    "input": "The file or scene itself: repair or leave it out, then launch again.",
    "parameter": "The parameters: change them and launch again.",
    "data": "The data at hand: more imagery or a wider window is needed.",
    "oom": "Memory: a retry runs in a larger class.",
    "timeout": "Time: blocks took longer than allowed.",
    "storage": "The store did not answer; a retry is safe.",
    "infra": "The installation; a retry is safe.",
}


@dataclass(frozen=True)
class AreaFacts:
    """What is known of an area; each is read from rows, nothing is set by hand here."""

    mapped: bool = False
    model_ready: bool = False
    open_remarks: int = 0
    unit_statuses: Collection[str] = ()


def stage_of(facts: AreaFacts) -> str:
    """Return the stage: accepted by its units, in review by open remarks or units, else by maps."""
    units = set(facts.unit_statuses)
    if facts.mapped and units and units <= ACCEPTED and not facts.open_remarks:
        return "accepted"
    if facts.mapped and (facts.open_remarks or units & {"review", *ACCEPTED}):
        return "in_review"
    if facts.mapped:
        return "mapped"
    return "model_ready" if facts.model_ready else "not_started"


def state_of(status: str) -> str:
    """Return the symbol of an area by the status of its newest job; empty when all is well."""
    return STATE_OF_STATUS.get(status, "")


def covers(box: Sequence[float] | None, extent: Sequence[float]) -> bool:
    """Return whether a box [w, s, e, n] holds another, but for a hair's breadth."""
    if not box or len(box) != 4:
        return False
    slack = 1e-6
    west, south, east, north = extent
    return (
        box[0] <= west + slack
        and box[1] <= south + slack
        and box[2] >= east - slack
        and box[3] >= north - slack
    )


class Failure(Protocol):
    """One run's failure, as the jobs app tells it."""

    @property
    def job(self) -> str: ...
    @property
    def ended(self) -> bool: ...
    @property
    def error_class(self) -> str: ...
    @property
    def signature(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def advice(self) -> str: ...
    @property
    def blocks(self) -> int: ...


@dataclass
class FailureGroup:
    """Failures of one cause over all jobs; ``retry`` names the jobs that a retry may help."""

    signature: str
    error_class: str
    message: str
    advice: str
    blocks: int = 0
    jobs: list[str] = field(default_factory=list)
    retry: list[str] = field(default_factory=list)

    @property
    def amount(self) -> str:
        return _many(self.blocks, "block") if self.blocks else _many(len(self.jobs), "job")

    @property
    def within(self) -> str:
        """Say how many jobs, where the amount counts blocks."""
        return f"in {_many(len(self.jobs), 'job')}" if self.blocks else ""


def failure_groups(rows: Iterable[Failure], *, limit: int = 8) -> list[FailureGroup]:
    """Group failures by cause, most blocks first."""
    groups: dict[tuple[str, str], FailureGroup] = {}
    for row in rows:
        advice = row.advice or WHOSE.get(row.error_class, "")
        group = groups.setdefault(
            (row.error_class, row.signature),
            FailureGroup(row.signature, row.error_class, row.message, advice),
        )
        group.blocks += row.blocks
        if row.job not in group.jobs:
            group.jobs.append(row.job)
            if row.ended and row.error_class not in BEYOND_RETRY:
                group.retry.append(row.job)
    ordered = sorted(groups.values(), key=lambda group: (-group.blocks, -len(group.jobs)))
    return ordered[:limit]


def eta_seconds(
    done: int, total: int, started_at: datetime | None, now: datetime
) -> tuple[float, float] | None:
    """Return the band of seconds left at the pace since the start; None when nothing is known."""
    if started_at is None or done <= 0 or total <= done:
        return None
    elapsed = (now - started_at).total_seconds()
    if elapsed < 10:
        return None
    middle = elapsed / done * (total - done)
    spread = 0.15 + 0.35 * (1 - done / total)
    return middle * (1 - spread), middle * (1 + spread)


def eta_words(band: tuple[float, float] | None) -> str:
    """Return ``10 – 20 min``; empty without a band."""
    if band is None:
        return ""
    low, high = (duration(timedelta(seconds=value)) for value in band)
    if low == high:
        return low
    (first, _, unit), (_, _, other) = low.partition(THIN), high.partition(THIN)
    return f"{first} – {high}" if unit == other else f"{low} – {high}"


@dataclass(frozen=True)
class StepState:
    """A step of the main job on the board: done, running, next or later."""

    key: str
    state: str

    @property
    def word(self) -> str:
        return {"done": "Done", "running": "Running", "next": "Next", "later": "Later"}[self.state]

    @property
    def tone(self) -> str:
        return {"done": "good", "running": "running"}.get(self.state, "waiting")


def steps_of(
    done: Sequence[tuple[str, bool]], running: Collection[str], optional: Collection[str] = ()
) -> list[StepState]:
    """Return the state of each step; the first one that is open and not optional is next."""
    rows: list[StepState] = []
    found_next = False
    for key, is_done in done:
        if is_done:
            state = "done"
        elif key in running:
            state = "running"
        elif not found_next:
            state, found_next = "next", key not in optional
        else:
            state = "later"
        rows.append(StepState(key, state))
    return rows


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
