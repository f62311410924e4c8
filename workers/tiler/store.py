"""The object store as the tiler sees it, read only: release indexes and open rasters."""

import os
import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import rasterio
from rasterio.errors import RasterioError

from workers.contracts.assets import AssetRef
from workers.contracts.tiles import ReleaseIndex
from workers.errors import InputError
from workers.raster.reader import RasterSource, path_kept, raster_kept
from workers.tiler.errors import Missing, Refused, text_without_folders

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$")
MAX_OPEN = 96
MAX_INDEXES = 256


@dataclass
class _Open:
    """An open raster; GDAL handles serve one thread at a time."""

    source: RasterSource
    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0
    dropped: bool = False


class TileStore:
    """root: the store's folder. catalog_roots: folders below which scenes' assets may lie."""

    def __init__(self, root: Path, catalog_roots: tuple[str, ...] = ()) -> None:
        self.root = root
        self.roots = (str(root), *catalog_roots)
        self._indexes: OrderedDict[str, tuple[tuple[int, int, int], ReleaseIndex]] = OrderedDict()
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._lock = threading.Lock()
        # Closed while Python is whole, by whichever thread; at its very end they could not be.
        weakref.finalize(self, _close_all, self._open)

    def index(self, release: str) -> tuple[ReleaseIndex, str]:
        """Return a release's index and its version (it changes while a release is building).

        Raises:
            Missing: there is no such release.
        """
        if not _NAME.match(release):
            raise Missing("There is no such layer.")
        path = self.root / "index" / f"{release}.json"
        try:
            stat = os.stat(path)
            version = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            with self._lock:
                known = self._indexes.get(release)
            if known is None or known[0] != version:
                known = (version, ReleaseIndex.model_validate_json(path.read_bytes()))
                with self._lock:
                    self._indexes[release] = known
                    while len(self._indexes) > MAX_INDEXES:
                        self._indexes.popitem(last=False)
        except FileNotFoundError as error:
            raise Missing("There is no such layer.") from error
        return known[1], f"{release}:{version[0]}:{version[2]}"

    @contextmanager
    def object(self, key: str) -> Iterator[RasterSource]:
        """Open an object of the store by its key; stays open for the next tile.

        Raises:
            Refused: the object cannot be read. Missing: not a key of the store.
        """
        parts = key.split("/")
        if not all(_NAME.match(part) for part in parts):
            raise Missing("There is no such object.")
        path = str(self.root.joinpath(*parts).absolute())
        try:
            with self._shared(path, None) as source:
                yield source
        except InputError as error:
            told = text_without_folders(str(error), path)
            raise Refused(f"A file of this layer cannot be read: {told}") from error

    @contextmanager
    def asset(self, asset: AssetRef) -> Iterator[RasterSource]:
        """Open a scene's asset as catalogued; stays open for the next tile.

        Raises:
            InputError: it cannot be read, lies outside the roots, or was changed.
        """
        with self._shared(f"{asset.path}\0{asset.band}\0{asset.version}", asset) as source:
            yield source

    @contextmanager
    def _shared(self, name: str, asset: AssetRef | None) -> Iterator[RasterSource]:
        entry = self._enter(name, asset)
        try:
            with entry.lock, rasterio.Env():
                yield entry.source
        except RasterioError as error:
            raise InputError(
                f"{entry.source.name}: the pixels cannot be read; the file is damaged or cut "
                "short. Restore it."
            ) from error
        finally:
            self._leave(entry)

    def _enter(self, name: str, asset: AssetRef | None) -> _Open:
        with self._lock:
            entry = self._open.get(name)
            if entry is None:
                entry = _Open(
                    raster_kept(asset, self.roots)
                    if asset
                    else path_kept(name, roots=(str(self.root),))
                )
                self._open[name] = entry
            self._open.move_to_end(name)
            entry.users += 1
            while len(self._open) > MAX_OPEN:
                _, old = self._open.popitem(last=False)
                old.dropped = True
                self._close(old)
        return entry

    def _leave(self, entry: _Open) -> None:
        with self._lock:
            entry.users -= 1
            self._close(entry)

    @staticmethod
    def _close(entry: _Open) -> None:
        if entry.dropped and entry.users == 0:
            entry.source.dataset.close()


def _close_all(held: OrderedDict[str, _Open]) -> None:
    while held:
        held.popitem()[1].source.dataset.close()
