"""Look into an uploaded vector file, in a process of its own, before it is imported.

The same confined reading as ``read_vector``; what it finds goes into a file, since examples and
labels of rows are not for everybody who may see the job.
"""

import uuid
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel

from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult
from workers.kernels._vector_process import output_of, read_apart, upload_of

SPEC = KernelSpec(
    slug="inspect_vector",
    title="Look into a vector file",
    resource_class="ingest",
    outputs=("inspection",),
    seconds_per_block=2.0,
)


class Parameters(BaseModel):
    """``file_name`` is the name the upload had: its extension fixes the driver."""

    file_name: str = ""
    path: str = ""


def run(
    request: KernelRequest, parameters: Parameters, progress: Callable[[str, float], None]
) -> KernelResult:
    """Write ``inspection`` (JSON: layers, columns, values, examples) and report two counts.

    Raises InputError naming the file and the remedy.
    """
    path, file_name = upload_of(request, parameters.path, parameters.file_name)
    target = Path(request.staging) / f"{uuid.uuid4().hex}.json"
    job = {"act": "inspect", "path": str(path), "file_name": file_name, "target": str(target)}
    progress("reading", 0.1)
    report = read_apart(job, file_name)
    progress("writing", 0.9)
    return KernelResult(
        outcome="done",
        outputs=(output_of(target, "inspection", ".json"),),
        report=report,
        bytes_read=path.stat().st_size,
    )
