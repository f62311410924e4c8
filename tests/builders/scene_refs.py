"""Scenes as kernels see them: written by a test, or read from the shared STAC folders."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.grid import Grid

CRS = "EPSG:32633"
ORIGIN = (500_000.0, 5_000_000.0)


def write_asset(
    path: Path,
    values: NDArray[Any],
    *,
    pixel: float = 10.0,
    origin: tuple[float, float] = ORIGIN,
    crs: str = CRS,
    nodata: float | None = None,
    **fields: Any,
) -> AssetRef:
    """Write a tiled GeoTIFF and describe it; ``fields`` go to the AssetRef."""
    transform = rasterio.Affine(pixel, 0, origin[0], 0, -pixel, origin[1])
    height, width = values.shape
    with rasterio.open(
        path, "w", driver="GTiff", height=height, width=width, count=1, dtype=values.dtype,
        crs=crs, transform=transform, nodata=nodata, tiled=True, blockxsize=64, blockysize=64,
        compress="deflate",
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)
    return AssetRef(
        **{
            "key": path.stem, "path": str(path), "dtype": values.dtype.name, "nodata": nodata,
            "crs": crs, "transform": tuple(transform)[:6], "shape": values.shape,
            "roles": ("data",),
        }
        | fields
    )  # fmt: skip


@dataclass
class SceneWriter:
    """Writes Sentinel-2-like scenes: B04, B08 at 10 m, B11 and SCL at 20 m, 128 px wide."""

    folder: Path
    seed: int = 0
    edge: int = 128
    origin: tuple[float, float] = ORIGIN
    crs: str = CRS

    def scene(self, number: int, day: datetime, *, cloud: float = 0.3) -> SceneRef:
        rng = np.random.default_rng((self.seed, number))
        folder = self.folder / f"scene{number:03d}"
        folder.mkdir(parents=True)
        assets = {}
        for key, name, pixel in (
            ("B04", "red", 10.0), ("B08", "nir", 10.0), ("B11", "swir16", 20.0),
        ):  # fmt: skip
            size = int(self.edge * 10 / pixel)
            values = rng.integers(0, 9000, (size, size)).astype(np.uint16)
            values[rng.random((size, size)) < 0.02] = 0
            assets[key] = self.asset(folder, key, values, pixel, scale=1e-4, nodata=0,
                                     common_name=name)  # fmt: skip
        half = self.edge // 2
        scl = rng.choice([4, 5, 8, 11], (half // 8, half // 8), p=[0.5, 0.45 - cloud, cloud, 0.05])
        scl = np.kron(scl, np.ones((8, 8))).astype(np.uint8)
        assets["SCL"] = self.asset(folder, "SCL", scl, 20.0, nodata=0)
        return SceneRef(
            id=f"s{number:03d}", item_id=f"scene{number:03d}", sensor="sentinel2_l2a",
            datetime=day, assets=assets,
        )  # fmt: skip

    def asset(
        self, folder: Path, key: str, values: NDArray[Any], pixel: float, **fields: Any
    ) -> AssetRef:
        return write_asset(
            folder / f"{key}.tif", values, pixel=pixel, origin=self.origin, crs=self.crs, **fields
        )

    def series(self, count: int, start: str = "2018-03-01", step: int = 10) -> list[SceneRef]:
        first = datetime.fromisoformat(start).replace(tzinfo=UTC)
        return [self.scene(k, first + timedelta(days=step * k)) for k in range(count)]

    def grid(self, block_size: int = 64) -> Grid:
        return Grid(crs=self.crs, resolution=(10, 10), origin=self.origin, block_size=block_size)


def scenes_of_folder(
    folder: Path, sensor: str, wanted: Callable[[dict[str, Any]], bool] = lambda item: True
) -> list[SceneRef]:
    """Read the STAC items of a shared data folder that have a datetime and data rasters."""
    return [
        _scene(path, item, sensor)
        for path in sorted(folder.glob("items/*/*.json"))
        if (item := json.loads(path.read_text()))["properties"].get("datetime") and wanted(item)
    ]


def _scene(path: Path, item: dict[str, Any], sensor: str) -> SceneRef:
    return SceneRef(
        id=item["id"],
        item_id=item["id"],
        sensor=sensor,
        datetime=datetime.fromisoformat(item["properties"]["datetime"]),
        assets={
            key: _asset(path.parent / asset["href"], key, asset)
            for key, asset in item["assets"].items()
            if asset["href"].endswith(".tif")
        },
    )


def _asset(path: Path, key: str, asset: dict[str, Any]) -> AssetRef:
    band = asset.get("raster:bands", [{}])[0]
    with rasterio.open(path) as dataset:
        return AssetRef(
            key=key,
            path=str(path.resolve()),
            dtype=dataset.dtypes[0],
            nodata=band.get("nodata", dataset.nodata),
            scale=band.get("scale", 1.0),
            offset=band.get("offset", 0.0),
            crs=f"EPSG:{dataset.crs.to_epsg()}",
            transform=tuple(dataset.transform)[:6],
            shape=dataset.shape,
            common_name=asset.get("eo:bands", [{}])[0].get("common_name"),
            roles=tuple(asset.get("roles", ())),
        )


def grid_over(asset: AssetRef, block_size: int) -> Grid:
    """Return a grid that continues an asset's own pixels."""
    a, _, left, _, e, top = asset.transform
    return Grid(crs=asset.crs, resolution=(a, -e), origin=(left, top), block_size=block_size)


def roots_of(scenes: Iterable[SceneRef]) -> tuple[str, ...]:
    """Folders of all assets."""
    return tuple({str(Path(a.path).parent) for s in scenes for a in s.assets.values()})
