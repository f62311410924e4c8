"""What goes to a kernel and what comes back. Carries no secret and no database id but labels."""

from typing import Any, Literal

from workers.contracts.assets import SceneRef
from workers.contracts.base import Contract
from workers.contracts.grid import BlockRef, Grid

Outcome = Literal["done", "skipped", "degraded"]


class InputRef(Contract):
    """A file made by an earlier step or frozen by the web plane; ``sha256`` is verified on opening.

    role: what it is to the kernel (``samples``, ``forest``, ``class`` ...). ``ix, iy`` when it is
    the output of one block.
    """

    role: str
    path: str
    sha256: str
    size: int
    ix: int | None = None
    iy: int | None = None


class KernelRequest(Contract):
    """One block (or one whole step) of work."""

    id: str
    kernel: str
    parameters: dict[str, Any]
    grid: Grid | None = None
    block: BlockRef | None = None
    boundary: dict[str, Any] | None = None  # GeoJSON (Multi)Polygon in grid CRS; outside is 255
    scenes: tuple[SceneRef, ...] = ()
    inputs: tuple[InputRef, ...] = ()
    seed: int = 0
    staging: str  # folder on the store's file system; the kernel writes only here
    roots: tuple[str, ...] = ()  # folders below which rasters may be opened
    memory: int = 0  # bytes this process may hold; changes no value, only how much is read at once


class OutputFile(Contract):
    """A verified temporary file; the store keeps ``suffix`` (``.tif``, ``.json``, ``.npz``)."""

    role: str
    path: str
    sha256: str
    size: int
    suffix: str


class UsedInput(Contract):
    id: str
    version: str = ""


class DroppedInput(Contract):
    """A scene that was expected and could not be used: the block is degraded, never silent.

    ``id`` is the scene's in the request, ``name`` what people call it.
    """

    id: str
    reason: str
    name: str = ""


class KernelResult(Contract):
    """outcome ``skipped``: no valid pixel. ``report`` is small JSON for the row."""

    outcome: Outcome
    outputs: tuple[OutputFile, ...] = ()
    stats: dict[str, Any] = {}
    report: dict[str, Any] = {}
    used_inputs: tuple[UsedInput, ...] = ()
    dropped_inputs: tuple[DroppedInput, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    bytes_read: int = 0
    cpu_family: str = ""
