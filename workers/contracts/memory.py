"""The memory model: what a block needs in a compute child, and which class gives that.

bytes = base + model + cache + M·[(1 + p)·T·(2B + 1) + 2F + 12G] + N²·(9K + 12) + S·W
        + R·(2F + 4K) + 512·T·(B + indices); the plan is 1.1 times that.

N: edge of the block. M: pixels whose imagery is held at once, N² or those of a strip of rows.
"""

from dataclasses import dataclass
from typing import Literal

from workers.errors import ParameterError

MIB = 1024**2
BASE = 290 * MIB  # interpreter, numpy, numba with LLVM, GDAL, scikit-learn
CACHE = 64 * MIB  # GDAL frees the tiles of a file when it is closed
ROWS = 4096
READERS = 2
MARGIN = 1.1
# Resident memory a child may use, by resource class.
CLASS_BYTES = {
    "cpu": 2048 * MIB,
    "mem": 8192 * MIB,
    "io": 1024 * MIB,
    "ingest": 2048 * MIB,
    "live": 2048 * MIB,
}
# A larger class only where thin strips do not help.
PLANNED_CLASSES: tuple[Literal["cpu", "mem"], ...] = ("cpu", "mem")
LEAST_SHARE = 4  # strips thinner than a quarter of a block decode the same tiles too often
LEAST_ROWS = 16


@dataclass(frozen=True)
class Load:
    """What a block holds: dates T, bands B, indices, features F, classes K, source grids G.

    ahead: blocks read ahead. model: bytes of the packed forest.
    """

    dates: int
    bands: int
    features: int
    classes: int
    grids: int = 1
    indices: int = 0
    ahead: int = 0
    model: int = 20 * MIB


@dataclass(frozen=True)
class BlockPlan:
    """Rows of the block held at once, the planned bytes and the resource class that gives them."""

    rows: int
    bytes: int
    resource_class: Literal["cpu", "mem"]


def plan_bytes(load: Load, edge: int, rows: int | None = None) -> int:
    """Return the planned peak of a compute child for a block of edge × edge pixels.

    rows: rows of the block whose imagery is held at once (all of them when None).
    """
    imagery = (1 + load.ahead) * load.dates * (2 * load.bands + 1)
    imagery += 2 * load.features + 12 * load.grids
    pixels = edge * (rows or edge) * imagery + edge**2 * (9 * load.classes + 12)
    window = int(2 * (1.5 * edge) ** 2)
    lanes = 512 * load.dates * (load.bands + load.indices)
    batch = ROWS * (2 * load.features + 4 * load.classes)
    total = BASE + load.model + CACHE + pixels + READERS * window + batch + lanes
    return int(MARGIN * total)


def rows_at_once(load: Load, edge: int, *, limit: int, least: int = LEAST_ROWS) -> int:
    """Return how many rows of a block to hold so that the plan stays below a limit (≥ least)."""
    rows = edge
    while rows > least and plan_bytes(load, edge, rows) > limit:
        rows = max((rows + 1) // 2, least)
    return rows


def block_plan(load: Load, edge: int) -> BlockPlan:
    """Choose the smallest class that holds a block, whole or in strips of at least a quarter.

    Raises:
        ParameterError: no class does; says by how much and what to change.
    """
    least = max(-(-edge // LEAST_SHARE), min(edge, LEAST_ROWS))
    planned = 0
    for name in PLANNED_CLASSES:
        rows = rows_at_once(load, edge, limit=CLASS_BYTES[name], least=least)
        planned = plan_bytes(load, edge, rows)
        if planned <= CLASS_BYTES[name]:
            return BlockPlan(rows, planned, name)
    raise ParameterError(
        f"{load.dates} dates × {load.bands} bands need {planned // MIB:,} MiB for {least} rows of "
        f"a block of {edge} px, {CLASS_BYTES[PLANNED_CLASSES[-1]] // MIB:,} MiB are allowed; "
        "shorten the period, use fewer bands or a project with smaller blocks."
    )
