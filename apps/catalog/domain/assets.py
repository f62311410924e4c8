"""From an Item's assets and what the files say to rows of one band each."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workers.contracts.plugins import SensorSpec
from workers.contracts.sensors import cloud_key, data_keys, sensor_choose

DRIVERS = {"image/tiff": "GTiff", "image/jp2": "JP2OpenJPEG"}
SUFFIXES = {".tif": "GTiff", ".tiff": "GTiff", ".jp2": "JP2OpenJPEG"}
VECTOR_SUFFIXES = (".gpkg", ".geojson", ".zip", ".csv")
NOT_READ = frozenset({"thumbnail", "overview", "visual", "metadata"})
_NAME = re.compile(r"[^0-9A-Za-z._-]+")


@dataclass(frozen=True)
class AssetRow:
    """One band (or one file that is no raster) as it will be stored.

    ``problem`` says why a raster cannot be read; its row is then filled from the item as far as
    that goes.
    """

    key: str
    href: str
    path: str = ""
    media_type: str = ""
    title: str = ""
    driver: str = ""
    band: int = 1
    dtype: str = ""
    nodata: float | None = None
    scale: float = 1.0
    offset: float = 0.0
    crs: str = ""
    transform: tuple[float, ...] | None = None
    shape: tuple[int, ...] | None = None
    common_name: str | None = None
    roles: tuple[str, ...] = ()
    version: str = ""
    has_data: bool = False
    problem: str = field(default="", compare=False)


def driver_of(asset: Mapping[str, Any]) -> str:
    """Return the raster driver an asset's media type (else its suffix) names, or ''."""
    media = str(asset.get("type") or "").split(";")[0].strip().lower()
    if media in DRIVERS:
        return DRIVERS[media]
    href = str(asset.get("href") or "").split("?")[0].lower()
    if media and media not in ("application/octet-stream", "image/vnd.stac.geotiff"):
        return ""
    return next((name for suffix, name in SUFFIXES.items() if href.endswith(suffix)), "")


def is_raster(asset: Mapping[str, Any]) -> bool:
    """Return whether an asset is a raster to compute with (no picture, no metadata)."""
    return bool(driver_of(asset)) and not NOT_READ & set(_list(asset.get("roles")))


def is_vector(asset: Mapping[str, Any]) -> bool:
    """Return whether an asset can be imported as samples."""
    href = str(asset.get("href") or "").split("?")[0].lower()
    return href.endswith(VECTOR_SUFFIXES) and "labels" in _list(asset.get("roles"))


def probe_list(
    items: Sequence[Mapping[str, Any]], specs: Sequence[SensorSpec] = ()
) -> list[dict[str, Any]]:
    """Return what the probe kernel is asked: every local raster once, ``key`` = its path.

    ``items`` are entries of ``catalog_read`` ({"item": …, "collection": …}). The raster that masks
    a scene carries ``mask``, the slug of its sensor, and ``name``, its key: what it leaves valid
    is measured.
    """
    wanted: dict[str, dict[str, Any]] = {}
    for entry in items:
        assets = entry["item"].get("assets") or {}
        masking = mask_of(assets, specs)
        for key, asset in assets.items():
            path = asset.get("path")
            if not path or asset.get("error") or not is_raster(asset):
                continue
            asked = wanted.setdefault(path, {"key": path, "path": path, "driver": driver_of(asset)})
            if masking and masking[0] == key:
                asked |= {"mask": masking[1], "name": key, "roles": list(_list(asset.get("roles")))}
    return [wanted[path] for path in sorted(wanted)]


def mask_of(
    assets: Mapping[str, Mapping[str, Any]], specs: Sequence[SensorSpec]
) -> tuple[str, str] | None:
    """Return (key, sensor) of the raster that masks a scene of these assets, None without one."""
    rasters = {key: _list(asset.get("roles")) for key, asset in assets.items() if is_raster(asset)}
    chosen = sensor_choose(specs, rasters) if specs else None
    spec = next((spec for spec in specs if spec.slug == chosen), None)
    if spec is None:
        return None
    named = spec.mask_asset if spec.mask_asset in rasters else None
    key = named or (cloud_key(rasters) if spec.mask_roles else None)
    return (key, spec.slug) if key else None


