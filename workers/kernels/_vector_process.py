"""The reading process of uploaded vector files: started, fed, heard, its output hashed."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import workers
from workers.contracts.requests import KernelRequest, OutputFile
from workers.errors import InputError
from workers.raster.environment import vector_environment
from workers.vector.limits import DRIVERS, shown

WALL_SECONDS = 180


def upload_of(request: KernelRequest, path: str, file_name: str) -> tuple[Path, str]:
    """Return the upload and its name; raises InputError when it is missing or has changed."""
    given = next((entry for entry in request.inputs if entry.role == "upload"), None)
    found = Path(given.path if given else path)
    file_name = file_name or found.name
    if not found.is_file():
        raise InputError(f"{shown(file_name)}: the upload is missing; send the file again.")
    if given is not None:
        with found.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != given.sha256:
                raise InputError(
                    f"{shown(file_name)}: the stored upload has changed; send it again."
                )
    return found, file_name


def read_apart(job: dict[str, Any], file_name: str) -> dict[str, Any]:
    """Have the reading process do one act; raises InputError with what it says of the file."""
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


def output_of(target: Path, role: str, suffix: str) -> OutputFile:
    """Return a written file as an output: on disk, hashed."""
    with target.open("rb+") as stream:
        os.fsync(stream.fileno())
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    size = target.stat().st_size
    return OutputFile(role=role, path=str(target), sha256=digest, size=size, suffix=suffix)
