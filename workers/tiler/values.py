"""Values at a place: the stored pixel of a release, the series of its input scenes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from workers.contracts.assets import SceneRef
from workers.contracts.features import FeatureSetSpec, FeatureSpec
from workers.contracts.grid import Grid
from workers.contracts.parameters import MaskSpec
from workers.contracts.sensors import data_keys
from workers.contracts.tiles import ReleaseIndex
from workers.errors import DataError, InputError, ParameterError
from workers.grid import transformer_between
from workers.raster.reader import RasterSource
from workers.tiler.building import point_objects
from workers.tiler.errors import Missing, Refused, text_without_folders
from workers.tiler.palette import UNCLASSIFIABLE
from workers.tiler.store import TileStore

MISSING = -32768
UNMASKED = MaskSpec(dilation_m=0.0, invalid=())  # clouds too; the mask's own nodata stays out
DEFAULT_SOURCES = ("NDVI", "VH", "VV")


def point_value(store: TileStore, index: ReleaseIndex, lon: float, lat: float) -> dict[str, Any]:
    """Return the stored value at a place (EPSG:4326); ``value`` is null where there is nodata.

    Raises:
        Missing: the place lies outside the release.
    """
    value, place = None, None
    for key in point_objects(index, lon, lat) if index.kind == "building" else index.archives:
        with store.object(key) as source:
            pixel = _pixel(source, lon, lat)
            if pixel is None:
                continue
            row, column = pixel
            stored = int(source.read((row, column, row + 1, column + 1))[0, 0])
            value = None if stored == source.nodata else stored
            place = pixel_place(source, row, column)
        break
    else:
        if index.kind != "building":
            raise Missing("The place lies outside the layer.")
    answer = {"lon": lon, "lat": lat, "value": value, "values": [value], "pixel": place}
    return answer | {"class": _class_of(index, value), "role": index.role}


def point_series(
    store: TileStore, index: ReleaseIndex, lon: float, lat: float, source: str | None
) -> dict[str, Any]:
    """Return the values of a source on all dates of the release's scenes, masked ones too.

    Raises:
        Missing: the place lies outside. Refused: the source cannot be computed.
    """
    scenes = [SceneRef.model_validate(scene) for scene in index.scenes]
    if not scenes:
        return {"source": source, "sources": [], "series": []}
    grid = _grid_of(store, index, scenes)
    place = transformer_between("EPSG:4326", grid.crs).transform(lon, lat)
    if not all(map(np.isfinite, place)):
        raise Missing("The place has no position on the grid of the layer.")
    column = int(np.floor((place[0] - grid.origin[0]) / grid.resolution[0]))
    row = int(np.floor((grid.origin[1] - place[1]) / grid.resolution[1]))
    offered = series_sources(index, scenes)
    chosen = source or (offered[0] if offered else "")
    _require(chosen, scenes)
    rows: list[dict[str, Any]] = []
    for group in _apart(scenes):
        rows += _group_series(group, grid, (row, column), chosen, store.roots)
    rows.sort(key=lambda entry: (entry["datetime"], entry["item_id"]))
    return {"lon": lon, "lat": lat, "source": chosen, "sources": offered, "series": rows}


def series_sources(index: ReleaseIndex, scenes: Sequence[SceneRef]) -> list[str]:
    """Return what can be asked for: NDVI first when it can be computed, then features, bands."""
    from workers.pipeline.cube import cube_build

    features = index.features.get("features", ())
    used = [str(f["source"]) for f in features] if isinstance(features, list | tuple) else []
    roles = {key: asset.roles for scene in scenes for key, asset in scene.assets.items()}
    wished = dict.fromkeys([*DEFAULT_SOURCES, *used, *data_keys(roles)])
    offered = []
    for name in wished:
        try:
            cube_build(_one_feature(name, None), scenes)
        except (ParameterError, DataError, ValueError):
            continue
        offered.append(name)
    return offered


def _require(source: str, scenes: Sequence[SceneRef]) -> None:
    """Raise Refused when no scene can give the source."""
    from workers.pipeline.cube import cube_build

    try:
        cube_build(_one_feature(source, None), scenes)
    except (ParameterError, DataError, ValueError) as error:
        raise Refused(f"{source!r} cannot be computed here: {error}") from error


def _group_series(
    scenes: Sequence[SceneRef],
    grid: Grid,
    pixel: tuple[int, int],
    source: str,
    roots: Sequence[str],
) -> list[dict[str, Any]]:
    """Evaluate one pixel of scenes of distinct days on the path of the map itself."""
    from workers.pipeline.cube import cube_build
    from workers.pipeline.evaluate import evaluate, plan_build
    from workers.pipeline.geometry import target_of_pixels
    from workers.pipeline.inputs import stack_load

    try:
        cube = cube_build(_one_feature(source, scenes), scenes, lenient=True)
        target, _ = target_of_pixels(grid, np.array([pixel[1]]), np.array([pixel[0]]))
        masked = stack_load(cube, target, roots=roots, options=MaskSpec())
        stack = stack_load(cube, target, roots=roots, options=UNMASKED)
        plan = plan_build(cube, dropped=frozenset(stack.dropped))
    except ParameterError as error:
        raise Refused(str(error)) from error
    except InputError as error:
        told = text_without_folders(str(error), *_paths(scenes))
        raise Refused(f"The scenes cannot be read: {told}") from error
    clear = masked.mask[:, 0] == 1
    values = evaluate(stack, plan).features[:, 0]
    by_day = {day: position for position, day in enumerate(_days(scenes))}
    rows = []
    for t, scene in enumerate(cube.scenes):
        position = by_day[scene.datetime.date().isoformat()]
        number = cube.feature_sources[position]
        stored = int(values[position])
        known = stored != MISSING and number is not None
        scale = cube.sources[number].scale if number is not None else 1.0
        rows.append(
            {
                "datetime": scene.datetime.isoformat(),
                "item_id": scene.item_id,
                "scene": scene.id,
                "value": round(stored / scale, 6) if known else None,
                "valid": bool(known and clear[t]),
                "reason": _reason(scene, stack.dropped.get(t), known=known, clear=bool(clear[t])),
            }
        )
    return rows


def _reason(scene: SceneRef, dropped: str | None, *, known: bool, clear: bool) -> str | None:
    if dropped:
        return f"unreadable: {text_without_folders(dropped, *_paths([scene]))}"
    if not known:
        return "no data"
    return None if clear else "masked: cloud, shadow or snow"


def _one_feature(source: str, scenes: Sequence[SceneRef] | None) -> FeatureSetSpec:
    """Return a feature set with the mean of each day (one observation), or of everything."""
    windows = [f"{day}/{day}" for day in _days(scenes)] if scenes else [None]
    features = [
        FeatureSpec(name=f"value_{number}", source=source, statistic="mean", window=window)
        for number, window in enumerate(windows)
    ]
    return FeatureSetSpec(features=tuple(features))


def _paths(scenes: Sequence[SceneRef]) -> list[str]:
    """Return every path that an error about scenes may name."""
    return [asset.path for scene in scenes for asset in scene.assets.values()]


def _days(scenes: Sequence[SceneRef]) -> list[str]:
    return [scene.datetime.date().isoformat() for scene in scenes]


def _apart(scenes: Sequence[SceneRef]) -> list[list[SceneRef]]:
    """Divide scenes so that no group has two of one day."""
    groups: dict[int, list[SceneRef]] = defaultdict(list)
    seen: dict[str, int] = defaultdict(int)
    for scene in scenes:
        day = scene.datetime.date().isoformat()
        groups[seen[day]].append(scene)
        seen[day] += 1
    return [groups[number] for number in sorted(groups)]


def _grid_of(store: TileStore, index: ReleaseIndex, scenes: Sequence[SceneRef]) -> Grid:
    """Return the pixel lattice of the archive, or of the scene's finest band."""
    if index.archives:
        with store.object(index.archives[0]) as source:
            crs, transform = source.crs, source.transform
    else:
        assets = [asset for scene in scenes for asset in scene.assets.values()]
        finest = min(assets, key=lambda asset: (abs(asset.transform[0]), asset.key))
        crs, transform = finest.crs, finest.transform
    return Grid(
        crs=crs,
        resolution=(transform[0], -transform[4]),
        origin=(transform[2], transform[5]),
        block_size=512,
    )


