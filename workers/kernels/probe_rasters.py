"""Look at rasters of a catalogue: what the files say about themselves, without reading pixels.

A file that cannot be opened is reported, never raised: one bad asset does not stop an import.
"""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from rasterio.crs import CRS

from workers.contracts.plugins import KernelSpec
from workers.contracts.requests import KernelRequest, KernelResult
from workers.errors import InputError
from workers.grid import footprint
from workers.raster.reader import RasterSource, file_version, open_path

SPEC = KernelSpec(
    slug="probe_rasters",
    title="Look at rasters",
    resource_class="ingest",
    outputs=(),
    seconds_per_block=1.0,
)

Progress = Callable[[str, float], None]


class ProbedAsset(BaseModel):
    """An asset to look at; unknown fields of the catalogue are carried along untouched."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    path: str
    driver: str = "GTiff"
    band: int = Field(default=1, ge=1, le=256)


class Parameters(BaseModel):
    """The assets of one or many items."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    assets: tuple[ProbedAsset, ...] = Field(max_length=20_000)


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
        with open_path(asset.path, roots=roots, driver=asset.driver, band=asset.band) as source:
            report |= _describe(source, asset)
    except InputError as error:
        report["error"] = str(error)
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
        "version": file_version(asset.path),
        "footprint": footprint(source.transform, source.shape, source.crs),
    }


def _by_band(values: Sequence[float]) -> float | list[float]:
    """Return the value of a file of one band, else a list: a file is looked at once for all."""
    return values[0] if len(values) == 1 else list(values)


@lru_cache(maxsize=64)
def _crs_name(wkt: str) -> str:
    """Return EPSG:<code> when the text is exactly that system, else the text."""
    epsg = CRS.from_wkt(wkt).to_epsg(confidence_threshold=100)
    return f"EPSG:{epsg}" if epsg else wkt
