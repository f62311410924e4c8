"""Tiles of a static layer (elevation, slope): one band in a ramp over a stretch."""

import numpy as np

from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.tiles import ReleaseIndex, SceneStyle
from workers.raster.reader import RasterSource
from workers.tiler.lattice import Tile
from workers.tiler.layers import warp_tile
from workers.tiler.palette import TRANSPARENT, palette_of
from workers.tiler.png import empty_png, indexed_png
from workers.tiler.scenes import (
    asset_opened,
    band_percentiles,
    pixels_inside,
    style_bands,
    style_wanted,
)
from workers.tiler.store import TileStore
from workers.tiler.style import TileStyle

Ends = tuple[float, float]
CUT_PERCENT = (2.0, 98.0)


def static_tile(
    store: TileStore, index: ReleaseIndex, told: str, tile: Tile, style: TileStyle
) -> bytes:
    """Return the PNG of a tile. told: text of a ``SceneStyle``, whose bands are one asset key.

    ``style`` chooses ramp, stretch and limits; its numbers are values after scale and offset.

    Raises:
        Missing: no such band. Refused: no such stretch, or the file is gone.
    """
    wanted = style_wanted(told)
    _, asset = style_bands(SceneRef.model_validate(index.scenes[0]), wanted.bands)[0]
    with asset_opened(store, asset) as source:
        values = warp_tile(source, tile)
        ends = _stored(style.stretch, asset) or _ends(source, asset, wanted)
        inside = pixels_inside(source, tile, (256, 256))
    if values is None:
        return empty_png()
    nodata = asset.nodata if asset.nodata is not None else source.nodata
    seen = inside & np.isfinite(values)
    if nodata is not None:
        seen &= values != nodata
    limits = _stored(style.limits, asset)
    plain = TileStyle(ramp=style.ramp, reverse=style.reverse, stretch=ends, limits=limits)
    palette = palette_of(index, plain)
    entries = palette.entries(np.where(seen, values, ends[0]))
    entries[~seen] = TRANSPARENT
    return indexed_png(entries, palette.colours)


def _ends(source: RasterSource, asset: AssetRef, wanted: SceneStyle) -> Ends:
    """Return the stored values of the ramp's first and last colour."""
    if wanted.stretch == "range":
        return _stored((wanted.low, wanted.high), asset) or (0.0, 1.0)
    low, high = (wanted.low, wanted.high) if wanted.stretch == "percent" else CUT_PERCENT
    return band_percentiles(source, asset, low, high)


def _stored(ends: Ends | None, asset: AssetRef) -> Ends | None:
    if ends is None:
        return None
    low, high = ((value - asset.offset) / asset.scale for value in ends)
    return min(low, high), max(low, high)
