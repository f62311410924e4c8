"""One request in, one result out: finds the kernel, checks its parameters, names what went wrong.

Knows nothing of pipes, leases or databases; tests call ``run`` directly.
"""

import errno
import platform
import re
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from workers import registry
from workers.contracts.requests import KernelRequest, KernelResult
from workers.errors import ParameterError, WorkerError

Progress = Callable[[str, float], None]
ROOT = Path(__file__).resolve().parent
MAX_MESSAGE = 2000
_PATH = re.compile(r"(/[\w.+@%=-]+)+/?")
_HEXADECIMAL = re.compile(r"\b(0x)?[0-9a-f]{8,}\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(\.\d+)?")


class Aborted(Exception):
    """The worker asked to stop; raised by the progress callback."""


@dataclass(frozen=True)
class Failure:
    """What is told of an exception: class, message for people, signature for grouping."""

    error_class: str
    message: str
    signature: str
    trace: str


def run(request: KernelRequest, progress: Progress) -> KernelResult:
    """Run the kernel that a request names.

    Raises:
        ParameterError: no such kernel, or parameters it does not understand.
        Aborted: raised by ``progress`` when the worker asked to stop.
    """
    module = registry.kernel(request.kernel)
    try:
        parameters = module.Parameters.model_validate(request.parameters)
    except ValidationError as error:
        raise ParameterError(f"Kernel {request.kernel}: {_first_of(error)}") from error
    started = time.perf_counter()
    result: KernelResult = module.run(request, parameters, progress)
    seconds = round(time.perf_counter() - started, 4)
    return result.model_copy(
        update={
            "seconds": result.seconds or seconds,
            "cpu_family": result.cpu_family or cpu_family(),
        }
    )


def failure_of(error: BaseException) -> Failure:
    """Describe an exception; the signature has no number and no path, so that equals group."""
    kind = error_class_of(error)
    message = str(error).strip() or type(error).__name__
    frame = _deepest_frame(error)
    bare = _NUMBER.sub("#", _HEXADECIMAL.sub("#", _PATH.sub("<path>", message)))
    signature = f"{kind} {type(error).__name__} {frame} {bare}"[:500]
    if not isinstance(error, WorkerError):
        message = f"{type(error).__name__}: {message}"
    trace = "".join(traceback.format_exception(error))
    return Failure(kind, message[:MAX_MESSAGE], signature, trace)


def error_class_of(error: BaseException) -> str:
    """Return the class of ``workers.errors`` an exception belongs to."""
    if isinstance(error, WorkerError):
        return error.kind
    if isinstance(error, MemoryError):
        return "oom"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT):
        return "storage"
    return "code"


@cache
def cpu_family() -> str:
    """Return the processor's family: bytes are compared between equals only."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.machine()
    lines = [line.partition(":") for line in text.split("\n\n")[0].splitlines()]
    fields = {name.strip(): value.strip() for name, _, value in lines}
    names = ("vendor_id", "cpu family", "model")
    return " ".join([platform.machine(), *(fields.get(name, "") for name in names)]).strip()


def _first_of(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "parameters"
    more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"parameter {where}: {first['msg']}{more}."


def _deepest_frame(error: BaseException) -> str:
    """Return ``module:function`` of the deepest frame inside ``workers``."""
    found = "-"
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(ROOT):
            found = f"{path.relative_to(ROOT).with_suffix('').as_posix()}:{frame.name}"
    return found
