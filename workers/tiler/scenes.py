"""Tiles of a scene as acquired: true colour, near infrared, or one band."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from rasterio.enums import Resampling

from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.bands import asset_of
from workers.contracts.sensors import data_keys
from workers.contracts.tiles import ReleaseIndex, SceneStyle, scene_style_read
from workers.errors import InputError
from workers.grid import transformer_between
from workers.raster.reader import RasterSource
from workers.tiler.errors import Missing, Refused, text_without_folders
from workers.tiler.lattice import Tile
from workers.tiler.layers import warp_tile
from workers.tiler.png import rgba_png
from workers.tiler.store import TileStore

STYLES = {"rgb": ("red", "green", "blue"), "nir": ("nir", "red", "green")}
REFLECTANCE_WHITE = {"red": 0.28, "green": 0.28, "blue": 0.28, "nir": 0.50}
GAMMA = 1 / 1.5
_KEPT: LRUCache[tuple[str, int, str, float, float], tuple[float, float]] = LRUCache(4096)
_KEPT_LOCK = threading.Lock()
REFLECTANCE_SENSORS = frozenset({"sentinel2_l2a", "synthetic"})


def scene_tile(store: TileStore, index: ReleaseIndex, style: str, tile: Tile) -> bytes:
    """Return the PNG of a scene's tile. style: text of a ``SceneStyle``.

    Raises:
        Missing: the scene has no such band. Refused: no such stretch, or the file is gone.
    """
    scene = SceneRef.model_validate(index.scenes[0])
    wanted = style_wanted(style)
    bands = style_bands(scene, wanted.bands)
    pixels = np.zeros((256, 256, 4), np.uint8)
    seen = np.ones((256, 256), np.bool_)
    for number, (name, asset) in enumerate(bands):
        with asset_opened(store, asset) as source:
            values = warp_tile(source, tile, Resampling.nearest)
            low, high = _range(scene, name, asset, source, wanted)
        if values is None:
            seen[:] = False
            continue
        nodata = asset.nodata if asset.nodata is not None else source.nodata
        if nodata is not None:
            seen &= values != nodata
        seen &= pixels_inside(source, tile, values.shape)
        light = np.clip((values.astype(np.float32) - low) / max(high - low, 1e-6), 0, 1)
        level = (light ** np.float32(GAMMA) * 255 + 0.5).astype(np.uint8)
        if len(bands) == 1:
            pixels[..., :3] = level[..., None]
        else:
            pixels[..., number] = level
    pixels[..., 3] = np.where(seen, 255, 0)
    pixels[~seen] = 0
    return rgba_png(pixels)


def style_wanted(text: str) -> SceneStyle:
    """Return the style of a token; Refused when there is none such."""
    try:
        return scene_style_read(text)
    except ValueError as error:
        raise Refused(f"This scene cannot be drawn: {error}.") from error


def style_bands(scene: SceneRef, style: str) -> list[tuple[str, AssetRef]]:
    """Return (name, asset) of the bands a style draws; a colour style falls back to one band.

    Raises:
        Missing: the scene has no such band.
    """
    if style in ("default", *STYLES):
        names = STYLES.get(style, STYLES["rgb"])
        found = [(name, asset_of(scene.assets, name)) for name in names]
        whole = [(name, asset) for name, asset in found if asset is not None]
        if len(whole) == len(names):
            return whole
        keys = data_keys({key: asset.roles for key, asset in scene.assets.items()})
        if keys:
            return [(keys[0], scene.assets[keys[0]])]
    elif style in scene.assets:
        return [(style, scene.assets[style])]
    raise Missing(f"The scene has no band {style!r}.")


@contextmanager
def asset_opened(store: TileStore, asset: AssetRef) -> Iterator[RasterSource]:
    """Open an asset; Refused, without a folder in the message, when it cannot be."""
    if not asset.path:
        raise Refused(
            f"Asset {asset.key} lies at a remote address; only files below the allowed roots "
            "are shown."
        )
    try:
        with store.asset(asset) as source:
            yield source
    except InputError as error:
        told = text_without_folders(str(error), asset.path)
        raise Refused(f"Asset {asset.key} cannot be shown: {told}") from error


def _range(
    scene: SceneRef, name: str, asset: AssetRef, source: RasterSource, style: SceneStyle
) -> tuple[float, float]:
    """Return the stored values drawn black and white."""
    if style.stretch == "range":
        return (style.low - asset.offset) / asset.scale, (style.high - asset.offset) / asset.scale
    if style.stretch == "percent":
        return band_percentiles(source, asset, style.low, style.high)
    if scene.sensor in REFLECTANCE_SENSORS and asset.dtype == "uint16":
        white = REFLECTANCE_WHITE.get(asset.common_name or name, 0.45)
        return (0.0 - asset.offset) / asset.scale, (white - asset.offset) / asset.scale
    return band_percentiles(source, asset, 2.0, 98.0)


def band_percentiles(
    source: RasterSource, asset: AssetRef, low: float, high: float
) -> tuple[float, float]:
    """Return percentiles of the whole band, thinned out; kept, since every tile needs them."""
    key = (asset.path, asset.band, asset.version, low, high)
    with _KEPT_LOCK:
        known = _KEPT.get(key)
    if known is None:
        known = _percentiles_read(source, asset, low, high)
        with _KEPT_LOCK:
            _KEPT[key] = known
    return known


def _percentiles_read(
    source: RasterSource, asset: AssetRef, low: float, high: float
) -> tuple[float, float]:
    step = max(1, max(source.shape) // 256)
    shape = (max(1, source.shape[0] // step), max(1, source.shape[1] // step))
    sample = source.dataset.read(source.band, out_shape=shape)
    nodata = asset.nodata if asset.nodata is not None else source.nodata
    held = sample[sample != nodata] if nodata is not None else sample.ravel()
    held = held[np.isfinite(held)]
    if held.size == 0:
        return 0.0, 1.0
    first, last = np.percentile(held, (low, high))
    return float(first), float(last)


def pixels_inside(source: RasterSource, tile: Tile, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which pixels lie on the image, for files without a nodata value."""
    if source.nodata is not None:
        return np.ones(shape, np.bool_)
    left, top = tile.origin
    steps = (np.arange(256) + 0.5) * tile.resolution
    x, y = np.meshgrid(left + steps, top - steps)
    x, y = transformer_between("EPSG:3857", source.crs).transform(x, y)
    a, _, c, _, e, f = source.transform
    columns, rows = (x - c) / a, (y - f) / e
    inside = (columns >= 0) & (columns < source.shape[1])
    return np.asarray(inside & (rows >= 0) & (rows < source.shape[0]))
