"""Pure rules of jobs: what a planned step is, how failures are handled, how blocks are grouped."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workers.contracts.base import sha256_of

MAX_OWN_FAILURES = 3
MAX_STORAGE_TRIES = 20
MAX_PRIORITY = 100
MAX_CHUNK_BLOCKS = 256
PLAN_STEP = "plan"
VERIFY_STEP = "verify"
PLAN_KERNEL = "plan_run"
VERIFY_KERNEL = "verify_job"
INTERNAL_KERNELS = (PLAN_KERNEL, VERIFY_KERNEL)


@dataclass(frozen=True)
class PlannedStep:
    """One stage as the planner wants it.

    ``blocks`` are (ix, iy) of the grid; a step of scope once uses [(0, 0)], a step over layers or
    units (number, 0). ``depends_on`` are names of earlier steps. ``params`` never change after
    planning. ``scope`` empty: ``once`` for one block, else ``blocks``.
    """

    name: str
    kernel: str
    executor: str = "child"
    params: dict[str, Any] = field(default_factory=dict)
    resource_class: str = "cpu"
    block_px: int = 0
    depends_on: tuple[str, ...] = ()
    blocks: Sequence[tuple[int, int]] = ((0, 0),)
    title: str = ""
    scope: str = ""

    @property
    def params_sha(self) -> str:
        return sha256_of(self.params)

    @property
    def effective_scope(self) -> str:
        return self.scope or ("blocks" if len(self.blocks) > 1 else "once")


@dataclass(frozen=True)
class Lease:
    """A claimed chunk; ``epoch`` is the fencing token of every later call."""

    chunk: int
    epoch: int
    step: str
    run: str
    seq: int
    params_sha: str
    session: str
    resource_class: str


@dataclass(frozen=True)
class ObjectRow:
    """A published object of a result."""

    role: str
    sha256: str
    size: int
    object_key: str


@dataclass(frozen=True)
class BlockOutcome:
    """What a block came to; goes to ``block_commit``.

    state: done, skipped, degraded or failed. ``result`` is the id of an existing result that is
    reused. ``final``: quarantine at once. ``move_to``: isolate in a chunk of this class.
    """

    state: str
    fingerprint: str = ""
    objects: tuple[ObjectRow, ...] = ()
    result: str | None = None
    stats: dict[str, Any] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    used_inputs: tuple[dict[str, Any], ...] = ()
    dropped_inputs: tuple[dict[str, Any], ...] = ()
    cpu_family: str = ""
    seconds: float = 0.0
    bytes_read: int = 0
    error_class: str = ""
    error_signature: str = ""
    error_message: str = ""
    charged: bool = False
    final: bool = False
    move_to: str = ""

    @property
    def content_sha(self) -> str:
        """SHA-256 over the sorted (role, sha256) of the objects."""
        return sha256_of(sorted([row.role, row.sha256] for row in self.objects))


@dataclass(frozen=True)
class Charge:
    """How one failure counts against its block."""

    charged: bool
    final: bool
    move_to: str = ""


def failure_charge(error_class: str, *, tries: int, scope: str, resource_class: str) -> Charge:
    """Decide how a failure counts; ``tries`` are failures of the block before this one."""
    if error_class in {"input", "parameter", "data"}:
        return Charge(charged=True, final=True)
    if error_class == "timeout":
        return Charge(charged=True, final=tries >= 1)
    if error_class == "oom":
        return Charge(charged=True, final=False, move_to="mem" if resource_class == "cpu" else "")
    if error_class == "storage":
        return Charge(charged=tries >= MAX_STORAGE_TRIES, final=False)
    return Charge(charged=error_class != "infra", final=False)


def chunk_size(n_blocks: int, workers: int) -> int:
    """Return how many neighbouring blocks are leased together."""
    return max(1, min(MAX_CHUNK_BLOCKS, math.ceil(n_blocks / (4 * max(1, workers)))))


def chunks_of(blocks: Iterable[tuple[int, int]], *, workers: int) -> list[list[tuple[int, int]]]:
    """Group (ix, iy) into chunks of neighbours, row by row."""
    ordered = sorted(set(blocks), key=lambda block: (block[1], block[0]))
    size = chunk_size(len(ordered), workers)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


@dataclass(frozen=True)
class FailureHelp:
    """What a person can do about a failure. memory_mb: what a retry of it needs, 0: as before."""

    whose: str
    advice: str
    retry: bool = True
    memory_mb: int = 0


LARGE_MEMORY_MB = 8192
_HELP = {
    "infra": FailureHelp("The installation", "It passes by itself; retry the blocks."),
    "crash": FailureHelp(
        "The software", "The process ended while it worked on the block. Retry once, then report "
        "it.",
    ),
    "oom": FailureHelp(
        "The size of the blocks", "A retry in the larger memory class is slower and usually works; "
        "else use smaller blocks.", memory_mb=LARGE_MEMORY_MB,
    ),
    "timeout": FailureHelp(
        "The size of the blocks", "Retry when the machine is less busy, or use smaller blocks.",
    ),
    "storage": FailureHelp(
        "The store", "Check the disk or the object store; then retry the blocks."
    ),
    "input": FailureHelp(
        "The imagery", "Restore the named file, or exclude its scene and launch again. A retry "
        "helps only after that.",
    ),
    "data": FailureHelp(
        "The choice of imagery", "A retry cannot help: widen the feature windows or add scenes, "
        "and launch again.", retry=False,
    ),
    "parameter": FailureHelp(
        "The parameters", "A retry cannot help: change the named parameter and launch again.",
        retry=False,
    ),
    "code": FailureHelp("The software", "Report the message; retry after an update."),
}  # fmt: skip


def failure_help(error_class: str) -> FailureHelp:
    """Return whose matter a failure is and what helps."""
    return _HELP.get(error_class, _HELP["code"])


NOTABLE = 0.1


def compared(
    estimate: dict[str, Any], actual: dict[str, float | None], fraction: float
) -> list[dict[str, Any]]:
    """Set predicted beside actual figures; ``notable`` from a tenth of difference on.

    fraction: share of the work that is done; the figure at the end is taken in proportion.
    """
    band = estimate.get("eta_seconds") or {}
    middle = (float(band.get("low") or 0) + float(band.get("high") or 0)) / 2
    rows = []
    for name, so_far in actual.items():
        predicted = middle if name == "elapsed" else float(estimate.get(name) or 0)
        at_end = so_far / fraction if so_far is not None and fraction > 0.02 else None
        difference = at_end / predicted - 1 if at_end is not None and predicted else None
        rows.append(
            {
                "name": name,
                "predicted": predicted or None,
                "so_far": so_far,
                "at_end": at_end,
                "difference": round(difference, 4) if difference is not None else None,
                "notable": difference is not None and abs(difference) >= NOTABLE,
            }
        )
    return rows