def pixel_place(source: RasterSource, row: int, column: int) -> dict[str, Any]:
    """Return where a pixel lies: its centre in the raster's CRS, its corners in EPSG:4326.

    ``ring`` starts in the upper left corner and is closed.
    """
    a, _, c, _, e, f = source.transform
    epsg = source.dataset.crs.to_epsg()
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    to_degrees = transformer_between(source.crs, "EPSG:4326")
    ring = [to_degrees.transform(c + a * (column + x), f + e * (row + y)) for x, y in corners]
    centre = (c + a * (column + 0.5), f + e * (row + 0.5))
    return {
        "crs": f"EPSG:{epsg}" if epsg else "project grid",
        "x": round(centre[0], 3),
        "y": round(centre[1], 3),
        "row": row,
        "column": column,
        "center": [round(degrees, 8) for degrees in to_degrees.transform(*centre)],
        "ring": [[round(lon, 8), round(lat, 8)] for lon, lat in ring],
    }


def _pixel(source: RasterSource, lon: float, lat: float) -> tuple[int, int] | None:
    x, y = transformer_between("EPSG:4326", source.crs).transform(lon, lat)
    if not (np.isfinite(x) and np.isfinite(y)):
        return None
    a, _, c, _, e, f = source.transform
    row, column = int(np.floor((y - f) / e)), int(np.floor((x - c) / a))
    inside = 0 <= row < source.shape[0] and 0 <= column < source.shape[1]
    return (row, column) if inside else None


def _class_of(index: ReleaseIndex, value: int | None) -> dict[str, Any] | None:
    if value is None or index.role != "class":
        return None
    if value == UNCLASSIFIABLE:
        return {"code": value, "name": "unclassifiable", "color": "#9aa0a6"}
    for entry in index.legend:
        if entry.code == value:
            return entry.model_dump()
    return {"code": value, "name": str(value), "color": "#808080"}
