"""Cloud-optimised GeoTIFFs in bounded memory: the archive on the project grid, the display twin.

The display twin lies on the web mercator tile lattice, so that a 256 px tile is one stored tile
of one level of it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from workers.errors import StorageError
from workers.grid import bounds_of, bounds_to
from workers.raster.reader import RasterSource, open_path
from workers.raster.tiff_structure import TiffDamaged, tiff_directories
from workers.raster.writer import Affine6, Piece, write_pieces
from workers.storage import WrittenFile, staged_path, stamp, sync_file

Overviews = Literal["mode", "nearest", "average", "bilinear"]
WORLD = 20_037_508.342789244  # half the edge of the web mercator square, metres
TILE = 256
_STRIP = 1024


@dataclass(frozen=True)
class RasterShape:
    """Everything about a raster but its pixels. nodata is a stored value."""

    width: int
    height: int
    dtype: str
    transform: Affine6
    crs: str
    nodata: int


def write_cog(
    path: str | Path,
    pieces: Iterable[Piece],
    shape: RasterShape,
    *,
    overviews: Overviews,
    block_size: int = 512,
) -> WrittenFile:
    """Write (row, column, array) pieces as a COG and verify it; what no piece covers is nodata.

    Raises:
        StorageError: the disk refused, or the file read back holds other values.
    """
    working = staged_path(Path(path).parent, ".working.tif")
    counter: Counter[int] = Counter()
    try:
        write_pieces(
            working,
            _counted(pieces, counter),
            width=shape.width,
            height=shape.height,
            dtype=shape.dtype,
            transform=shape.transform,
            crs=shape.crs,
            nodata=shape.nodata,
        )
        roots = (str(working.parent.absolute()),)
        with open_path(str(working.absolute()), roots=roots) as source:
            _copy_cog(source, path, overviews=overviews, block_size=block_size)
    finally:
        working.unlink(missing_ok=True)
    sync_file(path)
    _verify_cog(path, shape, counter)
    return stamp(path)


def write_display(path: str | Path, archive: str | Path, *, overviews: Overviews) -> WrittenFile:
    """Write the web mercator twin of an archive: nearest pixel, aligned to the tile lattice.

    Raises:
        StorageError: the disk refused, or the file read back holds other values.
    """
    folder = str(Path(archive).parent.absolute())
    with open_path(str(Path(archive).absolute()), roots=(folder,)) as source:
        shape = display_shape(source)
        with WarpedVRT(
            source.dataset,
            crs=shape.crs,
            transform=rasterio.Affine(*shape.transform),
            width=shape.width,
            height=shape.height,
            resampling=Resampling.nearest,
            src_nodata=shape.nodata,
            nodata=shape.nodata,
            warp_mem_limit=64,
            num_threads=1,
        ) as warped:
            return write_cog(
                path, _windows(warped, shape), shape, overviews=overviews, block_size=TILE
            )


def display_shape(source: RasterSource) -> RasterShape:
    """Return the web mercator lattice for a raster: zoom by pixel size, origin on whole tiles.

    The origin is also a tile corner at every coarser level where the raster spans three tiles, so
    that these levels are read tile by tile; padding stays below two thirds an axis.
    """
    left, bottom, right, top = bounds_to(
        bounds_of(source.transform, source.shape), source.crs, "EPSG:3857"
    )
    pixel = math.sqrt((right - left) * (top - bottom) / (source.shape[0] * source.shape[1]))
    zoom = max(0, min(22, math.ceil(math.log2(2 * WORLD / TILE / pixel) - 0.25)))
    resolution = 2 * WORLD / TILE / 2**zoom
    span = max(right - left, top - bottom) / (resolution * TILE)
    levels = min(zoom, max(0, math.floor(math.log2(span / 3)))) if span > 3 else 0
    step = resolution * TILE * 2**levels
    col0, col1 = math.floor((left + WORLD) / step), math.ceil((right + WORLD) / step)
    row0, row1 = math.floor((WORLD - top) / step), math.ceil((WORLD - bottom) / step)
    edge = TILE * 2**levels
    return RasterShape(
        width=(col1 - col0) * edge,
        height=(row1 - row0) * edge,
        dtype=source.dtype,
        transform=(resolution, 0.0, col0 * step - WORLD, 0.0, -resolution, WORLD - row0 * step),
        crs="EPSG:3857",
        nodata=int(source.nodata or 0),
    )


def _windows(dataset: Any, shape: RasterShape) -> Iterator[Piece]:
    """Yield the pieces of a raster that are not all nodata, row by row."""
    for row in range(0, shape.height, _STRIP):
        for column in range(0, shape.width, _STRIP):
            height = min(_STRIP, shape.height - row)
            width = min(_STRIP, shape.width - column)
            array = dataset.read(1, window=Window(column, row, width, height))
            if (array != shape.nodata).any():
                yield row, column, array


def _counted(pieces: Iterable[Piece], counter: Counter[int]) -> Iterator[Piece]:
    for row, column, array in pieces:
        count_values(array, counter)
        yield row, column, array


def count_values(array: NDArray[Any], counter: Counter[int]) -> None:
    """Add how often each integer value occurs."""
    low = int(array.min()) if array.size else 0
    counts = np.bincount(array.ravel().astype(np.int64) - low)
    for value in np.flatnonzero(counts):
        counter[int(value) + low] += int(counts[value])


def _copy_cog(
    source: RasterSource, path: str | Path, *, overviews: Overviews, block_size: int
) -> None:
    options = {
        "BLOCKSIZE": str(block_size),
        "COMPRESS": "DEFLATE",
        "LEVEL": "6",
        "PREDICTOR": "NO" if overviews in ("mode", "nearest") else "STANDARD",
        "OVERVIEW_RESAMPLING": overviews.upper(),
        "BIGTIFF": "IF_SAFER",
        "NUM_THREADS": "1",
        "STATISTICS": "NO",
    }
    try:
        rasterio.shutil.copy(source.dataset, str(path), driver="COG", **options)
    except (RasterioError, OSError) as error:
        raise StorageError(f"{path}: the COG could not be written ({error}).") from error


def _verify_cog(path: str | Path, shape: RasterShape, expected: Counter[int]) -> None:
    """Compare form and value counts with what was handed in."""
    found: Counter[int] = Counter()
    try:
        missing = sum(directory.missing for directory in tiff_directories(path))
        with open_path(str(Path(path).absolute()), roots=(str(Path(path).parent),)) as source:
            same = source.shape == (shape.height, shape.width) and source.dtype == shape.dtype
            same = same and source.nodata == shape.nodata and not missing
            for _, _, array in _windows(source.dataset, shape):
                count_values(array, found)
    except TiffDamaged as error:
        raise StorageError(f"{path}: {error}.") from error
    for counter in (found, expected):
        counter.pop(shape.nodata, None)
    if not same or found != expected:
        raise StorageError(f"{path}: the COG read back differs from memory; computing again.")
