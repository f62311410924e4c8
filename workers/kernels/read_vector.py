"""Read an uploaded vector file into checked rows, in a process of its own.

The file is untrusted: it is opened by a fresh interpreter without credentials, whose GDAL has the
one driver of the file's extension, under limits of memory, processor time and file size.
"""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, model_validator

from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult
from workers.kernels._vector_process import output_of, read_apart, upload_of

SPEC = KernelSpec(
    slug="read_vector",
    title="Read a vector file",
    resource_class="ingest",
    outputs=("features",),
    seconds_per_block=3.0,
)


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
    path, file_name = upload_of(request, parameters.path, parameters.file_name)
    target = Path(request.staging) / f"{uuid.uuid4().hex}.ndjson"
    job = {
        "act": "read",
        "path": str(path),
        "file_name": file_name,
        "target": str(target),
        "options": parameters.model_dump(exclude={"file_name", "path"}),
    }
    progress("reading", 0.1)
    report = read_apart(job, file_name)
    progress("writing", 0.9)
    output = output_of(target, "features", ".ndjson")
    return KernelResult(
        outcome="done",
        outputs=(output,),
        report=report,
        bytes_read=path.stat().st_size,
    )
