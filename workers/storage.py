"""Reading port and staging of the compute plane. It publishes nothing: the worker does.

A finished file is fsynced and hashed here; its content is verified by whoever wrote it.
"""

import hashlib
import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.contracts.requests import InputRef, OutputFile
from workers.errors import InputError, StorageError


@dataclass(frozen=True)
class WrittenFile:
    """A finished temporary file with size and SHA-256."""

    path: str
    sha256: str
    size: int
    suffix: str

    def as_output(self, role: str) -> OutputFile:
        """Return the contract for a kernel result."""
        return OutputFile(
            role=role, path=self.path, sha256=self.sha256, size=self.size, suffix=self.suffix
        )


def staged_path(staging: str | Path, suffix: str) -> Path:
    """Return a new name in the staging folder; the folder is made when missing."""
    folder = Path(staging)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{uuid.uuid4().hex}{suffix}"


def write_bytes(staging: str | Path, data: bytes, suffix: str) -> WrittenFile:
    """Write bytes to a new staged file, fsync, read back and compare.

    Raises:
        StorageError: the disk refused, or holds other bytes than it was given.
    """
    path = staged_path(staging, suffix)
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror}).") from error
    sync_file(path)
    written = stamp(path)
    if written.sha256 != hashlib.sha256(data).hexdigest():
        path.unlink()
        raise StorageError(f"{path}: the file read back differs from memory; computing again.")
    return written


def write_json(staging: str | Path, value: Any, suffix: str = ".json") -> WrittenFile:
    """Write the one JSON text of a value (sorted keys, no NaN) to a new staged file."""
    text = json.dumps(value, sort_keys=True, indent=1, allow_nan=False) + "\n"
    return write_bytes(staging, text.encode(), suffix)


def sync_file(path: str | Path) -> None:
    """Force a file to the disk.

    Raises:
        StorageError: the disk refused; the file is removed, since its bytes cannot be believed.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        Path(path).unlink(missing_ok=True)
        raise StorageError(f"{path}: fsync failed ({error.strerror}); computing again.") from error
    finally:
        os.close(descriptor)


def stamp(path: str | Path, suffix: str | None = None) -> WrittenFile:
    """Return size and SHA-256 of a finished file."""
    sha256, size = _hash(path)
    return WrittenFile(str(path), sha256, size, suffix or Path(path).suffix)


def input_path(ref: InputRef) -> Path:
    """Return the path of an input after its bytes were compared with its SHA-256.

    Raises:
        InputError: the file is missing or was changed.
    """
    try:
        sha256, size = _hash(ref.path)
    except OSError as error:
        raise InputError(f"Input {ref.role} ({ref.path}): {error.strerror}.") from error
    if (sha256, size) != (ref.sha256, ref.size):
        raise InputError(
            f"Input {ref.role} ({ref.path}): its bytes are not those that were recorded. "
            "Compute the step that made it again."
        )
    return Path(ref.path)


def inputs_of(inputs: tuple[InputRef, ...], role: str) -> tuple[InputRef, ...]:
    """Return the inputs of a role, ordered by block."""
    chosen = [ref for ref in inputs if ref.role == role]
    return tuple(sorted(chosen, key=lambda ref: (ref.iy or 0, ref.ix or 0, ref.path)))


def _hash(path: str | Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
