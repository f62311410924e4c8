"""The compute child seen from the worker: started, fed, watched and, when need be, killed.

The child holds no credential: its environment is built from an allow-list. Memory is limited twice:
RLIMIT_AS in the child, resident memory sampled here every second.
"""

import contextlib
import logging
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from pydantic import ValidationError

from workers.contracts.child import MAX_LINE_BYTES, FromChild, ToChild
from workers.contracts.memory import CLASS_BYTES
from workers.contracts.requests import KernelRequest, KernelResult

log = logging.getLogger(__name__)
GIB = 1024**3
MAPPED_SLACK_BYTES = 2 * GIB  # libraries, arenas and compiled code that are mapped, not resident
READY_SECONDS = 180.0
ABORT_GRACE_SECONDS = 5.0
SAMPLE_SECONDS = 1.0
POLL_SECONDS = 0.2
MAX_BLOCKS_PER_CHILD = 2000
INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "COVERAGE_PROCESS_START")


class ChildFailure(Exception):
    """A block failed; ``error_class`` is one of ``workers.errors.HANDLING``."""

    def __init__(self, error_class: str, message: str, signature: str = "") -> None:
        super().__init__(message)
        self.error_class = error_class
        self.message = message
        self.signature = signature or f"{error_class} child"


class ChildAborted(Exception):
    """The block was given up because the lease was lost or somebody wants to stop."""


@dataclass(frozen=True)
class Limits:
    """Limits of one block: seconds of wall time and bytes of resident memory."""

    seconds: float
    memory: int


@dataclass
class _Pipes:
    process: subprocess.Popen[bytes]
    sink: IO[bytes]
    source: int
    log: IO[bytes]


