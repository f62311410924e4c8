"""Look at rasters of a catalogue: what the files say about themselves.

Pixels are read of masks only, thinned out: how much of a scene its mask leaves valid. A file that
cannot be opened is reported, never raised: one bad asset does not stop an import.
"""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioError

from workers import registry
from workers.contracts.assets import AssetRef, SceneRef
from workers.contracts.parameters import MaskSpec
from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult
from workers.errors import InputError, WorkerError
from workers.grid import footprint
from workers.raster.reader import RasterSource, file_version, open_path, path_below

SPEC = KernelSpec(
    slug="probe_rasters",
    title="Look at rasters",
    resource_class="ingest",
    outputs=(),
    seconds_per_block=1.0,
)

Progress = Callable[[str, float], None]
MAX_DECODED = 4_000_000
THINNED = 256


class ProbedAsset(BaseModel):
    """An asset to look at; unknown fields of the catalogue are carried along untouched."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    path: str
    driver: str = "GTiff"
    band: int = Field(default=1, ge=1, le=256)
    mask: str = ""  # slug of the sensor whose mask it is
    name: str = ""  # its key in the item
    roles: tuple[str, ...] = ()


class Parameters(BaseModel):
    """The assets of one or many items; their report must fit a line to the worker."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    assets: tuple[ProbedAsset, ...] = Field(max_length=2_000)


def run(request: KernelRequest, parameters: Parameters, progress: Progress) -> KernelResult:
    """Report each asset in the order given: its form, or ``error`` with the reason."""
    reports: list[dict[str, Any]] = []
    for number, asset in enumerate(parameters.assets):
        if number % 20 == 0:
            progress("probe", number / len(parameters.assets))
        reports.append(_probe(asset, request.roots))
    broken = sum(1 for report in reports if report["error"])
    warnings = (f"{broken} of {len(reports)} rasters cannot be used.",) if broken else ()
    return KernelResult(outcome="done", report={"assets": reports}, warnings=warnings)


def _probe(asset: ProbedAsset, roots: tuple[str, ...]) -> dict[str, Any]:
    report: dict[str, Any] = {"key": asset.key, "path": asset.path, "error": None}
    try:
        # Also of a file that cannot be read: when it is mended, results of it are others.
        report["version"] = file_version(path_below(asset.path, roots))
        with open_path(asset.path, roots=roots, driver=asset.driver, band=asset.band) as source:
            report |= _describe(source, asset)
            if asset.mask:
                report["valid_percent"] = _valid_percent(source, asset)
    except InputError as error:
        report["error"] = str(error)
    except OSError as error:
        report["error"] = f"{asset.path}: cannot be read ({error.strerror})."
    return report


def _describe(source: RasterSource, asset: ProbedAsset) -> dict[str, Any]:
    dataset = source.dataset
    nodata = source.nodata
    return {
        "driver": asset.driver,
        "dtype": source.dtype,
        "nodata": nodata if nodata is None or nodata == nodata else None,
        "scale": _by_band(dataset.scales),
        "offset": _by_band(dataset.offsets),
        "crs": _crs_name(source.crs),
        "transform": list(source.transform),
        "shape": list(source.shape),
        "bands": dataset.count,
        "size": os.stat(asset.path).st_size,
        "footprint": footprint(source.transform, source.shape, source.crs),
    }


def _valid_percent(source: RasterSource, asset: ProbedAsset) -> float | None:
    """Return the share of a scene's data that its mask leaves valid, from about 256 x 256 pixels.

    None where that would cost much (no overviews), cannot be read, or there is no data.
    """
    rows, columns = source.shape
    if rows * columns > MAX_DECODED and not source.dataset.overviews(source.band):
        return None
    form = (max(1, min(rows, THINNED)), max(1, min(columns, THINNED)))
    try:
        values = source.dataset.read(source.band, out_shape=form, resampling=Resampling.nearest)
        sensor = registry.sensor(asset.mask)
    except (RasterioError, OSError, WorkerError):
        return None
    scene = _scene_of(source, asset)
    valid = sensor.valid_mask({asset.name: values}, scene, MaskSpec())
    nodata = 0 if source.nodata is None and sensor.SPEC.zero_is_nodata else source.nodata
    held = values != nodata if nodata is not None else values == values
    return float(100 * valid[held].mean()) if held.any() else None


def _scene_of(source: RasterSource, asset: ProbedAsset) -> SceneRef:
    """Return a scene of the mask alone, which is all that a sensor's rule looks at."""
    mask = AssetRef(
        key=asset.name,
        path=asset.path,
        driver=asset.driver,
        dtype=source.dtype,
        nodata=source.nodata,
        crs=source.crs,
        transform=source.transform,
        shape=source.shape,
        roles=asset.roles,
    )
    return SceneRef(
        id=asset.key,
        item_id=asset.key,
        sensor=asset.mask,
        datetime=datetime(2000, 1, 1, tzinfo=UTC),
        assets={asset.name: mask},
    )


def _by_band(values: Sequence[float]) -> float | list[float]:
    """Return the value of a file of one band, else a list: a file is looked at once for all."""
    return values[0] if len(values) == 1 else list(values)


@lru_cache(maxsize=64)
def _crs_name(wkt: str) -> str:
    """Return EPSG:<code> when the text is exactly that system, else the text."""
    epsg = CRS.from_wkt(wkt).to_epsg(confidence_threshold=100)
    return f"EPSG:{epsg}" if epsg else wkt
