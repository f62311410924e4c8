"""JSON lines between a worker and its compute child (one object a line, at most 4 MiB)."""

from typing import Any, Literal

from workers.contracts.base import Contract
from workers.contracts.requests import KernelRequest, KernelResult

MAX_LINE_BYTES = 4 * 1024 * 1024


class ToChild(Contract):
    type: Literal["warm", "run", "abort", "exit"]
    id: str = ""
    kernels: tuple[str, ...] = ()
    request: KernelRequest | None = None


class FromChild(Contract):
    """``error`` carries class (``kind`` of workers.errors), message and signature."""

    type: Literal["ready", "beat", "result", "error"]
    id: str = ""
    versions: dict[str, str] = {}
    code_sha: dict[str, str] = {}
    stage: str = ""
    fraction: float = 0.0
    rss: int = 0
    result: KernelResult | None = None
    error_class: str = ""
    message: str = ""
    signature: str = ""
    detail: dict[str, Any] = {}
