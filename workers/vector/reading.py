"""One file in, checked rows out."""

import json
import math
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import shapely

from workers.errors import InputError
from workers.vector.archive import shapefile_extract
from workers.vector.geojson import geojson_read
from workers.vector.geometry import crs_text, located
from workers.vector.limits import DRIVERS, MAX_BYTES, MAX_TEXT, Options, shown
from workers.vector.ogr import gpkg_check, ogr_read
from workers.vector.source import Source
from workers.vector.table import csv_read

MAX_REPORTED = 100


def driver_for(file_name: str) -> str:
    """Return the one driver of a file's extension; raises InputError for any other."""
    suffix = Path(file_name).suffix.lower()
    if suffix not in DRIVERS:
        raise InputError(f"{shown(file_name)}: the extension is not one of {', '.join(DRIVERS)}.")
    return DRIVERS[suffix]


def source_read(path: Path, file_name: str, options: Options) -> Source:
    """Open an upload with the driver of its extension; raises InputError naming the file."""
    driver, name = upload_check(path, file_name)
    if driver == "GeoJSON":
        return geojson_read(path, name, options)
    if driver == "CSV":
        return csv_read(path, name, options)
    with tempfile.TemporaryDirectory(dir=path.parent if driver == "GPKG" else None) as folder:
        if driver == "GPKG":
            return ogr_read(gpkg_linked(path, name, Path(folder)), name, driver, options)
        shp = shapefile_extract(path, name, Path(folder), options.layer)
        return ogr_read(shp, name, driver, options)


def upload_check(path: Path, file_name: str) -> tuple[str, str]:
    """Return the driver and the bare name; raises InputError: missing, empty, too large, false."""
    driver = driver_for(file_name)
    name = Path(file_name).name
    if not path.is_file():
        raise InputError(f"{name}: the upload is missing; send it again.")
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"{name}: is empty.")
    if size > MAX_BYTES:
        raise InputError(f"{name}: is larger than {MAX_BYTES // 1024**2} MB.")
    _content_check(path, name, driver)
    return driver, name


def gpkg_linked(path: Path, name: str, folder: Path) -> Path:
    """Check a GeoPackage and return it under the suffix its driver wants."""
    gpkg_check(path, name)
    linked = folder / "upload.gpkg"
    linked.symlink_to(path)
    return linked


def _content_check(path: Path, name: str, driver: str) -> None:
    with path.open("rb") as stream:
        head = stream.read(4096)
    good = {
        "GPKG": head.startswith(b"SQLite format 3\x00"),
        "ESRI Shapefile": head.startswith(b"PK\x03\x04"),
        "GeoJSON": head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")),
        "CSV": b"\x00" not in head,
    }
    if not good[driver]:
        raise InputError(f"{name}: is not {driver}, although its extension says so.")


def rows_write(source: Source, options: Options, target: Path) -> dict[str, Any]:
    """Write one JSON line a row and return the summary.

    A line: ``{"row", "geometry" (EPSG:4326), "class", "group", "valid_from", "valid_to", "id",
    "attributes", "error"}``; a refused row has ``row`` and ``error`` only.
    """
    refused: list[dict[str, Any]] = []
    kinds: dict[str, int] = {}
    total = 0
    with target.open("w", encoding="utf-8") as stream:
        for line in _lines(source, options):
            total += 1
            if line.get("error"):
                refused.append({"row": line["row"], "message": line["error"]})
            else:
                kind = line["geometry"]["type"]
                kinds[kind] = kinds.get(kind, 0) + 1
            stream.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
    return {
        "rows": total,
        "accepted": total - len(refused),
        "refused": len(refused),
        "errors": refused[:MAX_REPORTED],
        "layer": source.layer,
        "driver": source.driver,
        "crs": crs_text(source.crs),
        "columns": list(source.columns)[:200],
        "geometry_types": kinds,
    }


def _lines(source: Source, options: Options) -> Iterator[dict[str, Any]]:
    shapes, reasons = located([row.shape for row in source.rows], source.crs)
    texts = shapely.to_geojson(shapes)
    seen: set[str] = set()
    for number, (row, text, reason) in enumerate(
        zip(source.rows, texts, reasons, strict=True), start=1
    ):
        error = row.error or reason
        try:
            if error is None:
                yield {"row": number, **_described(row.values, text, options, seen)}
                continue
        except ValueError as refused:
            error = str(refused)
        yield {"row": number, "error": error[:MAX_TEXT]}


def _described(
    values: dict[str, Any], geometry: str, options: Options, seen: set[str]
) -> dict[str, Any]:
    start = _day(values, options.from_field, last=False)
    end = _day(values, options.to_field, last=True)
    if start and end and end < start:
        raise ValueError(f"its {options.to_field} is before its {options.from_field}")
    identity = _text(values, options.id_field)
    if identity:
        if identity in seen:
            raise ValueError(f"its {options.id_field} {shown(identity)} occurs twice")
        seen.add(identity)
    used = {options.class_field, options.group_field, options.from_field, options.to_field}
    return {
        "geometry": json.loads(geometry),
        "class": class_value(values.get(options.class_field) if options.class_field else None),
        "group": _text(values, options.group_field),
        "valid_from": start,
        "valid_to": end,
        "id": identity,
        "attributes": {
            str(key)[:100]: _attribute(value)
            for key, value in values.items()
            if key not in used and value is not None
        },
        "error": None,
    }


def class_value(value: Any) -> int | str | None:
    """Return the class a cell stands for, as ``class_map`` names it; None when it is empty."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return int(value) if value.is_integer() else str(value)
    return value if isinstance(value, int) else str(value).strip()[:MAX_TEXT]


def _text(values: dict[str, Any], field: str | None) -> str:
    value = values.get(field) if field else None
    return "" if value is None else str(value)[:MAX_TEXT]


def _day(values: dict[str, Any], field: str | None, *, last: bool) -> str | None:
    value = values.get(field) if field else None
    if value is None or value == "":
        return None
    text = str(value).strip()
    if len(text) == 4 and text.isdigit():
        return f"{text}-12-31" if last else f"{text}-01-01"
    try:
        return date.fromisoformat(text[:10].replace("/", "-")).isoformat()
    except ValueError as error:
        raise ValueError(f"{field} {shown(text)} is not a date (YYYY-MM-DD)") from error


def _attribute(value: Any) -> Any:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)[:1000]
