"""Read an uploaded vector file into checked rows, in a process of its own.

The file is untrusted: it is opened by a fresh interpreter without credentials, whose GDAL has the
one driver of the file's extension, under limits of memory, processor time and file size.
"""

import hashlib
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, model_validator

import workers
from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult, OutputFile
from workers.errors import InputError
from workers.raster.environment import vector_environment
from workers.vector.limits import DRIVERS, shown

SPEC = KernelSpec(
    slug="read_vector",
    title="Read a vector file",
    resource_class="ingest",
    outputs=("features",),
    seconds_per_block=3.0,
)
WALL_SECONDS = 180


class Parameters(BaseModel):
    """``file_name`` is the name the upload had: its extension fixes the driver.

    ``path`` serves callers that have no stored upload (input role ``upload``). What the reading
    does not need (``class_map`` and the like) is passed over.
    """

    file_name: str = ""
    path: str = ""
    layer: str | None = None
    crs: str | None = None
    class_field: str | None = None
    group_field: str | None = None
    from_field: str | None = None
    to_field: str | None = None
    id_field: str | None = None
    x_field: str | None = None
    y_field: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, value: Any) -> Any:
        """Accept the columns nested under ``options``, as the import workflows carry them."""
        if isinstance(value, dict) and isinstance(value.get("options"), dict):
            value = {**value["options"], **{k: v for k, v in value.items() if k != "options"}}
        if isinstance(value, dict):  # an empty form field means: not given
            value = {name: entry for name, entry in value.items() if entry not in ("", None)}
        return value


def run(
    request: KernelRequest, parameters: Parameters, progress: Callable[[str, float], None]
) -> KernelResult:
    """Write ``features`` (NDJSON, one row a line) and report the summary.

    Raises InputError naming the file and the remedy; single bad rows are lines with ``error``.
    """
    path, file_name = _upload(request, parameters)
    target = Path(request.staging) / f"{uuid.uuid4().hex}.ndjson"
    job = {
        "path": str(path),
        "file_name": file_name,
        "target": str(target),
        "options": parameters.model_dump(exclude={"file_name", "path"}),
    }
    progress("reading", 0.1)
    report = _read_apart(job, file_name)
    progress("writing", 0.9)
    output = _output(target)
    return KernelResult(
        outcome="done",
        outputs=(output,),
        report=report,
        bytes_read=path.stat().st_size,
    )


def _upload(request: KernelRequest, parameters: Parameters) -> tuple[Path, str]:
    given = next((entry for entry in request.inputs if entry.role == "upload"), None)
    path = Path(given.path if given else parameters.path)
    file_name = parameters.file_name or path.name
    if not path.is_file():
        raise InputError(f"{shown(file_name)}: the upload is missing; send the file again.")
    if given is not None:
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != given.sha256:
                raise InputError(
                    f"{shown(file_name)}: the stored upload has changed; send it again."
                )
    return path, file_name


def _read_apart(job: dict[str, Any], file_name: str) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "workers.vector"],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=WALL_SECONDS,
            env=_environment(file_name),
            cwd=Path(workers.__file__).resolve().parent.parent,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{file_name}: took longer than {WALL_SECONDS} s; split it.") from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise InputError(
            f"{file_name}: cannot be read; the reader stopped (status {done.returncode}). "
            "The file is damaged or too large; export it again."
        ) from error
    if "report" not in answer:
        raise InputError(str(answer.get("message") or f"{file_name}: cannot be read."))
    report: dict[str, Any] = answer["report"]
    return report


def _environment(file_name: str) -> dict[str, str]:
    driver = DRIVERS.get(Path(file_name).suffix.lower(), "")
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, **vector_environment(driver)}


def _output(target: Path) -> OutputFile:
    with target.open("rb+") as stream:
        os.fsync(stream.fileno())
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return OutputFile(
        role="features",
        path=str(target),
        sha256=digest,
        size=target.stat().st_size,
        suffix=".ndjson",
    )
