"""From sample geometries to pixels of the project grid."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from workers.contracts.grid import Grid
from workers.errors import InputError

MAX_POLYGON_PIXELS = 500
CANDIDATES = 2_000_000  # pixel centres of a polygon's envelope that are tested at once

Project = Callable[..., Any]


@dataclass(frozen=True)
class SamplePixels:
    """One entry a pixel: global columns and rows of the grid; texts as object arrays.

    dropped: samples left out before any imagery was read, by reason.
    """

    id: NDArray[np.object_]
    class_code: NDArray[np.uint8]
    group: NDArray[np.object_]
    season: NDArray[np.object_]
    region: NDArray[np.object_]
    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    dropped: dict[str, int]

    @property
    def size(self) -> int:
        return int(self.columns.size)


def samples_read(path: Path, grid: Grid, codes: frozenset[int], season: str | None) -> SamplePixels:
    """Read NDJSON features (EPSG:4326) and locate their pixels.

    codes: classes of the nomenclature; empty takes every code. season: for samples without
    ``valid_from`` and ``valid_to``.

    Raises:
        InputError: the file is not NDJSON of GeoJSON features.
    """
    project = Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True).transform
    parts: list[tuple[dict[str, Any], NDArray[np.int64], NDArray[np.int64]]] = []
    dropped: Counter[str] = Counter()
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            record = _record(line, number, season)
            if record["code"] is None or (codes and record["code"] not in codes):
                dropped["class not in the nomenclature"] += 1
                continue
            try:
                columns, rows = pixels_of(record["geometry"], grid, project)
            except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError):
                dropped["geometry not usable"] += 1
                continue
            parts.append((record, columns, rows))
    return _joined(parts, dict(dropped))


def _record(line: str, number: int, season: str | None) -> dict[str, Any]:
    try:
        feature = json.loads(line)
        properties = feature["properties"]
        code = properties["class_code"]
        begin, end = properties.get("valid_from"), properties.get("valid_to")
        polygon = feature["geometry"]["type"] not in ("Point", "MultiPoint")
        group = properties.get("group") or (str(feature["id"]) if polygon else "")
        return {
            "id": str(feature["id"]),
            "geometry": feature["geometry"],
            "code": None if code is None else int(code),
            "group": str(group),
            "region": str(properties.get("region") or ""),
            "season": f"{begin or '..'}/{end or '..'}" if begin or end else (season or ""),
        }
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"The samples are not GeoJSON features, one a line: line {number} ({error!r})."
        ) from error


def pixels_of(
    geometry: dict[str, Any], grid: Grid, project: Project
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pixel of a point, or all pixels whose centre lies in a polygon (≤ 500).

    A polygon that holds no centre gives the pixel of a point inside it.
    """
    placed = shapely.transform(shape(geometry), project, interleaved=False)
    if placed.is_empty or not np.isfinite(placed.bounds).all():
        raise ValueError("The geometry lies outside the grid's coordinate system.")
    if placed.geom_type in ("Point", "MultiPoint"):
        points = shapely.get_coordinates(placed)
        return _pixel(grid, points[:, 0], points[:, 1])
    columns, rows = _inside(placed, grid)
    if columns.size == 0:
        point = placed.representative_point()
        return _pixel(grid, np.array([point.x]), np.array([point.y]))
    return _thinned(columns, rows)


def _thinned(
    columns: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep at most 500 pixels of an even lattice; of odd shapes every so many in row order."""
    if columns.size <= MAX_POLYGON_PIXELS:
        return columns, rows
    step = int(np.ceil(np.sqrt(columns.size / MAX_POLYGON_PIXELS)))
    keep = (columns - columns.min()) % step + (rows - rows.min()) % step == 0
    columns, rows = columns[keep], rows[keep]
    if columns.size <= MAX_POLYGON_PIXELS:
        return columns, rows
    even = np.arange(MAX_POLYGON_PIXELS) * columns.size // MAX_POLYGON_PIXELS
    return columns[even], rows[even]


def _pixel(
    grid: Grid, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    columns = np.floor((x - grid.origin[0]) / grid.resolution[0]).astype(np.int64)
    rows = np.floor((grid.origin[1] - y) / grid.resolution[1]).astype(np.int64)
    return columns, rows


def _inside(polygon: BaseGeometry, grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pixel centres in a polygon, row by row; of a vast one only those of a sparser lattice."""
    left, bottom, right, top = polygon.bounds
    corners_x, corners_y = np.array([left, right]), np.array([top, bottom])
    columns, rows = _pixel(grid, corners_x, corners_y)
    width, height = int(columns[1] - columns[0]) + 1, int(rows[1] - rows[0]) + 1
    step = max(1, int(np.ceil(np.sqrt(width * height / CANDIDATES))))
    ys, xs = np.mgrid[rows[0] : rows[1] + 1 : step, columns[0] : columns[1] + 1 : step]
    xs, ys = xs.ravel().astype(np.int64), ys.ravel().astype(np.int64)
    x = grid.origin[0] + (xs + 0.5) * grid.resolution[0]
    y = grid.origin[1] - (ys + 0.5) * grid.resolution[1]
    shapely.prepare(polygon)
    inside = shapely.contains_xy(polygon, x, y)
    return xs[inside], ys[inside]


def _joined(
    parts: list[tuple[dict[str, Any], NDArray[np.int64], NDArray[np.int64]]],
    dropped: dict[str, int],
) -> SamplePixels:
    sizes = [columns.size for _, columns, _ in parts]

    def texts(name: str) -> NDArray[np.object_]:
        values = np.array([record[name] for record, _, _ in parts], dtype=object)
        return np.repeat(values, sizes)

    empty = np.empty(0, dtype=np.int64)
    return SamplePixels(
        id=texts("id"),
        class_code=np.repeat(np.array([r["code"] for r, _, _ in parts], np.uint8), sizes),
        group=texts("group"),
        season=texts("season"),
        region=texts("region"),
        columns=np.concatenate([columns for _, columns, _ in parts] or [empty]),
        rows=np.concatenate([rows for _, _, rows in parts] or [empty]),
        dropped=dropped,
    )