def asset_rows(
    item: Mapping[str, Any],
    *,
    spec: SensorSpec | None = None,
    probes: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[AssetRow]:
    """Return the rows of an item's assets; several bands of one file become several rows.

    ``probes`` maps a path to what its file says. Values come from the item's ``raster:bands``,
    then the file; position and type from the file, then the item. ``spec`` is the sensor: it
    decides whether 0 is no data.
    """
    assets = item.get("assets") or {}
    properties = item.get("properties") or {}
    rasters = {key: _list(asset.get("roles")) for key, asset in assets.items() if is_raster(asset)}
    observed = set(data_keys(rasters))
    rows: list[AssetRow] = []
    for key in sorted(assets):
        asset = assets[key]
        base = _plain_row(key, asset)
        if key not in rasters:
            rows.append(base)
            continue
        probe = (probes or {}).get(base.path, {})
        for row in _band_rows(replace(base, driver=driver_of(asset)), asset, properties, probe):
            nodata = row.nodata
            if nodata is None and spec is not None and spec.zero_is_nodata and key in observed:
                nodata = 0.0
            rows.append(replace(row, nodata=nodata, has_data=key in observed))
    return rows


def _plain_row(key: str, asset: Mapping[str, Any]) -> AssetRow:
    return AssetRow(
        key=key[:200],
        href=str(asset.get("href") or ""),
        path=str(asset.get("path") or ""),
        media_type=str(asset.get("type") or "")[:200],
        title=str(asset.get("title") or "")[:400],
        roles=_list(asset.get("roles")),
        problem=str(asset.get("error") or ""),
    )


def _band_rows(
    base: AssetRow,
    asset: Mapping[str, Any],
    properties: Mapping[str, Any],
    probe: Mapping[str, Any],
) -> Iterator[AssetRow]:
    stated = _stated_bands(asset)
    count = max(len(stated), 1)
    problem = base.problem or str(probe.get("error") or "")
    if not problem and not base.path:
        problem = "the file is remote; only files below the allowed roots can be read"
    for number in range(1, count + 1):
        band = stated[number - 1] if stated else {}
        row = replace(
            base,
            key=base.key if count == 1 else _band_key(base.key, band, number),
            band=number,
            common_name=_text(band.get("common_name") or band.get("eo:common_name")),
            problem=problem,
            version=str(probe.get("version") or ""),
        )
        yield _measured(row, {**properties, **asset}, band, probe)


def _measured(
    row: AssetRow, stated: Mapping[str, Any], band: Mapping[str, Any], probe: Mapping[str, Any]
) -> AssetRow:
    scale = _number(_first(band, "scale", "raster:scale"))
    offset = _number(_first(band, "offset", "raster:offset"))
    nodata = _number(_first(band, "nodata"))
    transform = _numbers(probe.get("transform"), 6) or _numbers(stated.get("proj:transform"), 6)
    shape = _numbers(probe.get("shape"), 2) or _numbers(stated.get("proj:shape"), 2)
    return replace(
        row,
        dtype=str(_of_band(probe.get("dtype"), row.band) or band.get("data_type") or ""),
        nodata=_number(_of_band(probe.get("nodata"), row.band)) if nodata is None else nodata,
        scale=_number(_of_band(probe.get("scale"), row.band), 1.0) if scale is None else scale,
        offset=_number(_of_band(probe.get("offset"), row.band), 0.0) if offset is None else offset,
        crs=str(probe.get("crs") or _stated_crs(stated)),
        transform=transform,
        shape=None if shape is None else tuple(int(size) for size in shape),
    )


def _stated_bands(asset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Merge ``eo:bands`` and ``raster:bands`` (STAC 1.0) or read ``bands`` (1.1), by position."""
    stated = (asset.get(name) for name in ("bands", "eo:bands", "raster:bands"))
    lists: list[list[Any]] = [entries for entries in stated if isinstance(entries, list)]
    merged: list[dict[str, Any]] = []
    for position in range(max((len(entries) for entries in lists), default=0)):
        band: dict[str, Any] = {
            name: asset[name]
            for name in ("data_type", "nodata", "raster:scale", "raster:offset", "eo:common_name")
            if name in asset
        }
        for entries in lists:
            if position < len(entries) and isinstance(entries[position], dict):
                band.update(entries[position])
        merged.append(band)
    if not merged and ("data_type" in asset or "nodata" in asset):
        return [{name: value for name, value in asset.items() if name not in ("href", "path")}]
    return merged


def _stated_crs(stated: Mapping[str, Any]) -> str:
    code = stated.get("proj:epsg")
    if isinstance(code, int):
        return f"EPSG:{code}"
    return str(stated.get("proj:code") or stated.get("proj:wkt2") or "")


def _band_key(key: str, band: Mapping[str, Any], number: int) -> str:
    name = _NAME.sub("_", str(band.get("name") or band.get("common_name") or number))
    return f"{key}_{name}"[:200]


def _of_band(value: Any, band: int) -> Any:
    if isinstance(value, list | tuple):
        return value[band - 1] if len(value) >= band else None
    return value


def _first(band: Mapping[str, Any], *names: str) -> Any:
    return next((band[name] for name in names if band.get(name) is not None), None)


def _number(value: Any, default: float | None = None) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return float(value) if math.isfinite(value) else default


def _numbers(value: Any, count: int) -> tuple[float, ...] | None:
    if not isinstance(value, list | tuple) or len(value) < count:
        return None
    read = tuple(_number(number) for number in value[:count])
    return None if None in read else read


def _text(value: Any) -> str | None:
    return value[:80] if isinstance(value, str) and value else None


def _list(value: Any) -> tuple[str, ...]:
    return tuple(str(entry) for entry in value) if isinstance(value, list) else ()
