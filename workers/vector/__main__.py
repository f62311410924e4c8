"""The reading process: one job as JSON on stdin, one verdict as JSON on stdout."""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from workers.errors import WorkerError

MEMORY_BYTES = 3 * 1024**3
CPU_SECONDS = 120
FILE_BYTES = 4 * 1024**3


def main() -> int:
    """Do ``{act, path, file_name, target, options}``; answer ``{report}`` or ``{kind, message}``.

    ``act``: ``read`` writes checked rows, ``inspect`` what the file holds.
    """
    _confine()
    job = json.load(sys.stdin)
    try:
        act = _inspect if job.get("act") == "inspect" else _read
        answer: dict[str, Any] = {"report": act(job)}
    except WorkerError as error:
        answer = {"kind": error.kind, "message": str(error)}
    except MemoryError:
        answer = {"kind": "input", "message": "The file needs too much memory; split it."}
    sys.stdout.write(json.dumps(answer))
    return 0


def _confine() -> None:
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def _read(job: dict[str, Any]) -> dict[str, Any]:
    from workers.vector.limits import Options
    from workers.vector.reading import driver_for, rows_write, source_read

    options = Options(**job["options"])
    _drivers_check(driver_for(job["file_name"]))
    source = source_read(Path(job["path"]), job["file_name"], options)
    return rows_write(source, options, Path(job["target"]))


def _inspect(job: dict[str, Any]) -> dict[str, Any]:
    from workers.vector.inspecting import upload_inspect
    from workers.vector.reading import driver_for

    _drivers_check(driver_for(job["file_name"]))
    return upload_inspect(Path(job["path"]), job["file_name"], Path(job["target"]))


def _drivers_check(driver: str) -> None:
    """Refuse to read when GDAL could open the file with anything but its own driver."""
    if driver not in ("GPKG", "ESRI Shapefile"):
        return  # read by Python alone
    import pyogrio

    surplus = sorted(set(pyogrio.list_drivers()) - {driver, "MEM", "Memory"})
    if surplus:
        raise WorkerError(f"The reading process has the drivers {', '.join(surplus)} too many.")


if __name__ == "__main__":
    sys.exit(main())
