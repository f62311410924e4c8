"""The only place that opens a raster for reading.

A file is opened with exactly one driver, named by the catalogue, below a folder that was allowed,
and is checked against what the catalogue says before a pixel is read.
"""

import math
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.errors import CRSError, RasterioError
from rasterio.windows import Window

from workers.contracts.assets import AssetRef
from workers.errors import InputError
from workers.raster.tiff_structure import TiffDamaged, TiffDirectory, tiff_directories

DRIVERS = frozenset({"GTiff", "JP2OpenJPEG"})
MAX_EDGE = 200_000
MAX_BANDS = 256
MAX_BYTES = 256 * 1024**3
MAX_BLOCK_BYTES = 64 * 1024**2
DTYPES = frozenset({"uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"})
_TOKEN = re.compile(r"\d+:\d+")
_FORBIDDEN = ("/vsi", "://", "<", "?", "\x00")

WindowTuple = tuple[int, int, int, int]


@dataclass(frozen=True)
class RasterSource:
    """One band of an open raster.

    transform: (a, b, c, d, e, f) in rasterio order, CRS units a pixel. crs: WKT2.
    nodata: the file's own value (the catalogue's, in ``AssetRef``, goes first).
    """

    name: str
    dataset: Any
    band: int
    transform: tuple[float, float, float, float, float, float]
    crs: str
    shape: tuple[int, int]
    dtype: str
    nodata: float | None
    _directory: TiffDirectory | None = None

    def read(self, window: WindowTuple | None = None) -> NDArray[Any]:
        """Return stored values (y, x) of a window (row0, col0, row1, col1), dtype as stored.

        Raises:
            InputError: the window leaves the raster, or the bytes cannot be decoded.
        """
        row0, col0, row1, col1 = window or (0, 0, *self.shape)
        if not (0 <= row0 < row1 <= self.shape[0] and 0 <= col0 < col1 <= self.shape[1]):
            raise InputError(f"{self.name}: window {window} is not inside {self.shape}.")
        self._refuse_holes()
        try:
            values: NDArray[Any] = self.dataset.read(
                self.band, window=Window(col0, row0, col1 - col0, row1 - row0)
            )
        except (RasterioError, OSError) as error:
            raise InputError(
                f"{self.name}: the pixels cannot be read; the file is damaged or cut short "
                f"({_reason(error)}). Restore it or exclude the scene."
            ) from error
        return values

    def _refuse_holes(self) -> None:
        """A tile that was never written reads as zeros; only a declared nodata makes it honest."""
        if self.nodata is None and self._directory is not None and self._directory.missing:
            raise InputError(
                f"{self.name}: {self._directory.missing} tiles were never written and the file "
                "declares no nodata value. Restore the file or exclude the scene."
            )


@contextmanager
def open_raster(asset: AssetRef, roots: Sequence[str]) -> Iterator[RasterSource]:
    """Open an asset as catalogued and check it.

    Raises:
        InputError: names the file and what differs from the catalogue or from the limits.
    """
    with open_path(asset.path, roots=roots, driver=asset.driver, band=asset.band) as source:
        _check_catalogued(source, asset)
        yield source


def raster_kept(asset: AssetRef, roots: Sequence[str]) -> RasterSource:
    """As ``open_raster``, until ``dataset.close()`` is called, from any thread."""
    source = path_kept(asset.path, roots=roots, driver=asset.driver, band=asset.band)
    try:
        _check_catalogued(source, asset)
    except InputError:
        source.dataset.close()
        raise
    return source


@contextmanager
def open_path(
    path: str, *, roots: Sequence[str], driver: str = "GTiff", band: int = 1
) -> Iterator[RasterSource]:
    """Open a raster of which nothing but its driver is known.

    Raises:
        InputError: names the file and the check that failed.
    """
    source = path_kept(path, roots=roots, driver=driver, band=band)
    with source.dataset:  # which gives this thread an environment of rasterio's, and takes it back
        yield source


def path_kept(
    path: str, *, roots: Sequence[str], driver: str = "GTiff", band: int = 1
) -> RasterSource:
    """As ``open_path``, until ``dataset.close()`` is called, from any thread."""
    real = path_below(path, roots)
    if driver not in DRIVERS:
        raise InputError(f"{path}: driver {driver!r} is not one of {', '.join(sorted(DRIVERS))}.")
    directory = _first_directory(path, real, driver)
    try:
        dataset = rasterio.open(str(real), driver=driver)
    except (RasterioError, OSError, ValueError, TypeError) as error:
        raise InputError(f"{path}: cannot be opened as {driver} ({_reason(error)}).") from error
    try:
        _check_limits(path, dataset, driver, band)
    except InputError:
        dataset.close()
        raise
    return RasterSource(
        name=path,
        dataset=dataset,
        band=band,
        transform=tuple(dataset.transform)[:6],
        crs=dataset.crs.to_wkt(),
        shape=(dataset.height, dataset.width),
        dtype=dataset.dtypes[band - 1],
        nodata=dataset.nodatavals[band - 1],
        _directory=directory,
    )


