"""Rasters written so that they can be trusted: fsynced, reopened, compared, hashed.

The bytes depend on the pixels and the arguments only: one thread, fixed tags, no clock.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.windows import Window

from workers.errors import StorageError
from workers.raster.reader import RasterSource, open_path
from workers.raster.tiff_structure import TiffDamaged, tiff_directories
from workers.storage import WrittenFile, stamp, sync_file

DTYPES = frozenset({"uint8", "int16", "uint16"})
TAGS = {"TIFFTAG_SOFTWARE": "Control Center"}
Affine6 = tuple[float, float, float, float, float, float]
Piece = tuple[int, int, NDArray[Any]]


def write_block(
    path: str | Path,
    array: NDArray[Any],
    *,
    transform: Affine6,
    crs: str,
    nodata: int,
    compress: Literal["deflate", "zstd"] = "deflate",
) -> WrittenFile:
    """Write one block (y, x) of uint8, int16 or uint16 as a tiled GeoTIFF and verify it.

    Raises:
        StorageError: the disk refused, or the file read back is not what was in memory.
    """
    height, width = array.shape
    profile = _profile(array.dtype.name, width, height, transform, crs, nodata)
    tile = _tile_edge(width, height)
    profile |= {"blockxsize": tile, "blockysize": tile, "compress": compress, "zlevel": 6}
    if compress == "zstd":
        profile |= {"zstd_level": 9}
        del profile["zlevel"]
    try:
        with rasterio.open(str(path), "w", **profile) as dataset:
            dataset.update_tags(**TAGS)
            dataset.write(np.ascontiguousarray(array), 1)
    except (RasterioError, OSError) as error:
        raise StorageError(f"{path}: the block could not be written ({error}).") from error
    sync_file(path)
    _verify_block(path, array, nodata)
    return stamp(path)


def write_image(
    path: str | Path,
    array: NDArray[Any],
    *,
    transform: Affine6,
    crs: str,
    nodata: int,
    overviews: Literal["mode", "nearest", "average"],
) -> None:
    """Write a whole image (y, x) as a COG in one go: for imagery made here, not for results.

    Raises:
        StorageError: the disk refused.
    """
    height, width = array.shape
    profile = _profile(array.dtype.name, width, height, transform, crs, nodata)
    del profile["tiled"]
    profile |= {
        "driver": "COG", "blocksize": 256 if max(width, height) <= 512 else 512,
        "compress": "deflate", "level": 1, "num_threads": "1", "overview_resampling": overviews,
        "predictor": "NO" if array.dtype == np.uint8 else "YES",
    }  # fmt: skip
    try:
        with rasterio.open(str(path), "w", **profile) as dataset:
            dataset.write(np.ascontiguousarray(array), 1)
    except (RasterioError, OSError) as error:
        raise StorageError(f"{path}: the image could not be written ({error}).") from error


def write_pieces(
    path: str | Path,
    pieces: Iterable[Piece],
    *,
    width: int,
    height: int,
    dtype: str,
    transform: Affine6,
    crs: str,
    nodata: int,
) -> None:
    """Write a working raster from (row, column, array) pieces in any order; the rest is nodata.

    Memory holds one piece and GDAL's cache. The file is tiled and packed by zstd level 1, since
    it is read back once and thrown away.
    """
    profile = _profile(dtype, width, height, transform, crs, nodata)
    profile |= {"blockxsize": 512, "blockysize": 512, "compress": "zstd", "zstd_level": 1}
    profile |= {"bigtiff": "if_safer", "sparse_ok": True}
    try:
        with rasterio.open(str(path), "w", **profile) as dataset:
            for row, column, array in pieces:
                window = Window(column, row, array.shape[1], array.shape[0])
                dataset.write(np.ascontiguousarray(array), 1, window=window)
    except (RasterioError, OSError) as error:
        raise StorageError(f"{path}: the raster could not be written ({error}).") from error


def _profile(
    dtype: str, width: int, height: int, transform: Affine6, crs: str, nodata: int
) -> dict[str, Any]:
    if dtype not in DTYPES:
        raise TypeError(f"A block is uint8, int16 or uint16, not {dtype}.")
    return {
        "driver": "GTiff", "dtype": dtype, "count": 1, "width": width, "height": height,
        "transform": rasterio.Affine(*transform), "crs": crs, "nodata": nodata, "tiled": True,
    }  # fmt: skip


def _tile_edge(width: int, height: int) -> int:
    """512 for blocks of 1024 px and more, else 256, or less for a smaller raster."""
    longest = max(width, height)
    if longest >= 1024:
        return 512
    return min(256, -(-longest // 16) * 16)


def _is_square_tiled(source: RasterSource) -> bool:
    """A raster of one tile counts as tiled (its tile may be as large as itself)."""
    height, width = source.dataset.block_shapes[0]
    return bool(height == width == _tile_edge(source.shape[1], source.shape[0]))


def _verify_block(path: str | Path, array: NDArray[Any], nodata: int) -> None:
    try:
        missing = sum(directory.missing for directory in tiff_directories(path))
        with open_path(str(Path(path).absolute()), roots=(str(Path(path).parent),)) as source:
            same = source.shape == array.shape and source.dtype == array.dtype.name
            same = same and source.nodata == nodata and _is_square_tiled(source)
            same = same and not missing and np.array_equal(source.read(), array)
    except TiffDamaged as error:
        raise StorageError(f"{path}: {error}.") from error
    if not same:
        raise StorageError(f"{path}: the file read back differs from memory; computing again.")
