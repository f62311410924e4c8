"""Tiles of a release that is still being built: straight from its block objects.

A block object has no overviews and lies on the project grid. Each tile pixel takes the grid pixel
that holds its centre, as the display twin does later; at small scales each block is drawn from a
thumbnail that is read once. The work of one tile is bounded whatever the size of the job: at most
``MAX_BLOCKS_PER_TILE`` blocks, of which at most ``MAX_OPENED`` are opened for the first time.
"""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from workers.contracts.grid import Grid
from workers.contracts.tiles import MAX_BLOCKS_PER_TILE, ReleaseIndex, object_key
from workers.grid import transformer_between
from workers.raster.cog import TILE
from workers.tiler.errors import Missing
from workers.tiler.lattice import Tile
from workers.tiler.layers import packed
from workers.tiler.palette import TRANSPARENT, palette_of
from workers.tiler.store import TileStore
from workers.tiler.style import PLAIN, TileStyle

WHOLE_BLOCKS = 24
THUMB = 64
MAX_OPENED = 256
PIXELS_BYTES = 64 * 1024**2
THUMB_BYTES = 32 * 1024**2
MESH = 8
EXACT_ZOOM = 4

Placed = Mapping[tuple[int, int], str]


@dataclass(frozen=True)
class View:
    """Which blocks of the grid a tile meets, and which of its pixels each of them fills.

    pixels: flat positions in the tile, one array a block. columns, rows: (65536,) pixel inside
    the block of each place.
    """

    blocks: tuple[tuple[int, int], ...]
    pixels: tuple[NDArray[np.int64], ...]
    columns: NDArray[np.int64]
    rows: NDArray[np.int64]


class BlockCache:
    """Decoded blocks and thumbnails by content: equal bytes are read once, whatever the release."""

    def __init__(self) -> None:
        self._pixels: LRUCache[str, NDArray[Any]] = LRUCache(PIXELS_BYTES, _size)
        self._thumbs: LRUCache[str, NDArray[Any]] = LRUCache(THUMB_BYTES, _size)
        self._lock = threading.Lock()

    def get(self, sha256: str, *, whole: bool) -> NDArray[Any] | None:
        """Return stored values (y, x) of a block, or its thumbnail, when they are held."""
        with self._lock:
            return (self._pixels if whole else self._thumbs).get(sha256)

    def put(self, sha256: str, values: NDArray[Any], *, whole: bool) -> NDArray[Any]:
        """Keep a block (or the thumbnail made of it) and return what is drawn."""
        kept = values if whole else thumb_of(values)
        cache = self._pixels if whole else self._thumbs
        with self._lock:
            if kept.nbytes <= cache.maxsize:
                cache[sha256] = kept
        return kept


def _size(values: NDArray[Any]) -> int:
    return int(values.nbytes)


def thumb_of(values: NDArray[Any]) -> NDArray[Any]:
    """Return the middle pixel of each cell of a 64 × 64 lattice over a block (y, x)."""
    edge = min(THUMB, values.shape[0])
    at = ((np.arange(edge) + 0.5) * values.shape[0] / edge).astype(np.int64)
    return np.ascontiguousarray(values[np.ix_(at, at)])


