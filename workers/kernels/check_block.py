"""The trivial kernel: deterministic bytes from block and seed, after a given time of work."""

import hashlib
import time
from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from workers.contracts.base import Contract
from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult
from workers.storage import write_json

SPEC = KernelSpec(
    slug="check_block",
    title="Check",
    resource_class="cpu",
    outputs=("digest",),
    seconds_per_block=0.05,
)
STEPS = 10


class Parameters(Contract):
    """work_ms: milliseconds of pretended work a block; seed: enters the bytes."""

    work_ms: Annotated[int, Field(ge=0, le=60_000)] = 20
    seed: Annotated[int, Field(ge=0)] = 0


def run(
    request: KernelRequest, parameters: Parameters, progress: Callable[[str, float], None]
) -> KernelResult:
    """Write ``digest``: one JSON object whose bytes depend on ix, iy and seed only."""
    for number in range(STEPS):
        progress("work", number / STEPS)
        time.sleep(parameters.work_ms / 1000 / STEPS)
    ix, iy = (request.block.ix, request.block.iy) if request.block else (0, 0)
    digest = hashlib.sha256(f"{ix}:{iy}:{parameters.seed}".encode()).hexdigest()
    body = {"ix": ix, "iy": iy, "seed": parameters.seed, "digest": digest}
    written = write_json(request.staging, body)
    return KernelResult(outcome="done", outputs=(written.as_output("digest"),))
