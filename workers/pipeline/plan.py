"""The memory model: how much a block needs, and which block size fits.

bytes = base + model + cache + N²·[(1 + p)·T·(2B + 1) + 2F + 9K + 12G + 12] + S·W + R·(2F + 4K)
        + 512·T·(B + indices); the plan is 1.1 times that.
"""

from dataclasses import dataclass

from workers.errors import ParameterError

MIB = 1024**2
BASE = 290 * MIB  # interpreter, numpy, numba with LLVM, GDAL, scikit-learn
CACHE = 64 * MIB  # GDAL frees the tiles of a file when it is closed
ROWS = 4096
READERS = 2
MARGIN = 1.1
LIMITS = {"cpu": 2048 * MIB, "mem": 8192 * MIB}
BLOCK_EDGES = (512, 256)


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
    """A block edge in pixels, the planned bytes and the resource class that gives them."""

    block_px: int
    bytes: int
    resource_class: str


def plan_bytes(load: Load, edge: int, rows: int | None = None) -> int:
    """Return the planned peak of a compute child for a block of edge × edge pixels.

    rows: rows of the block that are held at once (all of them when None).
    """
    held = edge * (rows or edge)
    pixel = (1 + load.ahead) * load.dates * (2 * load.bands + 1)
    pixel += 2 * load.features + 9 * load.classes + 12 * load.grids + 12
    window = int(2 * (1.5 * edge) ** 2)
    lanes = 512 * load.dates * (load.bands + load.indices)
    batch = ROWS * (2 * load.features + 4 * load.classes)
    total = BASE + load.model + CACHE + held * pixel + READERS * window + batch + lanes
    return int(MARGIN * total)


def block_plan(load: Load, *, limit: int = LIMITS["cpu"]) -> BlockPlan:
    """Choose 512 px, else 256 px.

    Raises:
        ParameterError: neither fits; says by how much and what to change.
    """
    for edge in BLOCK_EDGES:
        planned = plan_bytes(load, edge)
        if planned <= limit:
            return BlockPlan(edge, planned, "cpu" if planned <= LIMITS["cpu"] else "mem")
    raise ParameterError(
        f"{load.dates} dates × {load.bands} bands need {planned // MIB:,} MiB for a block of "
        f"{BLOCK_EDGES[-1]} px, {limit // MIB:,} MiB are allowed; shorten the period, use fewer "
        "bands or the larger memory class."
    )


def rows_at_once(load: Load, edge: int, *, limit: int = LIMITS["cpu"]) -> int:
    """Return how many rows of a block to hold so that the plan stays below a limit (≥ 16)."""
    rows = edge
    while rows > 16 and plan_bytes(load, edge, rows) > limit:
        rows = (rows + 1) // 2
    return rows
