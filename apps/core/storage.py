"""The object store: content-addressed, published by link, never overwritten.

The store of the default installation is a folder. Layout: ``cas/<ab>/<sha256><suffix>`` immutable
objects (mode 0444), ``index/<name>.json`` index files replaced by rename, ``tmp/<session>/``
staging on the same file system. A file's existence means nothing; only hash and row are a result.
"""

import hashlib
import json
import os
import re
import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from apps.core.errors import DomainError
from apps.core.failpoints import failpoint

MIN_FREE_SHARE = 0.05
MIN_FREE_BYTES = 256 * 1024 * 1024
_SHA256 = re.compile(r"^[0-9a-f]{64}$")
_SUFFIX = re.compile(r"^(\.[a-z0-9]{1,10}){0,2}$")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$")
_READ_SIZE = 1024 * 1024


class StoreError(DomainError):
    """The object store cannot do this; names the object and the remedy."""

    code = "storage"


@dataclass(frozen=True)
class StoredObject:
    """Address, hash and size of a published object."""

    key: str
    sha256: str
    size: int


class ObjectStore:
    """A content-addressed store in a folder of this machine (or a shared mount)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def staging(self, session_id: object) -> Path:
        """Return the session's folder for temporary files, on the store's own file system."""
        folder = self.root / "tmp" / str(uuid.UUID(str(session_id)))
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def staging_remove(self, session_id: object) -> None:
        shutil.rmtree(self.root / "tmp" / str(uuid.UUID(str(session_id))), ignore_errors=True)

    def path(self, key: str) -> Path:
        """Return where an object lies; raises StoreError for an address that is not one of ours."""
        parts = key.split("/")
        if not all(_NAME.match(part) for part in parts) or len(parts) > 3:
            raise StoreError(f"{key!r} is not an address of the object store.")
        return self.root.joinpath(*parts)

    def publish(self, tmp_path: Path | str, sha256: str, suffix: str) -> str:
        """Move a verified temporary file to its content address and return the key.

        The caller has fsynced, reopened and hashed it. An equal object that was first is success.
        """
        tmp = Path(tmp_path)
        key = self._key(sha256, suffix)
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        size = tmp.stat().st_size
        os.chmod(tmp, 0o444)
        failpoint("link.before")
        try:
            os.link(tmp, target)
        except FileExistsError:
            self._replace_damaged(tmp, target, size)
        failpoint("link.after")
        tmp.unlink(missing_ok=True)
        _fsync_folder(target.parent)
        failpoint("dir.fsync")
        return key

    def put_bytes(self, data: bytes, suffix: str) -> StoredObject:
        """Publish bytes made by the web plane (snapshots, small JSON)."""
        digest = hashlib.sha256(data).hexdigest()
        tmp = self._draft(data)
        return StoredObject(self.publish(tmp, digest, suffix), digest, len(data))

    def put_json(self, name: str, obj: Any) -> str:
        """Replace the mutable index ``index/<name>.json`` at once; returns its key."""
        if not _NAME.match(name):
            raise StoreError(f"{name!r} cannot name an index file.")
        key = f"index/{name}.json"
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(obj, sort_keys=True, separators=(",", ":"), allow_nan=False)
        os.replace(self._draft(text.encode()), target)
        _fsync_folder(target.parent)
        return key

    def index_names(self, *, older_than_seconds: float) -> list[str]:
        """Return the names of index files that were not replaced for so long."""
        before = time.time() - older_than_seconds
        files = (self.root / "index").glob("*.json")
        return sorted(path.stem for path in files if path.stat().st_mtime < before)

    def index_remove(self, name: str) -> None:
        """Remove an index file that nothing refers to."""
        self.path(f"index/{name}.json").unlink(missing_ok=True)

    def read_bytes(self, key: str) -> bytes:
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError as error:
            raise StoreError(
                f"Object {key} is missing from the store.",
                advice="Retry the job that made it, or restore the store.",
            ) from error

    def size_of(self, key: str) -> int | None:
        """Return the size of an object in bytes, or None when it is missing."""
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError:
            return None

    def sha256_of(self, key: str) -> str:
        """Hash an object anew, as verification does."""
        digest = hashlib.sha256()
        with self.path(key).open("rb") as stream:
            while data := stream.read(_READ_SIZE):
                digest.update(data)
        return digest.hexdigest()

    def set_aside(self, key: str) -> None:
        """Move a damaged object out of the way, so that "it exists" stays "it is equal"."""
        folder = self.root / "damaged"
        folder.mkdir(parents=True, exist_ok=True)
        source = self.path(key)
        if source.exists():
            os.replace(source, folder / f"{uuid.uuid4().hex}-{source.name}")

    def has_space(self) -> bool:
        """Return whether more may be written: free above 5 % or 20 GiB, and above 256 MiB."""
        self.root.mkdir(parents=True, exist_ok=True)
        usage = shutil.disk_usage(self.root)
        plenty = usage.free >= min(MIN_FREE_SHARE * usage.total, 20 * 1024**3)
        return plenty and usage.free >= MIN_FREE_BYTES

    def _key(self, sha256: str, suffix: str) -> str:
        if not _SHA256.match(sha256) or not _SUFFIX.match(suffix):
            raise StoreError(f"{sha256}{suffix} is not a content address.")
        return f"cas/{sha256[:2]}/{sha256}{suffix}"

    def _draft(self, data: bytes) -> Path:
        folder = self.root / "tmp" / "web"
        folder.mkdir(parents=True, exist_ok=True)
        tmp = folder / uuid.uuid4().hex
        with tmp.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        return tmp

    def _replace_damaged(self, tmp: Path, target: Path, size: int) -> None:
        """Equal by definition; a different size means the old one is damaged and moves aside."""
        if target.stat().st_size == size:
            return
        self.set_aside(str(target.relative_to(self.root)))
        os.link(tmp, target)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def store_open() -> ObjectStore:
    """Return the store that STORAGE_URL names (``file:///abs``)."""
    parts = urlsplit(settings.STORAGE_URL)
    if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
        raise StoreError(
            f"STORAGE_URL {settings.STORAGE_URL!r} is not supported.",
            advice="Use file:///absolute/folder.",
        )
    return ObjectStore(Path(unquote(parts.path)))