class ComputeChild:
    """One ``python -m workers``, kept warm between drains; started when first needed."""

    def __init__(self, process_class: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._class = process_class
        self._clock = clock
        self._pipes: _Pipes | None = None
        self._buffer = b""
        self._blocks = 0
        self.beat: FromChild | None = None

    @property
    def pid(self) -> int | None:
        return self._pipes.process.pid if self._pipes else None

    def run(
        self, request: KernelRequest, *, limits: Limits, stop: Callable[[], bool]
    ) -> KernelResult:
        """Feed one request and wait for its result.

        Raises:
            ChildFailure: the kernel failed, or the child crashed, ran over memory or time.
            ChildAborted: ``stop`` became true.
        """
        pipes = self._ready()
        self._memory_limit(pipes, limits.memory)
        self._send(ToChild(type="run", id=request.id, request=request))
        answer = self._await(pipes, request.id, limits, stop)
        self._blocks += 1
        if answer.type == "result" and answer.result is not None:
            return answer.result
        if answer.error_class == "aborted":
            raise ChildAborted
        if answer.error_class == "oom":
            self.kill()
        raise ChildFailure(answer.error_class or "code", answer.message, answer.signature)

    def close(self) -> None:
        """End the child: its input closes, and it goes by itself or is killed."""
        if self._pipes is None:
            return
        with contextlib.suppress(OSError):
            self._pipes.sink.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._pipes.process.wait(timeout=2)
        self.kill()

    def kill(self) -> int | None:
        """Kill the child's process group and return its exit status."""
        pipes, self._pipes = self._pipes, None
        if pipes is None:
            return None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pipes.process.pid, signal.SIGKILL)
        status = pipes.process.wait()
        for close in (pipes.sink.close, pipes.log.close, lambda: os.close(pipes.source)):
            with contextlib.suppress(OSError):
                close()
        return status

    def _ready(self) -> _Pipes:
        if self._pipes is not None and self._blocks >= MAX_BLOCKS_PER_CHILD:
            self.close()
        if self._pipes is not None and self._pipes.process.poll() is not None:
            self.kill()  # died while idle: nobody is to blame
        if self._pipes is None:
            self._start()
        assert self._pipes is not None  # noqa: S101
        return self._pipes

    def _start(self) -> None:
        child_in, sink = os.pipe()
        source, child_out = os.pipe()
        folder = Path(settings.VAR_DIR) / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        log_file = (folder / f"child-{os.getpid()}-{self._class}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "workers"],
            cwd=settings.BASE_DIR,
            env=child_environment(self._class, child_in, child_out),
            pass_fds=(child_in, child_out),
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=log_file,
            start_new_session=True,
        )
        os.close(child_in)
        os.close(child_out)
        self._pipes = _Pipes(process, os.fdopen(sink, "wb"), source, log_file)
        self._buffer, self._blocks = b"", 0
        self._await_ready(self._pipes)

    def _await_ready(self, pipes: _Pipes) -> None:
        until = self._clock() + READY_SECONDS
        while self._clock() < until:
            message = self._receive(pipes)
            if message is not None and message.type == "ready":
                return
            if message is None and pipes.process.poll() is not None:
                break
        status, tail = self.kill(), _tail(Path(pipes.log.name))
        raise ChildFailure(
            "crash", f"The compute child did not start (status {status}): {tail}", "crash start"
        )

    def _await(
        self, pipes: _Pipes, request_id: str, limits: Limits, stop: Callable[[], bool]
    ) -> FromChild:
        started = sampled = self._clock()
        aborted_at: float | None = None
        while True:
            message = self._receive(pipes)
            if message is not None and message.id == request_id:
                if message.type in ("result", "error"):
                    return message
                self.beat = message
            now = self._clock()
            if message is None and pipes.process.poll() is not None:
                raise self._crashed(aborted=aborted_at is not None)
            if now - started > limits.seconds:
                self.kill()
                text = f"The block took over {limits.seconds:.0f} s and was stopped."
                raise ChildFailure("timeout", text)
            if now - sampled >= SAMPLE_SECONDS:
                sampled = now
                self._memory_check(pipes, limits.memory)
            if aborted_at is None and stop():
                aborted_at = now
                self._send(ToChild(type="abort", id=request_id))
            if aborted_at is not None and now - aborted_at > ABORT_GRACE_SECONDS:
                self.kill()
                raise ChildAborted

    def _send(self, message: ToChild) -> None:
        assert self._pipes is not None  # noqa: S101
        line = message.model_dump_json(exclude_defaults=True).encode() + b"\n"
        if len(line) > MAX_LINE_BYTES:
            raise ChildFailure("parameter", "The request is over 4 MiB: use larger blocks.")
        try:
            self._pipes.sink.write(line)
            self._pipes.sink.flush()
        except OSError as error:
            raise self._crashed(aborted=False) from error

    def _receive(self, pipes: _Pipes) -> FromChild | None:
        """Return the next message, or None after a short wait; kills on a protocol error."""
        while b"\n" not in self._buffer:
            readable, _, _ = select.select([pipes.source], [], [], POLL_SECONDS)
            data = os.read(pipes.source, 1 << 20) if readable else b""
            if not data:
                if readable:  # end of file: the child is gone or about to be
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        pipes.process.wait(timeout=2)
                return None
            self._buffer += data
            if len(self._buffer) > 2 * MAX_LINE_BYTES:
                raise self._protocol_error("a line over 4 MiB")
        line, self._buffer = self._buffer.split(b"\n", 1)
        try:
            return FromChild.model_validate_json(line)
        except ValidationError as error:
            raise self._protocol_error("a line that is no message") from error

    def _protocol_error(self, what: str) -> ChildFailure:
        self.kill()
        return ChildFailure("crash", f"The compute child sent {what}.", "crash protocol")

    def _crashed(self, *, aborted: bool) -> Exception:
        name = Path(self._pipes.log.name) if self._pipes else None
        status = self.kill()
        if aborted:
            return ChildAborted()
        tail = _tail(name) if name else ""
        return ChildFailure(
            "crash", f"The compute child ended with status {status}. {tail}".strip(),
            f"crash status {status}",
        )  # fmt: skip

    def _memory_limit(self, pipes: _Pipes, limit: int) -> None:
        top = max(CLASS_BYTES.values()) + MAPPED_SLACK_BYTES
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(
                pipes.process.pid, resource.RLIMIT_AS, (limit + MAPPED_SLACK_BYTES, top)
            )

    def _memory_check(self, pipes: _Pipes, limit: int) -> None:
        try:
            pages = int(Path(f"/proc/{pipes.process.pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return
        used = pages * resource.getpagesize()
        if used > limit:
            self.kill()
            text = f"The block used {used / GIB:.1f} GiB; its class may use {limit / GIB:.1f} GiB."
            raise ChildFailure("oom", text, "oom resident")


_children: dict[tuple[int, str], ComputeChild] = {}


def compute_child(resource_class: str) -> ComputeChild:
    """Return this process's warm child for a class; imports run in a child of their own."""
    key = (os.getpid(), "ingest" if resource_class == "ingest" else "raster")
    return _children.setdefault(key, ComputeChild(key[1]))


def children_close() -> None:
    """End the children of this process."""
    for (pid, _), child in list(_children.items()):
        if pid == os.getpid():
            child.close()


def memory_of(resource_class: str, overrides: dict[str, Any]) -> int:
    """Return the resident memory a class may use, in bytes; a run may override it (MiB)."""
    if megabytes := overrides.get("memory_mb"):
        return int(megabytes) * 1024**2
    return CLASS_BYTES.get(resource_class, CLASS_BYTES["cpu"])


def child_environment(process_class: str, child_in: int, child_out: int) -> dict[str, str]:
    """Return the allow-listed environment; GDAL's lock-down is applied by the child itself."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return kept | {
        "CC_CHILD_IN": str(child_in),
        "CC_CHILD_OUT": str(child_out),
        "CC_CHILD_CLASS": process_class,
        "CC_NUMBA_CACHE": str(Path(settings.VAR_DIR) / "numba"),
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",
        "NUMBA_THREADING_LAYER": "workqueue",
    }


def _tail(path: Path, size: int = 600) -> str:
    """Return the last lines of a log as one line."""
    try:
        text = path.read_bytes()[-size:].decode(errors="replace")
    except OSError:
        return ""
    return " ".join(text.split())
