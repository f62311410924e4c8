"""Tiles of a layer release: read from its display twin, packed as palette PNG."""

from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from workers.contracts.tiles import ReleaseIndex
from workers.raster.cog import TILE
from workers.raster.reader import RasterSource
from workers.tiler.errors import Refused
from workers.tiler.lattice import Tile
from workers.tiler.palette import Palette, palette_of
from workers.tiler.png import empty_png, indexed_png
from workers.tiler.store import TileStore
from workers.tiler.style import PLAIN, TileStyle

MAX_DECODED = 4_000_000


def layer_tile(
    store: TileStore, index: ReleaseIndex, tile: Tile, style: TileStyle = PLAIN
) -> bytes:
    """Return the PNG of a tile; transparent where the release has nothing.

    A release without a display twin is drawn from its archives.
    """
    palette = palette_of(index, style)
    values: NDArray[Any] | None = None
    for key in index.display or index.archives:
        with store.object(key) as source:
            part = _read_display(source, tile) if index.display else warp_tile(source, tile)
        if part is not None:
            nodata = 255 if palette.nodata is None else palette.nodata
            values = part if values is None else np.where(values == nodata, part, values)
    return packed(values, palette)


def packed(values: NDArray[Any] | None, palette: Palette) -> bytes:
    """Return the PNG of stored values (256, 256) in the colours of a palette."""
    if values is None:
        return empty_png()
    entries = palette.entries(values)
    return indexed_png(entries, palette.colours)


def _read_display(source: RasterSource, tile: Tile) -> NDArray[Any] | None:
    """Return the stored values (256, 256) of a tile, or None outside the raster.

    The raster lies on the lattice, so a tile at or above its own zoom is a stored tile of it.
    """
    resolution = source.transform[0]
    left, top = tile.origin
    column = (left - source.transform[2]) / resolution
    row = (source.transform[5] - top) / resolution
    factor = tile.resolution / resolution
    if factor >= 1:
        return _read_coarser(source, round(row), round(column), round(factor))
    return _read_finer(source, row, column, factor)


def _read_coarser(source: RasterSource, row: int, column: int, factor: int) -> NDArray[Any] | None:
    span = TILE * factor
    row0, row1 = max(row, 0), min(row + span, source.shape[0])
    col0, col1 = max(column, 0), min(column + span, source.shape[1])
    if row0 >= row1 or col0 >= col1:
        return None
    height, width = -(-(row1 - row0) // factor), -(-(col1 - col0) // factor)
    part = source.dataset.read(
        source.band,
        window=Window(col0, row0, col1 - col0, row1 - row0),
        out_shape=(height, width),
        resampling=Resampling.nearest,
    )
    if part.shape == (TILE, TILE):
        return np.asarray(part)
    values = np.full((TILE, TILE), source.nodata or 0, part.dtype)
    y, x = min((row0 - row) // factor, TILE - height), min((col0 - column) // factor, TILE - width)
    values[y : y + height, x : x + width] = part
    return values


def _read_finer(
    source: RasterSource, row: float, column: float, factor: float
) -> NDArray[Any] | None:
    """Nearest pixels for zooms beyond the raster's own."""
    steps = (np.arange(TILE) + 0.5) * factor
    rows, columns = np.floor(row + steps).astype(int), np.floor(column + steps).astype(int)
    inside_rows = (rows >= 0) & (rows < source.shape[0])
    inside_columns = (columns >= 0) & (columns < source.shape[1])
    if not inside_rows.any() or not inside_columns.any():
        return None
    r, c = rows[inside_rows], columns[inside_columns]
    window = source.read((int(r[0]), int(c[0]), int(r[-1]) + 1, int(c[-1]) + 1))
    values = np.full((TILE, TILE), source.nodata or 0, window.dtype)
    values[np.ix_(inside_rows, inside_columns)] = window[np.ix_(r - r[0], c - c[0])]
    return values


def warp_tile(
    source: RasterSource, tile: Tile, resampling: Resampling = Resampling.nearest
) -> NDArray[Any] | None:
    """Return stored values (256, 256) of any raster warped to a tile.

    Raises:
        Refused: the raster has no overviews and the tile would decode too much of it.
    """
    refuse_costly(source, tile)
    left, top = tile.origin
    with WarpedVRT(
        source.dataset,
        crs="EPSG:3857",
        transform=rasterio.Affine(tile.resolution, 0, left, 0, -tile.resolution, top),
        width=TILE,
        height=TILE,
        resampling=resampling,
        src_nodata=source.nodata,
        nodata=source.nodata,
        warp_mem_limit=32,
        num_threads=1,
    ) as warped:
        values: NDArray[Any] = warped.read(source.band)
    return values


def refuse_costly(source: RasterSource, tile: Tile) -> None:
    """Raise Refused when a tile would decode more than 4 M pixels."""
    degrees = bool(source.dataset.crs.is_geographic)
    pixel = source.transform[0] * (111_320.0 if degrees else 1.0)
    coarsest = pixel * max(source.dataset.overviews(source.band) or [1])
    share = tile.resolution / coarsest
    decoded = min(TILE * TILE * share * share, float(source.shape[0] * source.shape[1]))
    if share > 2 and decoded > MAX_DECODED:
        raise Refused("This image has no overviews for so small a scale; zoom in.")