def view_of(grid: Grid, tile: Tile) -> View:
    """Return where the pixels of a tile lie on the grid; places without a place are left out."""
    x, y = (values.ravel() for values in _grid_places(grid.crs, tile))
    places = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    column = np.floor((x[places] - grid.origin[0]) / grid.resolution[0]).astype(np.int64)
    row = np.floor((grid.origin[1] - y[places]) / grid.resolution[1]).astype(np.int64)
    ix, iy = column // grid.block_size, row // grid.block_size
    columns, rows = np.zeros((2, TILE * TILE), np.int64)
    columns[places] = column - ix * grid.block_size
    rows[places] = row - iy * grid.block_size
    if not places.size:
        return View((), (), columns, rows)
    span = int(ix.max() - ix.min()) + 1
    number = (iy - iy.min()) * span + (ix - ix.min())
    order = np.argsort(number, kind="stable")
    met, starts = np.unique(number[order], return_index=True)
    blocks = zip((met % span + ix.min()).tolist(), (met // span + iy.min()).tolist(), strict=True)
    return View(tuple(blocks), tuple(np.split(places[order], starts[1:])), columns, rows)


@lru_cache(maxsize=2048)
def blocks_met(grid: Grid, tile: Tile) -> tuple[tuple[int, int], ...]:
    """Return (ix, iy) of the blocks that a tile meets, row by row."""
    return view_of(grid, tile).blocks


def _grid_places(crs: str, tile: Tile) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x, y in grid CRS of each pixel centre, (256, 256).

    Between nodes 8 px apart the projection is taken as bilinear; the error is far below a pixel
    but on the smallest scales, which are computed exactly.
    """
    left, top = tile.origin
    transformer = transformer_between("EPSG:3857", crs)
    step = 1 if tile.z <= EXACT_ZOOM else MESH
    at = np.arange(0, TILE + (step > 1), step) * tile.resolution
    shift = 0.5 * tile.resolution if step == 1 else 0.0
    nodes = np.meshgrid(left + at + shift, top - at - shift)
    x, y = transformer.transform(*nodes)
    return (x, y) if step == 1 else (_between(x), _between(y))


def _between(nodes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interpolate (33, 33) nodes to the 256 × 256 pixel centres between them."""
    at = (np.arange(TILE) + 0.5) / MESH
    low = np.floor(at).astype(np.int64)
    share = at - low
    rows = nodes[low] * (1 - share)[:, None] + nodes[low + 1] * share[:, None]
    values: NDArray[np.float64] = rows[:, low] * (1 - share) + rows[:, low + 1] * share
    return values


@lru_cache(maxsize=16)
def blocks_by_place(blocks: tuple[tuple[int, int, str], ...]) -> Placed:
    """Return SHA-256 by (ix, iy) of an index's blocks."""
    return {(ix, iy): sha256 for ix, iy, sha256 in blocks}


def tile_digest(index: ReleaseIndex, tile: Tile) -> str:
    """Return the identity of what a tile shows: the published blocks in it and the colours."""
    placed = blocks_by_place(index.blocks)
    told = repr((index.id, index.legend, index.ramp, index.rescale, index.nodata))
    digest = hashlib.sha256(told.encode())
    for place in blocks_met(grid_of(index), tile):
        if place in placed:
            digest.update(f"{place[0]}:{place[1]}:{placed[place]}".encode())
    return digest.hexdigest()[:32]


def building_tile(
    store: TileStore, cache: BlockCache, index: ReleaseIndex, tile: Tile, style: TileStyle = PLAIN
) -> tuple[bytes, bool]:
    """Return the PNG of a tile and whether every published block of it was drawn."""
    grid = grid_of(index)
    placed, palette = blocks_by_place(index.blocks), palette_of(index, style)
    met = blocks_met(grid, tile)
    if len(met) > MAX_BLOCKS_PER_TILE or not any(place in placed for place in met):
        return packed(None, palette), len(met) <= MAX_BLOCKS_PER_TILE
    view, whole = view_of(grid, tile), len(met) <= WHOLE_BLOCKS
    values: NDArray[Any] | None = None
    opened = left_out = 0
    for place, pixels in zip(view.blocks, view.pixels, strict=True):
        sha256 = placed.get(place)
        if sha256 is None:
            continue
        block = cache.get(sha256, whole=whole)
        if block is None:
            if opened == MAX_OPENED:
                left_out += 1
                continue
            opened += 1
            block = _read(store, cache, index, sha256, whole=whole)
        if values is None:
            nodata = TRANSPARENT if palette.nodata is None else int(palette.nodata)
            values = np.full(TILE * TILE, nodata, block.dtype)
        rows = view.rows[pixels] * block.shape[0] // grid.block_size
        columns = view.columns[pixels] * block.shape[1] // grid.block_size
        values[pixels] = block[rows, columns]
    drawn = None if values is None else values.reshape(TILE, TILE)
    return packed(drawn, palette), not left_out


def grid_of(index: ReleaseIndex) -> Grid:
    """Return the grid of a building release.

    Raises:
        Missing: the index names none.
    """
    if index.grid is None:
        raise Missing("The layer being built has no grid.")
    return index.grid


def _read(
    store: TileStore, cache: BlockCache, index: ReleaseIndex, sha256: str, *, whole: bool
) -> NDArray[Any]:
    with store.object(object_key(sha256, index.suffix)) as source:
        return cache.put(sha256, source.read(), whole=whole)


def point_objects(index: ReleaseIndex, lon: float, lat: float) -> tuple[str, ...]:
    """Return the key of the published block at a place (EPSG:4326), nothing where none is yet.

    Raises:
        Missing: the place lies outside the release.
    """
    west, south, east, north = index.bbox
    if not (west <= lon <= east and south <= lat <= north):
        raise Missing("The place lies outside the layer.")
    grid = grid_of(index)
    x, y = transformer_between("EPSG:4326", grid.crs).transform(lon, lat)
    if not (np.isfinite(x) and np.isfinite(y)):
        raise Missing("The place has no position on the grid of the layer.")
    block = grid.block_at(x, y)
    sha256 = blocks_by_place(index.blocks).get((block.ix, block.iy))
    return (object_key(sha256, index.suffix),) if sha256 else ()
