"""GPKG and Shapefile through pyogrio; this process has no other vector driver."""

import datetime
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from workers.errors import InputError
from workers.vector.geometry import crs_read
from workers.vector.limits import Options, shown
from workers.vector.source import RawRow, Source, columns_check, count_check

# Tables and triggers that the GeoPackage standard itself brings.
STANDARD_TRIGGERS = (
    "gpkg_",
    "rtree_",
    "trigger_insert_feature_count_",
    "trigger_delete_feature_count_",
)
_UNSET = {"", "Undefined Cartesian SRS", "Undefined geographic SRS"}


def gpkg_check(path: Path, name: str) -> None:
    """Raise InputError for a damaged GeoPackage or one with triggers or views of its own."""
    try:
        base = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            base.execute("PRAGMA trusted_schema=OFF")
            verdict = base.execute("PRAGMA quick_check(1)").fetchone()
            objects = base.execute(
                "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view')"
            ).fetchall()
        finally:
            base.close()
    except sqlite3.Error as error:
        raise InputError(f"{name}: is not a sound GeoPackage ({error}).") from error
    if verdict != ("ok",):
        raise InputError(f"{name}: the GeoPackage is damaged; export it again.")
    foreign = [
        f"{kind} {shown(title)}"
        for kind, title in objects
        if kind == "view" or not str(title).startswith(STANDARD_TRIGGERS)
    ]
    if foreign:
        raise InputError(f"{name}: holds {', '.join(foreign[:5])}, which is not allowed.")


def ogr_read(path: Path, name: str, driver: str, options: Options) -> Source:
    """Return the rows of one layer.

    Raises InputError: several layers and no ``layer``, no CRS and no ``crs``, no such column.
    """
    with _readable(name, driver):
        layer = _layer(path, name, driver, options)
        where = f"{name}, layer {layer}" if layer else name
        info = _info(path, name, layer)
        columns_check(where, tuple(info["fields"]), options)
        crs = _crs(info["crs"], where, options)
        columns, rows = _rows(path, layer)
    return Source(name=where, driver=driver, crs=crs, columns=columns, rows=rows, layer=layer)


def ogr_layers(path: Path, name: str, driver: str) -> list[str | None]:
    """Return the names of the layers with geometry; None stands for the only one there is."""
    with _readable(name, driver):
        return list(_names(path)) if driver == "GPKG" else [None]


def ogr_look(
    path: Path, name: str, driver: str, layer: str | None
) -> tuple[CRS | None, tuple[str, ...], list[RawRow]]:
    """Return the CRS a layer states (None when it states none), its columns and rows."""
    with _readable(name, driver):
        crs = _stated(_info(path, name, layer)["crs"])
        columns, rows = _rows(path, layer)
    return crs, columns, rows


@contextmanager
def _readable(name: str, driver: str) -> Iterator[None]:
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        yield
    except (DataSourceError, DataLayerError) as error:
        raise InputError(f"{name}: cannot be read as {driver} ({str(error)[:160]}).") from error


def _info(path: Path, name: str, layer: str | None) -> dict[str, Any]:
    import pyogrio

    info: dict[str, Any] = pyogrio.read_info(path, layer=layer, force_feature_count=True)
    count_check(name, int(info["features"]))
    return info


def _rows(path: Path, layer: str | None) -> tuple[tuple[str, ...], list[RawRow]]:
    from pyogrio.raw import read

    meta, _, shapes, columns = read(path, layer=layer, datetime_as_string=True)
    names = tuple(str(column) for column in meta["fields"])
    rows = [
        _row(wkb, dict(zip(names, values, strict=True)))
        for wkb, *values in zip(shapes, *columns, strict=True)
    ]
    return names, rows


def _names(path: Path) -> list[str]:
    import pyogrio

    return [str(layer) for layer, kind in pyogrio.list_layers(path) if kind is not None]


def _layer(path: Path, name: str, driver: str, options: Options) -> str | None:
    if driver != "GPKG":
        return None
    names = _names(path)
    if options.layer is not None:
        if options.layer not in names:
            have = ", ".join(names) or "none"
            raise InputError(f"{name}: has no layer {shown(options.layer)}; it has: {have}.")
        return options.layer
    if len(names) != 1:
        have = f"the layers {', '.join(names)}: give layer" if names else "no layer with geometry"
        raise InputError(f"{name}: has {have}.")
    return names[0]


def _crs(stated: str | None, where: str, options: Options) -> CRS:
    given = crs_read(options.crs) if options.crs else None
    crs = _stated(stated)
    if crs is None:
        if given is None:
            raise InputError(f"{where}: has no CRS: give crs, for example EPSG:3035.")
        return given
    if given is not None and not given.equals(crs, ignore_axis_order=True):
        raise InputError(f"{where}: says it is in {stated}, not {options.crs}; leave crs out.")
    return crs


def _stated(text: str | None) -> CRS | None:
    crs = crs_read(text) if text and text not in _UNSET else None
    if crs is not None and (crs.name in _UNSET or crs.is_engineering):
        return None
    return crs


def _row(wkb: bytes | None, values: dict[str, Any]) -> RawRow:
    plain = {key: _plain(value) for key, value in values.items()}
    if wkb is None:
        return RawRow(None, plain, "has no geometry")
    try:
        return RawRow(shapely.from_wkb(wkb), plain)
    except shapely.errors.ShapelyError:
        return RawRow(None, plain, "its geometry cannot be read")


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, bytes | bytearray | np.ndarray):
        return None
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    return value
