"""GeoJSON: parsed as JSON, never by a driver that guesses."""

import json
import re
from pathlib import Path
from typing import Any

from pyproj import CRS

from workers.errors import InputError
from workers.vector.geometry import WGS84, RowRefused, crs_read, shape_of
from workers.vector.limits import Options, shown
from workers.vector.source import RawRow, Source, columns_check, count_check

_EPSG = re.compile(r"EPSG:+(?:[\d.]*:)?(\d+)$")


def geojson_read(path: Path, name: str, options: Options) -> Source:
    """Return the features of a FeatureCollection, a Feature or a list-like single geometry.

    Raises InputError: no JSON, no GeoJSON, unknown CRS, no such column, too many features.
    """
    document = _document(path, name)
    features = _features(document, name)
    count_check(name, len(features))
    rows = [_row(feature) for feature in features]
    columns = tuple(dict.fromkeys(key for row in rows for key in row.values))
    if rows:
        columns_check(name, columns, options)
    crs = _crs(document, name, options)
    return Source(name=name, driver="GeoJSON", crs=crs, columns=columns, rows=rows)


def _document(path: Path, name: str) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes(), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise InputError(f"{name}: is nested too deeply.") from error
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: is not JSON ({str(error)[:120]}).") from error
    if not isinstance(value, dict):
        raise InputError(f"{name}: is not GeoJSON: it is not an object.")
    return value


def _features(document: dict[str, Any], name: str) -> list[Any]:
    kind = document.get("type")
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        return list(document["features"])
    if kind == "Feature":
        return [document]
    if "coordinates" in document:
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    raise InputError(f"{name}: is not GeoJSON: its type is {shown(kind)}.")


def _row(feature: Any) -> RawRow:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return RawRow(None, {}, "is not a Feature")
    properties = feature.get("properties")
    values = dict(properties) if isinstance(properties, dict) else {}
    try:
        return RawRow(shape_of(feature.get("geometry")), values)
    except RowRefused as refused:
        return RawRow(None, values, str(refused))


def _crs(document: dict[str, Any], name: str, options: Options) -> CRS:
    member = document.get("crs")
    given = crs_read(options.crs) if options.crs else None
    if not isinstance(member, dict):
        return given or WGS84
    stated_name = str((member.get("properties") or {}).get("name", ""))
    found = _EPSG.search(stated_name)
    stated = WGS84 if stated_name.endswith("CRS84") else crs_read(found[1]) if found else None
    if stated is None:
        raise InputError(f"{name}: its crs member says {shown(stated_name)}, which is not known.")
    if given is not None and not given.equals(stated, ignore_axis_order=True):
        raise InputError(f"{name}: says it is in {stated_name}, not {options.crs}; leave crs out.")
    return stated


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
