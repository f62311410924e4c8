"""The compute child: ``python -m workers`` reads requests from one pipe and answers on another.

CC_CHILD_IN and CC_CHILD_OUT are the numbers of the inherited pipes, CC_CHILD_CLASS the process
class of the GDAL lock-down, CC_NUMBA_CACHE a folder for compiled code. Standard output and error
go to the log. End of file on the input ends the process, so that it never outlives its worker.
"""

import hashlib
import os
import platform
import queue
import sys
import threading
from pathlib import Path
from typing import BinaryIO, Literal, cast

from workers.contracts.child import MAX_LINE_BYTES, FromChild, ToChild
from workers.raster.environment import apply_environment, assert_drivers

BEAT_SECONDS = 2.0
ROOT = Path(__file__).resolve().parent
ProcessClass = Literal["raster", "ingest"]


class Child:
    """Reads in one thread, beats in another, computes in the main one."""

    def __init__(self, source: BinaryIO, sink: BinaryIO, process_class: ProcessClass) -> None:
        self._class = process_class
        self._drivers_checked = False
        self._source = source
        self._sink = sink
        self._lock = threading.Lock()
        self._orders: queue.Queue[ToChild] = queue.Queue()
        self._abort = ""
        self._current = ""
        self._stage = ""
        self._fraction = 0.0

    def loop(self) -> None:
        """Answer requests one after the other until told to exit."""
        self._send(FromChild(type="ready", versions={"python": platform.python_version()}))
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()
        while True:
            order = self._orders.get()
            if order.type == "exit":
                return
            if order.type == "warm":
                self._warm(order.kernels)
            elif order.request is not None:
                self._run(order)

    def _run(self, order: ToChild) -> None:
        from workers import runner

        assert order.request is not None  # noqa: S101
        self._stage, self._fraction, self._current = "start", 0.0, order.id
        try:
            self._warm((order.request.kernel,))
            result = runner.run(order.request, self._progress)
            answer = FromChild(type="result", id=order.id, result=result)
        except runner.Aborted:
            answer = FromChild(type="error", id=order.id, error_class="aborted")
        except Exception as error:  # noqa: BLE001  (whatever a kernel raises is reported)
            failure = runner.failure_of(error)
            print(f"{order.id}\n{failure.trace}", file=sys.stderr, flush=True)  # noqa: T201
            answer = FromChild(
                type="error",
                id=order.id,
                error_class=failure.error_class,
                message=failure.message,
                signature=failure.signature,
            )
        finally:
            self._current = ""
        self._send(answer)

    def _warm(self, kernels: tuple[str, ...]) -> None:
        from workers import registry

        for slug in kernels:
            registry.kernel(slug)
        if "rasterio" in sys.modules and not self._drivers_checked:
            assert_drivers(self._class)
            self._drivers_checked = True

    def _progress(self, stage: str, fraction: float) -> None:
        from workers.runner import Aborted

        self._stage, self._fraction = stage, fraction
        if self._abort and self._abort == self._current:
            raise Aborted(stage)

    def _read(self) -> None:
        while line := self._source.readline(MAX_LINE_BYTES + 1):
            order = ToChild.model_validate_json(line)
            if order.type == "abort":
                self._abort = order.id
            else:
                self._orders.put(order)
        os._exit(0)

    def _beat(self) -> None:
        pause = threading.Event()
        while not pause.wait(BEAT_SECONDS):
            if current := self._current:
                self._send(
                    FromChild(
                        type="beat",
                        id=current,
                        stage=self._stage,
                        fraction=self._fraction,
                        rss=_rss(),
                    )
                )

    def _send(self, message: FromChild) -> None:
        line = message.model_dump_json(exclude_defaults=True).encode() + b"\n"
        if len(line) > MAX_LINE_BYTES:
            line = _too_long(message).model_dump_json(exclude_defaults=True).encode() + b"\n"
        with self._lock:
            try:
                self._sink.write(line)
                self._sink.flush()
            except BrokenPipeError:
                os._exit(0)


def _too_long(message: FromChild) -> FromChild:
    return FromChild(
        type="error",
        id=message.id,
        error_class="code",
        message="The kernel's report is over 4 MiB; it belongs into an output file.",
        signature="code report too long",
    )


def _rss() -> int:
    """Return the resident memory in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def sources_sha() -> str:
    """Return a hash over all sources of the compute plane; compiled code is kept by it."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(ROOT.rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    process_class = cast("ProcessClass", os.environ.get("CC_CHILD_CLASS", "raster"))
    apply_environment(process_class)
    if folder := os.environ.get("CC_NUMBA_CACHE"):
        os.environ["NUMBA_CACHE_DIR"] = str(Path(folder) / sources_sha()[:16])
    source = os.fdopen(int(os.environ["CC_CHILD_IN"]), "rb")
    sink = os.fdopen(int(os.environ["CC_CHILD_OUT"]), "wb")
    Child(source, sink, process_class).loop()


if __name__ == "__main__":
    main()