def path_below(path: str, roots: Sequence[str]) -> Path:
    """Return the real path of a file that lies below one of the roots, symlinks resolved.

    Raises:
        InputError: a scheme, a GDAL virtual path, a missing file, or a place outside the roots.
    """
    if any(mark in path for mark in _FORBIDDEN) or not path.startswith("/"):
        raise InputError(f"{path!r}: only plain absolute paths are opened.")
    try:
        real = Path(path).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path}: the file does not exist. Restore it or import again.") from error
    if not real.is_file():
        raise InputError(f"{path}: this is not a file.")
    if not any(real.is_relative_to(_real_root(root)) for root in roots):
        raise InputError(f"{path}: outside the folders that may be read.")
    return real


@lru_cache(maxsize=64)
def _real_root(root: str) -> Path:
    return Path(root).resolve()


def _first_directory(path: str, real: Path, driver: str) -> TiffDirectory | None:
    if driver != "GTiff":
        return None
    try:
        return tiff_directories(real)[0]
    except TiffDamaged as error:
        raise InputError(
            f"{path}: cannot be opened as GTiff: {error}. Restore it or exclude the scene."
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({_reason(error)}).") from error


def _check_limits(path: str, dataset: Any, driver: str, band: int) -> None:
    if dataset.driver != driver:
        raise InputError(f"{path}: is {dataset.driver}, not {driver} as catalogued.")
    if not 1 <= band <= dataset.count <= MAX_BANDS:
        raise InputError(f"{path}: has {dataset.count} bands; band {band} was asked for.")
    if max(dataset.width, dataset.height) > MAX_EDGE:
        raise InputError(f"{path}: {dataset.width} x {dataset.height} px is over {MAX_EDGE} px.")
    unknown = set(dataset.dtypes) - DTYPES
    if unknown:
        raise InputError(f"{path}: data type {', '.join(sorted(unknown))} is not supported.")
    sizes = [np.dtype(dtype).itemsize for dtype in dataset.dtypes]
    if dataset.width * dataset.height * sum(sizes) > MAX_BYTES:
        raise InputError(f"{path}: claims more than {MAX_BYTES // 1024**3} GiB of pixels.")
    if max(height * width for height, width in dataset.block_shapes) * max(sizes) > MAX_BLOCK_BYTES:
        raise InputError(f"{path}: one tile is over {MAX_BLOCK_BYTES // 1024**2} MiB.")
    if dataset.crs is None:
        raise InputError(f"{path}: has no coordinate reference system.")
    a, b, _, d, e, _ = values = tuple(dataset.transform)[:6]
    if not all(math.isfinite(value) for value in values) or b or d or a <= 0 or e >= 0:
        raise InputError(f"{path}: the image is not north-up (transform {values}).")


def file_version(path: str | Path) -> str:
    """Return the token (size:mtime) by which a changed file is told from the catalogued one."""
    stat = os.stat(path)
    return f"{stat.st_size}:{stat.st_mtime_ns}"


def _check_catalogued(source: RasterSource, asset: AssetRef) -> None:
    if _TOKEN.fullmatch(asset.version) and file_version(asset.path) != asset.version:
        raise InputError(
            f"{asset.path}: the file was changed after its import. Import the catalogue again, or "
            "restore the file with its time."
        )
    if source.shape != tuple(asset.shape):
        raise InputError(f"{asset.path}: is {source.shape} px, catalogued as {asset.shape}.")
    if source.dtype != asset.dtype:
        raise InputError(f"{asset.path}: is {source.dtype}, catalogued as {asset.dtype}.")
    pixel = min(abs(source.transform[0]), abs(source.transform[4]))
    shift = max(
        abs(mine - theirs) for mine, theirs in zip(source.transform, asset.transform, strict=True)
    )
    if shift > 0.01 * pixel:
        raise InputError(
            f"{asset.path}: lies at {source.transform}, catalogued as {asset.transform}. "
            "Import the catalogue again."
        )
    if not same_crs(source.crs, asset.crs):
        raise InputError(f"{asset.path}: its coordinate system is not {asset.crs} as catalogued.")


@lru_cache(maxsize=256)
def same_crs(left: str, right: str) -> bool:
    """Tell whether two CRS texts (EPSG code or WKT) mean the same system."""
    if left == right:
        return True
    try:
        return bool(CRS.from_user_input(left) == CRS.from_user_input(right))
    except CRSError:
        return False


def _reason(error: BaseException) -> str:
    """Return the innermost reason in one line, without the path GDAL puts before it."""
    cause = error.__cause__ or error
    return str(cause).strip().splitlines()[-1][:300] if str(cause).strip() else type(error).__name__
